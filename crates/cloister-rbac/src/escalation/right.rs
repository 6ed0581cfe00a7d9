//! Rights that edges ask roles for.

use super::graph::Proof;
use super::sketch::Held;
use super::vertex::Scope;
use crate::{Rule, rule};

/// Where a resource's requests carry a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lives {
    /// In namespaces.
    Inside,
    /// Outside of them: a RoleBinding gives nothing.
    Outside,
    /// The right is tested in the namespace of another object, or in none.
    Either,
}

/// A right: any of these verbs on a resource.
#[derive(Debug)]
pub(crate) struct Target {
    pub verbs: &'static [&'static str],
    pub group: &'static str,
    pub resource: &'static str,
    pub subresource: &'static str,
    pub lives: Lives,
}

impl Target {
    /// On what lives in namespaces: `pods`, `pods/exec`.
    pub const fn inside(verbs: &'static [&'static str], group: &'static str, resource: &'static str) -> Target {
        Target { verbs, group, resource, subresource: "", lives: Lives::Inside }
    }

    /// On what lives outside of them.
    pub const fn outside(verbs: &'static [&'static str], group: &'static str, resource: &'static str) -> Target {
        Target { verbs, group, resource, subresource: "", lives: Lives::Outside }
    }

    /// Below it.
    pub const fn below(self, subresource: &'static str) -> Target {
        Target { subresource, ..self }
    }

    /// Any verb that begins so, on whatever.
    pub const fn like(verbs: &'static [&'static str]) -> Target {
        Target { verbs, group: "", resource: "", subresource: "", lives: Lives::Either }
    }

    /// Tested in either.
    pub const fn either(self) -> Target {
        Target { lives: Lives::Either, ..self }
    }

    /// The scope in which a rule that holds in `scope` gives this.
    pub fn scope<'a>(&self, scope: Scope<'a>) -> Option<Scope<'a>> {
        match self.lives {
            Lives::Outside => (scope == Scope::Cluster).then_some(scope),
            Lives::Inside => scope.and(Scope::Namespaces),
            Lives::Either => Some(scope),
        }
    }

    /// What a rule gives of this: the verb, and the names that it is limited to. Nothing is created by name but by a
    /// patch that is applied, which takes both verbs.
    pub fn given<'r, 'a>(&self, rule: &'r Rule<'a>) -> Option<(&'static str, Names<'r, 'a>)> {
        if self.resource.is_empty() {
            let verb = self.verbs.iter().find(|verb| has_verb_like(rule, verb))?;
            return Some((verb, Names::Any));
        }
        if !rule.is_about(self.group, self.resource, self.subresource) {
            return None;
        }
        self.verbs.iter().filter(|verb| rule.has_verb(verb)).find_map(|&verb| {
            let nameless = verb == "create" && self.subresource.is_empty();
            let names = match &*rule.names {
                [] => Names::Any,
                names if nameless && names.contains(&"") => Names::Any,
                names if !nameless || rule.has_verb("patch") => Names::Of(names),
                _ => return None,
            };
            Some((verb, names))
        })
    }
}

/// Whether a rule has a verb that begins so.
fn has_verb_like(rule: &Rule<'_>, start: &str) -> bool {
    rule.verbs.iter().any(|verb| verb.starts_with(start) || *verb == rule::ALL)
}

/// Which objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Names<'r, 'a> {
    Any,
    Of(&'r [&'a str]),
}

impl<'r, 'a> Names<'r, 'a> {
    pub fn has(self, name: &str) -> bool {
        match self {
            Names::Any => true,
            Names::Of(names) => names.contains(&name),
        }
    }

    /// The names; nothing where any will do.
    pub fn listed(self) -> Option<&'r [&'a str]> {
        match self {
            Names::Any => None,
            Names::Of(names) => Some(names),
        }
    }
}

/// A right as somebody holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Right<'r, 'a> {
    /// The vertex that holds it.
    pub from: u32,
    /// Where.
    pub scope: Scope<'a>,
    /// On which objects.
    pub names: Names<'r, 'a>,
    /// Which of the edge's rights, by its place.
    pub which: usize,
    /// The rule that gives it.
    pub proof: Proof<'a>,
    /// By which rule of which binding, where rights count together.
    pub by: Option<Held>,
}
