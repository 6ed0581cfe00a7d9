//! Cilium: WireGuard between nodes, as values of its Helm chart. Read: `install/kubernetes/cilium` of v1.20.

use cloister_inventory::Inventory;
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_transit::Carriers;

use super::{Plaintext, Proof, Written, stores};
use crate::Step;

const VALUES: &str = "\
encryption:
  enabled: true
  type: wireguard
";

const STRICT: &str = "\
encryption:
  enabled: true
  type: wireguard
  strictMode:
    ingress:
      enabled: true
";

/// What the agent then reads from its ConfigMap.
const CONFIG: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config, namespace: kube-system}
data: {enable-wireguard: 'true'}
";

/// By the agent's configuration or the agent itself.
pub(super) fn is_there(inventory: &Inventory) -> bool {
    inventory.of_kind("ConfigMap").any(|it| &*it.name == "cilium-config")
        || inventory.of_kind("DaemonSet").any(|it| &*it.name == "cilium")
}

pub(super) fn write(inventory: &Inventory, plain: Plaintext<'_>) -> Written {
    let notes = [
        "what stays on one node is not encrypted, and pods in the network of their node only with encryption.nodeEncryption",
        "it encrypts, and proves nobody's identity: Cilium's mutual authentication is deprecated since 1.20 and is not \
         written here; Istio or Linkerd beside it do",
    ]
    .map(str::to_owned)
    .into();
    if let Some(wires) = Carriers::of(inventory).wires {
        let shown = vec![format!("{} encrypts between nodes already: nothing is to be written", wires.as_str())];
        return Written { notes, proof: Proof { shown, ..Proof::default() }, ..Written::default() };
    }
    let steps = vec![
        Step { name: "1-wireguard".to_owned(), says: FIRST.map(str::to_owned).into(), text: VALUES.to_owned() },
        Step { name: "2-strict".to_owned(), says: SECOND.map(str::to_owned).into(), text: STRICT.to_owned() },
    ];
    let mut proof = Proof::default();
    let parsed = parse(CONFIG, &Origin::File("cilium.yaml".into()), 1, &mut Interner::default());
    let others = inventory.resources().iter().filter(|it| &*it.name != "cilium-config").cloned();
    let after = Inventory::new(others.chain(parsed.resources).collect(), inventory.inputs().clone());
    let words = |it: [usize; 3]| format!("{} plaintext, {} unknown, {} encrypted", it[0], it[1], it[2]);
    let (was, is) = (stores(inventory, plain), stores(&after, plain));
    proof.shown.push(format!("to stores of personal data: {} before; {} after", words(was), words(is)));
    if is[2] < was[2] {
        proof.failures.push("fewer connections would be encrypted".to_owned());
    }
    Written { steps, notes, proof }
}

const FIRST: [&str; 8] = [
    "Step 1: values for Cilium's Helm chart. Nodes make their keys themselves. Needed: Linux 5.6, UDP port 51871",
    "open between all nodes. The interface's MTU shrinks by itself; connections that are open go on.",
    "  helm upgrade cilium cilium/cilium --namespace kube-system --reuse-values -f 1-wireguard.yaml",
    "  kubectl -n kube-system rollout restart daemonset/cilium",
    "Until every agent has restarted, nodes that are not done talk plaintext with those that are. Then look:",
    "  kubectl -n kube-system exec ds/cilium -- cilium-dbg encrypt status",
    "It must say Wireguard and count a peer for every other node. Where Cilium comes with the platform (GKE, AKS, k3s",
    "packages), set it there.",
];

const SECOND: [&str; 4] = [
    "Step 2, Cilium from 1.19, when every node encrypts: drop what comes from another pod in the clear. A node that",
    "has lost its key is cut off instead of talking plaintext, so watch cilium_drop_count_total while it rolls out.",
    "  helm upgrade cilium cilium/cilium --namespace kube-system --reuse-values -f 2-strict.yaml",
    "  kubectl -n kube-system rollout restart daemonset/cilium",
];
