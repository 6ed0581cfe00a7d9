//! What a rule is about, and how dangerous it is to have it.
//! Source: Kubernetes, "Role Based Access Control Good Practices", its section on privilege escalation.

use std::collections::BTreeSet;

use cloister_graph::Attention;

use super::verbs::{WRITE, any};

/// Kinds of objects, those first that give most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Everything,
    Grants,
    Identities,
    Kubelet,
    Secrets,
    Shell,
    Tokens,
    Workloads,
    Admission,
    Certificates,
    Machinery,
    Volumes,
    Ports,
    Config,
    Logs,
    Other,
    Urls,
    /// A word that matches no request, such as `pods/*`.
    Nothing,
}

const RBAC: &str = "rbac.authorization.k8s.io";
/// Group, resources (`*`: all of the group), what they are, and what they are called.
const KINDS: &[(&str, &[&str], Kind, &str)] = &[
    ("", &["secrets"], Kind::Secrets, "Secrets"),
    ("", &["pods/exec", "pods/attach", "pods/ephemeralcontainers"], Kind::Shell, "shells in pods"),
    ("", &["pods/portforward", "pods/proxy", "services/proxy"], Kind::Ports, "ports of pods"),
    ("", &["nodes/proxy"], Kind::Kubelet, "kubelets"),
    ("", &["serviceaccounts/token"], Kind::Tokens, "tokens of accounts"),
    ("", &["users", "groups", "serviceaccounts"], Kind::Identities, ""),
    ("authentication.k8s.io", &["*"], Kind::Identities, ""),
    ("", &["pods", "replicationcontrollers"], Kind::Workloads, ""),
    ("apps", &["*", "deployments", "statefulsets", "daemonsets", "replicasets"], Kind::Workloads, ""),
    ("batch", &["*", "jobs", "cronjobs"], Kind::Workloads, ""),
    (RBAC, &["*", "roles", "clusterroles", "rolebindings", "clusterrolebindings"], Kind::Grants, ""),
    ("certificates.k8s.io", &["*"], Kind::Certificates, ""),
    ("admissionregistration.k8s.io", &["*"], Kind::Admission, ""),
    ("apiregistration.k8s.io", &["*"], Kind::Machinery, ""),
    ("apiextensions.k8s.io", &["*"], Kind::Machinery, ""),
    ("", &["nodes", "namespaces"], Kind::Machinery, ""),
    ("", &["persistentvolumes"], Kind::Volumes, ""),
    ("snapshot.storage.k8s.io", &["*"], Kind::Volumes, ""),
    ("", &["configmaps"], Kind::Config, "ConfigMaps"),
    ("", &["pods/log"], Kind::Logs, "logs of pods"),
];

/// What a word of `resources` means in a group, and what it is called.
pub(super) fn of(group: &str, word: &str) -> (Kind, String) {
    if word == "*" {
        return match group {
            "*" => (Kind::Everything, "everything".to_owned()),
            "" => (Kind::Everything, "everything of the core".to_owned()),
            group => (whole_group(group), format!("all of {group}")),
        };
    }
    if word.ends_with("/*") {
        return (Kind::Nothing, word.to_owned());
    }
    // `*/exec` is the subresource of anything.
    let matches = |known: &str| {
        known == word || word.strip_prefix('*').is_some_and(|below| below.starts_with('/') && known.ends_with(below))
    };
    let found = KINDS.iter().find(|(of, resources, ..)| {
        (*of == group || group == "*") && resources.iter().any(|known| *known != "*" && matches(known))
    });
    match found {
        Some((.., kind, "")) => (*kind, word.to_owned()),
        Some((.., kind, name)) => (*kind, (*name).to_owned()),
        None => (unlisted(whole_group(group), word), word.to_owned()),
    }
}

/// What a group's other resources are. Of those that make pods or grant rights, all that do are listed; a status or a
/// finalizer makes nothing.
fn unlisted(kind: Kind, word: &str) -> Kind {
    match kind {
        Kind::Workloads | Kind::Grants => Kind::Other,
        Kind::Certificates | Kind::Identities => kind,
        kind => {
            if word.contains('/') {
                Kind::Other
            } else {
                kind
            }
        }
    }
}

fn whole_group(group: &str) -> Kind {
    let found = KINDS.iter().find(|(of, resources, ..)| *of == group && resources.contains(&"*"));
    found.map_or(Kind::Other, |(.., kind, _)| *kind)
}

/// How much it asks to be looked at; `wide` where it holds in the whole cluster, `named` where only for some names.
pub(super) fn attention(kind: Kind, verbs: &BTreeSet<&str>, wide: bool, named: bool) -> Attention {
    let by_reach = if wide && !named { Attention::Critical } else { Attention::High };
    let when = |yes: bool, attention: Attention| if yes { attention } else { Attention::Ordinary };
    let makes = any(verbs, &["create", "update", "patch"]);
    match kind {
        Kind::Everything if any(verbs, &WRITE) => Attention::Critical,
        Kind::Everything => by_reach,
        Kind::Kubelet => when(any(verbs, &["get", "create"]), Attention::Critical),
        Kind::Grants if any(verbs, &["escalate", "bind"]) => Attention::Critical,
        Kind::Grants | Kind::Machinery | Kind::Volumes => {
            when(makes && (wide || kind == Kind::Grants), Attention::High)
        }
        Kind::Identities => when(any(verbs, &["impersonate"]), by_reach),
        // A component that reads the Secrets written for it is the ordinary case.
        Kind::Secrets => when(!named && !verbs.is_empty(), by_reach),
        Kind::Shell => when(makes || verbs.contains("get"), by_reach),
        Kind::Tokens => when(any(verbs, &["create"]), by_reach),
        Kind::Workloads => when(makes && !named, by_reach),
        Kind::Admission => when(any(verbs, &WRITE), Attention::Critical),
        Kind::Certificates => when(makes || any(verbs, &["approve", "sign"]), Attention::High),
        Kind::Ports => when(wide && !named, Attention::High),
        Kind::Config | Kind::Logs | Kind::Other | Kind::Urls | Kind::Nothing => Attention::Ordinary,
    }
}
