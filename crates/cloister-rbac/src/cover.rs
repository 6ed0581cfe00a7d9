//! Whether rules hold everything that other rules give: nobody may hand on what they do not hold.
//!
//! Source: Kubernetes 1.37, `Covers` of `k8s.io/component-helpers/auth/rbac/validation`. Rights are compared letter by
//! letter: who may get each pod by its name does not hold "get pods", and who holds `pods/exec` and `pods/log` does not
//! hold `pods/*`, though that gives nothing.

use std::fmt;

use crate::Rule;
use crate::rule::ALL;

/// The least that a rule can give: one verb on one resource, name or URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right<'a> {
    /// On objects.
    Resource {
        /// The verb.
        verb: &'a str,
        /// The API group.
        group: &'a str,
        /// The resource, with its subresource.
        resource: &'a str,
        /// The one name that it is limited to.
        name: Option<&'a str>,
    },
    /// On a path of the server.
    Url {
        /// The HTTP method in lower case.
        verb: &'a str,
        /// The path, perhaps with `*` at its end.
        url: &'a str,
    },
}

/// Everything: what writing an `aggregationRule` takes.
pub(crate) const EVERYTHING: [Right<'static>; 2] =
    [Right::Resource { verb: ALL, group: ALL, resource: ALL, name: None }, Right::Url { verb: ALL, url: ALL }];

impl fmt::Display for Right<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Right::Url { verb, url } => write!(out, "{verb} {url}"),
            Right::Resource { verb, group, resource, name } => {
                let dot = if group.is_empty() { "" } else { "." };
                let (path, subresource) = resource.split_once('/').unwrap_or((resource, ""));
                let slash = if subresource.is_empty() { "" } else { "/" };
                write!(out, "{verb} {path}{dot}{group}{slash}{subresource}")?;
                name.map_or(Ok(()), |name| write!(out, " \"{name}\""))
            }
        }
    }
}

impl<'a> Rule<'a> {
    /// The rule broken down.
    pub fn rights(&self) -> Vec<Right<'a>> {
        let mut names: Vec<Option<&str>> = self.names.iter().copied().map(Some).collect();
        if names.is_empty() {
            names.push(None);
        }
        let mut rights = Vec::new();
        for &group in &self.groups {
            for &resource in &self.resources {
                for &verb in &self.verbs {
                    rights.extend(names.iter().map(|&name| Right::Resource { verb, group, resource, name }));
                }
            }
        }
        for &url in &self.urls {
            rights.extend(self.verbs.iter().map(|&verb| Right::Url { verb, url }));
        }
        rights
    }

    /// Whether this one rule holds a right.
    pub fn covers(&self, right: Right<'_>) -> bool {
        match right {
            Right::Resource { verb, group, resource, name } => {
                any_or(&self.verbs, verb)
                    && any_or(&self.groups, group)
                    && covers_resource(&self.resources, resource)
                    && (self.names.is_empty() || name.is_some_and(|name| self.names.contains(&name)))
            }
            Right::Url { verb, url } => {
                any_or(&self.verbs, verb)
                    && self.names.is_empty()
                    && self.urls.iter().any(|owned| covers_url(owned, url))
            }
        }
    }
}

/// The rights that no one rule of `owned` holds.
pub fn lacking<'r>(owned: &[&Rule<'_>], wanted: impl IntoIterator<Item = Right<'r>>) -> Vec<Right<'r>> {
    let held = |right: Right<'_>| owned.iter().any(|rule| rule.covers(right));
    wanted.into_iter().filter(|&right| !held(right)).collect()
}

fn any_or(words: &[&str], wanted: &str) -> bool {
    words.iter().any(|word| *word == ALL || *word == wanted)
}

/// `*/exec` holds the `exec` of every resource, `pods` nothing below it.
fn covers_resource(owned: &[&str], wanted: &str) -> bool {
    let of_any = wanted.split_once('/').map(|(_, subresource)| subresource);
    let is_any_of = |word: &str| of_any.is_some() && word.strip_prefix("*/") == of_any;
    owned.iter().any(|word| *word == ALL || *word == wanted || is_any_of(word))
}

fn covers_url(owned: &str, wanted: &str) -> bool {
    owned == wanted || (owned.ends_with('*') && wanted.starts_with(owned.trim_end_matches('*')))
}
