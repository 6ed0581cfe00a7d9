//! From pods to nodes and back.

use super::support::*;

fn pod_on(node: &str, spec: &str, context: &str) -> String {
    object(
        "Pod",
        &format!("on-{node}"),
        &format!(
            "spec: {{nodeName: {node}, serviceAccountName: on-{node}, {spec}, containers: [{{name: c, image: x, {context}}}]}}"
        ),
    )
}

#[test]
fn a_pod_leads_to_its_node_and_the_node_to_its_pods() {
    let exec = in_shop(&[named("", "pods/exec", "create", "on-a")]) + &node("a", "") + &node("b", "");
    let world = |spec: &str, context: &str| exec.clone() + &pod_on("a", spec, context) + &pod_on("b", "x: y", "x: y");
    let to_a = |spec: &str, context: &str| way(&world(spec, context), "root on node a");
    let privileged = "securityContext: {privileged: true}";
    is(to_a("x: y", privileged), "exec > container-escape");
    assert_eq!(way(&world("x: y", privileged), "root on node b"), None);
    assert_eq!(to_a("x: y", "x: y"), None);
    for capability in ["SYS_ADMIN", "cap_sys_module", "ALL", "DAC_READ_SEARCH"] {
        let context = format!("securityContext: {{capabilities: {{add: [{capability}]}}}}");
        is(to_a("x: y", &context), "exec > container-escape");
        assert_eq!(to_a("hostUsers: false", &context), None, "{capability} in a user namespace");
    }
    let traces = "securityContext: {capabilities: {add: [SYS_PTRACE]}}";
    is(to_a("hostPID: true", traces), "exec > container-escape");
    assert_eq!(to_a("x: y", traces), None);
    let path = |path: &str| format!("volumes: [{{name: v, hostPath: {{path: {path}}}}}]");
    let mount = "volumeMounts: [{name: v, mountPath: /v}]";
    let read = "volumeMounts: [{name: v, mountPath: /v, readOnly: true}]";
    is(to_a(&path("/var/run/docker.sock"), read), "exec > container-escape");
    is(to_a(&path("/etc/kubernetes/pki"), read), "exec > container-escape");
    is(to_a(&path("/"), read), "exec > container-escape");
    is(to_a(&path("/etc/kubernetes/manifests"), mount), "exec > static-pod");
    is(to_a(&path("/usr/local/bin"), mount), "exec > container-escape");
    assert_eq!(to_a(&path("/usr/local/bin"), read), None);
    assert_eq!(to_a(&path("/var/log/app"), mount), None);
    assert_eq!(to_a(&path("/"), "x: y"), None, "not mounted");
}

#[test]
fn a_node_has_the_tokens_of_its_pods_and_a_control_plane_has_all() {
    let exec = in_shop(&[named("", "pods/exec", "create", "on-a")]);
    let pods = pod_on("a", "x: y", "securityContext: {privileged: true}") + &pod_on("b", "x: y", "x: y");
    let workers = exec.clone() + &node("a", "") + &node("b", "") + &pods;
    assert_eq!(way(&workers, ADMIN), None);
    assert_eq!(way(&workers, "service account shop/on-b"), None);
    let masters = exec + &node("a", "node-role.kubernetes.io/control-plane: ''") + &node("b", "") + &pods;
    is(way(&masters, ADMIN), "exec > container-escape > control-plane-node");
}

#[test]
fn root_on_a_node_has_what_its_pods_and_its_kubelet_have() {
    let exec = in_shop(&[named("", "pods/exec", "create", "on-a")]) + &node("a", "");
    let world = exec + &pod_on("a", "x: y", "securityContext: {privileged: true}");
    let beside = pod_on("a", "x: y", "x: y").replace("on-a", "beside");
    is(way(&(world.clone() + &beside), "service account shop/beside"), "exec > container-escape > node-pods");
    let nodes = object("ClusterRole", "nodes", &format!("rules: [{}]", rule("*", "'*'", "'*'")))
        + &bound("ClusterRoleBinding", "nodes", "{kind: Group, name: 'system:nodes'}");
    is(way(&(world.clone() + &nodes), ADMIN), "exec > container-escape > node-identity > every-right");
    assert_eq!(way(&world, ADMIN), None);
}

#[test]
fn powerful_pods_are_drawn_to_a_node() {
    let steals = [rule("", "pods", "delete"), named("", "pods/exec", "create", "on-a")];
    let taints = everywhere(&[rule("", "nodes", "patch")]).replace("some", "taints");
    let world = node("a", "")
        + &node("b", "")
        + &pod_on("a", "x: y", "securityContext: {privileged: true}")
        + &pod_on("b", "x: y", "x: y");
    let other = "service account shop/on-b";
    let steps = "steal-pods > steal-pods > exec > container-escape (if-on-node)";
    is(way(&(in_shop(&steals) + &taints + &world), other), steps);
    assert_eq!(way(&(in_shop(&steals) + &world), other), None);
}

/// Each of them, to be run again under a bug.
pub const TESTS: &[fn()] = &[
    a_pod_leads_to_its_node_and_the_node_to_its_pods,
    a_node_has_the_tokens_of_its_pods_and_a_control_plane_has_all,
    root_on_a_node_has_what_its_pods_and_its_kubelet_have,
    powerful_pods_are_drawn_to_a_node,
];
