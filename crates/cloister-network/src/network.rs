//! The whole of it: policies and endpoints of one inventory, ready for questions.

use cloister_inventory::{Inventory, Scope, scope_of};
use cloister_model::Diagnostic;
use foldhash::{HashMap, HashSet};

use crate::addresses::AddressSet;
use crate::classes::{self, Class, Key, Sort, Subjects, Whereabouts, node_labels};
use crate::contradiction::Contradiction;
use crate::endpoints::{self, Endpoint, NamedPort};
use crate::foreign::{NotEvaluated, foreign};
use crate::mesh;
use crate::namespaces::Namespaces;
use crate::outside;
use crate::policy::{Compiler, Direction, Policy, Pool, Space, policies};
use crate::problems::Problems;
use crate::separation;

/// What the input does not say and the user may.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The addresses that pods are given: where a pod's own are not known, they lie in here.
    pub pod_addresses: Option<AddressSet>,
    /// Addresses outside are cut by these too, so that they can be compared with those of another network.
    pub cut: Vec<AddressSet>,
    /// Endpoints that a mesh tells apart are told apart, too, as questions to it need.
    pub mesh: bool,
}

/// Policies and endpoints, ready for questions.
#[derive(Debug)]
pub struct Network<'a> {
    pub(crate) policies: Vec<Policy<'a>>,
    pub(crate) pool: Pool<'a>,
    pub(crate) namespaces: Namespaces<'a>,
    endpoints: Vec<Endpoint<'a>>,
    /// The class of each endpoint.
    class_of: Vec<usize>,
    pub(crate) classes: Vec<Class<'a>>,
    pub(crate) whereabouts: Vec<Whereabouts>,
    /// The whereabouts of pods of which nothing is known.
    pub(crate) anywhere: usize,
    /// The whereabouts of what lies in no block.
    pub(crate) nowhere: usize,
    /// Classes by the blocks that hold some of their addresses: pods with known ones, and those outside.
    pub(crate) within: Vec<Vec<usize>>,
    /// Blocks that the mesh's policies name.
    of_mesh: Vec<AddressSet>,
    diagnostics: Vec<Diagnostic>,
    contradictions: Vec<Contradiction>,
    foreign: Vec<NotEvaluated<'a>>,
}

impl<'a> Network<'a> {
    /// Reads the policies and endpoints of an inventory.
    pub fn new(inventory: &'a Inventory, options: &Options) -> Network<'a> {
        let mut problems = Problems::default();
        let namespaces = Namespaces::of(inventory);
        let mut pool = Pool::default();
        let mut compiler = Compiler { pool: &mut pool, problems: &mut problems };
        let policies = policies(inventory, &mut compiler);
        tell_of_namespaces(inventory, &policies, &pool, &namespaces, &mut problems);
        let mut network = Network {
            policies,
            pool,
            namespaces,
            endpoints: Vec::new(),
            class_of: Vec::new(),
            classes: Vec::new(),
            whereabouts: Vec::new(),
            anywhere: 0,
            nowhere: 0,
            within: Vec::new(),
            of_mesh: Vec::new(),
            diagnostics: Vec::new(),
            contradictions: Vec::new(),
            foreign: foreign(inventory),
        };
        network.add_endpoints(inventory, options);
        network.diagnostics = problems.into_sorted();
        network.contradictions = network.find_contradictions();
        network
    }

    /// Every endpoint: workloads by namespace and name, nodes, and addresses outside.
    pub fn endpoints(&self) -> &[Endpoint<'a>] {
        &self.endpoints
    }

    /// One endpoint.
    pub fn endpoint(&self, number: usize) -> Option<&Endpoint<'a>> {
        self.endpoints.get(number)
    }

    /// The class of an endpoint: endpoints of one class are alike to every rule.
    pub fn class_of(&self, endpoint: usize) -> Option<usize> {
        self.class_of.get(endpoint).copied()
    }

    /// The endpoints of a class, in order.
    pub fn members(&self, class: usize) -> &[usize] {
        self.classes.get(class).map_or(&[], |class| &class.members)
    }

    /// How many classes there are.
    pub fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// Every policy that is in force, in the order in which they are asked.
    pub fn policies(&self) -> &[Policy<'a>] {
        &self.policies
    }

