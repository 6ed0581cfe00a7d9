//! A drop-in for kubelets: callers have names, RBAC decides, certificates are renewed, pods are confined by default.

use cloister_node::{Facts, Kubelet};

use crate::{Step, Version};

/// Drop-ins are read from here on without a gate of their own.
const DROP_INS: Version = Version::minor(30);

/// What the kubelet expects of the kernel where it may not set it itself (`pkg/util/sysctl`).
const KERNEL: [(&str, &str); 6] = [
    ("vm.overcommit_memory", "1"),
    ("vm.panic_on_oom", "0"),
    ("kernel.panic", "10"),
    ("kernel.panic_on_oops", "1"),
    ("kernel.keys.root_maxkeys", "1000000"),
    ("kernel.keys.root_maxbytes", "25000000"),
];

/// The drop-in for nodes of this version; what is known of them stands in `facts`.
pub fn kubelet(version: Version, facts: &[Facts<'_>]) -> Step {
    Step { name: "10-cloister.conf".to_owned(), says: says(version, facts), text: text() }
}

fn text() -> String {
    "\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
# Callers have names, and RBAC decides what they may.
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
authorization:
  mode: Webhook
readOnlyPort: 0
# Certificates are renewed, and signed by the cluster.
rotateCertificates: true
serverTLSBootstrap: true
tlsMinVersion: VersionTLS13
# One pod cannot take the node, and none runs without a filter of system calls.
podPidsLimit: 4096
seccompDefault: true
# Hardening of the host is not undone in silence.
protectKernelDefaults: true
makeIPTablesUtilChains: true
# What was left open ends, and what happened is told.
streamingConnectionIdleTimeout: 1h0m0s
eventRecordQPS: 50
"
    .to_owned()
}

fn says(version: Version, facts: &[Facts<'_>]) -> Vec<String> {
    let mut says: Vec<String> = Vec::new();
    if version < DROP_INS {
        says.push(format!(
            "Kubernetes {version} reads no drop-ins by itself: take these lines over into the kubelet's"
        ));
        says.push("configuration.".to_owned());
    } else {
        says.push(
            "Write this to /etc/kubernetes/kubelet.conf.d/10-cloister.conf and start the kubelet with".to_owned(),
        );
        says.push(
            "--config-dir=/etc/kubernetes/kubelet.conf.d. Flags count more: take those away that say otherwise."
                .to_owned(),
        );
    }
    says.push(
        "One node first: kubectl drain NODE, write, restart the kubelet, watch it become Ready, uncordon.".to_owned(),
    );
    says.push(
        "1. serverTLSBootstrap: approve its request (kubectl get csr; kubectl certificate approve), else logs and"
            .to_owned(),
    );
    says.push("   exec fail. Where tlsCertFile is set, that certificate stays.".to_owned());
    says.push("2. protectKernelDefaults: the kubelet does not start where the kernel differs; in /etc/sysctl.d/90-kubelet.conf:".to_owned());
    says.extend(KERNEL.iter().map(|(name, value)| format!("     {name}={value}")));
    says.push("3. seccompDefault and podPidsLimit hold for pods that start afterwards; a pod that needs more names its profile.".to_owned());
    says.extend(facts.iter().flat_map(of_node));
    says
}

/// What of a node stands in the way.
fn of_node(facts: &Facts<'_>) -> Vec<String> {
    let differs = KERNEL.iter().filter_map(|(name, wanted)| {
        let (is, _) = facts.kernel(name)?;
        (is != *wanted).then(|| format!("{}: {name} is {is}: set {wanted} first.", facts.name()))
    });
    let flags = Kubelet::of(*facts).into_iter().flat_map(|kubelet| {
        let in_the_way =
            ["anonymous-auth", "authorization-mode", "read-only-port", "rotate-certificates", "tls-min-version"];
        let set = in_the_way.into_iter().filter_map(move |flag| kubelet.flag(flag));
        set.filter(|value| value.source == cloister_node::Source::Flag).map(|value| value.says()).collect::<Vec<_>>()
    });
    differs.chain(flags.map(|flag| format!("{}: its command line says {flag}: take it away.", facts.name()))).collect()
}
