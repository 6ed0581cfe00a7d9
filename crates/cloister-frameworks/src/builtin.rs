//! The frameworks that come with Cloister. Each is read when first asked for.

use std::sync::OnceLock;

use crate::{Framework, Requirement};

struct Embedded {
    name: &'static str,
    text: &'static str,
    framework: OnceLock<Option<Framework>>,
}

/// The file `data/$name.yaml`, not yet read.
macro_rules! embedded {
    ($name:literal) => {
        Embedded { name: $name, text: include_str!(concat!("../data/", $name, ".yaml")), framework: OnceLock::new() }
    };
}

static EMBEDDED: [Embedded; 9] = [
    embedded!("gdpr"),
    embedded!("pss-baseline"),
    embedded!("pss-restricted"),
    embedded!("nsa"),
    embedded!("mitre"),
    embedded!("cis-1.12"),
    embedded!("soc2"),
    embedded!("pci-dss-4.0"),
    embedded!("iso-27001"),
];

impl Embedded {
    /// A mistake in one of our own files is caught by the tests, so it reads as absent here.
    fn get(&'static self) -> Option<&'static Framework> {
        self.framework.get_or_init(|| Framework::parse(self.name, self.text).ok()).as_ref()
    }
}

/// The names of the built-in frameworks, the GDPR first. Reads nothing.
pub fn names() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|embedded| embedded.name)
}

/// All built-in frameworks, in the order of [`names`]. Each is read as the iterator gets to it.
pub fn builtin() -> impl Iterator<Item = &'static Framework> {
    EMBEDDED.iter().filter_map(Embedded::get)
}

/// The built-in framework of this name. Reads no other.
pub fn by_name(name: &str) -> Option<&'static Framework> {
    EMBEDDED.iter().find(|embedded| embedded.name == name).and_then(Embedded::get)
}

/// Requirements as a person asks for them: `32(1)(a)`, `Art. 32(1)(a)`, `gdpr 32(1)(a)`,
/// `cis-1.12:5.2.1` or an alias, in any case. Several frameworks may share an id.
pub fn find(asked: &str) -> Vec<(&'static Framework, &'static Requirement)> {
    let asked = asked.trim();
    let (scope, id) = match asked.split_once([':', '/', ' ']) {
        Some((scope, id)) if names().any(|name| name.eq_ignore_ascii_case(scope)) => (Some(scope), id),
        _ => (None, asked),
    };
    let id = plain(id);
    let wanted = |framework: &&Framework| scope.is_none_or(|name| framework.name.eq_ignore_ascii_case(name));
    builtin()
        .filter(wanted)
        .flat_map(|framework| framework.requirements.iter().map(move |requirement| (framework, requirement)))
        .filter(|(_, requirement)| {
            plain(&requirement.id) == id || requirement.aliases.iter().any(|alias| plain(alias) == id)
        })
        .collect()
}

/// Lower case, without spaces and without "Art." or "Article" before it.
fn plain(id: &str) -> String {
    let id: String = id.to_lowercase().split_whitespace().collect();
    let bare = ["article", "art."].iter().find_map(|prefix| id.strip_prefix(prefix));
    bare.map_or_else(|| id.clone(), str::to_owned)
}
