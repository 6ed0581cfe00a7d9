//! Istio: STRICT for the whole mesh, namespace by namespace first, with a port left open where somebody without a proxy
//! needs it.

use std::collections::{BTreeMap, BTreeSet};

use cloister_inventory::Inventory;
use cloister_model::Resource;
use cloister_network::{Endpoint, Membership, Mesh, Mode, MutualTls, Network, Options, PortSet, Protocol, Workload};

use super::callers::{self, Plain};
use super::policies::{self, Exception, KIND};
use super::{Plaintext, Written, proof};
use crate::Step;

/// More ports than these are not excepted one by one.
const MOST: usize = 32;

/// A workload whose proxies PeerAuthentications are for.
pub(super) struct Member<'n, 'a> {
    pub(super) endpoint: usize,
    pub(super) workload: &'n Workload<'a>,
    labels: BTreeMap<String, String>,
    mutual: MutualTls<'a>,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Plan<'a> {
    root: &'a str,
    exceptions: Vec<Exception>,
    /// Namespaces that get a policy of their own, and its mode.
    namespaces: BTreeMap<String, &'static str>,
    /// Whether the mesh needs one.
    mesh: bool,
    /// Policies that take plaintext.
    weak: Vec<&'a Resource>,
    rules: Vec<&'a Resource>,
    notes: Vec<String>,
}

pub(super) fn write(inventory: &Inventory, plain: Plaintext<'_>) -> Written {
    let network = Network::new(inventory, &Options { mesh: true, ..Options::default() });
    let Some(mesh) = Mesh::of(&network, inventory) else { return Written::default() };
    let is_member = |it: usize| mesh.membership(it) != Membership::None;
    let calls = callers::plain(&network, inventory, &is_member, mesh.root());
    let plan = Plan::of(&network, &mesh, inventory, &calls);
    let steps = plan.steps();
    let proof = proof::prove(&plan, (&network, &mesh, inventory), &calls, &steps, plain);
    // What is not proven is not written.
    let steps = if proof.holds() && plan.changes() { steps } else { Vec::new() };
    Written { steps, notes: plan.notes, proof }
}

/// The members, without gateways.
pub(super) fn members<'n, 'a>(network: &'n Network<'a>, mesh: &Mesh<'n, 'a>) -> Vec<Member<'n, 'a>> {
    let all = network.endpoints().iter().enumerate();
    all.filter_map(|(endpoint, it)| {
        let Endpoint::Workload(workload) = it else { return None };
        let mutual = mesh.mutual_tls(endpoint)?;
        Some(Member { endpoint, workload, labels: policies::labels(workload), mutual })
    })
    .collect()
}

impl<'a> Plan<'a> {
    fn of(network: &Network<'a>, mesh: &Mesh<'_, 'a>, inventory: &'a Inventory, calls: &[Plain]) -> Plan<'a> {
        let members = members(network, mesh);
        let all: Vec<&'a Resource> = inventory.of_kind(KIND).collect();
        let weak = all.iter().filter(|it| policies::is_weak(it)).copied().collect();
        let of_whole = |it: &&&Resource| it.root.entries_at("spec/selector/matchLabels").is_empty();
        let strict: BTreeSet<&str> = all
            .iter()
            .filter(|it| !policies::is_weak(it) && it.root.str_at("spec/mtls/mode") == Some("STRICT"))
            .filter(of_whole)
            .map(|it| it.namespace_or_default())
            .collect();
        let mut plan = Plan { root: mesh.root(), weak, rules: mesh.rules_in_the_way(), ..Plan::default() };
        plan.mesh = !strict.contains(plan.root);
        for member in &members {
            plan.except(member, mesh, calls);
        }
        plan.join();
        plan.name();
        let namespaces: BTreeSet<&str> = members.iter().map(|it| it.workload.namespace).collect();
        for namespace in namespaces.into_iter().filter(|it| *it != plan.root && !strict.contains(it)) {
            plan.namespaces.entry(namespace.to_owned()).or_insert("STRICT");
        }
        plan.tell(&members, network, mesh);
        plan
    }

    /// Ports of a member on which calls in the clear come through today, and that its own policy excepts today.
    fn except(&mut self, member: &Member<'_, 'a>, mesh: &Mesh<'_, 'a>, calls: &[Plain]) {
        let mut own = Exception {
            namespace: member.workload.namespace.to_owned(),
            name: member.workload.name.to_owned(),
            labels: member.labels.clone(),
            ..Exception::default()
        };
        for call in calls.iter().filter(|it| it.to == member.endpoint) {
            let open = call.ports.difference(&mesh.between(call.caller, call.to).closed_ports());
            match numbers(&open) {
                Some(ports) => {
                    ports.into_iter().for_each(|it| own.ports.entry(it).or_default().push(call.says.clone()))
                }
                None => own.whole.push(call.says.clone()),
            }
        }
        let by = member.mutual.ports_by.map(|it| it.name.to_string()).unwrap_or_default();
        for (port, _) in member.mutual.ports.iter().filter(|(_, mode)| *mode != Mode::Strict) {
            let says = format!(
                "open by \"{by}\" today; nobody in the input calls it in the clear: take it out when none is seen"
            );
            own.ports.entry(*port).or_insert_with(|| vec![says]);
        }
        if own.ports.is_empty() && own.whole.is_empty() {
            return;
        }
        if own.labels.is_empty() {
            let name = member.workload.to_string();
            self.notes.push(format!(
                "{name} is called in the clear and has no label to select it by: its whole namespace stays PERMISSIVE"
            ));
            self.namespaces.insert(own.namespace, "PERMISSIVE");
            return;
        }
        self.exceptions.push(own);
    }

