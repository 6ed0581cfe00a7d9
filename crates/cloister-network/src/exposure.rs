//! What pods and namespaces that are not there yet could reach, and what could be reached of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloister_inventory::Selector;
use foldhash::HashMap;

use crate::addresses::{AddressSet, Family};
use crate::alike::Alike;
use crate::classes::{Class, Match, Sort};
use crate::evaluate::Asked;
use crate::lookup::OUTSIDE;
use crate::network::Network;
use crate::policy::{Atom, Direction, Peer, Peers, Space};
use crate::ports::PortSet;
use crate::rows::{Row, Rows, Verdicts};
use crate::selectors::{canonical, words};
use crate::verdict::Verdict;

/// What workloads are open to.
#[derive(Debug)]
pub struct Exposure {
    /// Their classes, in order: all that are open to the same in both directions.
    pub classes: Arc<[usize]>,
    /// Whether they reach, or are reached.
    pub direction: Direction,
    /// No NetworkPolicy selects them in this direction.
    pub unprotected: bool,
    /// To whom, the widest first.
    pub open: Arc<[Exposed]>,
}

/// Somebody who may come, and the ports that are open to them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exposed {
    /// Who.
    pub toward: Toward,
    /// The ports that are open for certain.
    pub ports: PortSet,
}

/// Somebody who may come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Toward {
    /// Any pod, in any namespace, whatever its labels.
    AnyPod,
    /// Pods with these labels, in namespaces that are so.
    Pods {
        /// The namespaces, in words.
        namespaces: String,
        /// The pods, in words.
        pods: String,
    },
    /// Addresses outside of the cluster.
    Addresses(AddressSet),
}

impl<'a> Network<'a> {
    /// What workloads are open to, in both directions.
    pub fn exposure(&self) -> Vec<Exposure> {
        const DIRECTIONS: [Direction; 2] = [Direction::Ingress, Direction::Egress];
        let thoughts = self.thoughts();
        let mut verdicts = Verdicts::default();
        let rows = DIRECTIONS.map(|direction| self.rows(direction, &mut verdicts));
        let mut told: HashMap<Key, Arc<[Exposed]>> = HashMap::default();
        let mut alike: Alike<[Told; 2]> = Alike::default();
        for (number, class) in self.classes.iter().enumerate().filter(|(_, class)| class.is_pod()) {
            let mut of = |rows: &Rows, direction| {
                let row = rows.of.get(number).copied();
                let key = (direction, row, class.network, self.families_of(class));
                let open = told
                    .entry(key)
                    .or_insert_with(|| self.open_to(class, direction, rows.row(number), &verdicts, &thoughts).into());
                (class.profile(direction).network.is_empty(), open.clone())
            };
            let [ingress, egress] = &rows;
            alike.add([of(ingress, Direction::Ingress), of(egress, Direction::Egress)], number);
        }
        let both = |(told, classes): ([Told; 2], Vec<usize>)| {
            let classes: Arc<[usize]> = classes.into();
            let one =
                |((unprotected, open), direction)| Exposure { classes: classes.clone(), direction, unprotected, open };
            told.into_iter().zip(DIRECTIONS).map(one).collect::<Vec<_>>()
        };
        alike.groups.into_iter().flat_map(both).collect()
    }

    fn open_to(
        &self,
        class: &Class<'a>,
        direction: Direction,
        row: Option<&Row>,
        verdicts: &Verdicts,
        thoughts: &Thoughts<'a>,
    ) -> Vec<Exposed> {
        let any = self.sure(class, direction, &thoughts.anybody);
        let mut open = Vec::new();
        let named = self.atoms_named(class, direction);
        for atom in &named {
            let ports = self.sure(class, direction, &self.thought(*atom, &named, thoughts)).difference(&any);
            if let Some(atom) = self.pool.atoms.get(*atom).filter(|_| !ports.is_empty()) {
                open.push(Exposed { toward: atom.toward(), ports });
            }
        }
        if !any.is_empty() {
            open.push(Exposed { toward: Toward::AnyPod, ports: any });
        }
        open.extend(row.into_iter().flat_map(|row| self.open_outside(class, row, verdicts, &thoughts.outside)));
        open.sort_by(|one, other| one.toward.cmp(&other.toward));
        open
    }

