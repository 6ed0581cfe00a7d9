//! Draws the graph: bindings first, then what roles give, then what there is.

use std::cell::OnceCell;

use foldhash::HashMap;

use super::conditions::Conditions;
use super::edges::EdgeKind;
use super::graph::{Edge, Proof, number};
use super::holder::Holder;
use super::right::{Lives, Names, Right};
use super::sketch::Sketch;
use super::vertex::{Scope, Vertex};
use crate::policy::index;
use crate::{Identity, Policy};

/// What a rule of a role gives of an edge's rights.
#[derive(Clone, Copy, Debug)]
struct Match {
    kind: EdgeKind,
    which: usize,
    rule: u32,
}

/// A role that somebody holds by a binding, all by number but the scope.
#[derive(Clone, Copy, Debug)]
struct Holding<'a> {
    role: u32,
    scope: Scope<'a>,
    binding: u32,
    subject: u32,
}

type Holdings<'a> = HashMap<u32, Vec<Holding<'a>>>;

/// Draws everything.
pub(super) fn draw<'a>(sketch: &mut Sketch<'_, 'a>, askers: &'a [Identity]) {
    let matches = Matches::new(sketch.policy);
    let holdings = bindings(sketch);
    for (asker, identity) in (0..).zip(askers) {
        ask(sketch, asker, identity);
    }
    let mut done = roles(sketch, &matches, 0);
    identities(sketch, &matches, &holdings, askers);
    loop {
        done = roles(sketch, &matches, done);
        let (vertices, edges) = (sketch.graph.vertices().len(), sketch.graph.edges().len());
        EdgeKind::ALL.iter().filter_map(|kind| kind.edge().by_world).for_each(|draw| draw(sketch));
        if sketch.graph.vertices().len() == vertices {
            break;
        }
        // There is more to look at: all of it again.
        sketch.graph.truncate(edges);
    }
}

/// What roles give, looked at when they are first met: most of those that a cluster is born with are bound to nobody.
struct Matches<'m, 'a> {
    policy: &'m Policy<'a>,
    of: Vec<OnceCell<Vec<Match>>>,
}

impl<'m, 'a> Matches<'m, 'a> {
    fn new(policy: &'m Policy<'a>) -> Matches<'m, 'a> {
        Matches { policy, of: policy.roles().iter().map(|_| OnceCell::new()).collect() }
    }

    /// What one role gives.
    fn of(&self, role: u32) -> &[Match] {
        let known = self.of.get(index(role)).zip(self.policy.roles().get(index(role)));
        known.map_or(&[], |(known, role)| {
            known.get_or_init(|| role.rules.iter().flat_map(|rule| self.of_rule(*rule)).collect())
        })
    }

    fn of_rule(&self, rule: u32) -> impl Iterator<Item = Match> {
        let kinds = EdgeKind::ALL.iter().flat_map(|&kind| (0..).zip(kind.edge().rights).map(move |it| (kind, it)));
        self.policy.rules.get(index(rule)).into_iter().flat_map(move |read| {
            let given = kinds.clone().filter(move |(_, (_, target))| target.given(read).is_some());
            given.map(move |(kind, (which, _))| Match { kind, which, rule })
        })
    }
}

fn bindings<'a>(sketch: &mut Sketch<'_, 'a>) -> Holdings<'a> {
    let mut holdings = Holdings::default();
    for (binding, read) in (0..).zip(sketch.policy.bindings()) {
        let scope = Scope::of(read);
        for &role in &read.roles {
            let to = sketch.graph.vertex(Vertex::Role(role, scope));
            for (subject, meant) in (0..).zip(&read.subjects) {
                let from = sketch.graph.vertex(Vertex::of(meant));
                holdings.entry(from).or_default().push(Holding { role, scope, binding, subject });
                let (kind, proof) = (EdgeKind::HoldsRole, Proof::Binding(binding, subject));
                sketch.graph.add(Edge { from, to, kind, weight: 0, conditions: Conditions::NONE, proof });
            }
        }
    }
    holdings
}

/// Who asks is the user, and in each of the groups.
fn ask<'a>(sketch: &mut Sketch<'_, 'a>, asker: u32, identity: &'a Identity) {
    let from = sketch.graph.vertex(Vertex::Asker(asker));
    let user = Some(Vertex::user(&identity.user)).filter(|_| !identity.user.is_empty());
    let groups = identity.groups.iter().map(|group| Vertex::group(group));
    for vertex in user.into_iter().chain(groups) {
        let to = sketch.graph.vertex(vertex);
        sketch.by_nature(EdgeKind::GroupMember, from, to, Conditions::NONE);
    }
}

/// Draws the roles and scopes that came in since, and says how many vertices are done.
fn roles(sketch: &mut Sketch<'_, '_>, matches: &Matches<'_, '_>, mut done: usize) -> usize {
    while let Some(vertex) = sketch.graph.vertices().get(done).copied() {
        let from = number(done);
        match vertex {
            Vertex::Role(role, scope) => one_role(sketch, matches, from, (role, scope)),
            Vertex::Can(super::Power::Everything, scope) => everything(sketch, from, scope),
            _ => {}
        }
        done += 1;
    }
    done
}

fn one_role<'a>(sketch: &mut Sketch<'_, 'a>, matches: &Matches<'_, '_>, from: u32, held: (u32, Scope<'a>)) {
    let rights =
        matches.of(held.0).iter().filter_map(|found| Some((found, right(sketch.policy, from, held.1, found)?)));
    let rights: Vec<(&Match, Right<'_, 'a>)> = rights.collect();
    for (found, right) in &rights {
        if let Some(draw) = found.kind.edge().by_right {
            draw(sketch, right);
        }
    }
    let together = rights.iter().filter(|(found, _)| found.kind.edge().by_holder.is_some());
    let together = together.map(|(found, right)| (found.kind, Right { by: Some((None, found.rule)), ..*right }));
    let together: Vec<(EdgeKind, Right<'_, 'a>)> = together.collect();
    hold(sketch, from, None, &together, &[held]);
}