    /// Where one selector holds all labels of another, the oldest policy alone would count: they become one.
    fn join(&mut self) {
        let mut all = std::mem::take(&mut self.exceptions);
        all.sort_by_key(|it| it.labels.len());
        for one in all {
            match self.exceptions.iter_mut().find(|it| it.selects(&one.namespace, &one.labels)) {
                Some(wider) => wider.take_in(one),
                None => self.exceptions.push(one),
            }
        }
        self.exceptions.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
    }

    fn name(&mut self) {
        let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
        for one in &mut self.exceptions {
            let base = format!("plaintext-to-{}", one.name);
            let mut names = std::iter::once(base.clone()).chain((2..).map(|it| format!("{base}-{it}")));
            one.name = names.find(|it| taken.insert((one.namespace.clone(), it.clone()))).unwrap_or(base);
        }
    }

    fn tell(&mut self, members: &[Member<'_, 'a>], network: &Network<'a>, mesh: &Mesh<'_, 'a>) {
        for one in &self.exceptions {
            let also = members.iter().filter(|it| one.selects(it.workload.namespace, &it.labels));
            let names: Vec<String> = also.map(|it| it.workload.to_string()).collect();
            if names.len() > 1 {
                let names = names.join(", ");
                self.notes.push(format!("{}/{} also excepts, by its labels: {names}", one.namespace, one.name));
            }
        }
        let around = |it: &&Member<'_, '_>| {
            let pod = Inventory::pods_of(it.workload.resource).next();
            pod.and_then(|pod| pod.annotation("traffic.sidecar.istio.io/excludeInboundPorts"))
                .is_some_and(|it| !it.is_empty())
        };
        let around: Vec<String> = members.iter().filter(around).map(|it| it.workload.to_string()).collect();
        if !around.is_empty() {
            self.notes.push(format!(
                "excludeInboundPorts leads past the proxy, whatever is written here, for: {}",
                around.join(", ")
            ));
        }
        let outside = |(number, it): (usize, &Endpoint<'_>)| {
            let name = it.workload().filter(|it| it.namespace != "kube-system").map(ToString::to_string)?;
            (mesh.membership(number) == Membership::None).then_some(name)
        };
        let outside: Vec<String> = network.endpoints().iter().enumerate().filter_map(outside).collect();
        if !outside.is_empty() {
            let more = outside.len().saturating_sub(6);
            let more = if more > 0 { format!(", and {more} more") } else { String::new() };
            let some = outside.iter().take(6).map(String::as_str).collect::<Vec<_>>().join(", ");
            self.notes.push(format!(
                "not in the mesh, so that nothing here encrypts what they receive: {some}{more}. Label their namespace \
                 (istio-injection=enabled, or istio.io/dataplane-mode=ambient) and start them anew"
            ));
        }
    }

    /// Policies of today that are no longer there afterwards, unless one of the same name takes their place.
    pub(super) fn is_replaced(&self, policy: &Resource) -> bool {
        let (namespace, name) = (policy.namespace_or_default(), &*policy.name);
        let whole =
            name == "default" && (self.namespaces.contains_key(namespace) || self.mesh && namespace == self.root);
        whole || self.exceptions.iter().any(|it| it.namespace == namespace && it.name == name)
    }

    pub(super) fn rules(&self) -> &[&'a Resource] {
        &self.rules
    }

    pub(super) fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    pub(super) fn stays_open(&self, namespace: &str) -> bool {
        self.namespaces.get(namespace) == Some(&"PERMISSIVE")
    }

    /// Whether anything is not so already.
    fn changes(&self) -> bool {
        let new = |it: &Exception| !self.weak.iter().any(|policy| it.is(policy));
        let stays = |it: &&Resource| self.exceptions.iter().any(|own| own.is(it));
        self.mesh
            || !self.namespaces.is_empty()
            || !self.rules.is_empty()
            || self.exceptions.iter().any(new)
            || !self.weak.iter().all(stays)
    }

    fn steps(&self) -> Vec<Step> {
        let namespaces = self.namespaces();
        let obsolete: Vec<&&Resource> = self.weak.iter().filter(|it| !self.is_replaced(it)).collect();
        let mesh = if self.mesh { policies::of_namespace(self.root, "STRICT") } else { String::new() };
        vec![
            Step { name: "1-observe".to_owned(), says: self.observe(), text: self.softened() },
            Step { name: "2-namespaces".to_owned(), says: self.by_namespace(&obsolete), text: namespaces },
            Step { name: "3-mesh".to_owned(), says: self.whole(), text: mesh },
        ]
    }

