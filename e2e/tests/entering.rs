//! Who enters the patients' database, told while they are in it: people's own kubectl, a real kubelet, the API server's audit
//! webhook over TLS, and a hub that has read the clinic's register.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs programs"
)]

#[path = "../../crates/cloister-alert/tests/support/server.rs"]
mod server;
mod support;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use cloister_e2e::clinic::{Clinic, examples};
use cloister_e2e::{Cluster, Options};
use serde_json::Value;
use server::{Request, answer, endpoint};
use support::audit::AUDIT_POLICY;
use support::entered::{ENTERED, Person, webhook};
use support::{PATIENCE, program};
use tempfile::TempDir;

const TOKEN: &str = "planted-token-of-the-api-server";
/// Each of them once: the same person at the same pods within an hour is one detection.
const PEOPLE: usize = 20;

/// Stopped when the test ends, however it does.
struct Hub(Child);

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The hub's certificate, tokens and alarms.
fn write_files(folder: &Path, hook: &str) {
    let hosts = vec![Ipv4Addr::LOCALHOST.to_string()];
    let pair = rcgen::generate_simple_self_signed(hosts).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("hub.pem", &pair.cert.pem());
    write("hub.key", &pair.signing_key.serialize_pem());
    write("token", TOKEN);
    write("tokens", &format!("cluster collector {TOKEN}\n"));
    write("secret", "a text of more than 24 bytes, for signatures");
    let path = |name: &str| folder.join(name).display().to_string();
    write(
        "alerts.yaml",
        &format!(
            "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8]\n  \
             receivers:\n  - name: hook\n    webhook: {{url: 'http://{hook}/', secret: {{file: {}}}}}\n  \
             route: {{receiver: hook, groupBy: [fingerprint]}}\n",
            path("secret")
        ),
    );
}

fn serve(folder: &Path, hub: SocketAddr) -> Hub {
    let mut command = Command::new(program("cloister"));
    command.args(["serve", "--name=cluster", "--watch"]).arg(examples().join("clinic")).arg(format!("--listen={hub}"));
    command.args(["--tls-cert=hub.pem", "--tls-key=hub.key", "--tokens=tokens", "--alerts=alerts.yaml"]);
    command.env("XDG_STATE_HOME", folder).env_remove("CLOISTER_HUB_TOKENS").current_dir(folder);
    Hub(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
}

/// The API server's options, as `deploy/hub` has them.
fn options(folder: &Path, hub: SocketAddr) -> Options {
    let arguments = webhook(folder, &hub.to_string(), (&folder.join("hub.pem"), &folder.join("token")));
    Options { audit_policy: Some(AUDIT_POLICY.to_owned()), arguments, ..Options::default() }
}

/// Detections that the hook is told of, one after the other.
fn alarms(requests: &Receiver<Request>, limit: Duration) -> Option<Vec<Value>> {
    let request = requests.recv_timeout(limit).ok()?;
    let event: Value = serde_json::from_slice(&request.body).unwrap();
    let firing = event["data"]["firing"].as_array().unwrap_or_else(|| panic!("{event}")).clone();
    Some(
        firing
            .into_iter()
            .filter(|one| one["alert"]["origin"] == "detection")
            .map(|one| one["alert"].clone())
            .collect(),
    )
}

fn next(requests: &Receiver<Request>, is_meant: impl Fn(&Value) -> bool, others: &mut Vec<Value>) -> Option<Value> {
    let begun = Instant::now();
    loop {
        let told = alarms(requests, PATIENCE.checked_sub(begun.elapsed())?)?;
        let (mut meant, rest): (Vec<Value>, Vec<Value>) = told.into_iter().partition(&is_meant);
        others.extend(rest);
        if let Some(alarm) = meant.pop() {
            return Some(alarm);
        }
    }
}

#[test]
fn a_shell_in_the_patients_database_is_told_at_once_and_nothing_that_the_cluster_does() {
    let folder = TempDir::new().unwrap();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let (hook, requests) = endpoint(&[&answer("200 OK", "")]);
    write_files(folder.path(), &hook);
    let _hub = serve(folder.path(), address);
    let cluster = Cluster::start_with(&options(folder.path(), address)).unwrap();
    let _clinic = Clinic::start(&cluster).unwrap();
    let kubectl = cluster.kubectl().unwrap();
    kubectl.run(&["rollout", "restart", "deployment", "--namespace=clinic"]).unwrap();
    kubectl.run(&["rollout", "status", "deployment/api", "--namespace=clinic", "--timeout=120s"]).unwrap();
    let mut others = Vec::new();
    kubectl
        .run(&["create", "clusterrolebinding", "doctors", "--clusterrole=cluster-admin", "--group=doctors"])
        .unwrap();
    let of_admin = |alarm: &Value| alarm["who"].as_str().is_some_and(|who| who.starts_with("cloister-admin"));
    next(&requests, of_admin, &mut others).expect("the API server's events arrive");

    let mut took: Vec<Duration> = (0..PEOPLE).map(|number| enter(&cluster, &requests, number, &mut others)).collect();
    others.retain(|alarm| !of_admin(alarm));
    assert!(others.is_empty(), "the cluster does nothing that is told: {others:#?}");
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_millis();
    println!("{PEOPLE} entered; told after {} ms (median), {} ms (p90), {} ms (last)", at(50), at(90), at(100));
}

/// Somebody enters, by a kubectl and a certificate of their own. How long it took until the alarm was there.
fn enter(cluster: &Cluster, requests: &Receiver<Request>, number: usize, others: &mut Vec<Value>) -> Duration {
    let person = Person::new(cluster, &format!("ann-{number}"), "doctors");
    let name = &person.name;
    let wall = jiff::Timestamp::now();
    let begun = Instant::now();
    let mut shell = person.enter();
    let is_theirs = |alarm: &Value| {
        alarm["name"] == "pod-entered" && alarm["who"].as_str().is_some_and(|who| who.split(' ').next() == Some(name))
    };
    let alarm = next(requests, is_theirs, others);
    let took = begun.elapsed();
    assert!(shell.wait().unwrap().success());
    let alarm = alarm.unwrap_or_else(|| panic!("{name} was not told; others were: {others:#?}"));
    assert_eq!(alarm["what"], ENTERED, "{alarm}");
    assert_eq!((&alarm["severity"], &alarm["namespace"]), (&"high".into(), &"clinic-data".into()), "{alarm}");
    assert!(alarm["categories"].as_array().unwrap().iter().any(|it| it == "health"), "{alarm}");
    assert!(alarm["articles"].as_array().unwrap().iter().any(|it| it == "32(1)(b)"), "{alarm}");
    let at: jiff::Timestamp = alarm["startsAt"].as_str().unwrap().parse().unwrap();
    assert!(at.duration_since(wall).as_secs().abs() < 60, "when: {alarm}");
    took
}
