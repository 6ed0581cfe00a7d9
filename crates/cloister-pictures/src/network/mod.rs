//! The map: callers outside → ways in → workloads, in a band for each namespace → outside; with the ports of each
//! connection that policies let through.
//!
//! ```text
//! Network, Register ──▶ Parts    what is drawn as one: a workload, alike ones, or a namespace (parts.rs)
//!                   ──▶ Arrows   who reaches whom, part by part (arrows.rs), as far as it is asked for (wanted.rs);
//!                                those of all of a namespace as one (fold.rs), of many namespaces as words (crowd.rs)
//!                   ──▶ Graph    with ways in (entries.rs) and out (outside.rs), in columns (columns.rs)
//! ```
//!
//! Where no policy decides, everything reaches everything: that is said, and not drawn.

mod around;
mod arrows;
mod columns;
mod crowd;
mod draw;
mod entries;
mod fold;
mod keeps;
mod outside;
mod parts;
mod wanted;
mod words;

use cloister_graph::Graph;
use cloister_inventory::Inventory;
use cloister_network::{Connections, Entries, Mesh, Network};
use cloister_register::Register;

use parts::{Level, Parts};

/// What shall be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'w> {
    /// What the map is of, for its title.
    pub of: &'w str,
    /// Only connections of this namespace, in to it and out of it.
    pub namespace: Option<&'w str>,
    /// Only what reaches this store of personal data.
    pub store: Option<&'w str>,
    /// Only what reaches these endpoints.
    pub to: Option<&'w [usize]>,
    /// Only what these endpoints reach.
    pub from: Option<&'w [usize]>,
    /// So many parts are readable; above, what is alike is drawn as one.
    pub most: usize,
    /// Only what policies of the network say.
    pub without_mesh: bool,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Wish { of: "", namespace: None, store: None, to: None, from: None, most: 60, without_mesh: false }
    }
}

impl Wish<'_> {
    /// Whether it is about who reaches something, or what something reaches; then every one of them is drawn.
    fn is_focused(&self) -> bool {
        self.store.is_some() || self.to.is_some() || self.from.is_some()
    }
}

/// What the map is made from.
struct Facts<'f, 'a> {
    network: &'f Network<'a>,
    register: &'f Register<'a>,
    connections: Connections,
    entries: Entries<'a>,
    /// Where a mesh is in force and there are few enough connections to ask it about each.
    mesh: Option<Mesh<'f, 'a>>,
    /// A mesh is in force, and there are too many.
    leaves_mesh_out: bool,
    wish: Wish<'f>,
}

/// A mesh is asked about each connection of two workloads: above so many that takes longer than people wait.
const MESHED: usize = 200_000;

/// So many arrows for each part that is readable; above, what is alike is drawn as one too.
const ARROWS: usize = 4;

/// The names of stores of personal data that are in a network.
pub fn stores(network: &Network<'_>, register: &Register<'_>) -> Vec<String> {
    let workloads = network.endpoints().iter().filter_map(|it| it.workload());
    let mut names: Vec<String> = workloads.filter_map(|it| Some(keeps::of(it.resource, register)?.name)).collect();
    names.sort();
    names.dedup();
    names
}

/// The map.
pub fn map<'a>(network: &Network<'a>, inventory: &'a Inventory, register: &Register<'a>, wish: &Wish<'_>) -> Graph {
    let connections = network.connections();
    let mesh = Mesh::of(network, inventory).filter(|_| !wish.without_mesh);
    let leaves_mesh_out = mesh.is_some() && connections.count(network) > MESHED;
    let mesh = mesh.filter(|_| !leaves_mesh_out);
    let entries = network.entries(inventory);
    let facts = Facts { network, register, connections, entries, mesh, leaves_mesh_out, wish: *wish };
    let mut levels = Level::ALL.into_iter().peekable();
    loop {
        let Some(level) = levels.next() else { return Graph::default() };
        let parts = Parts::new(&facts, level);
        if parts.all.len() > wish.most && levels.peek().is_some() {
            continue;
        }
        let graph = draw::draw(&facts, &parts);
        if graph.edges.len() <= wish.most.saturating_mul(ARROWS) || levels.peek().is_none() {
            return graph;
        }
    }
}
