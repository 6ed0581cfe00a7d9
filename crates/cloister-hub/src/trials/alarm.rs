//! Alerts from what happens to the page, the evidence log and the receiver.

#[path = "../../../cloister-alert/tests/support/server.rs"]
mod server;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloister_evidence::folder::Folder;
use cloister_evidence::seal::Sealer;
use cloister_evidence::{Kind, Signer};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Trial, report, token};
use crate::evidence::Said;
use crate::{AlertsFile, Config, Hub, KeepDays, Limits, Listen, Log, Quota, Supplement, Tokens};

/// A record in a folder.
pub(super) fn log(folder: &std::path::Path) -> Log {
    log_with(folder, || Ok(()))
}

/// A record whose head is kept elsewhere so.
pub(super) fn log_with(
    folder: &std::path::Path,
    remember: impl Fn() -> Result<(), String> + Send + Sync + 'static,
) -> Log {
    let signer = || Signer::log("hub.example/evidence", &[3; 32]).unwrap();
    let evidence = folder.join("evidence");
    let log = Folder::create(&evidence, signer(), Timestamp::now()).unwrap();
    let keys = (signer().verifier().clone(), Some(Sealer::new(&[5; 32])));
    Log::start(log, keys, evidence, Box::new(remember)).unwrap().signing(signer())
}

/// A hub with a record that tells these receivers, whose networks are those of this machine.
pub(super) fn hub(folder: &std::path::Path, receivers: &str, route: &str) -> Trial {
    let text = format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  allowNetworks: [127.0.0.0/8]\n  \
         receivers: {receivers}\n  route: {route}\n"
    );
    std::fs::write(folder.join("alerts.yaml"), text).unwrap();
    let log = log(folder);
    let mut lines =
        ["viewer", "engineer", "admin", "agent"].map(|role| format!("{role} {role} {}", token(role))).to_vec();
    lines.push(format!("limited engineer {} clinic", token("limited")));
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let hub = Hub::new(Config {
        tokens: Tokens::read(&lines.join("\n")).unwrap(),
        hosts: vec![address.to_string()],
        cookie: "cloister".to_owned(),
        folder: Some(folder.to_owned()),
        log: Some(log),
        alerts: Some(AlertsFile::read(&folder.join("alerts.yaml")).unwrap()),
        quota: Quota(3_000),
        ..Config::default()
    })
    .unwrap();
    let serving = hub.clone();
    std::thread::spawn(move || crate::serve(serving, Listen { socket, limits: Limits::default(), tls: None }, 2));
    Trial { hub, address }
}

pub(super) const NOBODY: &str =
    "[{name: team, webhook: {url: 'http://127.0.0.1:9', secret: {env: NONE_OF_THIS_NAME}}}]";

/// What the entries of one kind say, the oldest first.
pub(super) fn said(hub: &Hub, kind: Kind) -> Vec<Value> {
    let log = hub.config.log.as_ref().unwrap();
    let size = log.head().unwrap().size;
    let all = (0..size).filter_map(|index| log.entry(index)).filter(|entry| entry.record.kind == kind);
    let content = |said| if let Said::This(value) = said { Some(value) } else { None };
    all.filter_map(|entry| content(entry.said)).collect()
}

fn take(hub: &Arc<Hub>) {
    hub.take(&"shop".into(), report::read(&report::json()), Supplement::default()).unwrap();
}

fn items(trial: &Trial, role: &str, path: &str) -> Vec<Value> {
    let reply = trial.as_role(role, "GET", path, "");
    assert_eq!(reply.status, 200, "{reply:?}");
    serde_json::from_str::<Value>(&reply.body).unwrap()["items"].as_array().unwrap().clone()
}

