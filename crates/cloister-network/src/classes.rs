//! Endpoints that no rule tells apart are one class, computed once.

use cloister_inventory::Selector;
use cloister_model::Entry;
use foldhash::HashMap;

use crate::addresses::{AddressSet, Family};
use crate::endpoints::{Endpoint, NamedPort, Workload};
use crate::namespaces::Namespaces;
use crate::policy::{Atom, Direction, Policy, Pool, Space, Tier};
use crate::selectors::canonical;

/// Whether a rule speaks of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Match {
    No,
    /// The input does not tell.
    Maybe,
    Yes,
}

/// What sort of endpoint it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    /// A pod with a network of its own.
    Pod,
    /// A pod on its node's network.
    HostPod,
    Node,
    Outside(Family),
}

/// Where the addresses of an endpoint lie.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Whereabouts {
    /// Each address lies somewhere in here.
    pub(crate) addresses: AddressSet,
    /// It has an address of each family that there is; otherwise of one of them at least.
    pub(crate) certain: bool,
}

impl Whereabouts {
    pub(crate) fn matches(&self, block: &AddressSet, family: Family) -> Match {
        let own = self.addresses.part(family);
        match (own.is_disjoint(block), own.is_subset(block)) {
            (true, _) => Match::No,
            (false, true) => Match::Yes,
            (false, false) => Match::Maybe,
        }
    }

    /// Whether it has an address of this family.
    pub(crate) fn has(&self, family: Family) -> Match {
        match (self.addresses.has(family), self.certain) {
            (false, _) => Match::No,
            (true, true) => Match::Yes,
            (true, false) => Match::Maybe,
        }
    }
}

/// Endpoints that no rule tells apart.
#[derive(Debug)]
pub(crate) struct Class<'a> {
    /// The endpoints, in order.
    pub(crate) members: Vec<usize>,
    pub(crate) sort: Sort,
    /// The selectors that select it, in order.
    pub(crate) atoms: Vec<usize>,
    /// Selectors that may select it, in order: of pods that are only thought of.
    pub(crate) perhaps: Vec<usize>,
    /// The number of its whereabouts.
    pub(crate) whereabouts: usize,
    /// Its ports whose names some rule uses.
    pub(crate) ports: Vec<NamedPort<'a>>,
    /// The network of its namespace.
    pub(crate) network: usize,
    /// Who it is to a mesh; 0 where it is in none.
    pub(crate) mesh: usize,
    /// The labels of a node, that rules may select it by.
    pub(crate) node: Option<&'a [Entry]>,
    /// The policies that select it, by direction: their number among all.
    pub(crate) ingress: Profile,
    pub(crate) egress: Profile,
}

/// The policies that apply to a pod in one direction, in the order in which they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Profile {
    /// Those of the admin tier; policies of one priority together.
    pub(crate) admin: Vec<Vec<usize>>,
    pub(crate) network: Vec<usize>,
    pub(crate) baseline: Vec<Vec<usize>>,
}

impl Profile {
    /// All of them, in order.
    pub(crate) fn policies(&self) -> impl Iterator<Item = usize> {
        let tiers = self.admin.iter().flatten().chain(&self.network).chain(self.baseline.iter().flatten());
        tiers.copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.admin.is_empty() && self.network.is_empty() && self.baseline.is_empty()
    }
}

impl<'a> Class<'a> {
    /// The policies of one direction.
    pub(crate) fn profile(&self, direction: Direction) -> &Profile {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    pub(crate) fn is_selected_by(&self, atom: usize) -> bool {
        self.atoms.binary_search(&atom).is_ok()
    }

    /// Whether a selector of pods selects it.
    pub(crate) fn selection(&self, atom: usize) -> Match {
        match (self.is_selected_by(atom), self.perhaps.binary_search(&atom)) {
            (true, _) => Match::Yes,
            (false, Ok(_)) => Match::Maybe,
            (false, Err(_)) => Match::No,
        }
    }

    /// A pod of which nothing is known but the selectors that select it and those that may.
    pub(crate) fn thought(atoms: Vec<usize>, perhaps: Vec<usize>, whereabouts: usize) -> Class<'a> {
        Class {
            members: Vec::new(),
            sort: Sort::Pod,
            atoms,
            perhaps,
            whereabouts,
            ports: Vec::new(),
            network: 0,
            mesh: 0,
            node: None,
            ingress: Profile::default(),
            egress: Profile::default(),
        }
    }

    pub(crate) fn is_pod(&self) -> bool {
        matches!(self.sort, Sort::Pod | Sort::HostPod)
    }
}

