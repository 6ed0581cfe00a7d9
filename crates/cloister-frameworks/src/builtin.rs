//! The frameworks that come with Cloister.

use std::sync::OnceLock;

use crate::{Framework, Requirement, source};

/// Generated from [`source::sources`]: JSON reads seven times as fast as the YAML that people write.
static CATALOGUES: &str = include_str!("../data/generated/catalogues.json");

/// A stale or broken file is caught by the tests, so it reads as empty here.
fn catalogues() -> &'static [Framework] {
    static READ: OnceLock<Vec<Framework>> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(CATALOGUES).unwrap_or_default())
}

/// The names of the built-in frameworks, the GDPR first. Reads nothing.
pub fn names() -> impl Iterator<Item = &'static str> {
    source::sources().map(|(name, _)| name)
}

/// All built-in frameworks, in the order of [`names`].
pub fn builtin() -> impl Iterator<Item = &'static Framework> {
    catalogues().iter()
}

/// The built-in framework of this name.
pub fn by_name(name: &str) -> Option<&'static Framework> {
    builtin().find(|framework| &*framework.name == name)
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
