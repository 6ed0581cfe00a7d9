//! What judging promises beside its rules: replays, order, bounds, errors with their places.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use cloister_audit::events;
use cloister_rules::{Detection, Gaps, Gathered, Ground, Judge, Kept, Rules};
use proptest::prelude::*;
use serde_json::{Value, json};

fn ground() -> Arc<Ground> {
    let personal = [("clinic-data".to_owned(), "store \"patients\"".to_owned())].into();
    Arc::new(Ground { personal, inside: vec!["10.0.0.0/8".parse().unwrap()], ..Ground::default() })
}

/// An event of a second after the start.
fn event(second: u32, user: &str, verb: &str, what: &str, place: &str) -> Value {
    let (resource, below) = what.split_once('/').unwrap_or((what, ""));
    let (namespace, name) = place.split_once('/').unwrap_or((place, ""));
    let time = format!("2026-01-01T08:{:02}:{:02}.000000Z", second / 60 % 60, second % 60);
    json!({"auditID": format!("id-{second}"), "stage": "ResponseComplete", "verb": verb, "user": {"username": user},
        "requestURI": format!("/{what}/{place}"), "sourceIPs": ["10.1.1.1"], "userAgent": "kubectl/v1.37.2 (linux)",
        "objectRef": {"resource": resource, "subresource": below, "namespace": namespace, "name": name},
        "responseStatus": {"code": 200}, "requestReceivedTimestamp": time})
}