    /// Addresses outside, by the ports that are open to them, as a class's row says.
    fn open_outside(&self, class: &Class<'a>, row: &Row, verdicts: &Verdicts, outside: &[usize]) -> Vec<Exposed> {
        let mut known: HashMap<([u32; 2], [Match; 2]), PortSet> = HashMap::default();
        let mut by_ports: BTreeMap<PortSet, Vec<&AddressSet>> = BTreeMap::new();
        for (number, peer) in outside.iter().filter_map(|number| Some((*number, self.classes.get(*number)?))) {
            let Some(said) = row.said(number, OUTSIDE) else { continue };
            let ports = known.entry((said, self.families(class, peer))).or_insert_with(|| {
                let verdict = |number| verdicts.get(number).map_or_else(Verdict::closed, |it| (**it).clone());
                let [v4, v6] = said.map(verdict);
                self.joined(class, peer, v4, || v6).allowed()
            });
            let members = peer.members.iter().filter_map(|member| self.endpoint(*member));
            for endpoint in members.filter(|_| !ports.is_empty()) {
                let crate::Endpoint::Outside(addresses) = endpoint else { continue };
                by_ports.entry(ports.clone()).or_default().push(addresses);
            }
        }
        let exposed = |(ports, sets): (PortSet, Vec<&AddressSet>)| {
            let toward = Toward::Addresses(AddressSet::joined(sets.into_iter()));
            Exposed { toward, ports }
        };
        by_ports.into_iter().map(exposed).collect()
    }

    /// The ports that are open for certain between a class and a peer, as far as the class's own policies say.
    fn sure(&self, class: &Class<'a>, direction: Direction, peer: &Class<'a>) -> PortSet {
        let by = |family| self.side(Asked { direction, pod: class, peer, family });
        let said: Verdict = self.joined(class, peer, by(Family::V4), || by(Family::V6));
        said.allowed()
    }

    /// The selectors that the rules of a class name.
    fn atoms_named(&self, class: &Class<'a>, direction: Direction) -> Vec<usize> {
        let policies = class.profile(direction).policies().filter_map(|number| self.policies.get(number));
        let rules = policies.flat_map(|policy| policy.rules(direction).unwrap_or_default());
        let mut atoms: Vec<usize> = Vec::new();
        for rule in rules {
            let Peers::Any(peers) = &rule.peers else { continue };
            atoms.extend(peers.iter().filter_map(|peer| match peer {
                Peer::Pods(atom) => Some(*atom),
                _ => None,
            }));
        }
        atoms.sort_unstable();
        atoms.dedup();
        atoms
    }

