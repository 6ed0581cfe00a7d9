//! The scenarios, each with the edge that it climbs.

use super::scene::{Scene, Step};
use super::{node, pods, rights};

/// What must come of the two playings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// With the right the prize is had, without it refused.
    ByRight,
    /// It is refused in both.
    Never,
}

/// One scenario.
pub struct Scenario {
    /// The edge's id.
    pub edge: &'static str,
    /// Its name, where an edge has several scenarios.
    pub name: &'static str,
    /// What is done.
    pub does: &'static str,
    /// What the second playing lacks.
    pub lacks: &'static str,
    /// What must come of it.
    pub expected: Expected,
    /// The Pod Security standard that its namespace enforces.
    pub level: &'static str,
    /// Whether the closure is asked; not where the edge is there in both playings, hangs on what objects do not tell, or is
    /// not on the shortest way.
    pub asked: bool,
    /// Plays it.
    pub play: fn(&Scene<'_>) -> Step<()>,
}

const fn by_right(
    edge: &'static str,
    name: &'static str,
    does: &'static str,
    lacks: &'static str,
    play: fn(&Scene<'_>) -> Step<()>,
) -> Scenario {
    Scenario { edge, name, does, lacks, expected: Expected::ByRight, level: "privileged", asked: true, play }
}

const fn under(level: &'static str, scenario: Scenario) -> Scenario {
    Scenario { level, ..scenario }
}

const fn unasked(scenario: Scenario) -> Scenario {
    Scenario { asked: false, ..scenario }
}

const fn never(scenario: Scenario) -> Scenario {
    Scenario { expected: Expected::Never, asked: false, ..scenario }
}

/// All of them. The CronJob comes first, since it waits for the next minute.
pub const SCENARIOS: &[Scenario] = &[
    by_right(
        "create-workload",
        "cron-job",
        "a CronJob's pod with another service account reads what that may",
        "create cronjobs",
        pods::cron_job,
    ),
    by_right(
        "token-request",
        "token-request",
        "a token asked for reads what its service account may",
        "create serviceaccounts/token",
        rights::token,
    ),
    by_right(
        "create-token-secret",
        "create-token-secret",
        "a new Secret is filled with a token, read and used",
        "create secrets",
        rights::filled_secret,
    ),
    by_right(
        "read-token-secret",
        "read-token-secret",
        "a token is read from a Secret and used",
        "get secrets",
        rights::read_secret,
    ),
    by_right("bind", "bind", "a RoleBinding of a ClusterRole to oneself", "bind in the namespace", rights::bind),
    by_right("escalate", "escalate", "one's own Role is widened", "escalate roles", rights::escalate),
    by_right(
        "aggregated-role",
        "aggregated-role",
        "a new ClusterRole is collected by one's aggregated role",
        "escalate clusterroles",
        rights::aggregate,
    ),
    by_right(
        "impersonate",
        "impersonate-account",
        "a request in a service account's name",
        "impersonate serviceaccounts",
        rights::impersonate_account,
    ),
    by_right(
        "impersonate",
        "impersonate-user",
        "a request in a user's name",
        "impersonate users",
        rights::impersonate_user,
    ),
    unasked(by_right(
        "impersonate",
        "impersonate-masters",
        "a request as a member of system:masters",
        "impersonate groups",
        rights::impersonate_masters,
    )),
    by_right(
        "constrained-impersonation",
        "constrained-account",
        "a read in a service account's name, constrained",
        "impersonate-on:serviceaccount:get",
        rights::impersonate_constrained,
    ),
    by_right(
        "constrained-impersonation",
        "constrained-node",
        "a node's own read in its name, constrained",
        "impersonate-on:arbitrary-node:get",
        rights::impersonate_node,
    ),
    never(by_right(
        "constrained-impersonation",
        "constrained-masters",
        "system:masters by constrained impersonation",
        "nothing: it is never given",
        rights::constrained_masters,
    )),
    by_right(
        "client-certificate",
        "client-certificate",
        "a certificate is requested, approved, signed and used",
        "approve signers",
        rights::certificate,
    ),
    never(by_right(
        "client-certificate",
        "certificate-of-masters",
        "a certificate for system:masters",
        "nothing: admission refuses it",
        rights::certificate_of_masters,
    )),
    by_right(
        "kubelet-certificate",
        "kubelet-certificate",
        "a node's certificate is requested, approved, signed and used",
        "approve signers",
        rights::certificate_of_node,
    ),
    by_right(
        "create-pod",
        "create-pod",
        "a pod with another service account reads what that may, from inside",
        "create pods",
        pods::pod,
    ),
    by_right("create-workload", "deployment", "the same by a Deployment", "create deployments", pods::deployment),
    by_right("create-workload", "replica-set", "the same by a ReplicaSet", "create replicasets", pods::replica_set),
    by_right("create-workload", "stateful-set", "the same by a StatefulSet", "create statefulsets", pods::stateful_set),
    by_right("create-workload", "daemon-set", "the same by a DaemonSet", "create daemonsets", pods::daemon_set),
    by_right(
        "create-workload",
        "replication-controller",
        "the same by a ReplicationController",
        "create replicationcontrollers",
        pods::replication_controller,
    ),
    by_right("create-workload", "job", "the same by a Job", "create jobs", pods::job),
    by_right(
        "change-workload",
        "change-workload",
        "the same by changing another's Deployment",
        "patch deployments",
        pods::change_workload,
    ),
    by_right(
        "change-pod",
        "change-pod",
        "the same by changing the image of another's pod",
        "patch pods",
        pods::change_pod,
    ),
    by_right(
        "create-pod",
        "policy-cuts-account",
        "a pod with another service account",
        "a ValidatingAdmissionPolicy that lets it pass",
        pods::policy,
    ),
    by_right(
        "create-pod",
        "mounted-secret",
        "a pod mounts a Secret that its maker may not read",
        "create pods",
        pods::pod_secret,
    ),
    by_right("exec", "exec", "another's pod is entered", "create pods/exec", pods::exec),
    by_right(
        "exec",
        "exec-by-websocket",
        "another's pod is entered by a WebSocket GET",
        "create pods/exec (get is there)",
        pods::exec_by_websocket,
    ),
    by_right("attach", "attach", "another's shell is typed into", "create pods/attach", pods::attach),
    by_right(
        "ephemeral-container",
        "ephemeral-container",
        "an ephemeral container mounts a pod's token",
        "patch pods/ephemeralcontainers",
        pods::ephemeral,
    ),
    by_right(
        "mutating-webhook",
        "mutating-webhook",
        "a webhook changes what another's pod runs",
        "create mutatingwebhookconfigurations",
        pods::mutating_webhook,
    ),
    by_right(
        "validating-webhook",
        "validating-webhook",
        "a webhook sees another's new Secret",
        "create validatingwebhookconfigurations",
        pods::validating_webhook,
    ),
    by_right(
        "mutating-policy",
        "mutating-policy",
        "a policy changes what another's pod runs",
        "create mutatingadmissionpolicies and their bindings",
        pods::mutating_policy,
    ),
    by_right("privileged-pod", "host-path", "a pod reads a file of the node", "create pods", node::host_path),
    under(
        "baseline",
        by_right(
            "privileged-pod",
            "pod-security-cuts-host-path",
            "a pod reads a file of the node",
            "a namespace that enforces privileged",
            pods::pod_security,
        ),
    ),
    under(
        "restricted",
        by_right(
            "host-path-volume",
            "host-path-volume",
            "a volume reads a file of the node under restricted",
            "create persistentvolumes",
            node::volume,
        ),
    ),
    under(
        "restricted",
        by_right(
            "namespace-label",
            "namespace-label",
            "the enforced standard is taken away, then a pod reads a file of the node",
            "patch the namespace",
            pods::labels,
        ),
    ),
    under(
        "restricted",
        // Pods everywhere are pods in kube-system, too, which is shorter.
        unasked(by_right(
            "new-namespace",
            "new-namespace",
            "a pod reads a file of the node from a namespace of one's own",
            "create namespaces",
            pods::new_namespace,
        )),
    ),
    by_right("nodes-proxy", "nodes-proxy-log", "the kubelet gives another's log", "get nodes/proxy", node::kubelet_log),
    by_right(
        "nodes-proxy",
        "nodes-proxy-exec",
        "the kubelet itself runs a command in another's pod, for a WebSocket GET",
        "get nodes/proxy",
        node::kubelet_exec,
    ),
    unasked(by_right(
        "node-pods",
        "node-pods",
        "another's token is read from the node's files",
        "create pods",
        node::node_pods,
    )),
    unasked(by_right(
        "node-identity",
        "node-identity",
        "the kubelet's key is read from the node's files and used",
        "create pods",
        node::node_identity,
    )),
    unasked(by_right(
        "static-pod",
        "static-pod",
        "a manifest is written into kubelet's folder, and runs privileged",
        "create pods",
        node::static_pod,
    )),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cloister_rbac::escalation::EdgeKind;

    use super::SCENARIOS;

    #[test]
    fn every_scenario_has_a_name_of_its_own_and_edges_that_there_are() {
        let names: BTreeSet<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), SCENARIOS.len());
        let known: BTreeSet<&str> = EdgeKind::ALL.iter().map(|kind| kind.id()).collect();
        for edge in SCENARIOS.iter().map(|scenario| scenario.edge) {
            assert!(known.contains(edge), "{edge}");
        }
    }

    #[test]
    fn the_head_of_each_edge_names_its_scenarios() {
        for scenario in SCENARIOS {
            let kind = EdgeKind::ALL.iter().find(|kind| kind.id() == scenario.edge).unwrap();
            let proof: String = kind
                .head()
                .lines()
                .map_while(|line| line.strip_prefix("//!"))
                .skip_while(|line| *line != " # Proof")
                .collect();
            assert!(proof.contains(scenario.name), "{}: {}", scenario.edge, scenario.name);
        }
    }
}
