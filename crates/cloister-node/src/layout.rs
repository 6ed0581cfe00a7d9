//! How Kubernetes was installed, told by evidence.

use cloister_model::Resource;

/// A way of installing Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its name in facts.
    pub name: &'static str,
    /// Who runs the control plane, where the user does not.
    pub provider: Option<&'static str>,
    /// Paths of which any one shows it.
    pub paths: &'static [&'static str],
    /// Programs of which any one shows it.
    pub programs: &'static [&'static str],
}

impl Layout {
    /// Those that are known, the most telling first.
    pub const ALL: [Layout; 11] = [
        Layout {
            name: "eks",
            provider: Some("Amazon EKS"),
            paths: &["/etc/eks/bootstrap.sh", "/etc/eks/nodeadm", "/etc/eks/image-credential-provider"],
            programs: &[],
        },
        Layout { name: "gke", provider: Some("Google GKE"), paths: &["/home/kubernetes/kube-env"], programs: &[] },
        Layout {
            name: "aks",
            provider: Some("Azure AKS"),
            paths: &["/opt/azure/containers/provision.sh", "/etc/kubernetes/azure.json"],
            programs: &[],
        },
        Layout {
            name: "talos",
            provider: None,
            paths: &["/system/state/config.yaml", "/usr/lib/talos"],
            programs: &["machined"],
        },
        Layout {
            name: "rke2",
            provider: None,
            paths: &["/var/lib/rancher/rke2/agent", "/etc/rancher/rke2"],
            programs: &["rke2"],
        },
        Layout {
            name: "k3s",
            provider: None,
            paths: &["/var/lib/rancher/k3s", "/etc/rancher/k3s"],
            programs: &["k3s"],
        },
        Layout {
            name: "microk8s",
            provider: None,
            paths: &["/var/snap/microk8s/current/args"],
            programs: &["kubelite"],
        },
        Layout { name: "k0s", provider: None, paths: &["/etc/k0s", "/var/lib/k0s"], programs: &["k0s"] },
        Layout { name: "minikube", provider: None, paths: &["/var/lib/minikube"], programs: &[] },
        Layout {
            name: "kubeadm",
            provider: None,
            paths: &[
                "/var/lib/kubelet/kubeadm-flags.env",
                "/etc/kubernetes/kubelet.conf",
                "/etc/kubernetes/admin.conf",
            ],
            programs: &[],
        },
        Layout {
            name: "static-pods",
            provider: None,
            paths: &["/etc/kubernetes/manifests/kube-apiserver.yaml"],
            programs: &[],
        },
    ];

    /// The layout that is shown, and what shows it.
    pub fn recognise(exists: impl Fn(&str) -> bool, runs: impl Fn(&str) -> bool) -> Option<(Layout, Vec<String>)> {
        Layout::ALL.into_iter().find_map(|layout| {
            let paths = layout.paths.iter().filter(|path| exists(path)).map(|path| (*path).to_owned());
            let programs = layout.programs.iter().filter(|name| runs(name)).map(|name| format!("process {name}"));
            let evidence: Vec<String> = paths.chain(programs).collect();
            (!evidence.is_empty()).then_some((layout, evidence))
        })
    }
}

/// Labels that a provider puts onto the nodes of a control plane of its own.
const LABELS: [(&str, &str); 8] = [
    ("eks.amazonaws.com/nodegroup", "Amazon EKS"),
    ("eks.amazonaws.com/compute-type", "Amazon EKS"),
    ("kubernetes.azure.com/cluster", "Azure AKS"),
    ("cloud.google.com/gke-nodepool", "Google GKE"),
    ("doks.digitalocean.com/node-pool", "DigitalOcean Kubernetes"),
    ("lke.linode.com/pool-id", "Akamai LKE"),
    ("k8s.scaleway.com/pool", "Scaleway Kapsule"),
    ("oke.oraclecloud.com/node.info.private_subnet", "Oracle OKE"),
];

/// Who runs the control plane of the cluster that a Node belongs to, where its labels show a provider.
pub fn provider_of_node(node: &Resource) -> Option<&'static str> {
    LABELS.iter().find(|(label, _)| node.label(label).is_some()).map(|(_, provider)| *provider)
}
