//! What a subject can become: every way to climb from what somebody may do to what they shall not.
//!
//! ```text
//! bindings ──▶ Role in a scope ──▶ Can(power, scope) ──▶ identities, Secrets, pods, nodes ──▶ cluster-admin
//! ```
//!
//! The graph knows capabilities ("run pods in shop", "act as any service account") where others draw an edge from each
//! subject to each object: it grows with the input, not with its square. [`edges`] has one file for each way to climb;
//! what takes two rights that need not be one identity's is closed by [`together`].
//!
//! An edge that admission might refuse, or that hangs on what the input does not tell, stays, and says so
//! ([`Conditions`]). Not seen: pods that are named and not in the input, and `bind`, `escalate` or group impersonation
//! whose rights come from several roles that were only taken on the way.

mod acting;
mod admission;
mod conditions;
mod directory;
mod draw;
mod edges;
mod escape;
mod graph;
mod holder;
mod path;
mod right;
mod search;
mod sketch;
mod together;
mod vertex;
mod ways;
mod world;

use cloister_inventory::{Inventory, Pod};
use foldhash::{HashMap, HashSet};

pub use conditions::Conditions;
pub use edges::EdgeKind;
pub use path::{Evidence, Path, Step};
pub use vertex::{Power, Scope, Vertex};
pub use ways::Ways;

use crate::policy::index;
use crate::{Binding, Identity, Policy, ServerRules};
use search::Search;
use sketch::Sketch;

/// The label of what the API server makes when it starts.
const BOOTSTRAPPING: &str = "kubernetes.io/bootstrapping";

/// Everything that can be reached, from everywhere.
#[derive(Debug)]
pub struct Closure<'p, 'a> {
    sketch: Sketch<'p, 'a>,
    askers: &'a [Identity],
    to_admin: Search,
}

/// What somebody reaches, the worst of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// Cluster-admin.
    Admin,
    /// Root on a node.
    Node,
    /// The service accounts of others.
    Accounts,
}

impl Goal {
    /// For people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Goal::Admin => "cluster-admin",
            Goal::Node => "node",
            Goal::Accounts => "service-accounts",
        }
    }
}

/// Somebody who climbs.
#[derive(Clone, Debug)]
pub struct Climber<'p, 'a> {
    /// The worst that they reach.
    pub goal: Goal,
    /// By the shortest way.
    pub path: Path<'p, 'a>,
}

impl<'p, 'a> Closure<'p, 'a> {
    /// Works it out. `askers` are identities to be asked about, with groups that no binding tells.
    pub fn new(
        policy: &'p Policy<'a>,
        inventory: &'a Inventory,
        rules: ServerRules,
        askers: &'a [Identity],
    ) -> Closure<'p, 'a> {
        let mut sketch = Sketch {
            policy,
            inventory,
            rules,
            world: world::World::new(policy, inventory),
            directory: directory::Directory::new(policy),
            admission: admission::Admission::new(inventory),
            graph: graph::Graph::default(),
            together: Vec::new(),
            known_together: HashMap::default(),
            rights: Vec::new(),
        };
        draw::draw(&mut sketch, askers);
        together::close(&mut sketch.graph, &sketch.together);
        let mut to_admin = Search::default();
        if let Some(admin) = sketch.graph.find(&Vertex::Admin) {
            to_admin.run(&sketch.graph, &[admin], true);
        }
        Closure { sketch, askers, to_admin }
    }

