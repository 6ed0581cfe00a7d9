//! Acting in the name of somebody for some requests only: what rules of `impersonate-on` and the other one's own roles
//! allow both. Nobody acts for a third one so: the headers are judged by who sends them.
//!
//! Source: k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go, Kubernetes 1.37 (`impersonateOnAttributes`: the
//! request with another verb, so that group, resource, name and namespace are those of the request itself).

use std::slice;

use super::draw::hold;
use super::edges::EdgeKind;
use super::edges::group_member::groups;
use super::graph::Proof;
use super::holder::Holder;
use super::right::{Names, Right, Target};
use super::sketch::Sketch;
use super::vertex::{Scope, Vertex};
use crate::policy::index;
use crate::{Rule, rule};

/// A rule of `impersonate-on:MODE:VERB` that somebody holds, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct On<'p, 'a> {
    /// `user-info`, `serviceaccount`, `arbitrary-node`, `associated-node`.
    pub mode: &'static str,
    /// The rule.
    pub rule: &'p Rule<'a>,
    /// Where it holds.
    pub scope: Scope<'a>,
}

impl<'p, 'a> On<'p, 'a> {
    /// The objects on which it lets a request be made, if any.
    pub fn allows(&self, verb: &str, target: &Target) -> Option<Names<'p, 'a>> {
        let is_verb = if verb == rule::ALL {
            self.rule.verbs.contains(&rule::ALL)
        } else {
            self.rule.has_verb(&format!("impersonate-on:{}:{verb}", self.mode))
        };
        if !is_verb || !self.rule.is_about(target.group, target.resource, target.subresource) {
            return None;
        }
        let is_nameless = verb == "create" && target.subresource.is_empty();
        match &*self.rule.names {
            [] => Some(Names::Any),
            names if is_nameless => names.contains(&"").then_some(Names::Any),
            names => Some(Names::Of(names)),
        }
    }
}

/// Draws what somebody can do in another one's name, who is in these groups besides, and says the vertex.
pub(crate) fn draw<'p, 'a>(
    sketch: &mut Sketch<'p, 'a>,
    holder: &Holder<'_, 'p, 'a>,
    whom: Vertex<'a>,
    also: &[Vertex<'a>],
    on: &[On<'p, 'a>],
) -> u32 {
    let number = sketch.graph.vertex(whom);
    let acting = sketch.graph.vertex(Vertex::Acting(holder.vertex, number));
    let identities: Vec<Vertex<'a>> = [whom].into_iter().chain(groups(&whom)).chain(also.iter().copied()).collect();
    let roles = roles_of(sketch, &identities);
    let all = rights(sketch, acting, &roles, on);
    for (kind, right) in &all {
        if let Some(draw) = kind.edge().by_right {
            draw(sketch, right);
        }
    }
    let together: Vec<_> = all.into_iter().filter(|(kind, _)| kind.edge().by_holder.is_some()).collect();
    hold(sketch, acting, None, &together, &roles);
    acting
}

/// The roles that these hold.
fn roles_of<'a>(sketch: &Sketch<'_, 'a>, identities: &[Vertex<'a>]) -> Vec<(u32, Scope<'a>)> {
    let numbers: Vec<u32> = identities.iter().filter_map(|identity| sketch.graph.find(identity)).collect();
    let own =
        sketch.graph.edges().iter().filter(|edge| edge.kind == EdgeKind::HoldsRole && numbers.contains(&edge.from));
    let roles = own.filter_map(|edge| match sketch.graph.at(edge.to) {
        Some(Vertex::Role(role, scope)) => Some((role, scope)),
        _ => None,
    });
    roles.collect()
}

/// What both allow, of all that edges ask for.
fn rights<'p, 'a>(
    sketch: &Sketch<'p, 'a>,
    from: u32,
    roles: &[(u32, Scope<'a>)],
    on: &[On<'p, 'a>],
) -> Vec<(EdgeKind, Right<'p, 'a>)> {
    let policy = sketch.policy;
    let mut all = Vec::new();
    for &(role, scope) in roles {
        let rules = policy.roles().get(index(role)).into_iter().flat_map(|role| role.rules.iter().copied());
        for (number, rule) in rules.filter_map(|number| Some((number, policy.rules.get(index(number))?))) {
            for (kind, which, target) in targets() {
                let given = shared(&target, (rule, scope), on).into_iter();
                all.extend(given.map(|(scope, names)| {
                    let (proof, by) = (Proof::Rule(number), Some((None, number)));
                    (kind, Right { from, scope, names, which, proof, by })
                }));
            }
        }
    }
    all
}

/// Every right that an edge asks for, each verb apart: both must allow the same one.
fn targets() -> impl Iterator<Item = (EdgeKind, usize, Target)> {
    let kinds = EdgeKind::ALL.iter().copied();
    let kinds = kinds.filter(|kind| {
        !matches!(kind, EdgeKind::Impersonate | EdgeKind::ConstrainedImpersonation | EdgeKind::AssociatedNode)
    });
    let rights = kinds.flat_map(|kind| (0..).zip(kind.edge().rights).map(move |(which, target)| (kind, which, target)));
    rights.flat_map(|(kind, which, target)| {
        target.verbs.chunks(1).map(move |verbs| (kind, which, Target { verbs, ..*target }))
    })
}

/// Where, and on which objects, a role's rule and one of `impersonate-on` give a right.
fn shared<'p, 'a>(
    target: &Target,
    (rule, scope): (&'p Rule<'a>, Scope<'a>),
    on: &[On<'p, 'a>],
) -> Vec<(Scope<'a>, Names<'p, 'a>)> {
    let Some(((verb, names), scope)) = target.given(rule).zip(target.scope(scope)) else { return Vec::new() };
    let both = on.iter().filter_map(|on| {
        let scope = target.scope(on.scope)?.and(scope)?;
        Some(both(names, on.allows(verb, target)?).into_iter().map(move |names| (scope, names)))
    });
    both.flatten().collect()
}

fn both<'p, 'a>(one: Names<'p, 'a>, two: Names<'p, 'a>) -> Vec<Names<'p, 'a>> {
    match (one, two) {
        (Names::Any, names) | (names, Names::Any) => vec![names],
        (Names::Of(one), two) => {
            one.iter().filter(|name| two.has(name)).map(|name| Names::Of(slice::from_ref(name))).collect()
        }
    }
}