/// The selectors that select each workload.
pub(crate) fn selected(workloads: &[&Workload<'_>], pool: &Pool<'_>, namespaces: &Namespaces<'_>) -> Vec<Vec<usize>> {
    let index = Index::of(workloads);
    let mut selected: Vec<Vec<usize>> = vec![Vec::new(); workloads.len()];
    let mut spaces: HashMap<String, Vec<&str>> = HashMap::default();
    for (number, atom) in pool.atoms.iter().enumerate() {
        let names: Option<&[&str]> = match &atom.space {
            Space::One(name) => Some(std::slice::from_ref(name)),
            Space::Every => None,
            Space::Selected(node) => {
                let names = spaces.entry(canonical(node));
                Some(names.or_insert_with(|| namespaces.selected(node).collect()))
            }
        };
        for workload in index.find(workloads, atom, names) {
            selected.get_mut(workload).into_iter().for_each(|atoms| atoms.push(number));
        }
    }
    selected
}

/// Workloads by namespace, and there by label and value.
struct Index<'w> {
    namespaces: HashMap<&'w str, Vec<usize>>,
    labels: HashMap<(&'w str, &'w str), Vec<usize>>,
}

impl<'w> Index<'w> {
    fn of(workloads: &[&'w Workload<'_>]) -> Index<'w> {
        let mut index = Index { namespaces: HashMap::default(), labels: HashMap::default() };
        for (number, workload) in workloads.iter().enumerate() {
            index.namespaces.entry(workload.namespace).or_default().push(number);
            for label in workload.labels.iter() {
                let Some(value) = label.node.as_str() else { continue };
                index.labels.entry((&label.key, value)).or_default().push(number);
            }
        }
        index
    }

    fn within(&self, name: &str) -> &[usize] {
        self.namespaces.get(name).map_or(&[], Vec::as_slice)
    }

    /// Those that an atom selects; `names` are its namespaces, where it does not look in all.
    fn find(&self, workloads: &[&Workload<'_>], atom: &Atom<'_>, names: Option<&[&str]>) -> Vec<usize> {
        let in_names = names.map(|names| names.iter().map(|name| self.within(name).len()).sum::<usize>());
        let selector = atom.pods.map(Selector::Labels);
        let labelled = selector.into_iter().flat_map(|selector| selector.required());
        let buckets = labelled.map(|label| self.labels.get(&label).map_or(&[][..], Vec::as_slice));
        let rarest = buckets.min_by_key(|bucket| bucket.len());
        let fits = |number: &usize| {
            let Some(workload) = workloads.get(*number) else { return false };
            let inside = names.is_none_or(|names| names.binary_search(&workload.namespace).is_ok());
            inside && selector.is_none_or(|selector| selector.matches(&workload.labels))
        };
        match (rarest, in_names) {
            (Some(bucket), fewest) if fewest.is_none_or(|fewest| bucket.len() <= fewest) => {
                bucket.iter().copied().filter(fits).collect()
            }
            (_, Some(_)) => {
                let mut found: Vec<usize> =
                    names.unwrap_or_default().iter().flat_map(|name| self.within(name)).copied().filter(fits).collect();
                found.sort_unstable();
                found
            }
            _ => (0..workloads.len()).filter(fits).collect(),
        }
    }
}

/// The policies that select a pod with these atoms, in one direction.
pub(crate) fn profile(atoms: &[usize], policies: &[Policy<'_>], subjects: &Subjects, direction: Direction) -> Profile {
    let mut numbers: Vec<usize> = atoms.iter().flat_map(|atom| subjects.of(*atom)).copied().collect();
    numbers.sort_unstable();
    let mut profile = Profile::default();
    let mut last = None;
    for number in numbers {
        let Some(policy) = policies.get(number).filter(|policy| policy.rules(direction).is_some()) else { continue };
        let groups = match policy.tier {
            Tier::Network => {
                profile.network.push(number);
                continue;
            }
            Tier::Admin(_) => &mut profile.admin,
            Tier::Baseline(_) => &mut profile.baseline,
        };
        match groups.last_mut().filter(|_| last == Some(policy.tier)) {
            Some(group) => group.push(number),
            None => groups.push(vec![number]),
        }
        last = Some(policy.tier);
    }
    profile
}

/// Policies by the atom of their subject.
#[derive(Debug, Default)]
pub(crate) struct Subjects(HashMap<usize, Vec<usize>>);

impl Subjects {
    pub(crate) fn of_policies(policies: &[Policy<'_>]) -> Subjects {
        let mut subjects = Subjects::default();
        for (number, policy) in policies.iter().enumerate() {
            subjects.0.entry(policy.subject).or_default().push(number);
        }
        subjects
    }

    fn of(&self, atom: usize) -> &[usize] {
        self.0.get(&atom).map_or(&[], Vec::as_slice)
    }
}

/// What tells endpoints apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key<'a> {
    pub(crate) sort: Sort,
    pub(crate) atoms: Vec<usize>,
    pub(crate) whereabouts: usize,
    pub(crate) ports: Vec<NamedPort<'a>>,
    pub(crate) network: usize,
    pub(crate) mesh: usize,
    /// Nodes are not many: each is its own class.
    pub(crate) node: Option<usize>,
}

/// The labels of a node.
pub(crate) fn node_labels<'a>(endpoint: &Endpoint<'a>) -> Option<&'a [Entry]> {
    match endpoint {
        Endpoint::Node(node) => Some(node.resource.labels()),
        _ => None,
    }
}
