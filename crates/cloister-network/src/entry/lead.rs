//! From the outer side of a way in to the workload, and what policies say of it.

use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};
use foldhash::HashMap;

use super::controllers::{Controller, Seen};
use super::front::{Front, Through};
use super::guard::{Guard, Proof};
use super::nowhere::{DeadEnd, Reason};
use super::service::{Target, Wanted};
use super::{Entries, Entry};
use crate::addresses::{AddressSet, Family};
use crate::behind::ByNamespace;
use crate::classes::Sort;
use crate::endpoints::Endpoint;
use crate::evaluate::Asked;
use crate::mesh::{Caller, Condition, Mesh};
use crate::network::Network;
use crate::policy::Direction;
use crate::ports::PortSet;
use crate::verdict::Verdict;

/// Ways in as they are found.
pub(super) struct Ways<'n, 'a> {
    pub(super) network: &'n Network<'a>,
    pub(super) inventory: &'a Inventory,
    pub(super) by_namespace: ByNamespace<'n, 'a>,
    /// Controllers whose pods are in the input.
    pub(super) seen: Seen,
    /// Who brings the requests of each controller, and to whom that is open.
    pub(super) served: HashMap<Controller, (Through, Guard)>,
    /// The mesh, where there is one.
    mesh: Option<Mesh<'n, 'a>>,
    /// What policies say, by who brings requests and the class of the workload; with a mesh, by the workload.
    verdicts: HashMap<(Through, usize), Verdict>,
    pub(super) found: Entries<'a>,
}

/// A backend: a Service and one of its ports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backend<'a> {
    pub(super) namespace: &'a str,
    pub(super) service: &'a str,
    pub(super) port: Wanted<'a>,
}

impl<'n, 'a> Ways<'n, 'a> {
    pub(super) fn new(network: &'n Network<'a>, inventory: &'a Inventory) -> Ways<'n, 'a> {
        let (seen, served, verdicts, found) =
            (Seen::of(network), HashMap::default(), HashMap::default(), Entries::default());
        let (by_namespace, mesh) = (ByNamespace::of(network), Mesh::of(network, inventory));
        Ways { network, inventory, by_namespace, seen, served, mesh, verdicts, found }
    }

    /// Whether as many were told as there can be; one more is counted.
    fn is_full(&mut self) -> bool {
        let is_full = self.found.entries.len() + self.found.dead_ends.len() >= super::MOST;
        self.found.left_out += usize::from(is_full);
        is_full
    }

    /// It leads nowhere.
    pub(super) fn dead(&mut self, front: &Front<'a>, reason: Reason<'a>) {
        if self.is_full() {
            return;
        }
        let Front { place, host, path, .. } = *front;
        self.found.dead_ends.push(DeadEnd { place, host, path, reason });
    }

    /// Follows a way to the workloads behind a Service.
    pub(super) fn lead(&mut self, front: &Front<'a>, backend: Backend<'a>) {
        let Some(service) = self.inventory.get("Service", backend.namespace, backend.service) else {
            let own = front.resource().namespace_or_default();
            let name = backend.service;
            let name = if own == backend.namespace { name.to_owned() } else { format!("{}/{name}", backend.namespace) };
            return self.dead(front, Reason::NoService(name));
        };
        self.lead_to(front, service, backend.port);
    }

    /// Likewise, to one that was read.
    pub(super) fn lead_to(&mut self, front: &Front<'a>, service: &'a Resource, port: Wanted<'a>) {
        if self.is_full() {
            return;
        }
        match self.behind(service, port) {
            Ok(targets) => targets.into_iter().for_each(|target| self.enter(front, Some(service), target)),
            Err(reasons) => reasons.into_iter().for_each(|reason| self.dead(front, reason)),
        }
    }

    /// A way to a workload, by a Service or without.
    pub(super) fn enter(&mut self, front: &Front<'a>, service: Option<&'a Resource>, target: Target) {
        if self.is_full() {
            return;
        }
        let Front { place, host, path, listens, tls, mut guard, through } = front.clone();
        let Target { workload, ports, undeclared } = target;
        if through == Through::Nodes(true) {
            // Policies see who comes: the others do not.
            let outside = self.outside(workload).filter(|(_, verdict, _)| !within(verdict, &ports).is_closed());
            let open = outside.fold(AddressSet::default(), |all, (_, _, addresses)| all.union(&addresses));
            let some = guard.from.intersection(&open);
            if !some.is_empty() {
                guard.from = some;
            }
        }
        let verdict = match &through {
            Through::Nodes(true) => self.meshed(self.seen_from(workload, &guard.from), Caller::Outside, workload),
            _ => self.verdict(&through, workload),
        };
        let verdict = within(&verdict, &ports);
        let conditions = self.conditions(&through, workload, &ports, &mut guard);
        let resource = place.resource;
        self.found.entries.push(Entry {
            resource,
            place,
            host,
            path,
            listens,
            tls,
            guard,
            through,
            service,
            workload,
            ports,
            undeclared,
            verdict,
            conditions,
        });
    }

