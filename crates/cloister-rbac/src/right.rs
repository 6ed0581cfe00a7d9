//! Rights one by one: what a rule gives, broken down, so that two policies can be compared.

use std::collections::BTreeMap;

use crate::{Grant, Policy, SubjectKind};

/// The verbs of requests for objects. Source: Kubernetes, `RequestInfoFactory`.
pub const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// What a right is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object<'a> {
    /// Objects of a resource: group, resource with its subresource, and the one name where names limit it.
    Resource(&'a str, &'a str, Option<&'a str>),
    /// A path of the server.
    Url(&'a str),
}

/// One right: a verb on something, somewhere. `*` stands for all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Right<'a> {
    /// Empty for everywhere.
    pub namespace: &'a str,
    /// On what.
    pub object: Object<'a>,
    /// Which verb.
    pub verb: &'a str,
}

impl Right<'_> {
    /// Whether this right holds all that `other` gives.
    pub fn covers(&self, other: &Right<'_>) -> bool {
        let all_or = |word: &str, wanted: &str| word == "*" || word == wanted;
        (self.namespace.is_empty() || self.namespace == other.namespace)
            && all_or(self.verb, other.verb)
            && match (&self.object, &other.object) {
                (Object::Url(mine), Object::Url(theirs)) => {
                    mine == theirs || mine.strip_suffix('*').is_some_and(|start| theirs.starts_with(start))
                }
                (Object::Resource(group, resource, name), Object::Resource(group_2, resource_2, name_2)) => {
                    all_or(group, group_2) && has(resource, resource_2) && (name.is_none() || name == name_2)
                }
                _ => false,
            }
    }
}

/// `*` is everything, `*/sub` that subresource of everything.
fn has(word: &str, wanted: &str) -> bool {
    let below = |path: &'_ str| path.split_once('/').map(|(_, below)| below.to_owned());
    word == "*" || word == wanted || (word.starts_with("*/") && below(word) == below(wanted))
}

/// A subject by kind, namespace and name.
pub type Who<'a> = (SubjectKind, &'a str, &'a str);

/// Rights, each with the first grant that gives it.
pub type Rights<'p, 'a> = BTreeMap<Right<'a>, Grant<'p, 'a>>;

impl<'a> Policy<'a> {
    /// The rights of everybody who is bound, by what names them. What groups give stands with the group.
    pub fn rights(&self) -> BTreeMap<Who<'a>, Rights<'_, 'a>> {
        let mut all: BTreeMap<Who<'a>, Rights<'_, 'a>> = BTreeMap::new();
        for (number, binding) in self.bindings.iter().enumerate() {
            for (position, subject) in binding.subjects.iter().enumerate() {
                let held = (crate::policy::number(number), crate::policy::number(position));
                let rights = all.entry((subject.kind, subject.namespace, subject.name)).or_default();
                for grant in self.grants_of(held) {
                    each(&grant, |right| {
                        rights.entry(right).or_insert(grant);
                    });
                }
            }
        }
        all
    }
}

/// Calls with each right of a grant; those that no request can use are left out.
fn each<'a>(grant: &Grant<'_, 'a>, mut with: impl FnMut(Right<'a>)) {
    let (namespace, rule) = (grant.binding.namespace, grant.rule);
    for &verb in &rule.verbs {
        for &group in &rule.groups {
            for &resource in &rule.resources {
                let names = rule.names.iter().copied().map(Some).filter(|_| !is_nameless(verb, resource));
                let none = rule.names.is_empty().then_some(None);
                let named = names.chain(none);
                named.for_each(|name| with(Right { namespace, object: Object::Resource(group, resource, name), verb }));
            }
        }
        // Paths of the server belong to no namespace.
        let urls = rule.urls.iter().filter(|_| namespace.is_empty());
        urls.for_each(|url| with(Right { namespace, object: Object::Url(url), verb }));
    }
}

/// Requests without a name are never limited by one.
fn is_nameless(verb: &str, resource: &str) -> bool {
    verb == "deletecollection" || (verb == "create" && !resource.contains('/'))
}
