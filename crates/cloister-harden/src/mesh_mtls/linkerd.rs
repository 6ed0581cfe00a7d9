//! Linkerd: its proxies speak mutual TLS with each other by themselves. What is written is that nothing else is taken.

use std::collections::{BTreeMap, BTreeSet};

use cloister_inventory::Inventory;
use cloister_network::{Endpoint, Network, Options, Protocol, Workload};
use cloister_transit::Carriers;

use super::callers::plain;
use super::policies::labels;
use super::{Proof, Written};
use crate::Step;
use crate::yaml::quoted;

/// Read when a proxy is injected: of a pod's template, or of its namespace.
const ANNOTATION: &str = "config.linkerd.io/default-inbound-policy";

pub(super) fn write(inventory: &Inventory) -> Written {
    let network = Network::new(inventory, &Options::default());
    let carriers = Carriers::of(inventory);
    let workload = |it: usize| match network.endpoint(it) {
        Some(Endpoint::Workload(workload)) => Some(workload),
        _ => None,
    };
    let is_member = |it: usize| workload(it).is_some_and(|it| carriers.has_linkerd(it.resource));
    let mut notes = Vec::new();
    let mut servers: BTreeMap<(String, String, u16), (String, Vec<String>)> = BTreeMap::new();
    for call in plain(&network, inventory, &is_member, "linkerd") {
        let Some(to) = workload(call.to) else { continue };
        let labels = labels(to);
        let ranges: Vec<(u16, u16)> = call.ports.of(Protocol::Tcp).iter().collect();
        let many = ranges.iter().any(|(first, last)| last - first > 32);
        if labels.is_empty() || many || inventory.of_kind_in("Server.policy.linkerd.io", to.namespace).next().is_some()
        {
            notes.push(format!("{to} is called in the clear, and gets no Server here (no label, too many ports, or its namespace has Servers): {}", call.says));
            continue;
        }
        for port in ranges.into_iter().flat_map(|(first, last)| first..=last) {
            let key = (to.namespace.to_owned(), to.name.to_owned(), port);
            servers.entry(key).or_insert_with(|| (selector(to), Vec::new())).1.push(call.says.clone());
        }
    }
    let namespaces: BTreeSet<&str> = (0..network.endpoints().len())
        .filter(|it| is_member(*it))
        .filter_map(|it| workload(it).map(|it| it.namespace))
        .filter(|it| !is_set(inventory, it))
        .collect();
    if namespaces.is_empty() {
        notes.push("every namespace with Linkerd's proxy asks for authenticated callers already".to_owned());
        return Written { notes, ..Written::default() };
    }
    let steps = vec![
        Step { name: "1-observe".to_owned(), says: observe(&namespaces), text: String::new() },
        Step {
            name: "2-exceptions".to_owned(),
            says: EXCEPTIONS.map(str::to_owned).into(),
            text: exceptions(&servers),
        },
        Step { name: "3-namespaces".to_owned(), says: authenticated(&namespaces), text: annotated(&namespaces) },
    ];
    let shown = vec![
        "members speak mutual TLS with each other today; the steps close the rest".to_owned(),
        "not evaluated: what Linkerd's policies let through today; exceptions are those that the input declares"
            .to_owned(),
    ];
    Written { steps, notes, proof: Proof { shown, ..Proof::default() } }
}

fn is_set(inventory: &Inventory, namespace: &str) -> bool {
    let policy = inventory.namespace(namespace).and_then(|it| it.annotation(ANNOTATION));
    matches!(policy, Some("all-authenticated" | "cluster-authenticated" | "deny"))
}

fn selector(workload: &Workload<'_>) -> String {
    labels(workload).iter().map(|(key, value)| format!("      {}: {}\n", quoted(key), quoted(value))).collect()
}

const EXCEPTIONS: [&str; 3] = [
    "Step 2: ports that somebody without a proxy needs stay open to everybody. Linkerd from 2.16 (before it, write",
    "a Server of v1beta1 with a NetworkAuthentication and an AuthorizationPolicy instead). The port must be declared",
    "by a container. Probes of the kubelet are let through by themselves.",
];

fn exceptions(servers: &BTreeMap<(String, String, u16), (String, Vec<String>)>) -> String {
    let one = |((namespace, name, port), (selector, reasons)): (&(String, String, u16), &(String, Vec<String>))| {
        let mut told: Vec<String> = reasons.iter().map(|it| format!("  # {}\n", cloister_model::clean(it))).collect();
        told.dedup();
        format!(
            "---\napiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata:\n  name: {}\n  namespace: {}\nspec:\n\
             {}  accessPolicy: all-unauthenticated\n  port: {port}\n  podSelector:\n    matchLabels:\n{selector}",
            quoted(&format!("plaintext-to-{name}-{port}")),
            quoted(namespace),
            told.concat(),
        )
    };
    servers.iter().map(one).collect()
}

fn observe(namespaces: &BTreeSet<&str>) -> Vec<String> {
    let mut says =
        vec!["Step 1: refuse nothing, and see who calls in the clear (Linkerd from 2.16 writes it down):".to_owned()];
    says.extend(
        namespaces.iter().map(|it| format!("  kubectl annotate namespace {it} {ANNOTATION}=audit --overwrite")),
    );
    says.extend(
        [
            "and start the pods anew (kubectl rollout restart), since proxies read it once. Then, for a week:",
            "  sum by (namespace, deployment) (increase(request_total{direction=\"inbound\",tls!=\"true\"}[7d])) > 0",
            "  and inbound_tcp_authz_allow_total with tls!=\"true\".",
        ]
        .map(str::to_owned),
    );
    says
}

fn authenticated(namespaces: &BTreeSet<&str>) -> Vec<String> {
    vec![
        format!(
            "Step 3: {} one after the other. Apply on the server's side, so that no other field of",
            match namespaces.len() {
                1 => "the namespace,".to_owned(),
                many => format!("{many} namespaces,"),
            }
        ),
        "the namespace is touched, then start its pods anew:".to_owned(),
        "  kubectl apply --server-side --field-manager=mesh-mtls -f 3-namespaces.yaml".to_owned(),
        "  kubectl -n NAMESPACE rollout restart deployment,statefulset,daemonset".to_owned(),
    ]
}

fn annotated(namespaces: &BTreeSet<&str>) -> String {
    let one = |name: &&str| {
        format!(
            "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: {}\n  annotations:\n    {ANNOTATION}: all-authenticated\n",
            quoted(name)
        )
    };
    namespaces.iter().map(one).collect()
}