    /// A pod of which nothing is known.
    pub(crate) fn anybody(&self) -> Class<'a> {
        let (every, others) =
            (0..self.pool.atoms.len()).partition(|number| self.pool.atoms.get(*number).is_some_and(Atom::is_every_pod));
        Class::thought(every, others, self.anywhere)
    }

    /// What each selector asks for.
    fn parts(&self) -> Vec<Parts> {
        let parts = |node: &cloister_model::Node| canonical(node).split('\u{2}').map(str::to_owned).collect();
        let of = |atom: &Atom<'a>| Parts {
            namespaces: match atom.space {
                Space::Selected(selector) => parts(selector),
                Space::One(_) | Space::Every => Vec::new(),
            },
            pods: atom.pods.map(parts).unwrap_or_default(),
        };
        self.pool.atoms.iter().map(of).collect()
    }

    /// What is looked up for every class.
    fn thoughts(&self) -> Thoughts<'a> {
        let mut networks: HashMap<&'a str, usize> = HashMap::default();
        for (number, endpoint) in self.endpoints().iter().enumerate() {
            let crate::Endpoint::Workload(workload) = endpoint else { continue };
            let class = self.class_of(number).and_then(|class| self.classes.get(class));
            networks.entry(workload.namespace).or_insert(class.map_or(0, |class| class.network));
        }
        let outside = self.classes.iter().enumerate().filter(|(_, class)| matches!(class.sort, Sort::Outside(_)));
        let outside = outside.map(|(number, _)| number).collect();
        Thoughts { anybody: self.anybody(), parts: self.parts(), networks, outside }
    }

    /// A pod of which nothing is known but that this selects it. Only these selectors are asked about, in order.
    fn thought(&self, number: usize, asked: &[usize], thoughts: &Thoughts<'a>) -> Class<'a> {
        let known = |number: usize| self.pool.atoms.get(number).zip(thoughts.parts.get(number));
        let Some((atom, parts)) = known(number) else { return self.anybody() };
        let (mut sure, mut perhaps) = (Vec::new(), Vec::new());
        for (other, (it, of_it)) in asked.iter().filter_map(|other| Some((*other, known(*other)?))) {
            let implied = || self.space_implies((atom, parts), (it, of_it)) && implies(&parts.pods, &of_it.pods);
            if other == number || implied() {
                sure.push(other);
            } else if !self.excludes(atom, it) {
                perhaps.push(other);
            }
        }
        let mut class = Class::thought(sure, perhaps, self.anywhere);
        if let Space::One(name) = atom.space {
            class.network = thoughts.networks.get(name).copied().unwrap_or(0);
        }
        class
    }

    /// Whether each namespace of one is a namespace of the other.
    fn space_implies(&self, (one, asked): (&Atom<'a>, &Parts), (other, parts): (&Atom<'a>, &Parts)) -> bool {
        match (one.space, other.space) {
            (_, Space::Every) => true,
            (Space::One(one), Space::One(other)) => one == other,
            (Space::One(name), Space::Selected(selector)) => {
                self.namespaces.get(name).is_some_and(|it| Selector::Labels(selector).matches(&it.labels))
            }
            (Space::Selected(_), Space::Selected(_)) => implies(&asked.namespaces, &parts.namespaces),
            (Space::Every | Space::Selected(_), _) => false,
        }
    }

    /// Whether no pod can be in both.
    pub(crate) fn excludes(&self, one: &Atom<'a>, other: &Atom<'a>) -> bool {
        let spaces = match (one.space, other.space) {
            (Space::One(one), Space::One(other)) => one != other,
            (Space::One(name), Space::Selected(selector)) | (Space::Selected(selector), Space::One(name)) => {
                self.namespaces.get(name).is_some_and(|it| !Selector::Labels(selector).matches(&it.labels))
            }
            (Space::Selected(one), Space::Selected(other)) => contradict(one, other),
            (Space::Every, _) | (_, Space::Every) => false,
        };
        spaces || one.pods.zip(other.pods).is_some_and(|(one, other)| contradict(one, other))
    }
}

impl Atom<'_> {
    fn toward(&self) -> Toward {
        let namespaces = match self.space {
            Space::One(name) => name.to_owned(),
            Space::Every => "all".to_owned(),
            Space::Selected(selector) => words(Some(selector)),
        };
        Toward::Pods { namespaces, pods: words(self.pods) }
    }
}

/// What tells workloads apart in one direction: what their policies say, their network, and the families of their
/// addresses.
type Key = (Direction, Option<usize>, usize, [Match; 2]);

/// Of one direction: whether no NetworkPolicy selects them, and to whom they are open.
type Told = (bool, Arc<[Exposed]>);

/// What pods that are only thought of are made from.
struct Thoughts<'a> {
    anybody: Class<'a>,
    /// By selector.
    parts: Vec<Parts>,
    /// The network of each namespace with workloads.
    networks: HashMap<&'a str, usize>,
    /// The classes of what is outside.
    outside: Vec<usize>,
}

/// What a selector asks for, part by part; nothing where it selects everything.
struct Parts {
    namespaces: Vec<String>,
    pods: Vec<String>,
}

/// Whether all that the other asks for, the one asks for too.
fn implies(one: &[String], other: &[String]) -> bool {
    other.iter().all(|part| one.contains(part))
}

/// Whether they ask for different values of one label.
fn contradict(one: &cloister_model::Node, other: &cloister_model::Node) -> bool {
    let mut labels = Selector::Labels(one).required();
    labels.any(|(key, value)| Selector::Labels(other).required().any(|(it, other)| it == key && other != value))
}
