//! The proof: what was written is read and evaluated, and compared with what is wanted.

use std::collections::{BTreeMap, BTreeSet};

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{DiagnosticLevel, Origin, Resource};

use super::plan::{Peer, Plan};
use super::yaml::scalar;
use super::{GenerateOptions, pod_addresses};
use crate::addresses::AddressSet;
use crate::endpoints::Endpoint;
use crate::needs::Unseen;
use crate::network::{Network, Options};
use crate::ports::PortSet;

/// More failures than these say nothing new.
const MOST: usize = 20;

/// What the engine says of the policies.
#[derive(Debug, Default)]
pub struct Proof {
    /// Wanted connections that work.
    pub working: usize,
    /// Wanted connections that no policy could make work.
    pub impossible: Vec<Impossible>,
    /// Other connections that are open or may be, by the reason.
    pub unknown: Vec<Unknown>,
    /// What is not as it should be: the proof has failed where there is some.
    pub failures: Vec<String>,
    pub(super) policies: usize,
    /// Namespaces and names of NetworkPolicies.
    pub(super) names: BTreeSet<(String, String)>,
}

/// Connections that nobody wants, and that the kind of policy or the input cannot rule out.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown {
    /// How many.
    pub count: usize,
    /// Why.
    pub reason: &'static str,
}

/// A wanted connection that is closed whatever policies say.
#[derive(Debug, PartialEq, Eq)]
pub struct Impossible {
    /// Who wants to reach whom, on which ports.
    pub what: String,
    /// What is in the way.
    pub why: &'static str,
}

impl Proof {
    /// Whether every wanted connection works that can, and no other one is known to.
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Why a connection between pods is unknown.
const BY_ADDRESS: &str = "a rule about addresses outside may also match pods, whose addresses are not in the input; \
                          --pod-cidr tells them";

/// Why pods are let in that nobody asked for.
const EVERY_ADDRESS: &str = "a NetworkPolicy cannot tell pods from other addresses: what is open to every address is \
                             open to these pods too; --pod-cidr leaves them out, and --admin does";

/// Reads what was written, and compares.
pub(super) fn prove(
    plan: &Plan<'_>,
    bare: &Inventory,
    text: &str,
    network: &Network<'_>,
    options: &GenerateOptions,
) -> Proof {
    let mut proof = Proof::default();
    let parsed = parse(text, &Origin::File("generated.yaml".into()), 1, &mut Interner::default());
    proof.failures.extend(parsed.diagnostics.iter().map(|it| it.message.clone()));
    proof.policies = parsed.resources.len();
    let namespaced = parsed.resources.iter().filter(|it| &*it.kind == "NetworkPolicy");
    proof.names = namespaced.map(|it| (it.namespace_or_default().to_owned(), it.name.to_string())).collect();
    let unseen = plan.wanted.keys().flat_map(|(from, to)| [from, to]).chain(&plan.servers).filter_map(|it| match it {
        Peer::Unseen(unseen) => Some(unseen.clone()),
        _ => None,
    });
    let unseen: BTreeSet<Unseen> = unseen.collect();
    let synthetic = parse(&pods(&unseen), &Origin::File("thought.yaml".into()), 1, &mut Interner::default());
    let resources = bare.resources().iter().cloned().chain(parsed.resources).chain(synthetic.resources);
    let resources: Vec<Resource> = resources.collect();
    let inventory = Inventory::new(resources, Inputs { files: true, ..Inputs::default() });
    let cut = plan.wanted.keys().flat_map(|(from, to)| [from, to]).filter_map(|it| match it {
        Peer::Outside(block) => Some(block.addresses()),
        _ => None,
    });
    let evaluated =
        Network::new(&inventory, &Options { pod_addresses: pod_addresses(options), cut: cut.collect(), mesh: false });
    let errors = evaluated.diagnostics().iter().filter(|it| it.level == DiagnosticLevel::Error);
    proof.failures.extend(errors.map(|it| it.message.clone()));
    let ends = Ends::of(plan, network, &evaluated, &unseen, pod_addresses(options));
    compare(&ends, &evaluated, &mut proof);
    proof.failures.truncate(MOST);
    proof
}

/// Pods that the input does not show, one for each end.
fn pods(unseen: &BTreeSet<Unseen>) -> String {
    let mut text = String::new();
    for (number, it) in unseen.iter().enumerate() {
        let labels: Vec<String> =
            it.labels.iter().map(|(key, value)| format!("{}: {}", scalar(key), scalar(value))).collect();
        text.push_str(&format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: unseen-{number}, namespace: {}, labels: {{{}}}}}\n\
             spec: {{containers: [{{name: c, image: i}}]}}\n",
            scalar(&it.namespace),
            labels.join(", ")
        ));
    }
    text
}

