//! Mistakes that a closure could make, put into what it reads or says: the tests beside must notice each of them.

use std::panic::catch_unwind;

use cloister_rbac::escalation::EdgeKind;

use super::support::{Bug, RESTRICTED, with_bug};
use super::{admission, identities, nodes, pods, roles};

const fn reading(name: &'static str, input: fn(String) -> String) -> Bug {
    Bug { name, input, ..Bug::NONE }
}

/// What is read wrongly.
const READING: &[Bug] = &[
    reading("names of rules are not looked at", |text| without(&text, ", resourceNames: [", "]")),
    reading("API groups are not looked at", |text| between(&text, "apiGroups: ['", "']", "*")),
    reading("verbs are not looked at", |text| between(&text, "verbs: [", "]", "'*'")),
    reading("pods/* is a wildcard", |text| text.replace("'pods/*'", "'*'").replace("'serviceaccounts/*'", "'*'")),
    reading("*/exec is no wildcard", |text| text.replace("'*/exec'", "x")),
    reading("a RoleBinding counts everywhere", |text| {
        text.replace("kind: RoleBinding", "kind: ClusterRoleBinding")
            .replace("kind: Role\n", "kind: ClusterRole\n")
            .replace("roleRef: {kind: Role,", "roleRef: {kind: ClusterRole,")
    }),
    reading("Pod Security is not looked at", |text| text.replace(RESTRICTED, "x: y")),
    reading("policies refuse nothing", |text| text.replace("[Deny]", "[Audit]")),
    reading("policies that only audit refuse", |text| text.replace("[Audit]", "[Deny]")),
    reading("every policy refuses everything", |text| text.replace("'object.spec.hostPID'", "'false'")),
    reading("conditions of policies are not looked at", |text| without(&text, "matchConditions: [", "],")),
    reading("webhooks refuse nothing", |text| text.replace("kind: ValidatingWebhookConfiguration", "kind: Other")),
    reading("webhooks look at everything", |text| text.replace("resources: ['pods/exec']}]}]", "resources: ['*']}]}]")),
    reading("network policies are not looked at", |text| text.replace("kind: NetworkPolicy", "kind: Other")),
    reading("tokens are always mounted", |text| text.replace("automountServiceAccountToken: false", "x: z")),
    reading("tokens are never projected", |text| text.replace("serviceAccountToken: {path", "x: {path")),
    reading("audiences are not looked at", |text| text.replace(", audience: vault", "")),
    reading("types of Secrets are not looked at", |text| {
        text.replace("type: Opaque", "type: kubernetes.io/service-account-token")
    }),
    reading("signers are not looked at", |text| {
        text.replace("example.com/other", "kubernetes.io/kube-apiserver-client")
    }),
    reading("accounts of workloads are not known", |text| text.replace("serviceAccountName: bot", "x: z")),
    reading("accounts are in no group of their namespace", |text| text.replace("'system:serviceaccounts:shop'", "x")),
    reading("read-only mounts are written", |text| text.replace(", readOnly: true", "")),
    reading("volumes that are not mounted are read", |text| {
        text.replace(
            "hostPath: {path: /}}], containers: [{name: c, image: x, x: y",
            "hostPath: {path: /}}], containers: [{name: c, image: x, volumeMounts: [{name: v, mountPath: /v}]",
        )
    }),
    reading("user namespaces do not hold", |text| text.replace("hostUsers: false", "x: z")),
    reading("processes of the node are always seen", |text| {
        text.replace("containers: [", "hostPID: true, containers: [")
    }),
    reading("no node is of the control plane", |text| text.replace("node-role.kubernetes.io/control-plane", "x")),
    reading("every node is of the control plane", |text| {
        text.replace("labels: {}", "labels: {node-role.kubernetes.io/control-plane: ''}")
    }),
    reading("where pods run is not known", |text| without(&text, "nodeName: ", ",")),
    Bug { name: "every server is the newest", server: |_| (1, 37), ..Bug::NONE },
    Bug { name: "every server is an old one", server: |_| (1, 34), ..Bug::NONE },
    Bug { name: "what ways hang on is forgotten", certain: true, ..Bug::NONE },
];

/// The text without what stands from one word to the next other one.
fn without(text: &str, from: &str, to: &str) -> String {
    cut(text, from, to, |_| String::new())
}

/// The text with something else between two words.
fn between(text: &str, from: &str, to: &str, other: &str) -> String {
    cut(text, from, to, |_| format!("{from}{other}{to}"))
}

fn cut(text: &str, from: &str, to: &str, with: impl Fn(&str) -> String) -> String {
    let mut parts = text.split(from);
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| {
        let (inside, after) = part.split_once(to).unwrap();
        with(inside) + after
    });
    first + &rest.collect::<String>()
}

fn is_noticed(bug: &Bug) -> bool {
    let all = [admission::TESTS, identities::TESTS, nodes::TESTS, pods::TESTS, roles::TESTS];
    all.iter().copied().flatten().any(|test| with_bug(*bug, || catch_unwind(test).is_err()))
}

#[test]
fn each_bug_is_noticed() {
    assert!(!is_noticed(&Bug::NONE));
    let kinds = EdgeKind::ALL.iter().copied().filter(|kind| kind.is_step());
    let lost = kinds.map(|kind| Bug { name: kind.id(), lost: Some(kind), ..Bug::NONE });
    let missed: Vec<&str> =
        READING.iter().copied().chain(lost).filter(|bug| !is_noticed(bug)).map(|bug| bug.name).collect();
    assert_eq!(missed, Vec::<&str>::new());
}
