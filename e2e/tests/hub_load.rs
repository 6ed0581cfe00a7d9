//! A hub that follows a real API server which changes all the time, and takes its audit events: when each change is found, that
//! no event is lost, and how much memory it takes. A sample; `cargo xtask judge hub-load` asks for all of it.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cloister_e2e::{Api, ControlPlane, Options, Request, wait_for};
use serde_json::{Value, json};
use support::hub::{Hub, Running};
use support::{PATIENCE, entered};

const TOKEN: &str = "planted-token-of-the-api-server";
const PODS: &str = "/api/v1/namespaces/load/pods";
/// So many of the pods that come are there at once: then the oldest goes.
const THERE: usize = 200;

/// How much is asked: resources, changes a minute, seconds.
fn asked() -> [usize; 3] {
    let text = std::env::var("CLOISTER_HUB_LOAD").unwrap_or_else(|_| "1000,600,20".to_owned());
    let numbers: Vec<usize> = text.split(',').map(|one| one.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// What the API server tells a hub on this port, which has this certificate: what changes pods, once it is answered.
fn webhook(folder: &Path, port: u16, certificate: &Path) -> Options {
    let token = folder.join("token");
    fs::write(&token, TOKEN).unwrap();
    let arguments = entered::webhook(folder, &format!("127.0.0.1:{port}"), (certificate, &token));
    let path = folder.join("webhook.yaml");
    let text = fs::read_to_string(&path).unwrap().replace("/sources/cluster/", "/sources/live/");
    fs::write(&path, text).unwrap();
    let policy = json!({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived", "ResponseStarted"],
        "rules": [{"level": "Metadata", "verbs": ["create", "update", "patch", "delete"],
            "resources": [{"group": "", "resources": ["pods"]}]}, {"level": "None"}]});
    Options { audit_policy: Some(policy.to_string()), arguments, ..Options::default() }
}

/// As many resources as are asked for, in namespaces of twenty: what a shop and its database are made of.
fn fill(api: &Api, resources: usize) {
    let mut all: Vec<Request> = Vec::new();
    let post = |path: String, body: Value| Request::Post { path, body: body.to_string() };
    for number in 0..resources / 20 {
        let namespace = format!("shop-{number}");
        let meta = |name: String| json!({"name": name, "namespace": namespace, "labels": {"app": name}});
        let core = |kind: &str| format!("/api/v1/namespaces/{namespace}/{kind}");
        let of = |group: &str, kind: &str| format!("/apis/{group}/namespaces/{namespace}/{kind}");
        all.push(post("/api/v1/namespaces".into(), json!({"metadata": {"name": namespace}})));
        for part in 0..4 {
            let name = format!("part-{part}");
            let container = json!({"name": "main", "image": format!("registry.example/{name}:1"), "args": ["--port=80"],
                "env": [{"name": "LOG_LEVEL", "value": "info"}], "volumeMounts": [{"name": "data", "mountPath": "/data"}]});
            let template = json!({"metadata": {"labels": {"app": name}}, "spec": {"serviceAccountName": name,
                "containers": [container], "volumes": [{"name": "data", "emptyDir": {}}]}});
            let spec = json!({"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template});
            let selected = json!({"selector": {"app": name}, "ports": [{"port": 80}]});
            all.push(post(core("serviceaccounts"), json!({"metadata": meta(name.clone())})));
            all.push(post(of("apps/v1", "deployments"), json!({"metadata": meta(name.clone()), "spec": spec})));
            all.push(post(core("services"), json!({"metadata": meta(name.clone()), "spec": selected})));
            all.push(post(
                core("configmaps"),
                json!({"metadata": meta(name.clone()), "data": {"app.conf": "mode = fast\nsize = 3"}}),
            ));
        }
        let rules = json!([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}]);
        let to = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"});
        let subjects = json!([{"kind": "ServiceAccount", "name": "part-0", "namespace": namespace}]);
        let deny = json!({"podSelector": {}, "policyTypes": ["Ingress"]});
        let rbac = "rbac.authorization.k8s.io/v1";
        all.push(post(of(rbac, "roles"), json!({"metadata": meta("reader".into()), "rules": rules})));
        all.push(post(
            of(rbac, "rolebindings"),
            json!({"metadata": meta("reader".into()), "roleRef": to, "subjects": subjects}),
        ));
        all.push(post(
            of("networking.k8s.io/v1", "networkpolicies"),
            json!({"metadata": meta("deny".into()), "spec": deny}),
        ));
    }
    // Namespaces first: what lies in them needs them.
    let (namespaces, rest): (Vec<Request>, Vec<Request>) =
        all.into_iter().partition(|one| matches!(one, Request::Post { path, .. } if path == "/api/v1/namespaces"));
    for part in [namespaces, rest] {
        for some in part.chunks(500) {
            let answers = api.send_all(some).unwrap();
            answers.iter().for_each(|answer| assert_eq!(answer.status, 201, "{}", answer.body));
        }
    }
}

fn pod(name: &str) -> String {
    let container = json!({"name": "a", "image": "a", "securityContext": {"privileged": true}});
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}})
        .to_string()
}