    /// The policies that apply to an endpoint in one direction, in the order in which they are asked.
    pub fn policies_of(&self, endpoint: usize, direction: Direction) -> impl Iterator<Item = &Policy<'a>> {
        let class = self.class_of(endpoint).and_then(|class| self.classes.get(class));
        let numbers = class.into_iter().flat_map(move |class| class.profile(direction).policies());
        numbers.filter_map(|number| self.policies.get(number))
    }

    /// The blocks by which addresses outside are cut: what another network is cut by, too, can be compared with it.
    pub fn cuts(&self) -> Vec<AddressSet> {
        self.pool.blocks.iter().chain(&self.of_mesh).cloned().collect()
    }

    /// What cannot be right in a policy, each with its place.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Policies that decide otherwise about the same, of which either may be asked first.
    pub fn contradictions(&self) -> &[Contradiction] {
        &self.contradictions
    }

    /// All that is told beside an answer: what cannot be right in a policy, and between two of them.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let mut problems = Problems::from(self.diagnostics.clone());
        self.contradictions.iter().for_each(|pair| self.tell_of_contradiction(*pair, &mut problems));
        problems.into_sorted()
    }

    /// Policies of network plugins' own kinds, which are not evaluated.
    pub fn not_evaluated(&self) -> &[NotEvaluated<'a>] {
        &self.foreign
    }

    fn add_endpoints(&mut self, inventory: &'a Inventory, options: &Options) {
        let asked: HashSet<&str> = self.pool.label_keys().collect();
        let workloads = endpoints::workloads(inventory, &asked);
        let selected = classes::selected(&workloads.iter().collect::<Vec<_>>(), &self.pool, &self.namespaces);
        let networks = separation::networks(inventory, &self.namespaces);
        let mut sorting = Sorting::new(self, options);
        let meshed = match options.mesh {
            true => mesh::numbers(inventory, &workloads, &self.namespaces),
            false => vec![0; workloads.len()],
        };
        let in_mesh = meshed.iter().any(|number| *number > 0);
        for ((workload, atoms), mesh) in workloads.into_iter().zip(selected).zip(meshed) {
            let sort = if workload.host_network { Sort::HostPod } else { Sort::Pod };
            let whereabouts = match &workload.addresses {
                Some(addresses) => sorting.whereabouts(addresses.clone(), true),
                None => sorting.anywhere,
            };
            let network = networks.get(workload.namespace).copied().unwrap_or(0);
            let ports = sorting.used(&workload.ports);
            let key = Key { sort, atoms, whereabouts, ports, network, mesh, node: None };
            sorting.add(Endpoint::Workload(workload), key);
        }
        for node in endpoints::nodes(inventory) {
            let whereabouts = match node.addresses.is_empty() {
                true => sorting.whereabouts(AddressSet::everything(), false),
                false => sorting.whereabouts(node.addresses.clone(), true),
            };
            let number = Some(sorting.endpoints.len());
            sorting.add(Endpoint::Node(node), Key { node: number, ..Key::outside(Sort::Node, whereabouts) });
        }
        self.of_mesh = if in_mesh { mesh::blocks(inventory) } else { Vec::new() };
        let cuts = options.cut.iter().chain(&self.of_mesh);
        let blocks: Vec<AddressSet> = self.pool.blocks.iter().chain(cuts).cloned().collect();
        let ranges = outside::ranges(&blocks);
        for range in &ranges {
            // The first of the addresses lies in the same blocks as all others.
            let first = range.addresses.ranges().next().map(|(first, _)| AddressSet::one(first)).unwrap_or_default();
            let key = range.blocks.clone();
            let whereabouts = sorting.outside(range.family, key, first);
            sorting.add(
                Endpoint::Outside(range.addresses.clone()),
                Key::outside(Sort::Outside(range.family), whereabouts),
            );
        }
        let nowhere = sorting.whereabouts(AddressSet::default(), true);
        let Sorting { endpoints, class_of, keys, whereabouts, anywhere, .. } = sorting;
        let mut keys: Vec<(Key<'a>, usize)> = keys.into_iter().collect();
        keys.sort_unstable_by_key(|(_, number)| *number);
        self.classes = self.classes_of(keys, &endpoints);
        for (endpoint, class) in class_of.iter().enumerate() {
            self.classes.get_mut(*class).into_iter().for_each(|class| class.members.push(endpoint));
        }
        (self.endpoints, self.class_of, self.whereabouts, self.anywhere) = (endpoints, class_of, whereabouts, anywhere);
        self.nowhere = nowhere;
        self.within = self.within(&ranges);
    }

    /// The classes whose addresses are known and lie, wholly or in part, in each block.
    fn within(&self, ranges: &[outside::Range]) -> Vec<Vec<usize>> {
        let mut within: Vec<Vec<usize>> = vec![Vec::new(); self.pool.blocks.len()];
        for (number, class) in self.classes.iter().enumerate() {
            let placed = matches!(class.sort, Sort::Outside(_)) || class.whereabouts != self.anywhere;
            if !placed || class.sort == Sort::Node {
                continue;
            }
            let addresses = self.whereabouts.get(class.whereabouts).map(|it| &it.addresses);
            let blocks = addresses.into_iter().flat_map(|it| outside::meeting(ranges, it)).flat_map(|it| &it.blocks);
            let mut blocks: Vec<usize> = blocks.copied().collect();
            blocks.sort_unstable();
            blocks.dedup();
            // Those beyond cut only, and no rule names them.
            for block in blocks {
                within.get_mut(block).into_iter().for_each(|classes| classes.push(number));
            }
        }
        within
    }

    fn classes_of(&self, keys: Vec<(Key<'a>, usize)>, endpoints: &[Endpoint<'a>]) -> Vec<Class<'a>> {
        let subjects = Subjects::of_policies(&self.policies);
        let class = |(key, _): (Key<'a>, usize)| {
            let profile = |direction| classes::profile(&key.atoms, &self.policies, &subjects, direction);
            Class {
                members: Vec::new(),
                perhaps: Vec::new(),
                sort: key.sort,
                ingress: profile(Direction::Ingress),
                egress: profile(Direction::Egress),
                whereabouts: key.whereabouts,
                node: key.node.and_then(|number| endpoints.get(number)).and_then(node_labels),
                network: key.network,
                mesh: key.mesh,
                ports: key.ports,
                atoms: key.atoms,
            }
        };
        keys.into_iter().map(class).collect()
    }
}