    pub(crate) fn askers(&self) -> &'a [Identity] {
        self.askers
    }

    /// The workload whose pods a vertex means, by its number.
    pub(crate) fn pod(&self, workload: u32) -> Option<Pod<'a>> {
        self.sketch.pod(workload)
    }

    /// The nodes that are known, by name.
    pub fn nodes(&self) -> impl Iterator<Item = &'a str> {
        self.sketch.world.nodes.keys().copied()
    }

    /// How large the graph is: vertices and edges.
    pub fn size(&self) -> (usize, usize) {
        (self.sketch.graph.vertices().len(), self.sketch.graph.edges().len())
    }

    /// A vertex in words.
    pub fn name(&self, vertex: &Vertex<'_>) -> String {
        let pod = |number| self.sketch.pod(number).map(|pod| vertex::workload(&pod)).unwrap_or_default();
        let role = |number| {
            let role = self.sketch.policy.roles().get(index(number));
            role.map(|role| format!("{} {}", role.resource.kind, role.name)).unwrap_or_default()
        };
        if let Vertex::Asker(number) = vertex {
            let user = self.askers.get(index(*number)).map(|identity| identity.user.as_str()).unwrap_or_default();
            return if user.is_empty() { "the members".to_owned() } else { self.name(&Vertex::user(user)) };
        }
        if let Vertex::Acting(_, whom) = vertex
            && let Some(whom) = self.sketch.graph.at(*whom)
        {
            return format!("{}, for some requests", self.name(&whom));
        }
        vertex.say(pod, role)
    }

    /// Whether somebody reaches cluster-admin, and in how many steps.
    pub fn steps_to_admin(&self, vertex: &Vertex<'_>) -> Option<u32> {
        let number = self.sketch.graph.number_of(vertex)?;
        self.to_admin.cost(number).map(search::steps)
    }

    /// The shortest way to cluster-admin.
    pub fn path_to_admin(&self, vertex: &Vertex<'_>) -> Option<Path<'p, 'a>> {
        let number = self.sketch.graph.number_of(vertex)?;
        self.way(number, &self.to_admin, &mut Search::default())
    }

    /// The way that a search against the edges found.
    fn way(&self, from: u32, search: &Search, scratch: &mut Search) -> Option<Path<'p, 'a>> {
        search.cost(from)?;
        let edges = search.path(&self.sketch.graph, from, true);
        let last = edges.last().and_then(|&edge| self.sketch.graph.edge(edge));
        Some(self.tell(from, last.map_or(from, |edge| edge.to), &edges, scratch))
    }

    /// The shortest way from one to another.
    pub fn path(&self, from: &Vertex<'_>, to: &Vertex<'_>) -> Option<Path<'p, 'a>> {
        let number = |vertex| self.sketch.graph.number_of(vertex);
        let (from, to) = (number(from)?, number(to)?);
        let mut search = Search::default();
        search.run_until(&self.sketch.graph, &[from], false, Some(to));
        search.cost(to)?;
        let edges = search.path(&self.sketch.graph, to, false);
        Some(self.tell(from, to, &edges, &mut Search::default()))
    }

    /// The shortest way that a binding by itself opens to those whom it names.
    pub fn path_by(&self, binding: &Binding<'a>, to: &Vertex<'_>) -> Option<Path<'p, 'a>> {
        let scope = Scope::of(binding);
        let paths = binding.roles.iter().filter_map(|role| self.path(&Vertex::Role(*role, scope), to));
        paths.min_by_key(Path::length)
    }

    /// Everything that somebody reaches, by the shortest ways, nearest first.
    pub fn paths_from(&self, vertex: &Vertex<'_>) -> Vec<Path<'p, 'a>> {
        let Some(from) = self.sketch.graph.number_of(vertex) else { return Vec::new() };
        let mut search = Search::default();
        search.run(&self.sketch.graph, &[from], false);
        let mut reached: Vec<(u32, u32)> =
            search.reached().iter().filter_map(|&to| Some((search.cost(to)?, to))).collect();
        reached.sort_unstable();
        let is_told = |to: &u32| {
            let hidden = |vertex| match vertex {
                Vertex::Role(..) | Vertex::Together(_) | Vertex::Rewrite(_) => true,
                Vertex::Can(power, _) => !power.is_goal(),
                _ => false,
            };
            *to != from && self.sketch.graph.at(*to).is_some_and(|vertex| !hidden(vertex))
        };
        let ends = reached.into_iter().map(|(_, to)| to).filter(is_told);
        let mut scratch = Search::default();
        let paths = ends.map(|to| self.tell(from, to, &search.path(&self.sketch.graph, to, false), &mut scratch));
        paths.filter(|path| !path.steps.is_empty()).collect()
    }

    /// Everybody who reaches something, by the shortest ways, nearest first.
    pub fn paths_to(&self, target: &Vertex<'_>) -> Vec<Path<'p, 'a>> {
        self.paths_to_any(|vertex| vertex == target)
    }

    /// Everybody who reaches one of these, each by the shortest way to the nearest; who is one is there already.
    pub(crate) fn paths_to_any(&self, is_meant: impl Fn(&Vertex<'a>) -> bool) -> Vec<Path<'p, 'a>> {
        let search = self.search_to(is_meant);
        let mut scratch = Search::default();
        let paths = self.people().into_iter().filter_map(|from| self.way(from, &search, &mut scratch));
        let mut paths: Vec<Path<'p, 'a>> = paths.filter(|path| !path.steps.is_empty()).collect();
        paths.sort_by_cached_key(|path| (path.length(), !path.conditions().is_certain(), self.name(&path.from)));
        paths
    }

    /// Everybody who climbs, with the worst that they reach: fewest steps first.
    pub fn climbers(&self) -> Vec<Climber<'p, 'a>> {
        let node =
            |vertex: &Vertex<'_>| matches!(vertex, Vertex::Node(_) | Vertex::Can(Power::AnyNode | Power::SomeNode, _));
        let nodes = self.search_to(node);
        let others =
            self.search_to(|vertex| matches!(vertex, Vertex::Account(..) | Vertex::Can(Power::BecomeAccounts, _)));
        let (mut climbers, mut scratch) = (Vec::new(), Search::default());
        for from in self.people() {
            let mut way = |search| self.way(from, search, &mut scratch).filter(|path| !path.steps.is_empty());
            let found = way(&self.to_admin).map(|path| (Goal::Admin, path));
            let found = found.or_else(|| Some((Goal::Node, way(&nodes)?)));
            let found = found.or_else(|| Some((Goal::Accounts, self.to_others(from, &others, &mut scratch)?)));
            climbers.extend(found.map(|(goal, path)| Climber { goal, path }));
        }
        climbers.sort_by_cached_key(|climber| {
            let path = &climber.path;
            (climber.goal, path.length(), !path.conditions().is_certain(), self.name(&path.from))
        });
        climbers
    }

    /// Whether somebody holds only what Kubernetes itself gave them.
    pub fn is_built_in(&self, vertex: &Vertex<'_>) -> bool {
        let Some(number) = self.sketch.graph.number_of(vertex) else { return false };
        let bindings = self.sketch.graph.out(number).filter_map(|(_, edge)| match edge.proof {
            graph::Proof::Binding(binding, _) => self.sketch.policy.bindings().get(index(binding)),
            _ => None,
        });
        let mut bindings = bindings.peekable();
        let label = |binding: &crate::Binding<'_>| binding.resource.label(BOOTSTRAPPING).is_some();
        bindings.peek().is_some() && bindings.all(label)
    }

    fn search_to(&self, is_meant: impl Fn(&Vertex<'a>) -> bool) -> Search {
        let numbered = (0..).zip(self.sketch.graph.vertices());
        let ends: Vec<u32> = numbered.filter(|(_, vertex)| is_meant(vertex)).map(|(number, _)| number).collect();
        let mut search = Search::default();
        search.run(&self.sketch.graph, &ends, true);
        search
    }

    /// The shortest way to an account that is not one's own.
    fn to_others(&self, from: u32, search: &Search, scratch: &mut Search) -> Option<Path<'p, 'a>> {
        if search.cost(from).is_some_and(|cost| cost > 0) {
            return self.way(from, search, scratch);
        }
        // Who is an account is at one already: the first edge decides.
        let onward = self.sketch.graph.out(from).filter_map(|(number, edge)| {
            let cost = search::cost_of(edge) + search.cost(edge.to)?;
            Some((cost, number, edge.to))
        });
        let (_, first, next) = onward.min()?;
        let mut edges = vec![first];
        edges.extend(search.path(&self.sketch.graph, next, true));
        let last = edges.last().and_then(|&edge| self.sketch.graph.edge(edge))?;
        Some(self.tell(from, last.to, &edges, scratch)).filter(|path| path.length() > 0)
    }

    /// Everybody whom bindings name, and who asks.
    fn people(&self) -> Vec<u32> {
        let bound = self.sketch.graph.edges().iter().filter(|edge| edge.kind == EdgeKind::HoldsRole);
        let mut people: HashSet<u32> = bound.map(|edge| edge.from).collect();
        people.extend((0..self.askers.len()).filter_map(|asker| {
            let asker = u32::try_from(asker).ok()?;
            self.sketch.graph.find(&Vertex::Asker(asker))
        }));
        let mut people: Vec<u32> = people.into_iter().collect();
        people.sort_unstable();
        people
    }
}
