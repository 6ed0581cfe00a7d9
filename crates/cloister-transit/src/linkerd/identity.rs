//! Who a caller is to Linkerd: `ACCOUNT.NAMESPACE.serviceaccount.identity.CONTROL-PLANE.TRUST-DOMAIN`.

use cloister_inventory::Inventory;
use cloister_model::Resource;

use super::Caller;

const MIDDLE: &str = ".serviceaccount.identity.";

/// What the control plane's own settings say.
#[derive(Debug)]
pub(super) struct Cluster<'a> {
    /// What follows the account in every identity, where the settings are in the input.
    end: Option<String>,
    /// The default policy of the cluster, likewise.
    pub(super) default: Option<&'a str>,
}

impl<'a> Cluster<'a> {
    /// From the ConfigMap of the control plane.
    pub(super) fn of(inventory: &'a Inventory) -> Self {
        let config = inventory.of_kind("ConfigMap").find(|it| &*it.name == "linkerd-config");
        let Some((config, values)) = config.and_then(|it| Some((it, values(it)?))) else {
            return Self { end: None, default: None };
        };
        let said = |key: &str| {
            let line = values.lines().find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix(':'));
            line.map(|value| value.trim().trim_matches('"')).filter(|value| !value.is_empty())
        };
        let domain = said("identityTrustDomain").or_else(|| said("clusterDomain")).unwrap_or("cluster.local");
        let end = Some(format!("{}.{domain}", config.namespace_or_default()));
        Self { end, default: said("defaultInboundPolicy") }
    }

    /// Whether one of the words of a default policy lets a caller in. Callers here are pods of the cluster. What is no word
    /// counts as none: it refuses, and nothing else would let anybody in.
    pub(super) fn default(&self, word: &str, caller: Caller<'_>) -> Option<bool> {
        match word {
            "all-unauthenticated" | "cluster-unauthenticated" | "audit" => Some(true),
            "all-authenticated" | "cluster-authenticated" => Some(caller.account.is_some()),
            "deny" => Some(false),
            _ => None,
        }
    }

    /// Whether the identity of a caller is of a pattern: `*`, `*.shop.serviceaccount.identity.linkerd.cluster.local`, or
    /// one in full.
    pub(super) fn is(&self, caller: Caller<'_>, pattern: &str) -> bool {
        let Some((namespace, account)) = caller.account else { return false };
        if pattern == "*" {
            return true;
        }
        let fits = |pattern: &str, own: &str| match pattern.strip_prefix('*') {
            Some(end) => own.ends_with(end),
            None => own == pattern,
        };
        let own = format!("{account}.{namespace}");
        match (&self.end, pattern.split_once(MIDDLE)) {
            (Some(end), _) => fits(pattern, &format!("{own}{MIDDLE}{end}")),
            // Without the control plane's settings its names are not held against anything.
            (None, Some((start, _))) => fits(start, &own),
            (None, None) => pattern.starts_with("*."),
        }
    }

    /// Whether a caller is this account, or any of a namespace.
    pub(super) fn is_account(caller: Caller<'_>, namespace: &str, account: Option<&str>) -> bool {
        caller.account.is_some_and(|(own, name)| own == namespace && account.is_none_or(|it| it == name))
    }
}

/// Its values, as the chart was given them.
fn values(config: &Resource) -> Option<&str> {
    config.root.at("data")?.str_at("values")
}