    /// Exceptions before the policy that makes them needed: kubectl applies in the order of the file.
    fn namespaces(&self) -> String {
        let all: BTreeSet<&str> = self
            .exceptions
            .iter()
            .map(|it| it.namespace.as_str())
            .chain(self.namespaces.keys().map(String::as_str))
            .collect();
        all.into_iter()
            .map(|namespace| {
                let own = self.exceptions.iter().filter(|it| it.namespace == namespace).map(Exception::text);
                let whole = self.namespaces.get(namespace).map(|mode| policies::of_namespace(namespace, mode));
                own.chain(whole).collect::<String>()
            })
            .collect()
    }

    fn softened(&self) -> String {
        self.weak.iter().filter(|it| policies::switches_off(it)).map(|it| policies::softened(it)).collect()
    }

    fn observe(&self) -> Vec<String> {
        let mut says = lines(&[
            "Step 1: refuse nothing, and see who calls in the clear. Istio from 1.22; before it,",
            "write security.istio.io/v1beta1.",
        ]);
        if self.weak.iter().any(|it| policies::switches_off(it)) {
            says.push(
                "What takes plaintext only takes both from here, so that mutual TLS can begin: apply this.".to_owned(),
            );
        }
        for rule in &self.rules {
            says.push(format!(
                "DestinationRule {}/{} makes callers speak no mutual TLS; STRICT would refuse them. Take its tls",
                rule.namespace_or_default(),
                rule.name
            ));
            says.push("settings away, in whole, by port and by subset:".to_owned());
            for path in paths(rule) {
                says.push(format!(
                    "  kubectl -n {} patch destinationrule {} --type=json -p '[{{\"op\":\"remove\",\"path\":\"{path}\"}}]'",
                    rule.namespace_or_default(),
                    rule.name
                ));
            }
        }
        says.extend(lines(&[
            "For a week, at least one run of every CronJob, ask Prometheus who is left:",
            "  sum by (source_workload, source_workload_namespace, destination_workload,",
            "    destination_workload_namespace) (increase(istio_requests_total{",
            "    reporter=\"destination\",connection_security_policy!=\"mutual_tls\"}[7d])) > 0",
            "and the same of istio_tcp_connections_opened_total (in ambient mode, of it alone). Bring who is",
            "found into the mesh, or except its port in step 2 as those there are.",
        ]));
        says
    }

    fn by_namespace(&self, obsolete: &[&&Resource]) -> Vec<String> {
        let mut says = lines(&[
            "Step 2: one namespace after the other, the least important first. Exceptions stand before the",
            "policy that makes them needed. Whoever is refused sees connections reset: setting the mode to",
            "PERMISSIVE again undoes it within seconds.",
        ]);
        if !obsolete.is_empty() {
            says.push("Then delete what would still take plaintext, or contradicts:".to_owned());
            says.extend(
                obsolete.iter().map(|it| {
                    format!("  kubectl -n {} delete peerauthentication {}", it.namespace_or_default(), it.name)
                }),
            );
        }
        says
    }

    fn whole(&self) -> Vec<String> {
        if !self.mesh {
            return lines(&["Step 3: nothing to apply: the whole mesh is STRICT already."]);
        }
        lines(&[
            "Step 3: the whole mesh, so that namespaces that come later are STRICT from their first day.",
            "Gateways are not concerned: their own servers say which TLS they take.",
        ])
    }
}

fn lines(all: &[&str]) -> Vec<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

/// JSON pointers to what turns mutual TLS off in a rule, the last of a list first, so that each still holds.
fn paths(rule: &Resource) -> Vec<String> {
    let mut found = Vec::new();
    let mut policy = |node: Option<&cloister_model::Node>, at: String| {
        let Some(node) = node else { return };
        let off = |it: &cloister_model::Node| it.str_at("tls/mode").is_some_and(|mode| mode != "ISTIO_MUTUAL");
        if off(node) {
            found.push(format!("{at}/tls"));
        }
        for (number, _) in node.items_at("portLevelSettings").iter().enumerate().filter(|(_, it)| off(it)) {
            found.push(format!("{at}/portLevelSettings/{number}/tls"));
        }
    };
    policy(rule.root.at("spec/trafficPolicy"), "/spec/trafficPolicy".to_owned());
    for (number, subset) in rule.root.items_at("spec/subsets").iter().enumerate() {
        policy(subset.get("trafficPolicy"), format!("/spec/subsets/{number}/trafficPolicy"));
    }
    found
}

/// The ports one by one; `None` where they are too many.
fn numbers(ports: &PortSet) -> Option<Vec<u16>> {
    let ranges: Vec<(u16, u16)> = ports.of(Protocol::Tcp).iter().collect();
    let count: usize = ranges.iter().map(|(first, last)| usize::from(last - first) + 1).sum();
    (count <= MOST).then(|| ranges.into_iter().flat_map(|(first, last)| first..=last).collect())
}