/// What is wanted, in the numbers of the network that is evaluated.
struct Ends {
    /// Whose policies were written.
    managed: Vec<bool>,
    /// Neither pods of their own network nor addresses: what policies mean for them is the plugin's choice.
    aside: Vec<bool>,
    wanted: BTreeMap<(usize, usize), PortSet>,
    /// The pairs that each wanted connection is.
    pairs: Vec<Vec<(usize, usize)>>,
    /// What is wanted from addresses, and to addresses, by the pod.
    by_address: [BTreeMap<usize, Vec<(AddressSet, PortSet)>>; 2],
    /// Where the addresses of pods lie, if that was said.
    pods: Option<AddressSet>,
    lost: Vec<String>,
}

impl Ends {
    fn of(
        plan: &Plan<'_>,
        network: &Network<'_>,
        evaluated: &Network<'_>,
        unseen: &BTreeSet<Unseen>,
        pods: Option<AddressSet>,
    ) -> Ends {
        let endpoints = evaluated.endpoints();
        let mut found: BTreeMap<Peer, Vec<usize>> = BTreeMap::new();
        let mut by_name: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
        let mut ranges: Vec<(usize, &AddressSet)> = Vec::new();
        let (mut managed, mut aside) = (Vec::new(), Vec::new());
        for (number, endpoint) in endpoints.iter().enumerate() {
            let workload = endpoint.workload();
            let own = workload.filter(|it| !it.host_network);
            managed.push(own.is_some_and(|it| plan.units.is_managed(it.namespace)));
            aside.push(matches!(endpoint, Endpoint::Node(_)) || workload.is_some_and(|it| it.host_network));
            match endpoint {
                Endpoint::Workload(it) => by_name.entry((it.namespace, it.name, it.kind)).or_default().push(number),
                Endpoint::Outside(addresses) => ranges.push((number, addresses)),
                Endpoint::Node(_) => {}
            }
        }
        let mut lost = Vec::new();
        let mut add = |peer: &Peer| {
            if found.contains_key(peer) {
                return;
            }
            let numbers = match peer {
                Peer::Unit(unit) => {
                    let workloads = plan.unit(*unit).map(|unit| unit.workloads.as_slice()).unwrap_or_default();
                    let workloads = workloads.iter().filter_map(|it| network.endpoint(*it)?.workload());
                    workloads
                        .filter_map(|it| by_name.get(&(it.namespace, it.name, it.kind)))
                        .flatten()
                        .copied()
                        .collect()
                }
                Peer::Unseen(it) => {
                    let name = unseen.iter().position(|other| other == it).map(|number| format!("unseen-{number}"));
                    let key = name.as_deref().map(|name| (it.namespace.as_str(), name, "Pod"));
                    key.and_then(|key| by_name.get(&key)).cloned().unwrap_or_default()
                }
                Peer::Outside(block) => {
                    let addresses = block.addresses();
                    ranges
                        .iter()
                        .filter(|(_, it)| it.is_subset(&addresses))
                        .map(|(number, _)| *number)
                        .collect::<Vec<_>>()
                }
            };
            if numbers.is_empty() {
                lost.push(format!("{peer:?} is not found again"));
            }
            found.insert(peer.clone(), numbers);
        };
        plan.wanted.keys().for_each(|(from, to)| [from, to].into_iter().for_each(&mut add));
        let mut wanted: BTreeMap<(usize, usize), PortSet> = BTreeMap::new();
        let mut pairs = Vec::new();
        for ((from, to), ports) in &plan.wanted {
            let mut own = Vec::new();
            for from in found.get(from).into_iter().flatten() {
                for to in found.get(to).into_iter().flatten() {
                    let all = wanted.entry((*from, *to)).or_default();
                    *all = all.union(ports);
                    own.push((*from, *to));
                }
            }
            pairs.push(own);
        }
        let mut by_address: [BTreeMap<usize, Vec<(AddressSet, PortSet)>>; 2] = [BTreeMap::new(), BTreeMap::new()];
        let [into, out] = &mut by_address;
        for ((from, to), ports) in &plan.wanted {
            let (block, pod, side) = match (from, to) {
                (Peer::Outside(block), pod) => (block, pod, &mut *into),
                (pod, Peer::Outside(block)) => (block, pod, &mut *out),
                _ => continue,
            };
            for pod in found.get(pod).into_iter().flatten() {
                side.entry(*pod).or_default().push((block.addresses(), ports.clone()));
            }
        }
        Ends { managed, aside, wanted, pairs, by_address, pods, lost }
    }

