//! Events, from what is sent to what a page shows.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Trial, report, token};
use crate::ingest::{LIMITS, queue};
use crate::{Hub, Limits};

const WEBHOOK: &str = "/api/v1/sources/shop/audit-webhook";
const LINES: &str = "/api/v1/sources/shop/audit-events";
const FINDINGS: &str = "/api/v1/sources/shop/sensor-findings";

/// Somebody opens a shell in a pod of a namespace that holds personal data.
pub fn shell(id: &str, user: &str, second: u32) -> Value {
    let time = format!("2026-11-26T12:{:02}:{:02}.000000Z", second / 60 % 60, second % 60);
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": id, "stage": "ResponseStarted",
        "requestURI": "/api/v1/namespaces/shop/pods/orders-0/exec?command=sh", "verb": "create",
        "user": {"username": user, "groups": ["dev"]}, "sourceIPs": ["192.0.2.7"], "userAgent": "kubectl/v1.37.0",
        "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "orders-0", "apiVersion": "v1"},
        "responseStatus": {"code": 101}, "requestReceivedTimestamp": time, "stageTimestamp": time,
        "annotations": {"authorization.k8s.io/decision": "allow"},
    })
}

pub fn list(events: &[Value]) -> String {
    json!({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": events}).to_string()
}

fn send(trial: &Trial, path: &str, body: &str) -> super::Reply {
    let bearer = format!("Bearer {}", token("shop"));
    trial.ask("POST", path, &[("Authorization", &bearer), ("Content-Type", "application/json")], body)
}

fn wait(what: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(15) {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn detections(trial: &Trial) -> Vec<Value> {
    let reply = trial.as_role("engineer", "GET", "/api/v1/sources/shop/detections", "");
    assert_eq!(reply.status, 200, "{reply:?}");
    serde_json::from_str::<Value>(&reply.body).unwrap()["items"].as_array().unwrap().clone()
}

fn is_empty(hub: &Hub) -> bool {
    hub.store.queue_size(&queue("shop")).unwrap().items == 0
}

#[test]
fn a_shell_in_a_store_of_personal_data_is_told_of_with_who_what_when_and_why() {
    let trial = Trial::new();
    let sent = send(&trial, WEBHOOK, &list(&[shell("a", "anna", 1), json!({"kind": "Pod"})]));
    assert_eq!((sent.status, sent.body.as_str()), (200, r#"{"taken":1,"repeated":0,"foreign":1,"unreadable":0}"#));
    assert!(wait(|| !detections(&trial).is_empty()));
    let found = detections(&trial);
    let one = found.iter().find(|one| one["breach"] == "suspected").unwrap_or(&found[0]);
    assert_eq!((one["who"].as_str(), one["where"].as_str()), (Some("anna"), Some("pods/exec shop/orders-0")));
    let id = one["id"].as_str().unwrap();
    let whole = trial.as_role("dpo", "GET", &format!("/api/v1/sources/shop/detections/{id}"), "");
    let whole: Value = serde_json::from_str(&whole.body).unwrap();
    assert_eq!(whole["personalData"], "holds health data");
    assert!(whole["articles"].as_array().is_some_and(|all| !all.is_empty()) && whole["attack"].is_array());
    let (cookie, _) = trial.sign_in("engineer");
    let page = trial.ask("GET", &format!("/sources/shop/detections/{id}"), &[("Cookie", &cookie)], "");
    assert!(page.status == 200 && page.body.contains("anna") && page.body.contains("192.0.2.7"), "{page:?}");
    let viewer = trial.as_role("viewer", "GET", &format!("/sources/shop/detections/{id}"), "");
    assert!(viewer.status == 403 && !viewer.body.contains("anna"), "a viewer does not read who it was");
    let narrowed = trial.as_role("dpo", "GET", "/api/v1/sources/shop/detections?namespace=other", "");
    assert!(narrowed.body.contains("\"total\":0"), "{narrowed:?}");
    assert!(wait(|| is_empty(&trial.hub)), "what is judged and saved leaves the queue");
}

#[test]
fn what_comes_again_is_there_once_and_who_tries_often_is_one_with_a_count() {
    let trial = Trial::new();
    let first = list(&[shell("a", "anna", 1), shell("b", "anna", 2)]);
    assert!(send(&trial, WEBHOOK, &first).body.contains("\"taken\":2"));
    assert!(send(&trial, WEBHOOK, &first).body.contains("\"repeated\":2"), "the answer got lost");
    let lines = format!("{}\n{}\n", shell("b", "anna", 2), shell("c", "anna", 3));
    assert!(send(&trial, LINES, &lines).body.contains("\"taken\":1"), "by another way, too");
    let again = shell("a", "anna", 1).to_string().replace("ResponseStarted", "ResponseComplete");
    assert_eq!(send(&trial, LINES, &again).status, 200, "another stage of the first");
    assert!(wait(|| is_empty(&trial.hub)));
    let found = detections(&trial);
    let counts: Vec<u64> = found.iter().map(|one| one["count"].as_u64().unwrap()).collect();
    assert!(!counts.is_empty() && counts.iter().all(|count| *count == 3), "{found:?}");
    send(&trial, LINES, &shell("d", "bert", 9).to_string());
    assert!(wait(|| detections(&trial).iter().any(|one| one["who"] == "bert")), "somebody else is another one");
}

#[test]
fn what_a_sensor_found_is_a_detection_that_says_more_later() {
    let trial = Trial::new();
    let leak = |values: u64, last: &str| {
        json!({"finding": "personal-data-in-the-clear", "severity": "high", "policy": "strict", "category": "health",
            "special": true, "sender": {"name": "shop/orders[Deployment]"}, "recipient": {"name": "mail.example.com"},
            "protocol": "http", "port": 80, "values": values, "messages": values, "first": "2026-11-26T10:00:00Z",
            "last": last, "requirements": [{"framework": "gdpr", "id": "32(1)(a)"}], "message": "health data in the clear"})
        .to_string()
    };
    assert_eq!(send(&trial, FINDINGS, &leak(3, "2026-11-26T10:00:01Z")).status, 200);
    assert_eq!(send(&trial, FINDINGS, &leak(9, "2026-11-26T10:00:09Z")).status, 200);
    let counts = || detections(&trial).iter().map(|one| one["count"].as_u64().unwrap()).collect::<Vec<_>>();
    assert!(wait(|| counts() == [9]), "{:?}", counts());
    send(&trial, FINDINGS, &shell("a", "anna", 1).to_string()).problem(422);
    send(&trial, LINES, &leak(10, "2026-11-26T10:01:00Z")).problem(422);
}

#[test]
fn each_sends_for_itself_with_a_right_of_its_own() {
    let trial = Trial::new();
    let body = list(&[shell("a", "anna", 1)]);
    for role in ["viewer", "engineer", "dpo", "agent", "collector"] {
        trial.as_role(role, "POST", WEBHOOK, &body).problem(403);
    }
    assert_eq!(trial.as_role("collector", "POST", "/api/v1/sources/collector/audit-webhook", &body).status, 200);
    trial.as_role("collector", "POST", "/api/v1/sources/collector/assessments", &report::json()).problem(403);
    trial.as_role("collector", "GET", "/api/v1/sources/collector/detections", "").problem(403);
    assert!(wait(|| !trial.hub.ingest.sources().is_empty()));
    let page = trial.as_role("viewer", "GET", "/sources", "").body;
    assert!(page.contains("sends events"), "a source of events alone stands among the sources");
}

#[test]
fn hostile_events_are_refused_with_a_cause_and_counted_and_cost_nothing_else() {
    let trial = Trial::with(Limits { events: 200_000, ..Limits::default() });
    let deep =
        format!("{{\"verb\":\"get\",\"user\":{{}},\"requestObject\":{}{}}}", "[".repeat(60_000), "]".repeat(60_000));
    for (path, body, status) in [
        (WEBHOOK, "{", 400),
        (WEBHOOK, "[]", 400),
        (WEBHOOK, r#"{"kind":"EventList","apiVersion":"v1","items":[]}"#, 400),
        (WEBHOOK, r#"{"kind":"EventList","apiVersion":"audit.k8s.io/v1*","items":[]}"#, 400),
        (WEBHOOK, r#"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":7}"#, 400),
        (LINES, "no json", 422),
        (LINES, r#"{"verb":7}"#, 422),
        (LINES, "[1, 2", 400),
        (LINES, &"{".repeat(100_000), 422),
        (LINES, &" ".repeat(300_000), 413),
    ] {
        let told = send(&trial, path, body);
        assert!(!told.problem(status).to_string().contains("no json"), "nothing that was sent is quoted");
    }
    let wrong_clock = shell("w", "anna", 1).to_string().replace("2026-11-26T12", "9999-12-31T23");
    let no_clock = shell("n", "bert", 1).to_string().replace("2026-11-26T12:00:01.000000Z", "yesterday");
    let long = shell("l", &"x".repeat(100_000), 1).to_string();
    let good = shell("g", "carl", 5);
    for body in [&deep, &wrong_clock, &no_clock, &long] {
        let told = send(&trial, LINES, body);
        assert!([200, 422].contains(&told.status), "{told:?}");
    }
    assert_eq!(send(&trial, LINES, &format!("{{\"broken\n{good}\n")).status, 200);
    assert!(wait(|| detections(&trial).iter().any(|one| one["who"] == "carl")), "what is good comes through");
    assert!(wait(|| is_empty(&trial.hub)));
    assert!(detections(&trial).iter().all(|one| one["who"].as_str().is_none_or(|who| who.len() < 1000)));
    let numbers = trial.ask("GET", "/metrics", &[], "").body;
    let refused = |way: &str| {
        let line = format!("cloister_hub_events_total{{way=\"{way}\",outcome=\"refused\"}} ");
        numbers.lines().find_map(|one| one.strip_prefix(&line)?.parse::<f64>().ok()).unwrap()
    };
    assert!(refused("webhook") >= 4.0 && refused("http") >= 5.0, "{numbers}");
    assert!(!numbers.contains("anna") && !numbers.contains("carl"), "numbers name nobody");
    assert!(trial.hub.ingest.trouble("shop").is_none());
}

#[test]
fn who_finds_no_room_is_told_when_to_come_again_and_loses_nothing() {
    let trial = Trial::new();
    // Room for one more batch is taken by what waits already.
    let body = vec![b'x'; 1 << 20];
    let items: Vec<_> = (0..255).map(|at| cloister_store::Item { id: format!("x{at}"), body: body.clone() }).collect();
    let (now, store) = (jiff::Timestamp::now(), &trial.hub.store);
    for part in items.chunks(51) {
        store.push(&queue("shop"), part, LIMITS, now, now).unwrap();
    }
    let many: Vec<Value> = (0..10)
        .map(|at| {
            let mut event = shell(&format!("f{at}"), "anna", at);
            event["requestObject"] = json!("y".repeat(200_000));
            event
        })
        .collect();
    let full = send(&trial, WEBHOOK, &list(&many));
    let told = full.problem(503);
    assert!(told["detail"].as_str().unwrap().contains("no room") && full.headers["retry-after"] == "5", "{full:?}");
    assert!(detections(&trial).is_empty());
    // What nobody can read is set aside, holds up nobody, and waits for somebody to look at it.
    assert!(wait(|| store.queue_size(&queue("shop")).unwrap().aside == 255));
    for one in store.aside(&queue("shop"), &cloister_store::Paging::first(1000)).unwrap().items {
        assert!(store.settle(&queue("shop"), one.number, false).unwrap());
    }
    assert_eq!(send(&trial, WEBHOOK, &list(&many)).status, 200, "the same again, when there is room");
    assert!(wait(|| !detections(&trial).is_empty()));
}

#[test]
fn the_forward_protocol_is_acknowledged_when_all_is_on_the_disk() {
    let trial = Trial::new();
    let far = crate::listen_for_forward(&trial.hub, "0.0.0.0:0".parse().unwrap(), "shop").unwrap_err();
    assert!(far.to_string().contains("not encrypted"));
    let address = crate::listen_for_forward(&trial.hub, "127.0.0.1:0".parse().unwrap(), "shop").unwrap();
    let mut sender = cloister_forward::Forward::new(address, "kube-apiserver");
    let entries: Vec<(i64, Value)> = (0..3000).map(|at| (1, shell(&format!("s{at}"), "anna", at))).collect();
    sender.send(&entries).unwrap();
    let waiting = trial.hub.store.queue_size(&queue("shop")).unwrap().items;
    assert!(waiting > 0 || !detections(&trial).is_empty(), "it is on the disk when it is acknowledged");
    sender.send(&entries[..5]).unwrap();
    assert!(wait(|| is_empty(&trial.hub)));
    let total: u64 = detections(&trial)
        .iter()
        .filter(|one| one["rule"] == detections(&trial)[0]["rule"])
        .map(|one| one["count"].as_u64().unwrap())
        .sum();
    assert_eq!(total, 3000, "what was sent twice counts once");
    let mut wrong = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut wrong, b"GET / HTTP/1.1\r\n\r\n").unwrap();
    wrong.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert_eq!(std::io::Read::read(&mut wrong, &mut [0; 9]).unwrap(), 0, "whoever speaks otherwise is hung up on");
}

#[test]
fn all_numbers_that_rules_are_written_for_are_served_with_bounded_labels() {
    let trial = Trial::new();
    send(&trial, WEBHOOK, &list(&[shell("a", "anna", 1)]));
    trial.as_role("viewer", "GET", "/nowhere", "");
    let text = trial.ask("GET", "/metrics", &[], "").body;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        assert!(cloister_monitoring::find(name).is_some(), "{line}");
        assert!(line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
    }
    for wanted in [
        "cloister_hub_findings{severity=\"high\"} 1",
        "cloister_hub_sources{state=\"fresh\"} 1",
        "cloister_hub_requirements{framework=\"gdpr\",status=\"not-satisfied\"} 1",
        "cloister_hub_events_total{way=\"webhook\",outcome=\"stored\"} 1",
        "cloister_hub_queue_limit{queue=\"events\"} 100000",
        "cloister_hub_http_requests_total{route=\"/other\",status=\"4xx\"} 1",
    ] {
        assert!(text.lines().any(|line| line == wanted), "{wanted}\n{text}");
    }
}
