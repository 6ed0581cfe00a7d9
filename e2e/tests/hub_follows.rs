//! A hub that follows a real API server: what changes is found and resolved, many changes are few assessments, and a lost
//! connection, a restart and a history that was forgotten are got over. At the end it finds what a scan finds.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cloister_e2e::{Api, ControlPlane, Forwarder, Request, wait_for};
use serde_json::{Value, json};
use support::hub::{Hub, Running};
use support::{PATIENCE, program, root};

const ACCOUNT: &str = "system:serviceaccount:cloister-hub:cloister-hub";
const PODS: &str = "/api/v1/namespaces/shop/pods";
const PRIVILEGED: (&str, &str) = ("live", "privileged-container");
const HOST_NETWORK: (&str, &str) = ("live", "host-network");
/// Within seconds, on a machine that does other things too.
const SECONDS: Duration = Duration::from_secs(5);

fn pod(name: &str) -> Value {
    let container = json!({"name": "a", "image": "a", "securityContext": {"privileged": true}});
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop"},
        "spec": {"containers": [container]}})
}

fn quoted(name: &str) -> String {
    format!("shop/{name}\"")
}

fn add(api: &Api, name: &str) {
    api.post(PODS, &pod(name).to_string()).unwrap().success().unwrap();
}

fn remove(api: &Api, name: &str) {
    api.delete(&format!("{PODS}/{name}?gracePeriodSeconds=0")).unwrap().success().unwrap();
}

/// The account of `deploy/hub`, by a line that can be cut.
fn line(plane: &ControlPlane) -> (Forwarder, PathBuf) {
    let server = plane.url().trim_start_matches("https://").parse().unwrap();
    let line = Forwarder::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), server).unwrap();
    let kubeconfig = plane.kubeconfig_as(ACCOUNT, &["system:serviceaccounts"]).unwrap();
    let text = fs::read_to_string(&kubeconfig).unwrap();
    let by_line = plane.folder().join("kubeconfig-by-a-line");
    fs::write(&by_line, text.replace(plane.url(), &format!("https://{}", line.address()))).unwrap();
    (line, by_line)
}

#[test]
fn what_changes_is_told_whatever_happens_to_the_connection() {
    let mut plane = ControlPlane::start().unwrap();
    plane.create_namespace("shop", &[]).unwrap();
    plane.kubectl().unwrap().apply(&root().join("deploy/hub/hub.yaml")).unwrap();
    let reader = plane.api_as(ACCOUNT, &["system:serviceaccounts"]).unwrap();
    wait_for("the account's right", PATIENCE, || (reader.get("/api/v1/pods").unwrap().status == 200).then_some(()))
        .unwrap();
    let (line, kubeconfig) = line(&plane);
    add(plane.api(), "first");
    // So seldom it is listed anew that what comes can only have been told.
    let running = Running::start(plane.folder(), &[&format!("--kubeconfig={}", kubeconfig.display()), "--every=1h"]);
    let hub = &running.hub;
    hub.wait_for_finding(PRIVILEGED, &quoted("first"), true);
    a_lacking_right_is_named(hub);
    coming_and_going(hub, &plane);
    a_sign_of_life_is_no_change(hub, plane.api());
    many_at_once(hub, plane.api());
    a_cut_line(hub, plane.api(), &line);
    a_restart_that_forgets(hub, &mut plane, &line);
    wait_for("the findings of a scan", PATIENCE, || (stored(hub) == scanned(&kubeconfig)).then_some(()))
        .unwrap_or_else(|_| {
            panic!("{:?}", stored(hub).symmetric_difference(&scanned(&kubeconfig)).collect::<Vec<_>>())
        });
}

/// What may not be listed is told with the right that is lacking.
fn a_lacking_right_is_named(hub: &Hub) {
    let (status, one) = hub.get("/api/v1/sources/live/requirements/iso-27001/A.8.21");
    assert_eq!(status, 200, "{one}");
    assert!(one.contains("grant the verb list on secrets"), "{one}");
    assert!(!one.contains("grant the verb list on pods"), "{one}");
}

/// As somebody does it by hand.
fn coming_and_going(hub: &Hub, plane: &ControlPlane) {
    let (kubectl, path) = (plane.kubectl().unwrap(), plane.folder().join("second.json"));
    fs::write(&path, pod("second").to_string()).unwrap();
    kubectl.apply(&path).unwrap();
    let came = hub.wait_for_finding(PRIVILEGED, &quoted("second"), true);
    kubectl.run(&["delete", "pod", "second", "--namespace=shop", "--grace-period=0", "--force"]).unwrap();
    let went = hub.wait_for_finding(PRIVILEGED, &quoted("second"), false);
    println!("a pod is found {} ms after it came, and gone {} ms after it went", came.as_millis(), went.as_millis());
    assert!(came < SECONDS && went < SECONDS, "{came:?}, {went:?}");
}

