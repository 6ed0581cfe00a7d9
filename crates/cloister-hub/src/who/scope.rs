//! What somebody may see: everything, or namespaces.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use cloister_model::ResourceRef;
use serde::{Deserialize, Serialize};

/// Namespaces of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Namespaces(BTreeSet<Arc<str>>);

/// A namespace: of one source, or of each that has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Of this source alone.
    source: Option<Arc<str>>,
    namespace: Arc<str>,
}

/// What somebody may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All of every source.
    Whole,
    /// These namespaces, and nothing that belongs to none of them.
    Within(Arc<BTreeSet<Place>>),
}

/// More namespaces of one person are not read.
const MOST: usize = 2000;
/// Longest name of a namespace (RFC 1123).
const LONGEST: usize = 63;

impl Namespaces {
    /// Whether a resource lies in one of them; a Namespace lies in itself.
    pub fn see(&self, resource: &ResourceRef) -> bool {
        match &resource.namespace {
            Some(namespace) => self.has(namespace),
            None => &*resource.api_version == "v1" && &*resource.kind == "Namespace" && self.has(&resource.name),
        }
    }

    /// Whether this is one of them.
    pub fn has(&self, namespace: &str) -> bool {
        self.0.contains(namespace)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter()
    }
}

impl<'n> FromIterator<&'n str> for Namespaces {
    fn from_iter<I: IntoIterator<Item = &'n str>>(names: I) -> Namespaces {
        Namespaces(names.into_iter().map(Arc::from).collect())
    }
}

impl Scope {
    /// Reads `shop,clinic/patients`: a namespace of each source that has it, or of one source.
    pub fn read(text: &str) -> Result<Scope, &'static str> {
        let mut all = BTreeSet::new();
        for word in text.split(',') {
            let (source, namespace) = word.split_once('/').map_or((None, word), |(source, name)| (Some(source), name));
            if source.is_some_and(|name| !crate::api::is_name(name)) {
                return Err("what stands before the slash is no source's name");
            }
            if !is_namespace(namespace) {
                return Err("the namespaces are not NAMESPACE or SOURCE/NAMESPACE, with commas between");
            }
            all.insert(Place { source: source.map(Arc::from), namespace: namespace.into() });
        }
        if all.len() > MOST {
            return Err("there are more than 2000 namespaces");
        }
        Ok(Scope::Within(Arc::new(all)))
    }

    /// These namespaces of one source.
    pub fn of_source<'n>(source: &Arc<str>, namespaces: impl IntoIterator<Item = &'n Arc<str>>) -> Scope {
        let place = |name: &Arc<str>| Place { source: Some(source.clone()), namespace: name.clone() };
        Scope::Within(Arc::new(namespaces.into_iter().map(place).collect()))
    }

    /// This and that.
    #[must_use]
    pub fn and(self, other: Scope) -> Scope {
        match (self, other) {
            (Scope::Within(one), Scope::Within(two)) => Scope::Within(Arc::new(one.union(&two).cloned().collect())),
            _ => Scope::Whole,
        }
    }

    /// Nothing at all.
    pub fn nothing() -> Scope {
        Scope::Within(Arc::default())
    }

    /// Whether it is everything.
    pub fn is_whole(&self) -> bool {
        matches!(self, Scope::Whole)
    }

    /// What of this source may be seen; `None` for everything.
    pub fn of(&self, source: &str) -> Option<Namespaces> {
        let Scope::Within(places) = self else { return None };
        let here = places.iter().filter(|place| place.source.as_deref().is_none_or(|name| name == source));
        Some(Namespaces(here.map(|place| place.namespace.clone()).collect()))
    }

    /// Whether the source is one that it names.
    pub fn names(&self, source: &str) -> bool {
        match self {
            Scope::Whole => true,
            Scope::Within(places) => places.iter().any(|place| place.source.as_deref() == Some(source)),
        }
    }
}

/// As it is written in a file of tokens; nothing for everything.
impl fmt::Display for Scope {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scope::Within(places) = self else { return Ok(()) };
        for (at, Place { source, namespace }) in places.iter().enumerate() {
            to.write_str(if at == 0 { "" } else { "," })?;
            match source {
                Some(source) => write!(to, "{source}/{namespace}")?,
                None => to.write_str(namespace)?,
            }
        }
        Ok(())
    }
}

/// A label of RFC 1123.
fn is_namespace(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = name.bytes().next().is_some_and(plain) && name.bytes().next_back().is_some_and(plain);
    ends && name.len() <= LONGEST && name.bytes().all(|byte| plain(byte) || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_it_is_written() {
        let scope = Scope::read("shop,clinic/patients").unwrap();
        assert_eq!(scope.to_string(), "shop,clinic/patients");
        let of = |source: &str| scope.of(source).unwrap();
        assert!(of("clinic").has("patients") && of("clinic").has("shop") && !of("other").has("patients"));
        assert!(scope.names("clinic") && !scope.names("other"));
        for wrong in ["", "shop,", "*", "Shop", "a/b/c", "UP/shop", "clinic/", "-x", "a b", &"x".repeat(64)] {
            assert!(Scope::read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Scope::Whole.of("clinic"), None);
        assert_eq!(Scope::nothing().of("clinic"), Some(Namespaces::default()));
    }

    #[test]
    fn a_namespace_lies_in_itself_and_nothing_else_of_the_cluster_does() {
        let seen = Namespaces::from_iter(["shop"]);
        let one = |version: &str, kind: &str, namespace: Option<&str>, name: &str| ResourceRef {
            api_version: version.into(),
            kind: kind.into(),
            namespace: namespace.map(Arc::from),
            name: name.into(),
        };
        assert!(seen.see(&one("v1", "Namespace", None, "shop")) && seen.see(&one("v1", "Pod", Some("shop"), "a")));
        assert!(
            !seen.see(&one("v1", "Namespace", None, "other")) && !seen.see(&one("v1", "Pod", Some("other"), "shop"))
        );
        assert!(
            !seen.see(&one("v1", "Node", None, "shop")) && !seen.see(&one("example.org/v1", "Namespace", None, "shop"))
        );
    }
}
