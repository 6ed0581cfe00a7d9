//! Whose rules are followed: what the input tells of the API server's version.

use std::fmt;

use cloister_flags::Version;
use cloister_inventory::Inventory;

use crate::authorizers::flags::servers;

/// Major and minor.
type Minor = (u32, u32);

/// The version whose rules count where nothing tells another.
pub const NEWEST: Minor = (1, 37);

/// From here on, whoever opens a connection into a pod needs create, also where it comes as a GET (a gate that is on
/// by default).
const CREATE_ASKED: Minor = (1, 35);

/// The rules of an API server, as far as versions differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerRules {
    /// Its version.
    pub version: Minor,
    /// Whether get on `pods/exec`, `attach` and `portforward` suffices: websockets open by GET.
    pub get_opens: bool,
    /// What told the version.
    pub told_by: ToldBy,
}

/// What tells a version, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldBy {
    /// The user.
    User,
    /// The server itself.
    Server,
    /// The image or the process of a kube-apiserver; of several the oldest, whose rules let the most through.
    Program,
    /// The newest kubelet: no server is older than that.
    Kubelet,
    /// Nothing.
    Nothing,
}

impl Default for ServerRules {
    fn default() -> ServerRules {
        ServerRules::of_version(NEWEST, ToldBy::Nothing)
    }
}

impl ServerRules {
    /// Of a version with the gates that it has by default.
    pub fn of_version(version: Minor, told_by: ToldBy) -> ServerRules {
        ServerRules { version, get_opens: version < CREATE_ASKED, told_by }
    }

    /// As the input tells them.
    pub fn of(inventory: &Inventory) -> ServerRules {
        let servers = servers(inventory);
        let asked = inventory.inputs().server_version.as_deref().and_then(Version::parse).map(minor);
        let shown = servers.iter().filter_map(|server| server.version).map(minor).min();
        let kubelets = inventory.of_kind("Node").filter_map(|node| node.root.str_at("status/nodeInfo/kubeletVersion"));
        let kubelet = kubelets.filter_map(Version::parse).map(minor).max();
        let told = [(asked, ToldBy::Server), (shown, ToldBy::Program), (kubelet, ToldBy::Kubelet)];
        let (version, told_by) = told
            .into_iter()
            .find_map(|(version, by)| version.map(|version| (version, by)))
            .unwrap_or((NEWEST, ToldBy::Nothing));
        let rules = ServerRules::of_version(version, told_by);
        ServerRules { get_opens: rules.get_opens || servers.iter().any(|server| server.gate_off), ..rules }
    }
}

fn minor(version: Version) -> Minor {
    (version.major, version.minor)
}

/// `Kubernetes 1.33 (by its newest kubelet)`.
impl fmt::Display for ServerRules {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.version;
        let by = match self.told_by {
            ToldBy::User => "as you say",
            ToldBy::Server => "as the server says",
            ToldBy::Program => "by the image or process of its kube-apiserver",
            ToldBy::Kubelet => "by its newest kubelet",
            ToldBy::Nothing => "nothing in the input tells the version",
        };
        write!(to, "Kubernetes {major}.{minor} ({by})")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use cloister_inventory::{Inputs, Inventory};
    use cloister_manifest::{Interner, parse};
    use cloister_model::Origin;

    use super::{ServerRules, ToldBy};

    fn rules(yaml: &str, server: Option<&str>) -> ServerRules {
        let read = parse(yaml, &Origin::File("cluster.yaml".into()), 1, &mut Interner::default());
        let inputs = Inputs { cluster: true, server_version: server.map(str::to_owned), ..Inputs::default() };
        ServerRules::of(&Inventory::new(read.resources, inputs))
    }

    const NODES: &str = "
apiVersion: v1
kind: Node
metadata: {name: a}
status: {nodeInfo: {kubeletVersion: v1.31.4}}
---
apiVersion: v1
kind: Node
metadata: {name: b}
status: {nodeInfo: {kubeletVersion: v1.33.1+k3s1}}
";

    fn pod(tag: &str, flag: &str) -> String {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: kube-apiserver-{tag}, namespace: kube-system}}\n\
             spec: {{containers: [{{name: kube-apiserver, image: 'registry.example/kube-apiserver:v{tag}', \
             command: [kube-apiserver, '{flag}']}}]}}\n"
        )
    }

    #[test]
    fn the_surest_tells() {
        let told = |yaml: &str, server| (rules(yaml, server).version, rules(yaml, server).told_by);
        assert_eq!(told("", None), ((1, 37), ToldBy::Nothing));
        assert_eq!(told(NODES, None), ((1, 33), ToldBy::Kubelet));
        let plane = format!("{NODES}{}{}", pod("1.35.2", "--profiling=false"), pod("1.34.0", "--profiling=false"));
        assert_eq!(told(&plane, None), ((1, 34), ToldBy::Program));
        assert_eq!(told(&plane, Some("v1.36.0-eks-5d4a308")), ((1, 36), ToldBy::Server));
        assert_eq!(told(NODES, Some("unknown")), ((1, 33), ToldBy::Kubelet));
    }

    #[test]
    fn get_suffices_before_135_and_where_the_gate_is_off() {
        assert!(rules(NODES, None).get_opens);
        assert!(!rules(NODES, Some("v1.35.0")).get_opens);
        let off = pod("1.37.2", "--feature-gates=AuthorizePodWebsocketUpgradeCreatePermission=false");
        assert!(rules(&off, None).get_opens);
        assert!(!rules(&pod("1.37.2", "--profiling=false"), None).get_opens);
    }
}