#[test]
fn an_alert_is_acknowledged_and_silenced_by_name_and_that_is_on_record() {
    let folder = tempfile::tempdir().unwrap();
    let trial = hub(folder.path(), NOBODY, "{receiver: team}");
    take(&trial.hub);
    let alerts = items(&trial, "viewer", "/api/v1/alerts");
    assert_eq!(alerts.len(), 1, "one finding is high, the other low: {alerts:?}");
    assert_eq!((&alerts[0]["state"], &alerts[0]["name"]), (&"firing".into(), &"single-replica".into()));
    let id = alerts[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/alerts/{id}/acknowledgement");
    trial.as_role("viewer", "POST", &path, "{}").problem(403);
    trial.as_role("limited", "POST", &path, "{}").problem(403);
    assert!(items(&trial, "limited", "/api/v1/alerts").is_empty(), "it is of another namespace");
    let done = trial.as_role("engineer", "POST", &path, r#"{"note":"a second replica is on its way"}"#);
    assert_eq!(done.status, 201, "{done:?}");
    trial.as_role("engineer", "POST", "/api/v1/alerts/none/acknowledgement", "{}").problem(404);
    assert_eq!(items(&trial, "viewer", "/api/v1/alerts?state=acknowledged").len(), 1);

    let end = Timestamp::now() + SignedDuration::from_hours(1);
    let asked = format!(r#"{{"match":{{"names":["single-*"]}},"endsAt":"{end}","reason":"maintenance tonight"}}"#);
    let begun = trial.as_role("engineer", "POST", "/api/v1/alert-silences", &asked);
    assert_eq!(begun.status, 201, "{begun:?}");
    let everything = asked.replace(r#""names":["single-*"]"#, "");
    trial.as_role("engineer", "POST", "/api/v1/alert-silences", &everything).problem(422);
    assert_eq!(items(&trial, "viewer", "/api/v1/alerts?state=silenced").len(), 1);
    let silence = items(&trial, "viewer", "/api/v1/alert-silences").remove(0);
    assert!(silence["owner"].is_null() && silence["reason"].is_null(), "a viewer reads nobody's name: {silence}");
    let path = format!("/api/v1/alert-silences/{}?reason=it+was+shorter", silence["id"].as_str().unwrap());
    assert_eq!(trial.as_role("engineer", "DELETE", &path, "").status, 200);
    trial.as_role("engineer", "DELETE", &path, "").problem(404);

    let known = said(&trial.hub, Kind::Acknowledgement);
    assert_eq!(known.len(), 3, "{known:?}");
    assert_eq!(known[0]["acknowledged"]["by"], "engineer");
    assert_eq!(known[1]["begun"]["owner"], "engineer");
    assert_eq!(known[2]["ended"]["by"], "engineer");
}

#[test]
fn the_page_has_forms_for_those_who_may_and_names_nobody_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let trial = hub(folder.path(), NOBODY, "{receiver: team}");
    take(&trial.hub);
    let (engineer, forms) = trial.sign_in("engineer");
    let page = trial.ask("GET", "/alerts", &[("Cookie", &engineer)], "").body;
    assert!(page.contains("I have seen it") && page.contains("Send a test"), "{page}");
    let id = items(&trial, "engineer", "/api/v1/alerts")[0]["id"].as_str().unwrap().to_owned();
    let said_so = format!("token-of-form={forms}&note=on+its+way");
    assert_eq!(trial.form(&engineer, &format!("/alerts/{id}/acknowledgement"), &said_so).status, 303);
    let page = trial.ask("GET", "/alerts", &[("Cookie", &engineer)], "").body;
    assert!(page.contains("by engineer: on its way"), "{page}");
    let (viewer, forms) = trial.sign_in("viewer");
    let page = trial.ask("GET", "/alerts", &[("Cookie", &viewer)], "").body;
    assert!(!page.contains("engineer:") && !page.contains("I have seen it") && page.contains("acknowledged"), "{page}");
    let refused = trial.form(&viewer, "/alert-receivers/team/test", &format!("token-of-form={forms}"));
    assert_eq!(refused.status, 403);
}

#[test]
fn a_test_is_evidence_whether_it_arrives_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let (address, requests) = server::endpoint(&[&server::answer("200 OK", "")]);
    let receivers = format!(
        "[{{name: good, alertmanager: {{url: 'http://{address}'}}}}, {{name: bad, alertmanager: {{url: 'http://127.0.0.1:9'}}}}]"
    );
    let trial = hub(folder.path(), &receivers, "{receiver: good}");
    for name in ["good", "bad"] {
        let reply = trial.as_role("engineer", "POST", &format!("/api/v1/alert-receivers/{name}/test"), "");
        assert_eq!(reply.status, 201, "{reply:?}");
    }
    assert!(requests.recv_timeout(Duration::from_secs(10)).unwrap().line.starts_with("POST /api/v2/alerts"));
    let known = said(&trial.hub, Kind::Alert);
    let of = |at: usize| (known[at]["test"]["by"].clone(), known[at]["test"]["receivers"][0]["taken"].clone());
    assert_eq!((of(0), of(1)), (("engineer".into(), true.into()), ("engineer".into(), false.into())));
}

#[test]
fn a_receiver_that_hangs_holds_up_neither_the_hub_nor_others() {
    let folder = tempfile::tempdir().unwrap();
    // It takes connections, and never answers.
    let dead = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, requests) = server::endpoint(&[&server::answer("200 OK", "")]);
    let receivers = format!(
        "[{{name: dead, alertmanager: {{url: 'http://{}'}}}}, {{name: good, alertmanager: {{url: 'http://{address}'}}}}]",
        dead.local_addr().unwrap()
    );
    let route = "{receiver: dead, groupWait: 0s, groupInterval: 1s, routes: [{receiver: dead, continue: true}, {receiver: good}]}";
    let trial = hub(folder.path(), &receivers, route);
    trial.hub.start_alerts().unwrap();
    let begun = Instant::now();
    take(&trial.hub);
    let request = requests.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let told: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(told[0]["labels"]["alertname"], "single-replica");
    let recorded = || said(&trial.hub, Kind::Alert).into_iter().any(|one| one["receiver"] == "good");
    while !recorded() {
        assert!(begun.elapsed() < Duration::from_secs(10), "that somebody was told is on record");
        std::thread::yield_now();
    }
    drop(dead);
}

#[test]
fn an_agent_cannot_fill_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let trial = hub(folder.path(), NOBODY, "{receiver: team}");
    let path = "/api/v1/sources/agent/assessments";
    let mut refused = None;
    for number in 0..20 {
        let mut value = report::value();
        value["findings"][0]["message"] = format!("as it is now, {number}").into();
        let reply = trial.as_role("agent", "POST", path, &value.to_string());
        if reply.status != 201 {
            refused = Some((number, reply));
            break;
        }
    }
    let (number, reply) = refused.unwrap();
    assert!((1..10).contains(&number), "{number}");
    let told = reply.problem(429);
    assert!(told["detail"].as_str().unwrap().contains("--quota"), "{told}");
    let wait: u64 = reply.headers["retry-after"].parse().unwrap();
    assert!((1..=86_400).contains(&wait));
    // It counts what is kept, over a restart too; and the next day there is room.
    let now = Timestamp::now();
    let today = |at| crate::keep::recorded::today(&*trial.hub.store, "agent", at).unwrap().0;
    assert!(today(now) >= 3_000 && today(now + SignedDuration::from_hours(24)) == 0);
}