fn right<'p, 'a>(policy: &'p Policy<'a>, from: u32, scope: Scope<'a>, found: &Match) -> Option<Right<'p, 'a>> {
    let rule = policy.rules.get(index(found.rule))?;
    let target = found.kind.edge().rights.get(found.which)?;
    let (_, names) = target.given(rule)?;
    let (proof, which) = (Proof::Rule(found.rule), found.which);
    Some(Right { from, scope: target.scope(scope)?, names, which, proof, by: None })
}

/// Whoever may do everything in a namespace may do each thing there.
fn everything<'a>(sketch: &mut Sketch<'_, 'a>, from: u32, scope: Scope<'a>) {
    for kind in EdgeKind::ALL {
        let edge = kind.edge();
        for (which, target) in (0..).zip(edge.rights).filter(|(_, target)| target.lives != Lives::Outside) {
            let Some((draw, scope)) = edge.by_right.zip(target.scope(scope)) else { continue };
            draw(sketch, &Right { from, scope, names: Names::Any, which, proof: Proof::Always, by: None });
        }
    }
}

/// Draws, kind by kind, what rights come to together.
pub(super) fn hold<'p, 'a>(
    sketch: &mut Sketch<'p, 'a>,
    vertex: u32,
    identity: Option<&Identity>,
    all: &[(EdgeKind, Right<'p, 'a>)],
    roles: &[(u32, Scope<'a>)],
) {
    for kind in super::graph::unique(all.iter().map(|(kind, _)| *kind)) {
        let Some(draw) = kind.edge().by_holder else { continue };
        let own = all.iter().filter(|(other, _)| *other == kind).map(|(_, right)| *right);
        draw(sketch, &Holder::new(vertex, identity, own, (kind.edge().rights, roles)));
    }
}

/// What somebody holds by several roles at once.
fn identities<'a>(
    sketch: &mut Sketch<'_, 'a>,
    matches: &Matches<'_, '_>,
    holdings: &Holdings<'a>,
    askers: &'a [Identity],
) {
    let matters =
        |holding: &Holding<'_>| matches.of(holding.role).iter().any(|found| found.kind.edge().by_holder.is_some());
    let mut vertices: Vec<u32> = holdings.keys().copied().collect();
    let asked = (0..number(askers.len())).filter_map(|asker| sketch.graph.find(&Vertex::Asker(asker)));
    vertices.extend(asked);
    vertices.sort_unstable();
    for vertex in vertices {
        let own = holdings.get(&vertex).map_or(&[][..], Vec::as_slice);
        let Some(known) = sketch.graph.at(vertex) else { continue };
        let is_asker = matches!(known, Vertex::Asker(_));
        if !is_asker && !own.iter().any(matters) {
            continue;
        }
        let identity = identity(&known, askers);
        let held: Vec<Holding<'a>> =
            own.iter().copied().chain(by_groups(sketch, holdings, &identity, is_asker)).collect();
        one_identity(sketch, matches, vertex, &identity, &held);
    }
}

fn one_identity<'a>(
    sketch: &mut Sketch<'_, 'a>,
    matches: &Matches<'_, '_>,
    vertex: u32,
    identity: &Identity,
    held: &[Holding<'a>],
) {
    let policy = sketch.policy;
    let mut all = Vec::new();
    for holding in held {
        for found in matches.of(holding.role) {
            let is_shared = found.kind.edge().by_holder.is_some();
            if let Some(right) = right(policy, vertex, holding.scope, found).filter(|_| is_shared) {
                let by = Some((Some((holding.binding, holding.subject)), found.rule));
                all.push((found.kind, Right { by, ..right }));
            }
        }
    }
    let roles: Vec<(u32, Scope<'a>)> = held.iter().map(|holding| (holding.role, holding.scope)).collect();
    hold(sketch, vertex, Some(identity), &all, &roles);
}

/// What somebody holds by groups, and who asks also by name.
fn by_groups<'a>(
    sketch: &Sketch<'_, 'a>,
    holdings: &Holdings<'a>,
    identity: &Identity,
    is_asker: bool,
) -> Vec<Holding<'a>> {
    let find = |vertex: Vertex<'_>| sketch.graph.number_of(&vertex);
    let groups = identity.groups.iter().filter_map(|group| find(Vertex::group(group)));
    let user = find(Vertex::user(&identity.user)).filter(|_| is_asker);
    let own = groups.chain(user).filter_map(|vertex| holdings.get(&vertex));
    own.flatten().copied().collect()
}

/// Somebody as the authorisers see them. A group stands for a member of it of whom nothing else is known.
pub(super) fn identity(vertex: &Vertex<'_>, askers: &[Identity]) -> Identity {
    match vertex {
        Vertex::User(name) => Identity::authenticated(*name, []),
        Vertex::Group(name) => Identity::authenticated("", [(*name).to_owned()]),
        Vertex::AccountsOf(namespace) => {
            let own = format!("system:serviceaccounts:{namespace}");
            Identity::authenticated("", [own, "system:serviceaccounts".to_owned()])
        }
        Vertex::Account(namespace, name) => Identity::account(namespace, name),
        Vertex::Asker(number) => askers.get(index(*number)).cloned().unwrap_or_default(),
        _ => Identity::default(),
    }
}