impl Key<'_> {
    fn outside(sort: Sort, whereabouts: usize) -> Key<'static> {
        Key { sort, atoms: Vec::new(), whereabouts, ports: Vec::new(), network: 0, mesh: 0, node: None }
    }
}

/// Endpoints on their way into classes.
struct Sorting<'a> {
    endpoints: Vec<Endpoint<'a>>,
    class_of: Vec<usize>,
    keys: HashMap<Key<'a>, usize>,
    whereabouts: Vec<Whereabouts>,
    known: HashMap<Whereabouts, usize>,
    outside: HashMap<(crate::addresses::Family, Vec<usize>), usize>,
    anywhere: usize,
    /// Names of ports that some rule uses.
    names: HashSet<String>,
}

impl<'a> Sorting<'a> {
    fn new(network: &Network<'a>, options: &Options) -> Sorting<'a> {
        let directions = [Direction::Ingress, Direction::Egress];
        let rules = network.policies.iter().flat_map(|policy| directions.map(|it| policy.rules(it)));
        let names = rules.flatten().flatten().flat_map(|rule| rule.ports.names()).map(str::to_owned).collect();
        let mut sorting = Sorting {
            endpoints: Vec::new(),
            class_of: Vec::new(),
            keys: HashMap::default(),
            whereabouts: Vec::new(),
            known: HashMap::default(),
            outside: HashMap::default(),
            anywhere: 0,
            names,
        };
        sorting.anywhere = match &options.pod_addresses {
            Some(addresses) => sorting.whereabouts(addresses.clone(), true),
            None => sorting.whereabouts(AddressSet::everything(), false),
        };
        sorting
    }

    fn whereabouts(&mut self, addresses: AddressSet, certain: bool) -> usize {
        let whereabouts = Whereabouts { addresses, certain };
        let next = self.whereabouts.len();
        let number = *self.known.entry(whereabouts.clone()).or_insert(next);
        if number == next {
            self.whereabouts.push(whereabouts);
        }
        number
    }

    /// Ranges in the same blocks are alike, wherever they lie.
    fn outside(&mut self, family: crate::addresses::Family, blocks: Vec<usize>, first: AddressSet) -> usize {
        if let Some(number) = self.outside.get(&(family, blocks.clone())) {
            return *number;
        }
        let number = self.whereabouts(first, true);
        self.outside.insert((family, blocks), number);
        number
    }

    fn used(&self, ports: &[NamedPort<'a>]) -> Vec<NamedPort<'a>> {
        ports.iter().filter(|port| self.names.contains(port.name)).copied().collect()
    }

    fn add(&mut self, endpoint: Endpoint<'a>, key: Key<'a>) {
        let next = self.keys.len();
        let class = *self.keys.entry(key).or_insert(next);
        self.endpoints.push(endpoint);
        self.class_of.push(class);
    }
}

/// Policies where nothing runs, and selectors of namespaces whose labels are not in the input.
fn tell_of_namespaces(
    inventory: &Inventory,
    policies: &[Policy<'_>],
    pool: &Pool<'_>,
    namespaces: &Namespaces<'_>,
    problems: &mut Problems,
) {
    for policy in policies.iter().filter(|policy| scope_of(policy.resource) == Scope::Namespaced) {
        let name = policy.resource.namespace_or_default();
        let read = namespaces.get(name).is_some_and(|namespace| namespace.read);
        if !read && inventory.pods_in(name).next().is_none() {
            let at = policy.resource.root.at("metadata/namespace").unwrap_or(&policy.resource.root);
            let message = format!("namespace \"{name}\" is not in the input, and nothing runs in it");
            problems.odd(policy.resource, at, message, "name the namespace that is meant, or read it too");
        }
    }
    let by_label = pool.atoms.iter().any(|atom| matches!(atom.space, Space::Selected(_)));
    let unread: Vec<&str> = namespaces.iter().filter(|it| !it.read).map(|it| it.name).collect();
    if by_label && !unread.is_empty() && !inventory.inputs().cluster {
        problems.unread_namespaces(&unread);
    }
}
