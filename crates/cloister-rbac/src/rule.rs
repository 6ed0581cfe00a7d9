//! One rule of a role, and what it matches.

use cloister_model::{Node, Place, Resource, Value};

use crate::{Action, ResourceAction};

/// Any verb, group, resource or path.
pub(crate) const ALL: &str = "*";

/// A rule where it was written. For an aggregated role, that is the role which was collected.
#[derive(Clone, Debug)]
pub struct Rule<'a> {
    /// The role that it is written in.
    pub role: &'a Resource,
    /// Its index among the rules of that role, from 0.
    pub index: usize,
    /// The rule itself.
    pub node: &'a Node,
    /// `verbs`.
    pub verbs: Box<[&'a str]>,
    /// `apiGroups`.
    pub groups: Box<[&'a str]>,
    /// `resources`.
    pub resources: Box<[&'a str]>,
    /// `resourceNames`.
    pub names: Box<[&'a str]>,
    /// `nonResourceURLs`.
    pub urls: Box<[&'a str]>,
}

impl<'a> Rule<'a> {
    pub(crate) fn read(role: &'a Resource, index: usize, node: &'a Node) -> Rule<'a> {
        let words = |field: &str| node.items_at(field).iter().filter_map(word).collect();
        Rule {
            role,
            index,
            node,
            verbs: words("verbs"),
            groups: words("apiGroups"),
            resources: words("resources"),
            names: words("resourceNames"),
            urls: words("nonResourceURLs"),
        }
    }

    /// Where it stands.
    pub fn place(&self) -> Place<'a> {
        Place::of(self.role, self.node)
    }

    /// Whether this one rule allows the action. Verb, group, resource and name must all match here.
    pub fn allows(&self, action: &Action) -> bool {
        match action {
            Action::Resource(action) => self.allows_resource(action),
            Action::Url { verb, path } => self.has_verb(verb) && self.urls.iter().any(|url| reaches(url, path)),
        }
    }

    fn allows_resource(&self, action: &ResourceAction) -> bool {
        self.has_verb(&action.verb)
            && has(&self.groups, &action.group)
            && self.resources.iter().any(|resource| names(resource, action))
            && (self.names.is_empty() || self.names.contains(&&*action.name))
    }

    /// Whether this rule is about a resource, whatever its verbs and names.
    pub(crate) fn is_about(&self, group: &str, resource: &str, subresource: &str) -> bool {
        let below = |word: &str| {
            let of = word.strip_suffix(subresource).and_then(|of| of.strip_suffix('/'));
            of.is_some_and(|of| of == ALL || of == resource)
        };
        let is_meant = |word: &str| word == ALL || if subresource.is_empty() { word == resource } else { below(word) };
        has(&self.groups, group) && self.resources.iter().any(|word| is_meant(word))
    }

    pub(crate) fn has_verb(&self, verb: &str) -> bool {
        has(&self.verbs, verb)
    }
}

/// A string of a list. Kubernetes reads `null` in one as the empty string, which is the name of requests without one.
fn word(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Null => Some(""),
        _ => node.as_str(),
    }
}

fn has(words: &[&str], wanted: &str) -> bool {
    words.iter().any(|word| *word == ALL || *word == wanted)
}

/// Only `*` and `*/sub` are wildcards: `pods/*` is a name like any other.
fn names(word: &str, action: &ResourceAction) -> bool {
    if word == ALL {
        return true;
    }
    if action.subresource.is_empty() {
        return word == action.resource;
    }
    let Some((resource, subresource)) = split_at_end(word, &action.subresource) else { return false };
    subresource == action.subresource && (resource == ALL || resource == action.resource)
}

/// Splits `word` so that the second part is as long as `end`: resources of requests may hold slashes themselves.
fn split_at_end<'w>(word: &'w str, end: &str) -> Option<(&'w str, &'w str)> {
    let at = word.len().checked_sub(end.len() + 1)?;
    let (resource, rest) = word.split_at_checked(at)?;
    Some((resource, rest.strip_prefix('/')?))
}

/// A trailing `*` is a prefix: `/foo/*` reaches what is below `/foo`, and not `/foo`.
fn reaches(url: &str, path: &str) -> bool {
    url == ALL || url == path || (url.ends_with('*') && path.starts_with(url.trim_end_matches('*')))
}
