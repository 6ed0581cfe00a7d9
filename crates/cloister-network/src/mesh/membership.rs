//! Who is in the mesh: sidecars that are there or that labels ask for, and ambient mode.

use cloister_inventory::{Inventory, Pod};

use crate::endpoints::Workload;
use crate::namespaces::Namespaces;

/// How a workload is in the mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Membership {
    /// Not at all.
    None,
    /// By a proxy in each pod.
    Sidecar,
    /// By its node's proxy.
    Ambient,
}

impl Membership {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Membership::None => "none",
            Membership::Sidecar => "sidecar",
            Membership::Ambient => "ambient",
        }
    }
}

/// Namespaces that the injector leaves alone.
const IGNORED: [&str; 4] = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];
const INJECT: &str = "sidecar.istio.io/inject";
const REVISION: &str = "istio.io/rev";
const INJECTION: &str = "istio-injection";
const MODE: &str = "istio.io/dataplane-mode";

pub(super) fn of(workload: &Workload<'_>, namespaces: &Namespaces<'_>) -> Membership {
    let pod = Inventory::pods_of(workload.resource).next();
    // Nobody's network but its own can be redirected.
    if workload.host_network {
        return Membership::None;
    }
    if pod.is_some_and(|pod| pod.containers().any(|it| it.name() == "istio-proxy")) {
        return Membership::Sidecar;
    }
    let namespace = namespaces.get(workload.namespace);
    let of_namespace = |key: &str| {
        let labels = namespace.map_or(&[][..], |it| it.labels.as_slice());
        labels.iter().find(|it| &*it.key == key).and_then(|it| it.node.as_str())
    };
    let own = |key: &str| workload.labels.iter().find(|it| &*it.key == key).and_then(|it| it.node.as_str());
    let asked = is_asked(own(INJECT), own(REVISION), of_namespace(INJECTION), of_namespace(REVISION));
    if asked && !IGNORED.contains(&workload.namespace) && is_taken(own(INJECT), pod) {
        return Membership::Sidecar;
    }
    match own(MODE).or_else(|| of_namespace(MODE)) {
        Some("ambient") => Membership::Ambient,
        _ => Membership::None,
    }
}

/// Whether its proxies are gateways: they have no application behind them, and PeerAuthentications mean sidecars only.
pub(super) fn is_gateway(workload: &Workload<'_>) -> bool {
    let label = |key: &str| workload.labels.iter().find(|it| &*it.key == key).and_then(|it| it.node.as_str());
    if label("gateway.networking.k8s.io/gateway-name").is_some() {
        return label("gateway.istio.io/managed") != Some("istio.io-mesh-controller");
    }
    Inventory::pods_of(workload.resource).next().is_some_and(|pod| {
        let templates = pod.annotation("inject.istio.io/templates").unwrap_or_default();
        let proxy = pod.containers().find(|it| it.name() == "istio-proxy");
        templates.split(',').any(|it| it.trim() == "gateway")
            || proxy.is_some_and(|it| it.node.strs_at("args").any(|word| word == "router"))
    })
}

/// Whether one of the injector's webhooks is called: by `istio-injection` of the namespace before its revision, by
/// labels of the pod only where the namespace has neither.
fn is_asked(pod: Option<&str>, revision: Option<&str>, injection: Option<&str>, of_namespace: Option<&str>) -> bool {
    let refused = pod == Some("false");
    match (injection, of_namespace) {
        (Some("enabled"), _) => !refused,
        (Some(_), _) => false,
        (None, Some(_)) => !refused,
        (None, None) => pod == Some("true") || revision.is_some() && !refused,
    }
}

/// What the injector itself asks of the pod: its label, or else the older annotation; neither means yes.
fn is_taken(label: Option<&str>, pod: Option<Pod<'_>>) -> bool {
    let word = label.or_else(|| pod.and_then(|pod| pod.annotation(INJECT))).unwrap_or_default();
    word.is_empty() || ["y", "yes", "true", "on"].iter().any(|yes| word.eq_ignore_ascii_case(yes))
}

#[cfg(test)]
mod tests {
    use super::is_asked;

    #[test]
    fn the_namespace_decides_before_the_pod() {
        assert!(is_asked(None, None, Some("enabled"), None));
        assert!(!is_asked(Some("false"), None, Some("enabled"), None));
        assert!(!is_asked(Some("true"), None, Some("disabled"), Some("stable")));
        assert!(is_asked(None, None, None, Some("stable")));
        assert!(is_asked(Some("true"), None, None, None));
        assert!(is_asked(None, Some("stable"), None, None));
        assert!(!is_asked(None, None, None, None));
    }
}
