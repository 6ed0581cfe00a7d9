//! Wider than what was used, where what was used is too much to list; each time told.

use std::collections::{BTreeMap, BTreeSet};

use crate::right::{About, Right};

/// From how many on a list is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// More names than this: any name. `None`: never.
    pub names: Option<usize>,
    /// More namespaces than this: everywhere. `None`: never.
    pub namespaces: Option<usize>,
}

/// A right that is wider than what was used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generalised {
    /// The right that is given.
    pub right: Right,
    /// It holds in every namespace instead of these.
    pub namespaces: Vec<String>,
    /// It holds for every name instead of these.
    pub names: Vec<String>,
}

/// Widens what is over the limits.
pub fn generalise(rights: BTreeSet<Right>, limits: Limits) -> (BTreeSet<Right>, Vec<Generalised>) {
    let mut told = Vec::new();
    let rights = namespaces(rights, limits.namespaces.unwrap_or(usize::MAX), &mut told);
    let rights = names(rights, limits.names.unwrap_or(usize::MAX), &mut told);
    told.sort();
    (rights, told)
}

fn namespaces(rights: BTreeSet<Right>, limit: usize, told: &mut Vec<Generalised>) -> BTreeSet<Right> {
    let (wide, narrow): (Vec<Right>, Vec<Right>) =
        rights.into_iter().partition(|right| right.namespace.is_empty() || matches!(right.about, About::Url(_)));
    let mut kept: BTreeSet<Right> = wide.into_iter().collect();
    for (right, all) in grouped(narrow, |right| right.unnamed().everywhere()) {
        let namespaces: BTreeSet<String> = all.iter().map(|right| right.namespace.clone()).collect();
        if namespaces.len() <= limit {
            kept.extend(all);
            continue;
        }
        kept.extend(all.iter().map(Right::everywhere));
        told.push(Generalised { right, namespaces: namespaces.into_iter().collect(), names: Vec::new() });
    }
    kept
}

fn names(rights: BTreeSet<Right>, limit: usize, told: &mut Vec<Generalised>) -> BTreeSet<Right> {
    let (named, mut kept): (BTreeSet<Right>, BTreeSet<Right>) =
        rights.into_iter().partition(|right| !right.name().is_empty() && !is_precious(right));
    for (right, all) in grouped(named, Right::unnamed) {
        if all.len() <= limit || kept.contains(&right) {
            kept.extend(all);
            continue;
        }
        let names = all.iter().map(|right| right.name().to_owned()).collect();
        kept.insert(right.clone());
        told.push(Generalised { right, namespaces: Vec::new(), names });
    }
    kept
}

fn grouped(rights: impl IntoIterator<Item = Right>, key: impl Fn(&Right) -> Right) -> BTreeMap<Right, Vec<Right>> {
    let mut groups: BTreeMap<Right, Vec<Right>> = BTreeMap::new();
    for right in rights {
        groups.entry(key(&right)).or_default().push(right);
    }
    groups
}

/// Rights of which any name would be the way to everything: their names are listed, however many.
fn is_precious(right: &Right) -> bool {
    let About::Resource { resource, .. } = &right.about else { return false };
    right.verb.starts_with("impersonate")
        || matches!(&*right.verb, "bind" | "escalate" | "approve" | "sign" | "attest")
        || matches!(&**resource, "secrets" | "serviceaccounts/token")
}
