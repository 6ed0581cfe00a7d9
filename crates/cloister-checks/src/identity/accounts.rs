//! Service accounts: which exist, and which pods hold a token of theirs.

use cloister_inventory::Pod;
use cloister_model::Node;

use crate::sight::Seen;

/// What the checks over service accounts and their workloads rely on.
pub(super) const NAMED: &[&str] =
    &["ServiceAccount", "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"];

/// Whether the input shows the accounts of a namespace. Every namespace of a
/// cluster has at least `default`; files show them when they hold another.
pub(super) fn accounts_known(inventory: &Seen<'_>, namespace: &str) -> bool {
    let shows = |name: &str| inventory.inputs().cluster || name != "default";
    inventory.of_kind_in("ServiceAccount", namespace).any(|account| shows(&account.name))
}

/// Whether a service account exists. `default` always does.
pub(super) fn exists(inventory: &Seen<'_>, namespace: &str, account: &str) -> bool {
    account == "default" || inventory.get("ServiceAccount", namespace, account).is_some()
}

/// Whether a pod's containers hold a token that the API server takes: mounted by
/// default, by the pod's own words, or as a projected volume.
pub(super) fn holds_token(inventory: &Seen<'_>, pod: &Pod<'_>) -> bool {
    mounts_token(inventory, pod) || pod.volumes().iter().any(projects_token)
}

/// Whether the token is mounted by itself: the pod's word, else the account's, else yes.
pub(super) fn mounts_token(inventory: &Seen<'_>, pod: &Pod<'_>) -> bool {
    let own = pod.spec.bool_at("automountServiceAccountToken");
    let account = || {
        let account = inventory.get("ServiceAccount", pod.namespace(), pod.service_account())?;
        account.root.bool_at("automountServiceAccountToken")
    };
    own.or_else(account).unwrap_or(true)
}

/// A token for another audience is none that the API server takes.
fn projects_token(volume: &Node) -> bool {
    volume.items_at("projected/sources").iter().any(|source| {
        source.get("serviceAccountToken").is_some_and(|token| token.str_at("audience").is_none_or(str::is_empty))
    })
}
