//! From text to a configuration, and from what is wrong with it to lines.

use std::fmt;
use std::net::IpAddr;

use cloister_manifest::Interner;
use cloister_model::{Mark, clean};

use super::check::Wrong;
use super::{API_VERSION, Document, KIND, Spec};

/// A larger file is no configuration.
pub const MOST: usize = 1 << 20;

const SCHEMA: &str = "docs/schema/alerts.v1alpha1.json says what it may hold; docs/alerts.md has one to start from";

/// What is wrong with a configuration: where, why, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `alerts.yaml:12:7`.
    pub place: String,
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.place, self.cause)
    }
}

/// The document's own part.
pub fn spec(text: &str, file: &str) -> Result<Spec, Vec<Fault>> {
    let fault = |place: String, cause: String, help: &str| vec![Fault { place, cause, help: help.to_owned() }];
    if text.len() > MOST {
        return Err(fault(file.to_owned(), "this is larger than a configuration can be (1 MiB)".to_owned(), SCHEMA));
    }
    let document: Document = serde_saphyr::from_str(text).map_err(|error| {
        let place = error.location().map_or(String::new(), |at| format!(":{}:{}", at.line(), at.column()));
        let told = error.without_snippet().to_string();
        fault(format!("{file}{place}"), unquoted(told.lines().next().unwrap_or("it cannot be read")), SCHEMA)
    })?;
    if document.api_version != API_VERSION || document.kind != KIND {
        let help = format!("it begins with apiVersion: {API_VERSION} and kind: {KIND}");
        return Err(fault(file.to_owned(), format!("this is no {KIND}"), &help));
    }
    Ok(document.spec)
}

/// What the parser says, without what it quotes of the text: that could be a secret in the wrong place. Names of fields,
/// which stand in backquotes, are shown.
fn unquoted(told: &str) -> String {
    let mut shown = String::new();
    for (number, part) in told.split('"').enumerate() {
        shown.push_str(if number % 2 == 0 { part } else { "\"…\"" });
    }
    clean(&shown).into_owned()
}

/// Faults with the lines that they are about.
pub fn placed(wrongs: Vec<Wrong>, text: &str, file: &str) -> Vec<Fault> {
    let (trees, _) = cloister_manifest::parse_trees(text, file, &mut Interner::default());
    let mark = |path: &str| -> Mark {
        let mut path = path;
        // What is missing is told at what it is missing from.
        loop {
            match (trees.first().and_then(|tree| tree.at(path)), path.rsplit_once('/')) {
                (Some(node), _) => return node.mark,
                (None, Some((above, _))) => path = above,
                (None, None) => return Mark::NONE,
            }
        }
    };
    let fault = |wrong: Wrong| {
        let at = mark(&wrong.path);
        let place = if at == Mark::NONE { file.to_owned() } else { format!("{file}:{}:{}", at.line, at.column) };
        Fault { place, cause: clean(&wrong.cause).into_owned(), help: clean(&wrong.help).into_owned() }
    };
    wrongs.into_iter().map(fault).collect()
}

/// A network: its first address, and how many bits of it count.
pub fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (IpAddr, u8) = (address.parse().ok()?, bits.parse().ok()?);
    (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, bits))
}