/// Nothing is assessed anew.
fn a_sign_of_life_is_no_change(hub: &Hub, api: &Api) {
    let beat = |time: &str| {
        let conditions = json!([{"type": "Ready", "status": "True", "lastProbeTime": time}]);
        let beat = json!({"status": {"conditions": conditions}}).to_string();
        let path = format!("{PODS}/first/status");
        api.send("PATCH", &path, "application/merge-patch+json", &beat).unwrap().success().unwrap();
        std::thread::sleep(Duration::from_secs(3));
        assessments(hub)
    };
    assert_eq!(beat("2026-11-26T10:00:00Z"), beat("2026-11-26T10:00:10Z"));
}

fn assessments(hub: &Hub) -> usize {
    hub.items("/api/v1/sources/live/assessments?limit=1000").len()
}

/// A hundred changes are a few assessments, and the last of them is in the last of those.
fn many_at_once(hub: &Hub, api: &Api) {
    let (before, begun) = (assessments(hub), Instant::now());
    let post = |at: usize| Request::Post { path: PODS.to_owned(), body: pod(&format!("many-{at}")).to_string() };
    let answers = api.send_all(&(0..100).map(post).collect::<Vec<_>>()).unwrap();
    assert!(answers.iter().all(|answer| answer.status == 201));
    let took = begun.elapsed();
    for at in 0..100 {
        hub.wait_for_finding(PRIVILEGED, &quoted(&format!("many-{at}")), true);
    }
    let assessed = assessments(hub) - before;
    println!("100 pods in {} ms were {assessed} assessments", took.as_millis());
    // Two a second at most, and one at each end.
    assert!((1..=usize::try_from(took.as_secs()).unwrap() * 2 + 4).contains(&assessed), "{assessed}");
}

fn is_old(hub: &Hub) -> bool {
    let page = hub.get("/sources/live").1;
    page.contains("What stands here is older") && page.contains("the API server cannot be reached")
}

/// What was known stays and is said to be old; what changed meanwhile is told when the line is there again.
fn a_cut_line(hub: &Hub, api: &Api, line: &Forwarder) {
    line.cut();
    add(api, "meanwhile");
    remove(api, "many-0");
    wait_for("that it is old", PATIENCE, || is_old(hub).then_some(())).unwrap();
    let known = hub.findings(PRIVILEGED.0, PRIVILEGED.1);
    assert!(known.contains(&quoted("first")) && known.contains(&quoted("many-0")), "{known}");
    assert!(!known.contains(&quoted("meanwhile")), "the line is cut");
    line.heal();
    hub.wait_for_finding(PRIVILEGED, &quoted("meanwhile"), true);
    hub.wait_for_finding(PRIVILEGED, &quoted("many-0"), false);
    wait_for("that nothing is old any more", PATIENCE, || (!is_old(hub)).then_some(())).unwrap();
}

/// etcd has forgotten what came next: everything is listed anew.
fn a_restart_that_forgets(hub: &Hub, plane: &mut ControlPlane, line: &Forwarder) {
    line.cut();
    remove(plane.api(), "first");
    add(plane.api(), "after");
    let host = json!({"spec": {"hostNetwork": true, "containers": [{"name": "a", "image": "a"}]}, "apiVersion": "v1",
        "kind": "Pod", "metadata": {"name": "on-the-host"}});
    plane.api().post(PODS, &host.to_string()).unwrap().success().unwrap();
    plane.compact().unwrap();
    plane.stop_api_server();
    line.heal();
    std::thread::sleep(Duration::from_secs(2));
    plane.start_api_server().unwrap();
    hub.wait_for_finding(PRIVILEGED, &quoted("after"), true);
    hub.wait_for_finding(PRIVILEGED, &quoted("first"), false);
    hub.wait_for_finding(HOST_NETWORK, &quoted("on-the-host"), true);
    // And it is followed from there on.
    remove(plane.api(), "on-the-host");
    hub.wait_for_finding(HOST_NETWORK, &quoted("on-the-host"), false);
}

/// What a finding says, in the hub and in a report alike.
fn said(findings: &[Value]) -> BTreeSet<String> {
    let one = |it: &Value| ["id", "check", "severity", "message"].map(|key| it[key].to_string()).join(" ");
    findings.iter().map(one).collect()
}

/// Everything that the hub holds.
fn stored(hub: &Hub) -> BTreeSet<String> {
    said(&hub.all("/api/v1/sources/live/findings?limit=1000"))
}

/// What a scan finds with the same rights.
fn scanned(kubeconfig: &Path) -> BTreeSet<String> {
    let mut command = Command::new(program("cloister"));
    command.args(["scan", "--output=json", "--fail-on=never", "--kubeconfig"]).arg(kubeconfig);
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() > 100, "a hundred pods are privileged");
    said(findings)
}