#[test]
fn what_was_kept_long_enough_goes_and_the_log_says_so_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let trial = hub(folder.path(), NOBODY, "{receiver: team}");
    let hub = &trial.hub;
    let log = hub.config.log.as_ref().unwrap();
    for number in 0..5 {
        let mut value = report::value();
        value["findings"][0]["message"] = format!("as it is now, {number}").into();
        hub.take(&["shop", "clinic"][number % 2].into(), report::read(&value.to_string()), Supplement::default())
            .unwrap();
    }
    let in_days = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
    assert_eq!(hub.config.keep_days, KeepDays(90));
    hub.let_go(in_days(80)).unwrap();
    assert_eq!(said(hub, Kind::Assessment).len(), 5);
    assert_eq!(said(hub, Kind::Configuration)[0]["retentionDays"]["assessment"], 1095);
    (0..2).for_each(|_| hub.let_go(in_days(100)).unwrap());
    let left: Vec<Value> =
        said(hub, Kind::Assessment).iter().map(|one| one["findings"][0]["message"].clone()).collect();
    assert_eq!(left, ["as it is now, 3", "as it is now, 4"], "the last one of the week of each source");
    let erasures = said(hub, Kind::Erasure);
    assert_eq!((erasures.len(), &erasures[0]["rule"]), (1, &"retention".into()), "once: {erasures:?}");
    (0..2).for_each(|_| hub.let_go(in_days(1_100)).unwrap());
    assert!(said(hub, Kind::Assessment).is_empty());
    assert_eq!(said(hub, Kind::Erasure).len(), 2);
    let outcome = log.verify(true);
    assert!(outcome.holds(), "{:?}", outcome.faults);
    assert_eq!(outcome.erased, 5);
}