fn log(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

fn judged(rules: &Arc<Rules>, logs: &[&str]) -> (Vec<Detection>, Gaps) {
    let mut judge = Judge::new(Arc::clone(rules), ground());
    let mut gathered = Gathered::new(1_000);
    for log in logs {
        events("log", log.as_bytes(), |_, event| {
            for detection in judge.judge(event) {
                gathered.add(rules, detection);
            }
        });
    }
    (gathered.finish(), judge.gaps().clone())
}

fn own(spec: &str) -> Result<Arc<Rules>, Vec<String>> {
    let mut rules = Rules::none();
    let head = "apiVersion: cloister.dev/v1alpha1\nkind: DetectionRule\nmetadata:\n  name: mine\nspec:\n";
    let faults = rules.read("mine.yaml", &format!("{head}{spec}"));
    if faults.is_empty() {
        return Ok(Arc::new(rules));
    }
    let told = faults.iter().map(|fault| {
        format!("{}:{}: {} / {}", fault.file, fault.line.unwrap(), fault.message, fault.help.as_deref().unwrap_or("-"))
    });
    Err(told.collect())
}

/// The fields that every rule has.
const MUST: &str = "  title: t\n  description: d\n  severity: low\n  articles: [\"32(4)\"]\n  tells: \"{user}\"\n";

#[test]
fn a_replay_changes_nothing_and_stages_are_one_request() {
    let rules = Arc::new(Rules::builtin());
    let exec = event(1, "ann", "create", "pods/exec", "clinic-data/db-0");
    let mut started = exec.clone();
    started["stage"] = json!("ResponseStarted");
    started["responseStatus"]["code"] = json!(101);
    let mut received = exec.clone();
    received["stage"] = json!("RequestReceived");
    let text = log(&[received, started, exec, event(2, "ann", "get", "secrets", "clinic-data/db")]);
    let (once, gaps) = judged(&rules, &[&text]);
    assert_eq!(
        once.iter().map(|it| (it.rule.as_str(), it.count)).collect::<Vec<_>>(),
        [("pod-entered", 1), ("secret-read-by-person", 1)]
    );
    assert_eq!((gaps.judged, gaps.repeated), (2, 1));
    assert_eq!(judged(&rules, &[&text, &text, &text]).0, once);
    let first = &once[0];
    assert_eq!(first.why, "ann entered the pod db-0 in clinic-data (pods/exec), from 10.1.1.1 by kubectl/v1.37.2.");
    assert!(first.event.starts_with("id-1/ResponseStarted/"), "told when it begins: {}", first.event);
    assert_eq!(first.personal_data.as_deref(), Some("store \"patients\""));
    let back: Detection = serde_json::from_value(serde_json::to_value(first).unwrap()).unwrap();
    assert_eq!(&back, first);
}

#[test]
fn nobody_hides_behind_the_id_of_another_request() {
    let mut hidden = event(2, "ann", "create", "pods/exec", "clinic-data/db-0");
    hidden["auditID"] = json!("id-1");
    let text = log(&[event(1, "ann", "get", "pods", "clinic-data/db-0"), hidden]);
    assert_eq!(judged(&Arc::new(Rules::builtin()), &[&text]).0.len(), 1);
}

#[test]
fn the_same_who_and_what_is_one_detection_within_its_time() {
    let rules = Arc::new(Rules::builtin());
    let mut all: Vec<Value> =
        (0..30).map(|at| event(at, "ann", "get", "pods/portforward", &format!("clinic-data/db-{at}"))).collect();
    all.push(event(40, "bob", "get", "pods/portforward", "clinic-data/db-1"));
    let mut late = event(41, "ann", "get", "pods/portforward", "clinic-data/db-1");
    late["requestReceivedTimestamp"] = json!("2026-01-01T09:30:00Z");
    all.push(late);
    let (found, _) = judged(&rules, &[&log(&all)]);
    assert_eq!(
        found.iter().map(|it| (it.who.user.as_str(), it.count)).collect::<Vec<_>>(),
        [("ann", 30), ("bob", 1), ("ann", 1)]
    );
    assert_eq!((found[0].what.name.as_str(), found[0].what.also.len()), ("db-0", 10));
    assert_eq!(found[0].fingerprint(), found[2].fingerprint());
    assert_ne!(found[0].fingerprint(), found[1].fingerprint());
    // What others keep by it stays the same over releases.
    assert_eq!(found[0].fingerprint(), "dea888fa387110ddb991fe251436e132");
}

#[test]
fn what_is_kept_is_bounded_and_the_rest_is_counted() {
    let rules = Arc::new(Rules::builtin());
    let (found, _) = judged(&rules, &[&log(&[event(1, "ann", "get", "secrets", "clinic-data/db")])]);
    let mut gathered = Gathered::new(1);
    assert_eq!(gathered.add(&rules, found[0].clone()), Kept::New(0));
    assert_eq!(gathered.add(&rules, found[0].clone()), Kept::Again(0));
    let mut other = found[0].clone();
    other.who.user = "bob".to_owned();
    assert_eq!((gathered.add(&rules, other), gathered.dropped), (Kept::Full, 1));
    let long = "u".repeat(5_000);
    let (found, _) = judged(&rules, &[&log(&[event(1, &long, "get", "secrets", &format!("clinic-data/{long}"))])]);
    assert!(found[0].who.user.len() < 300 && found[0].why.len() < 1_100, "{}", found[0].why.len());
}

#[test]
fn rules_that_lack_something_say_what() {
    let rules = Rules::builtin();
    let lacking = |ground: &Ground| rules.all().iter().filter(|rule| rule.lacks(ground).is_some()).count();
    assert!(lacking(&Ground::default()) > 10);
    assert_eq!(lacking(&ground()), 0);
    let text = log(&[event(1, "ann", "create", "services", "clinic-data/web")]);
    let (found, gaps) = judged(&Arc::new(rules), &[&text]);
    assert!(found.is_empty());
    assert_eq!(gaps.without_body.get("service-exposed"), Some(&1));
}

#[test]
fn faults_of_rules_have_a_place_a_cause_and_a_way_out() {
    for (spec, told) in [
        (
            "  match: {verbs: [get]}\n  condition: object.nam == \"a\"\n",
            "mine.yaml:12: its condition cannot be used: there is no \"object.nam\" / there are group, resource",
        ),
        ("  match: {verbs: [get]}\n  condition: who == \"a\"\n", "there is no \"who\" / there are verb, path"),
        ("  match: {verbs: [get]}\n  condition: verb ==\n", "mine.yaml:12: its condition cannot be used"),
        ("  match: {verbs: [gte]}\n", "\"gte\", which no event has / did you mean get?"),
        ("  match: {}\n", "its match lets every event through"),
        ("  match: {resources: [pods.apps]}\n", "mine.yaml:11: \"pods.apps\" is no kind of object"),
        ("  match: {verbs: [get], names: [\"a*b\"]}\n", "a * can only stand at the end"),
        ("  match: {verbs: [get], verb: [get]}\n", "mine.yaml:11: unknown field"),
        ("  match: {verbs: [get]}\n  threshold: {moreThan: 0, within: 5m}\n", "mine.yaml:12: this is no threshold"),
        ("  match: {verbs: [get]}\n  threshold: {moreThan: 2000, within: 5m}\n", "this is no threshold"),
        ("  match: {verbs: [get]}\n  threshold: {moreThan: 3, within: 5w}\n", "\"5w\" is no length of time"),
        ("  match: {verbs: [get]}\n  together: soon\n", "mine.yaml:12: \"soon\" is no length of time"),
    ] {
        let found = own(&format!("{MUST}{spec}")).unwrap_err();
        assert!(found[0].contains(told), "{spec}: {found:?}");
    }
    for (from, to, told) in [
        ("32(4)", "32.4", "mine.yaml:9: \"32.4\" is no article"),
        ("{user}", "{usr}", "mine.yaml:10: there is no {usr}: there are user"),
        ("{user}", "{user", "a { is not closed"),
        ("severity: low", "severity: bad", "mine.yaml:8:"),
        ("title: t", "title: \"\"", "mine.yaml:6: a title has 1 to 80 bytes"),
    ] {
        let found = own(&format!("{}  match: {{verbs: [get]}}\n", MUST.replace(from, to))).unwrap_err();
        assert!(found[0].contains(told), "{to}: {found:?}");
    }
    let mut rules = Rules::builtin();
    let text = include_str!("../data/pod-entered.yaml");
    assert!(rules.read("again.yaml", text)[0].message.contains("there is a rule \"pod-entered\" already"));
    assert!(rules.read("none.yaml", "# nothing\n")[0].message.contains("holds no rule"));
}

#[test]
fn what_a_condition_may_cost_is_bounded() {
    let rule = |condition: &str| own(&format!("{MUST}  match: {{verbs: [create]}}\n  condition: '{condition}'\n"));
    let loops = |times: usize| "request.a.exists(x, ".repeat(times) + "x == 1" + &")".repeat(times);
    assert!(rule(&loops(2)).is_ok());
    assert!(rule(&loops(3)).unwrap_err()[0].contains("loops"));
    assert!(rule(&vec![loops(1); 9].join(" || ")).unwrap_err()[0].contains("loops"));
    assert!(rule(&format!("verb == \"{}\"", "a".repeat(5_000))).unwrap_err()[0].contains("longer than 4096"));
    let body = |values: usize| {
        let mut event = event(1, "ann", "create", "pods", "shop/a");
        event["requestObject"] = json!({"a": vec![0; values]});
        log(&[event])
    };
    let two = rule("request.a.exists(x, request.a.exists(y, x + y == 1))").unwrap();
    let (found, gaps) = judged(&two, &[&body(100)]);
    assert_eq!((found.len(), gaps.too_large.len()), (0, 0));
    // Two loops over this would take minutes.
    assert_eq!(judged(&two, &[&body(50_000)]).1.too_large.get("mine"), Some(&1));
    let one = rule("request.a.exists(x, x == 1)").unwrap();
    assert!(judged(&one, &[&body(50_000)]).1.too_large.is_empty());
    let mut long = event(1, "ann", "create", "pods", "shop/a");
    long["requestObject"] = json!({"a": vec![0; 50_000], "b": "x".repeat(1_000_000)});
    assert_eq!(judged(&one, &[&log(&[long])]).1.too_large.get("mine"), Some(&1));
}

#[test]
fn a_condition_that_is_wrong_for_what_it_meets_is_told() {
    let rules = own(&format!("{MUST}  match: {{verbs: [create]}}\n  condition: request.a + 1 == 2\n")).unwrap();
    let mut one = event(1, "ann", "create", "pods", "shop/a");
    one["requestObject"] = json!({"a": "text"});
    assert!(judged(&rules, &[&log(&[one.clone()])]).1.failed.contains_key("mine"));
    one["requestObject"] = json!({"b": 1});
    let (found, gaps) = judged(&rules, &[&log(&[one.clone()])]);
    assert!(found.is_empty() && gaps.failed.is_empty(), "a field that is not there is no error: {gaps:?}");
    one["requestObject"] = json!({"a": 1});
    assert_eq!(judged(&rules, &[&log(&[one])]).0.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Any requests: judging twice gives the same, and a log that is met again adds nothing.
    #[test]
    fn judging_is_deterministic_and_idempotent(
        requests in prop::collection::vec((0..3_u8, 0..6_u8, 0..7_u8, 0..4_u8, prop::bool::weighted(0.2)), 1..120),
    ) {
        let rules = Arc::new(Rules::builtin());
        let events: Vec<Value> = requests.iter().enumerate().map(|(at, (user, verb, what, place, denied))| {
            let user = ["ann", "system:serviceaccount:shop:web", "system:anonymous"][usize::from(*user)];
            let verb = ["get", "list", "create", "patch", "delete", "update"][usize::from(*verb)];
            let kinds = ["secrets", "pods/exec", "pods", "configmaps", "clusterrolebindings", "namespaces", "nodes/proxy"];
            let place = ["clinic-data/a", "shop/b", "/c", "clinic-data"][usize::from(*place)];
            let mut event = event(u32::try_from(at).unwrap(), user, verb, kinds[usize::from(*what)], place);
            if *denied {
                event["responseStatus"]["code"] = json!(403);
            }
            event
        }).collect();
        let text = log(&events);
        let (once, gaps) = judged(&rules, &[&text]);
        prop_assert_eq!(gaps.judged, requests.len() as u64);
        prop_assert_eq!(&judged(&rules, &[&text]).0, &once);
        let (again, gaps) = judged(&rules, &[&text, &text]);
        prop_assert_eq!(&again, &once);
        prop_assert_eq!(gaps.repeated, requests.len() as u64);
    }
}

#[test]
fn rules_are_shared_by_threads_and_a_judge_may_move_to_one() {
    fn shared<T: Send + Sync>() {}
    fn moves<T: Send>() {}
    shared::<Rules>();
    moves::<Judge>();
}

#[test]
fn who_goes_on_after_the_end_of_a_process_finds_what_one_would_have_found() {
    let rules = Arc::new(Rules::builtin());
    // Reads of one secret after the other; then another stage of each request.
    let all: Vec<Value> =
        (0..60).map(|at| event(at, "ann", "get", "secrets", &format!("clinic-data/s{}", at % 40))).collect();
    let (whole, gaps) = judged(&rules, &[&log(&all), &log(&all)]);
    assert!(whole.iter().any(|one| one.count > 1), "one of them counts over several events");
    for end in [1, 7, 30, 59] {
        let mut gathered = Gathered::new(1_000);
        let mut take = |judge: &mut Judge, events_of: &[Value]| {
            events("log", log(events_of).as_bytes(), |_, event| {
                for one in judge.judge(event) {
                    gathered.add(&rules, one);
                }
            });
        };
        let mut judge = Judge::new(Arc::clone(&rules), ground());
        take(&mut judge, &all[..end]);
        let mut judge = Judge::resume(Arc::clone(&rules), ground(), &judge.save()).unwrap();
        take(&mut judge, &all[end..]);
        take(&mut judge, &all);
        assert_eq!((gathered.finish(), judge.gaps()), (whole.clone(), &gaps));
    }
    let other = Arc::new(Rules::none());
    let judge = Judge::new(Arc::clone(&rules), ground());
    assert!(Judge::resume(other, ground(), &judge.save()).is_some(), "other rules, the same requests");
    assert!(Judge::resume(rules, ground(), b"judge-1\n").is_none());
}
