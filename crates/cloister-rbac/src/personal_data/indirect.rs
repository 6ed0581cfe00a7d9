//! Who can come to read the data by climbing first: as somebody who can, or into what holds the data.

use std::collections::HashSet;

use foldhash::HashMap;

use super::{Access, Kept, key};
use crate::escalation::{Closure, Path, Power, Vertex};
use crate::{Policy, Subject};

/// Somebody who has no direct way, and the shortest one that leads to the data all the same.
#[derive(Clone, Debug)]
pub struct Indirect<'p, 'a> {
    /// Who.
    pub subject: &'p Subject<'a>,
    /// To the first who can read the data, or the first thing that gives it.
    pub path: Path<'p, 'a>,
}

/// Everybody who is not among the direct readers and reaches one of them, or what holds the data: people first, then the
/// fewest steps, and what is certain before what hangs on something.
pub fn climbers<'p, 'a>(
    policy: &'p Policy<'a>,
    closure: &Closure<'p, 'a>,
    kept: &[Kept],
    direct: &[Access<'p, 'a>],
) -> Vec<Indirect<'p, 'a>> {
    let readers: HashSet<Vertex<'a>> = direct.iter().map(|it| Vertex::of(it.subject)).collect();
    let able: HashSet<_> = direct.iter().map(|it| key(it.subject)).collect();
    let mut subjects: HashMap<Vertex<'a>, &'p Subject<'a>> = HashMap::default();
    for subject in policy.bindings().iter().flat_map(|binding| &binding.subjects) {
        subjects.entry(Vertex::of(subject)).or_insert(subject);
    }
    let paths =
        closure.paths_to_any(|vertex| readers.contains(vertex) || kept.iter().any(|it| it.lies_in(vertex, closure)));
    let found = paths.into_iter().filter(|path| path.length() > 0);
    let found = found.filter_map(|path| Some(Indirect { subject: subjects.get(&path.from)?, path }));
    let mut found: Vec<Indirect<'p, 'a>> = found.filter(|it| !able.contains(&key(it.subject))).collect();
    // In the order of the paths: the nearest first.
    found.sort_by_key(|it| it.subject.class());
    found
}

impl Kept {
    /// Whether reaching this is reaching the data.
    fn lies_in(&self, vertex: &Vertex<'_>, closure: &Closure<'_, '_>) -> bool {
        match *vertex {
            Vertex::Admin => true,
            Vertex::Pod(number) => closure.pod(number).is_some_and(|pod| {
                let name = (pod.resource.kind.to_string(), pod.resource.name.to_string());
                pod.namespace() == self.namespace && self.workloads.contains(&name)
            }),
            Vertex::Can(Power::EnterPods, scope) => scope.holds(&self.namespace),
            _ if self.uses => false,
            Vertex::Can(Power::Everything | Power::RunPods | Power::ReadSecrets | Power::ReadData, scope) => {
                scope.holds(&self.namespace)
            }
            Vertex::Can(Power::AnyNode, _) => true,
            Vertex::Secret(namespace, name) => namespace == self.namespace && self.secrets.contains(name),
            Vertex::Node(name) => self.nodes.contains(name),
            _ => false,
        }
    }
}