    /// What policies say of a workload's ports to those who bring requests.
    fn verdict(&mut self, through: &Through, workload: usize) -> Verdict {
        let Some(class) = self.network.class_of(workload) else { return Verdict::closed() };
        let key = (through.clone(), if self.mesh.is_some() { workload } else { class });
        if let Some(known) = self.verdicts.get(&key) {
            return known.clone();
        }
        let verdict = match through {
            Through::Pods(pods) => {
                let said = pods.iter().map(|pod| {
                    let verdict = self.network.between(*pod, workload);
                    self.meshed(verdict, Caller::Endpoint(*pod), workload)
                });
                said.reduce(|one, other| one.or(&other)).unwrap_or_else(Verdict::closed)
            }
            Through::Unseen => self.meshed(self.network.open_to_any_pod(workload), Caller::Unknown, workload),
            Through::Nodes(_) | Through::Cloud => {
                self.meshed(self.seen_as_anybody(workload), Caller::Outside, workload)
            }
        };
        self.verdicts.insert(key, verdict.clone());
        verdict
    }

    /// What is left of a verdict where a mesh is in force.
    fn meshed(&self, verdict: Verdict, caller: Caller, workload: usize) -> Verdict {
        match &self.mesh {
            Some(mesh) => mesh.between(caller, workload).narrow(&verdict),
            None => verdict,
        }
    }

    /// What the mesh asks of requests; a token that it asks for is a proof.
    fn conditions(&self, through: &Through, workload: usize, ports: &PortSet, guard: &mut Guard) -> Vec<Condition<'a>> {
        let Some(mesh) = &self.mesh else { return Vec::new() };
        let pods: &[usize] = if let Through::Pods(pods) = through { pods } else { &[] };
        let by_gateway = !pods.is_empty() && pods.iter().all(|pod| mesh.asks_for_token(*pod));
        if by_gateway || mesh.asks_for_token(workload) {
            guard.ask(Proof::Token);
        }
        let caller = match (through, pods.first()) {
            (_, Some(pod)) => Caller::Endpoint(*pod),
            (Through::Unseen, _) => Caller::Unknown,
            _ => Caller::Outside,
        };
        // What the gateway asks of those who come to it, and the workload of those whom the gateway sends.
        let at_gateway = pods.first().map(|pod| mesh.between(Caller::Outside, *pod).conditions).unwrap_or_default();
        let conditions = mesh.between(caller, workload).conditions.into_iter();
        let own = conditions.filter(|it| !it.ports.intersection(ports).is_empty());
        at_gateway.into_iter().chain(own).collect()
    }

    /// Each class of addresses outside, what policies say, and which addresses they are.
    fn outside(&self, workload: usize) -> impl Iterator<Item = (Family, Verdict, AddressSet)> {
        let network = self.network;
        network.classes.iter().filter_map(move |class| {
            let Sort::Outside(family) = class.sort else { return None };
            let members = class.members.iter().filter_map(|member| match network.endpoint(*member)? {
                Endpoint::Outside(addresses) => Some(addresses),
                _ => None,
            });
            let addresses = members.fold(AddressSet::default(), |all, it| all.union(it));
            Some((family, network.between(*class.members.first()?, workload), addresses))
        })
    }

    /// The caller's address is seen: one that may come and is let through is enough.
    fn seen_from(&self, workload: usize, from: &AddressSet) -> Verdict {
        let those = self.outside(workload).filter(|(_, _, addresses)| !addresses.is_disjoint(from));
        those.map(|(_, verdict, _)| verdict).reduce(|one, other| one.or(&other)).unwrap_or_else(Verdict::closed)
    }

    /// Somebody's address between caller and pod is seen, and nobody says whose; by either family.
    fn seen_as_anybody(&self, workload: usize) -> Verdict {
        let by = |wanted| {
            let of_family = self.outside(workload).filter(|(family, ..)| *family == wanted);
            of_family.map(|(_, verdict, _)| verdict).reduce(|one, other| one.either(&other))
        };
        let families = Family::ALL.into_iter().filter_map(by);
        families.reduce(|one, other| one.or(&other)).unwrap_or_else(Verdict::closed)
    }

    /// A front for a resource, at one of its paths.
    pub(super) fn front(resource: &'a Resource, path: &'a str) -> Front<'a> {
        Front::new(Place::whole(resource).at(path))
    }
}

impl<'a> Network<'a> {
    /// What the policies of a workload say of a pod of which nothing is known.
    fn open_to_any_pod(&self, workload: usize) -> Verdict {
        let class = self.class_of(workload).and_then(|class| self.classes.get(class));
        let Some(pod) = class else { return Verdict::closed() };
        let peer = self.anybody();
        let by = |family| self.side(Asked { direction: Direction::Ingress, pod, peer: &peer, family });
        by(Family::V4).either(&by(Family::V6))
    }
}

/// One by namespace and name, of a kind that Cloister need not know to be namespaced: without one written, it lives in
/// `default`.
pub(super) fn named<'a>(inventory: &'a Inventory, kind: &'a str, namespace: &str, name: &str) -> Option<&'a Resource> {
    let unplaced = |it: &&'a Resource| it.namespace_or_default() == namespace && &*it.name == name;
    inventory.get(kind, namespace, name).or_else(|| inventory.of_kind(kind).find(unplaced))
}

fn within(verdict: &Verdict, ports: &PortSet) -> Verdict {
    Verdict { allow: verdict.allow.intersection(ports), deny: verdict.deny.intersection(ports) }
}
