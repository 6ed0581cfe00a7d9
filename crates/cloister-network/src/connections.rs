//! Every connection that policies let through, alike ones together.

use std::sync::Arc;

use foldhash::HashMap;

use crate::mesh::Mesh;
use crate::network::Network;
use crate::pairs::Pairs;
use crate::policy::Direction;
use crate::rows::Verdicts;
use crate::verdict::Verdict;

/// Sources that each reach each of some destinations on the same ports.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Classes of sources, in order.
    pub sources: Vec<usize>,
    /// Classes of destinations, in order.
    pub destinations: Arc<[usize]>,
    /// The ports.
    pub verdict: Arc<Verdict>,
}

/// All of them.
#[derive(Debug)]
pub struct Connections {
    /// Each pair of classes of which some port is open, or may be, once.
    pub groups: Vec<Connection>,
    /// Whether a mesh has narrowed them.
    pub is_meshed: bool,
}

impl Connections {
    /// How many connections between two endpoints they are.
    pub fn count(&self, network: &Network<'_>) -> usize {
        let size = |classes: &[usize]| classes.iter().map(|class| network.members(*class).len()).sum::<usize>();
        let pairs = self.groups.iter().map(|group| {
            let common = group.sources.iter().filter(|class| group.destinations.binary_search(class).is_ok());
            let own: usize = common.map(|class| network.members(*class).len()).sum();
            size(&group.sources).saturating_mul(size(&group.destinations)).saturating_sub(own)
        });
        pairs.fold(0, usize::saturating_add)
    }
}

impl<'a> Network<'a> {
    /// Every connection of which some port is open, or may be: between pods, and of pods with nodes and the outside.
    pub fn connections(&self) -> Connections {
        self.connections_within(None)
    }

    fn connections_within<'n>(&'n self, mesh: Option<&'n Mesh<'n, 'a>>) -> Connections {
        let mut verdicts = Verdicts::default();
        let closed = verdicts.number(Verdict::closed());
        let egress = self.rows(Direction::Egress, &mut verdicts);
        let ingress = self.rows(Direction::Ingress, &mut verdicts);
        let mut pairs = Pairs::new(self, &egress, &ingress, closed, verdicts, mesh);
        let mut groups: HashMap<(u32, Arc<[usize]>), Vec<usize>> = HashMap::default();
        let mut order = Vec::new();
        for source in 0..self.classes.len() {
            for (verdict, destinations) in pairs.of(source) {
                let key = (verdict, Arc::<[usize]>::from(destinations));
                let sources = groups.entry(key.clone()).or_default();
                if sources.is_empty() {
                    order.push(key);
                }
                sources.push(source);
            }
        }
        let verdicts = pairs.verdicts;
        let group = |key: (u32, Arc<[usize]>)| {
            let verdict = verdicts.get(key.0)?.clone();
            let sources = groups.remove(&key)?;
            let destinations = match sources.as_slice() {
                // Of one alone its connection with itself is not told.
                [only] if self.members(*only).len() < 2 && key.1.contains(only) => {
                    key.1.iter().copied().filter(|destination| destination != only).collect()
                }
                _ => key.1,
            };
            (!destinations.is_empty()).then_some(Connection { sources, destinations, verdict })
        };
        Connections { groups: order.into_iter().filter_map(group).collect(), is_meshed: mesh.is_some() }
    }

    /// Each connection between two endpoints: their numbers and the ports. A workload's connections with its own
    /// replicas come where it has several pods, which the input need not tell; they are left out here.
    pub fn each<'c>(&'c self, connection: &'c Connection) -> impl Iterator<Item = (usize, usize)> + 'c {
        let sources = connection.sources.iter().flat_map(|class| self.members(*class));
        sources.flat_map(move |source| {
            let destinations = connection.destinations.iter().flat_map(|class| self.members(*class));
            destinations
                .filter(move |destination| *destination != source)
                .map(move |destination| (*source, *destination))
        })
    }
}

impl Mesh<'_, '_> {
    /// Every connection that policies and the mesh let through, or may. The network must have been made for it
    /// (`Options::mesh`).
    pub fn connections(&self) -> Connections {
        self.network().connections_within(Some(self))
    }
}
