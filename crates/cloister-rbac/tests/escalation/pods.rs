//! Running and entering pods.

use cloister_rbac::escalation::Vertex;

use super::support::*;

#[test]
fn a_pod_takes_any_account_and_a_name_limits_creation() {
    is(way(&in_shop(&[rule("", "pods", "create")]), ALL_OF_SHOP), "create-pod");
    is(way(&in_shop(&[rule("", "pods", "create")]), "the Secrets of shop"), "create-pod");
    assert_eq!(way(&in_shop(&[named("", "pods", "create", "web")]), ALL_OF_SHOP), None);
    is(way(&in_shop(&[named("", "pods", "create, patch", "web")]), ALL_OF_SHOP), "create-pod");
    assert_eq!(way(&in_shop(&[rule("", "'pods/*'", "'*'")]), ALL_OF_SHOP), None);
    assert_eq!(way(&in_shop(&[rule("apps", "pods", "create")]), ALL_OF_SHOP), None);
}

#[test]
fn workloads_are_of_their_groups() {
    is(way(&in_shop(&[rule("apps", "deployments", "create")]), ALL_OF_SHOP), "create-workload");
    is(way(&in_shop(&[rule("batch", "cronjobs", "create")]), ALL_OF_SHOP), "create-workload");
    assert_eq!(way(&in_shop(&[rule("", "deployments", "create")]), ALL_OF_SHOP), None);
    let patch = in_shop(&[rule("apps", "deployments", "patch")]);
    is(way(&patch, ALL_OF_SHOP), "change-workload (if-exists)");
    is(way(&(patch + &deployment("web", "x: y")), ALL_OF_SHOP), "change-workload");
    assert_eq!(way(&in_shop(&[rule("batch", "jobs", "patch")]), ALL_OF_SHOP), None, "a Job's template stays");
    assert_eq!(way(&in_shop(&[rule("apps", "deployments/scale", "patch")]), ALL_OF_SHOP), None);
}

const BOT: &str = "service account shop/bot";

#[test]
fn a_pod_is_entered_by_the_verb_of_the_servers_version() {
    let get = in_shop(&[rule("", "pods/exec", "get")]) + &web("x: y");
    assert_eq!(way(&get, BOT), None);
    is(way_of(&get, Vertex::User("ann"), BOT, (1, 34)), "exec");
    is(way(&(in_shop(&[rule("", "'*/exec'", "create")]) + &web("x: y")), BOT), "exec");
    is(way(&(in_shop(&[rule("", "pods/attach", "create")]) + &web("x: y")), BOT), "attach (if-interactive)");
    is(way(&(in_shop(&[rule("", "pods/ephemeralcontainers", "patch")]) + &web("x: y")), BOT), "ephemeral-container");
    is(way(&(in_shop(&[rule("", "pods", "update")]) + &web("x: y")), BOT), "change-pod");
    is(way(&in_shop(&[rule("", "pods/portforward", "create")]), "the ports of pods in shop"), "port-forward");
}

#[test]
fn a_pod_without_a_token_gives_no_account() {
    let exec = in_shop(&[rule("", "pods/exec", "create")]);
    assert_eq!(way(&(exec.clone() + &web("automountServiceAccountToken: false")), BOT), None);
    let account = object("ServiceAccount", "bot", "automountServiceAccountToken: false");
    assert_eq!(way(&(exec.clone() + &web("x: y") + &account), BOT), None);
    is(way(&(exec.clone() + &web("automountServiceAccountToken: true") + &account), BOT), "exec");
    let projected = "automountServiceAccountToken: false, volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]";
    is(way(&(exec.clone() + &web(projected)), BOT), "exec");
    let other = projected.replace("{path: t}", "{path: t, audience: vault}");
    assert_eq!(way(&(exec + &web(&other)), BOT), None);
}

#[test]
fn a_name_of_a_pod_enters_that_pod() {
    let pod = object("Pod", "web", "spec: {serviceAccountName: bot, containers: [{name: c, image: x}]}");
    let exec = |name: &str| in_shop(&[named("", "pods/exec", "create", name)]) + &pod;
    is(way(&exec("web"), BOT), "exec");
    assert_eq!(way(&exec("db"), BOT), None);
}

#[test]
fn nodes_proxy_enters_pods_by_get_and_only_everywhere() {
    is(way(&(everywhere(&[rule("", "nodes/proxy", "get")]) + &web("x: y")), BOT), "nodes-proxy");
    assert_eq!(way(&(in_shop(&[rule("", "nodes/proxy", "get")]) + &web("x: y")), BOT), None);
    for other in ["nodes/metrics", "nodes/stats", "nodes/pods", "nodes"] {
        assert_eq!(way(&(everywhere(&[rule("", other, "get, create")]) + &web("x: y")), BOT), None, "{other}");
    }
}

/// Each of them, to be run again under a bug.
pub const TESTS: &[fn()] = &[
    a_pod_takes_any_account_and_a_name_limits_creation,
    workloads_are_of_their_groups,
    a_pod_is_entered_by_the_verb_of_the_servers_version,
    a_pod_without_a_token_gives_no_account,
    a_name_of_a_pod_enters_that_pod,
    nodes_proxy_enters_pods_by_get_and_only_everywhere,
];
