//! What the roles that every cluster has give, for input in which they are not
//! written. Only the rights that some check asks for are listed.
//! Source: Kubernetes, the default roles "cluster-admin", "admin", "edit" and "view".

/// A rule of a built-in role.
#[derive(Debug)]
pub(super) struct KnownRule {
    /// `apiGroups`.
    pub groups: &'static [&'static str],
    /// `resources`.
    pub resources: &'static [&'static str],
    /// `verbs`.
    pub verbs: &'static [&'static str],
}

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];
const BATCH: &[&str] = &["jobs", "cronjobs"];
const APPS: &[&str] = &["daemonsets", "deployments", "replicasets", "statefulsets"];

const EVERYTHING: KnownRule = KnownRule { groups: &["*"], resources: &["*"], verbs: &["*"] };

const VIEW: KnownRule =
    KnownRule { groups: &[""], resources: &["configmaps", "pods", "pods/log", "persistentvolumeclaims"], verbs: READ };

const EDIT: [KnownRule; 6] = [
    KnownRule {
        groups: &[""],
        resources: &["secrets", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"],
        verbs: READ,
    },
    KnownRule {
        groups: &[""],
        resources: &["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"],
        verbs: WRITE,
    },
    KnownRule {
        groups: &[""],
        resources: &["configmaps", "secrets", "persistentvolumeclaims", "replicationcontrollers", "serviceaccounts"],
        verbs: WRITE,
    },
    KnownRule { groups: &[""], resources: &["serviceaccounts"], verbs: &["impersonate"] },
    KnownRule { groups: &["apps"], resources: APPS, verbs: WRITE },
    KnownRule { groups: &["batch"], resources: BATCH, verbs: WRITE },
];

const ADMIN: [KnownRule; 2] = [
    KnownRule { groups: &["rbac.authorization.k8s.io"], resources: &["roles", "rolebindings"], verbs: WRITE },
    KnownRule { groups: &[""], resources: &["serviceaccounts/token"], verbs: &["create"] },
];

/// The rules of a built-in ClusterRole; `None` for every other name.
pub(super) fn rules(name: &str) -> Option<Vec<&'static KnownRule>> {
    match name {
        "cluster-admin" => Some(vec![&EVERYTHING]),
        "admin" => Some(ADMIN.iter().chain(&EDIT).chain([&VIEW]).collect()),
        "edit" => Some(EDIT.iter().chain([&VIEW]).collect()),
        "view" => Some(vec![&VIEW]),
        _ => None,
    }
}
