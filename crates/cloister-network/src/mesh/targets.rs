//! Policies that say by `targetRef` or `targetRefs` which proxies they are for (`type.istio.io/v1beta1`,
//! PolicyTargetReference): those of a Gateway, a GatewayClass, or the waypoint of a Service.

use cloister_model::Resource;

use crate::endpoints::Workload;

/// The pods of a Gateway carry its name.
const GATEWAY: &str = "gateway.networking.k8s.io/gateway-name";
/// Whose pods these are: of a waypoint, this.
const MANAGED: (&str, &str) = ("gateway.istio.io/managed", "istio.io-mesh-controller");

/// The targets of a policy: kind and name.
pub(super) fn of(policy: &Resource) -> impl Iterator<Item = (&str, &str)> {
    let all = policy.root.at("spec/targetRef").into_iter().chain(policy.root.items_at("spec/targetRefs"));
    all.filter_map(|it| Some((it.str_at("kind")?, it.str_at("name")?)))
}

/// Whether a policy has targets; then it is about nothing else, and its selector is not read.
pub(super) fn are_named(policy: &Resource) -> bool {
    policy.root.at("spec/targetRef").is_some() || !policy.root.items_at("spec/targetRefs").is_empty()
}

/// Whether a workload is one of a policy's targets: the proxy of a Gateway. `root` is the mesh's own namespace.
pub(super) fn hold(policy: &Resource, workload: &Workload<'_>, root: &str) -> bool {
    let label = |key: &str| workload.labels.iter().find(|it| &*it.key == key).and_then(|it| it.node.as_str());
    let home = policy.namespace_or_default();
    of(policy).any(|(kind, name)| match kind {
        "Gateway" => home == workload.namespace && label(GATEWAY) == Some(name),
        "GatewayClass" => home == root && name == "istio-waypoint" && label(MANAGED.0) == Some(MANAGED.1),
        _ => false,
    })
}