/// The pods of the load that the hub has findings of.
fn found(hub: &Hub) -> BTreeSet<String> {
    let path = "/api/v1/sources/live/findings?limit=1000&check=privileged-container&namespace=load";
    let name = |one: &Value| one["resource"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    hub.items(path).iter().map(name).collect()
}

/// When each pod was found, and when it was found no more, until nothing is to be found any more.
#[derive(Default)]
struct Seen {
    came: BTreeMap<String, Instant>,
    went: BTreeMap<String, Instant>,
}

impl Seen {
    fn look(&mut self, hub: &Hub, known: &mut BTreeSet<String>) {
        let (now, at) = (found(hub), Instant::now());
        now.difference(known).for_each(|name| _ = self.came.entry(name.clone()).or_insert(at));
        known.difference(&now).for_each(|name| _ = self.went.entry(name.clone()).or_insert(at));
        *known = now;
    }
}

/// Pods, each with the moment when its coming or going was answered.
type Answered = Vec<(String, Instant)>;

/// Makes and removes pods, evenly.
fn change(api: &Api, count: usize, pause: Duration) -> [Answered; 2] {
    let (mut made, mut removed) = (Answered::new(), Answered::new());
    let begun = Instant::now();
    for number in 0..count {
        let due = begun + pause * u32::try_from(number).unwrap();
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let oldest = removed.len();
        if made.len() - removed.len() >= THERE {
            let name = made[oldest].0.clone();
            api.delete(&format!("{PODS}/{name}?gracePeriodSeconds=0")).unwrap().success().unwrap();
            removed.push((name, Instant::now()));
        } else {
            let name = format!("load-{number}");
            api.post(PODS, &pod(&name)).unwrap().success().unwrap();
            made.push((name, Instant::now()));
        }
    }
    [made, removed]
}

/// One number of the hub's own; 0 where it does not tell it.
fn number(hub: &Hub, line: &str) -> u64 {
    let text = hub.get("/metrics").1;
    let value = text.lines().find_map(|one| one.strip_prefix(line)?.trim().parse::<f64>().ok());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    value.map_or(0, |value| value as u64)
}

/// The most memory that a process held, in MiB.
fn peak(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

#[test]
fn each_of_many_changes_is_found_and_no_event_is_lost() {
    let [resources, per_minute, seconds] = asked();
    let folder = tempfile::tempdir().unwrap();
    let (plane, running) = begin(folder.path(), resources);
    let count = per_minute * seconds / 60;
    println!("{resources} resources, {count} changes, {per_minute} a minute");
    each_is_found(&running.hub, plane.api(), count, Duration::from_secs(60) / u32::try_from(per_minute).unwrap());
    no_event_is_lost(&running.hub, &plane, count);
    let assessments = number(&running.hub, "cloister_hub_assessment_duration_seconds_count");
    println!("{assessments} assessments, {} MiB at most", peak(running.process()));
}

/// A filled cluster, and a hub that has read it and hears of its events.
fn begin(folder: &Path, resources: usize) -> (ControlPlane, Running) {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let pair = rcgen::generate_simple_self_signed(vec![Ipv4Addr::LOCALHOST.to_string()]).unwrap();
    let [certificate, key] = ["hub.pem", "hub.key"].map(|name| folder.join(name));
    fs::write(&certificate, pair.cert.pem()).unwrap();
    fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let plane = ControlPlane::start_with(&webhook(folder, port, &certificate)).unwrap();
    fill(plane.api(), resources);
    plane.create_namespace("load", &[]).unwrap();
    let kubeconfig = format!("--kubeconfig={}", plane.kubeconfig().display());
    let listen = format!("--listen=127.0.0.1:{port}");
    let tokens = format!("live collector {TOKEN}\n");
    let [certificate, key] =
        [("cert", certificate), ("key", key)].map(|(what, path)| format!("--tls-{what}={}", path.display()));
    let arguments = [&*kubeconfig, "--every=1h", &listen, &certificate, &key];
    let running = Running::start_with(folder, &arguments, &tokens, Some(&pair.cert.pem()));
    let first = || (running.hub.get("/api/v1/sources/live/findings?limit=1").0 == 200).then_some(());
    wait_for("the first assessment", PATIENCE, first).unwrap();
    (plane, running)
}

fn each_is_found(hub: &Hub, api: &Api, count: usize, pause: Duration) {
    let (ended, mut seen) = (AtomicBool::new(false), Seen::default());
    let [made, removed] = std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut known = BTreeSet::new();
            while !ended.load(Ordering::Relaxed) {
                seen.look(hub, &mut known);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let [made, removed] = change(api, count, pause);
        let gone: BTreeSet<&String> = removed.iter().map(|(name, _)| name).collect();
        let names = made.iter().map(|(name, _)| name).filter(|name| !gone.contains(name));
        let there: BTreeSet<String> = names.cloned().collect();
        wait_for("the last change", PATIENCE, || (found(hub) == there).then_some(())).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        ended.store(true, Ordering::Relaxed);
        looking.join().unwrap();
        [made, removed]
    });
    let (mut all, mut missed) = (Vec::new(), Vec::new());
    for (answered, seen) in [(&made, &seen.came), (&removed, &seen.went)] {
        for (name, at) in answered {
            match seen.get(name) {
                Some(seen) => all.push(seen.saturating_duration_since(*at)),
                None => missed.push(name),
            }
        }
    }
    all.sort_unstable();
    let at = |share: usize| all[(all.len() - 1) * share / 1000].as_millis();
    println!("found after {} ms (median), {} ms (p90), {} ms (p99), {} ms (last)", at(500), at(900), at(990), at(1000));
    // Each pod stays for seconds: one that was never seen was found later than that, or not at all.
    assert!(missed.is_empty(), "{} were not told: {missed:?}", missed.len());
}

/// Each change is one event, and the API server's own log has them, too.
fn no_event_is_lost(hub: &Hub, plane: &ControlPlane, count: usize) {
    let logged = fs::read_to_string(plane.audit_log()).unwrap().lines().count() as u64;
    let taken = || number(hub, "cloister_hub_events_total{way=\"webhook\",outcome=\"stored\"}");
    let waited = wait_for("every event", PATIENCE, || (taken() == logged).then_some(()));
    waited.unwrap_or_else(|error| panic!("{error:#}: {} of {logged}\n{}", taken(), hub.get("/metrics").1));
    assert!(logged >= count as u64, "{logged} events");
    let queued = || (number(hub, "cloister_hub_queued{queue=\"events\"}") == 0).then_some(());
    wait_for("that nothing waits", PATIENCE, queued).unwrap();
    println!("{logged} events, none lost");
}