    /// The ports on which two pods meet, since one of them wants addresses that pods may have.
    fn as_addresses(&self, from: usize, to: usize, evaluated: &Network<'_>) -> PortSet {
        let [into, out] = &self.by_address;
        let of = |side: &BTreeMap<usize, Vec<(AddressSet, PortSet)>>, pod, peer| {
            let own = evaluated.endpoint(peer).and_then(|it| it.workload()).and_then(|it| it.addresses.clone());
            let own = own.or_else(|| self.pods.clone()).unwrap_or_else(AddressSet::everything);
            let blocks = side.get(&pod).into_iter().flatten().filter(|(block, _)| !block.is_disjoint(&own));
            blocks.fold(PortSet::default(), |all, (_, ports)| all.union(ports))
        };
        of(into, to, from).union(&of(out, from, to))
    }

    /// Whether what was written decides about this pair.
    fn counts(&self, from: usize, to: usize) -> bool {
        let is = |list: &[bool], number: usize| list.get(number).copied().unwrap_or(false);
        (is(&self.managed, from) || is(&self.managed, to)) && !is(&self.aside, from) && !is(&self.aside, to)
    }
}

fn compare(ends: &Ends, evaluated: &Network<'_>, proof: &mut Proof) {
    proof.failures.extend(ends.lost.iter().cloned());
    let name = |number: usize| evaluated.endpoint(number).map(Endpoint::name).unwrap_or_default();
    let mut failures = Vec::new();
    let mut fail = |what: &str, from, to, ports: &PortSet| {
        if failures.len() < MOST {
            failures.push(format!("{what}: {} to {} on {ports}", name(from), name(to)));
        }
    };
    let mut closed: BTreeSet<(usize, usize)> = BTreeSet::new();
    for ((from, to), ports) in ends.wanted.iter().filter(|((from, to), _)| ends.counts(*from, *to)) {
        let missing = ports.difference(&evaluated.between(*from, *to).allowed());
        if !missing.is_empty() {
            closed.insert((*from, *to));
            match evaluated.impossible(*from, *to) {
                Some(why) => {
                    let what = format!("{} to {} on {missing}", name(*from), name(*to));
                    proof.impossible.push(Impossible { what, why });
                }
                None => fail("wanted, and closed", *from, *to, &missing),
            }
        }
    }
    let works = |pairs: &&Vec<(usize, usize)>| {
        let mut counted = pairs.iter().filter(|(from, to)| ends.counts(*from, *to)).peekable();
        counted.peek().is_some() && counted.all(|pair| !closed.contains(pair))
    };
    proof.working = ends.pairs.iter().filter(works).count();
    let (mut unknown, mut anyway) = (0, 0);
    let connections = evaluated.connections();
    let own = (0..evaluated.endpoints().len()).map(|number| (number, number));
    let pairs = connections.groups.iter().flat_map(|group| evaluated.each(group)).chain(own);
    for (from, to) in pairs.filter(|(from, to)| ends.counts(*from, *to)) {
        let verdict = evaluated.between(from, to);
        let wanted = ends.wanted.get(&(from, to)).cloned().unwrap_or_default();
        let more = verdict.allowed().difference(&wanted);
        let surplus = more.difference(&ends.as_addresses(from, to, evaluated));
        if !surplus.is_empty() {
            fail("not wanted, and open", from, to, &surplus);
        } else if !more.is_empty() {
            anyway += 1;
        }
        if !verdict.unknown().difference(&wanted).is_empty() {
            unknown += 1;
        }
    }
    proof.failures.extend(failures);
    for (count, reason) in [(anyway, EVERY_ADDRESS), (unknown, BY_ADDRESS)] {
        if count > 0 {
            proof.unknown.push(Unknown { count, reason });
        }
    }
}
