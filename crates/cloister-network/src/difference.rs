//! What a change does: connections gained and lost between two networks.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use crate::mesh::Mesh;
use crate::network::Network;
use crate::pairs::Pairs;
use crate::policy::Direction;
use crate::ports::PortSet;
use crate::rows::Verdicts;
use crate::verdict::Verdict;

/// Endpoints whose connections change alike.
#[derive(Clone, Debug)]
pub struct Change {
    /// Names of sources, in order.
    pub sources: Arc<[String]>,
    /// Names of destinations, in order.
    pub destinations: Arc<[String]>,
    /// What was decided before; closed where one of the ends was not there.
    pub before: Arc<Verdict>,
    /// What is decided after.
    pub after: Arc<Verdict>,
}

impl Change {
    /// Ports that come to be open.
    pub fn gained(&self) -> PortSet {
        self.after.allowed().difference(&self.before.allowed())
    }

    /// Ports that were open.
    pub fn lost(&self) -> PortSet {
        self.before.allowed().difference(&self.after.allowed())
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct Changes {
    /// In the order of their sources' names.
    pub all: Vec<Change>,
    /// Workloads and nodes that are only in the first.
    pub gone: Vec<String>,
    /// Those that are only in the second.
    pub new: Vec<String>,
}

/// Compares two networks, of which each was cut by the blocks of the other (`Options::cut`). Endpoints of one name are
/// the same.
pub fn differences<'x>(before: &'x Network<'x>, after: &'x Network<'x>) -> Changes {
    differences_within(before, after, [None, None])
}

/// The same after the mesh of each network has spoken. The networks must have been made for it (`Options::mesh`).
pub fn differences_within<'x>(
    before: &'x Network<'x>,
    after: &'x Network<'x>,
    meshes: [Option<&'x Mesh<'x, 'x>>; 2],
) -> Changes {
    let joint = Joint::of(before, after);
    let only = |side: fn(&(Option<usize>, Option<usize>)) -> bool| {
        let names = joint.names.iter().filter(move |(_, classes)| side(classes));
        names.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let mut changes = Changes { all: Vec::new(), gone: only(|it| it.1.is_none()), new: only(|it| it.0.is_none()) };
    let (mut first, mut second) = (Verdicts::default(), Verdicts::default());
    let closed = [first.number(Verdict::closed()), second.number(Verdict::closed())];
    let rows = |network: &Network<'_>, verdicts: &mut Verdicts| {
        [Direction::Egress, Direction::Ingress].map(|direction| network.rows(direction, verdicts))
    };
    let ([out_before, in_before], [out_after, in_after]) = (rows(before, &mut first), rows(after, &mut second));
    let mut first = Pairs::new(before, &out_before, &in_before, closed[0], first, meshes[0]);
    let mut second = Pairs::new(after, &out_after, &in_after, closed[1], second, meshes[1]);
    for (source, names) in &joint.classes {
        let said = [source.0.map(|it| dense(&mut first, it)), source.1.map(|it| dense(&mut second, it))];
        let mut found: BTreeMap<(u32, u32), Vec<String>> = BTreeMap::new();
        for (destination, names) in &joint.classes {
            let number = |said: &Option<HashMap<usize, u32>>, class: Option<usize>, closed| {
                said.as_ref().zip(class).and_then(|(said, class)| said.get(&class)).copied().unwrap_or(closed)
            };
            let pair = (number(&said[0], destination.0, closed[0]), number(&said[1], destination.1, closed[1]));
            if first.verdicts.get(pair.0) != second.verdicts.get(pair.1) {
                found.entry(pair).or_default().extend(names.iter().cloned());
            }
        }
        for (pair, mut destinations) in found {
            let Some((one, other)) = first.verdicts.get(pair.0).zip(second.verdicts.get(pair.1)) else { continue };
            destinations.sort_unstable();
            changes.all.push(Change {
                sources: names.as_slice().into(),
                destinations: destinations.into(),
                before: one.clone(),
                after: other.clone(),
            });
        }
    }
    changes.all.sort_by(|one, other| (&one.sources, &one.destinations).cmp(&(&other.sources, &other.destinations)));
    changes
}

/// The open destinations of a source by their class.
fn dense(pairs: &mut Pairs<'_, '_>, source: usize) -> HashMap<usize, u32> {
    pairs.open(source).into_iter().collect()
}

/// The classes of an endpoint in both networks.
type Classes = (Option<usize>, Option<usize>);

/// Endpoints of both networks, by name and by class.
struct Joint {
    names: BTreeMap<String, Classes>,
    classes: Vec<(Classes, Vec<String>)>,
}

impl Joint {
    fn of(before: &Network<'_>, after: &Network<'_>) -> Joint {
        let mut names: BTreeMap<String, Classes> = BTreeMap::new();
        for (number, endpoint) in before.endpoints().iter().enumerate() {
            names.entry(endpoint.name()).or_default().0 = before.class_of(number);
        }
        for (number, endpoint) in after.endpoints().iter().enumerate() {
            names.entry(endpoint.name()).or_default().1 = after.class_of(number);
        }
        let mut order: HashMap<Classes, usize> = HashMap::default();
        let mut classes: Vec<(Classes, Vec<String>)> = Vec::new();
        for (name, both) in &names {
            let next = classes.len();
            let at = *order.entry(*both).or_insert(next);
            if at == next {
                classes.push((*both, Vec::new()));
            }
            classes.get_mut(at).into_iter().for_each(|(_, names)| names.push(name.clone()));
        }
        Joint { names, classes }
    }
}
