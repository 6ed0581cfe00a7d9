//! What people are told and when, with times from outside.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloister_alert::send::{Answer, Failure, Outcome};
use cloister_alert::state::{Acknowledged, Silence};
use cloister_alert::{Match, Message};
use cloister_breach::{Breach, Extent, Step};
use cloister_model::Severity;
use cloister_store::{Sqlite, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Alerts, AlertsFile};
use crate::detections::{By, Detection};
use crate::read::Report;
use crate::snapshot::Snapshot;
use crate::sources::supplement::Supplement;
use crate::trials::report;

const CONFIG: &str = "apiVersion: cloister.dev/v1alpha1\nkind: AlertConfiguration\nspec:\n  \
    receivers:\n  - name: team\n    webhook: {url: 'https://a.example', secret: {env: A}}\n  \
    route: {receiver: team, groupWait: 1s, groupInterval: 1m, repeatInterval: 1h}\n  findings: {severity: medium}\n";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// A hub's alerts, with a store and a configuration of their own.
struct World {
    folder: tempfile::TempDir,
    store: Arc<dyn Store>,
    alerts: Alerts,
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("alerts.yaml"), CONFIG).unwrap();
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&folder.path().join("hub.db")).unwrap());
        let alerts = open(folder.path(), &*store, at(0));
        World { folder, store, alerts }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("alerts.yaml")
    }

    /// As after kill -9: nothing but the store is left.
    fn restart(&mut self, now: Timestamp) {
        self.alerts = open(self.folder.path(), &*self.store, now);
    }

    fn assessed(&self, findings: &[(&str, &str, &str)], now: Timestamp) {
        self.alerts.assessed(&*self.store, &snapshot(findings), now);
    }

    fn step(&self, now: Timestamp) -> Vec<Message> {
        self.alerts.step(&*self.store, now)
    }

    /// Steps, and all of it arrives.
    fn told(&self, now: Timestamp) -> Vec<Message> {
        let messages = self.step(now);
        messages.iter().for_each(|message| self.arrived(message, now));
        messages
    }

    fn arrived(&self, message: &Message, now: Timestamp) {
        self.alerts.outcome(&*self.store, &outcome(message, true), now);
    }
}

fn open(folder: &Path, store: &dyn Store, now: Timestamp) -> Alerts {
    let file = AlertsFile::read(&folder.join("alerts.yaml")).unwrap();
    Alerts::open(file, "https://hub.example".to_owned(), store, (now, true)).unwrap()
}

fn outcome(message: &Message, good: bool) -> Outcome {
    let answer = Ok(Answer { said: "200".to_owned() });
    let result = if good { answer } else { Err(Failure::passing("it does not answer", "look why")) };
    Outcome { message: message.id.clone(), receiver: message.receiver.clone(), result, tries: 3 }
}

/// Findings by id, check and namespace.
fn snapshot(findings: &[(&str, &str, &str)]) -> Snapshot {
    let mut value = report::value();
    let pattern = value["findings"][0].clone();
    let one = |(id, check, namespace): &(&str, &str, &str)| {
        let mut one = pattern.clone();
        (one["id"], one["check"]) = (json!(id), json!(check));
        one["resource"]["namespace"] = json!(namespace);
        one["resource"]["name"] = json!(format!("of-{id}"));
        one
    };
    value["findings"] = findings.iter().map(one).collect::<Value>();
    let report = Report::read(value.to_string().as_bytes()).unwrap();
    Snapshot::new("shop".into(), report, Supplement::default())
}

fn firing(messages: &[Message]) -> Vec<(&str, u32)> {
    messages.iter().flat_map(|one| &one.firing).map(|said| (said.alert.name.as_str(), said.occurrence)).collect()
}

fn over(messages: &[Message]) -> usize {
    messages.iter().map(|one| one.resolved.len()).sum()
}

#[test]
fn a_first_assessment_of_many_findings_is_few_messages_and_the_same_again_is_none() {
    let world = World::new();
    let ids: Vec<String> = (0..500).map(|number| format!("id-{number}")).collect();
    let spaces = ["clinic", "shop"];
    let checks = ["privileged-container", "single-replica"];
    let all: Vec<_> = ids.iter().enumerate().map(|(at, id)| (id.as_str(), checks[at % 2], spaces[at / 250])).collect();
    world.assessed(&all, at(0));
    assert!(world.told(at(0)).is_empty(), "it waits for company");
    let first = world.told(at(1));
    assert_eq!((first.len(), firing(&first).len()), (2, 4), "a message a namespace, an alert a check");
    let said = &first[0].firing[0].alert;
    assert!(said.title.ends_with("(125 times)") && said.articles == ["32(1)(b)"], "{said:?}");
    assert_eq!((said.severity, said.source.as_str()), (Severity::High, "shop"));
    let what = said.what.as_deref().unwrap();
    assert!(what.ends_with("and 122 more"), "{what}");
    let link = said.link.as_deref().unwrap();
    assert!(link.starts_with("https://hub.example/sources/shop/findings?check="), "{link}");
    world.assessed(&all, at(5));
    assert!((5..3_000).step_by(60).all(|second| world.told(at(second)).is_empty()));
}

#[test]
fn what_is_new_begins_anew_and_what_is_gone_is_over_once() {
    let world = World::new();
    world.assessed(&[("a", "one", "shop")], at(0));
    assert_eq!(firing(&world.told(at(1))), [("one", 1)]);
    let alert = world.alerts.shown().book.state.all().next().unwrap().alert.fingerprint.clone();
    let by = Acknowledged { by: "mila".to_owned(), at: at(2), note: String::new() };
    world.alerts.change(&*world.store, at(2), |book, _| book.state.acknowledge(&alert, by.clone())).unwrap();
    assert!(world.told(at(7_200)).is_empty(), "who has seen it is not told again");
    world.assessed(&[("a", "one", "shop"), ("b", "one", "shop")], at(7_201));
    assert_eq!(firing(&world.told(at(7_202))), [("one", 2)], "another finding is news");
    world.assessed(&[("b", "one", "shop")], at(7_300));
    assert!(world.told(at(7_301)).is_empty(), "one less is none");
    world.assessed(&[], at(7_400));
    let last = world.told(at(7_401));
    assert_eq!((firing(&last).len(), over(&last)), (0, 1));
    world.assessed(&[], at(7_500));
    assert!((7_500..90_000).step_by(600).all(|second| world.told(at(second)).is_empty()));
}

/// The same story, with the program killed after each act, and with nothing of the kind: the same messages arrive.
#[test]
fn kill_9_at_any_point_tells_nobody_twice_and_loses_nothing() {
    let story = |kills: bool| {
        let mut world = World::new();
        let mut arrived: Vec<(i64, String)> = Vec::new();
        let acts: [&[(&str, &str, &str)]; 5] = [
            &[("a", "one", "shop")],
            &[("a", "one", "shop"), ("b", "two", "shop")],
            &[("b", "two", "shop")],
            &[],
            &[("a", "one", "clinic")],
        ];
        for second in 0..8_000_i64 {
            let acts = acts.iter().enumerate().find(|(number, _)| second == 1_000 * i64::try_from(*number).unwrap());
            if let Some((_, act)) = acts {
                world.assessed(act, at(second));
                if kills {
                    world.restart(at(second));
                    // After a start the first assessment is told again.
                    world.assessed(act, at(second));
                }
            }
            let messages = world.step(at(second));
            if kills && !messages.is_empty() {
                // It was killed before it heard what became of them, and gives them again, under the same names.
                world.restart(at(second));
                let again = world.step(at(second));
                assert_eq!(ids(&messages), ids(&again));
            }
            for message in messages {
                world.arrived(&message, at(second));
                if kills {
                    world.restart(at(second));
                }
                arrived.push((second, message.id));
            }
        }
        arrived
    };
    // A restart makes a repetition no sooner and no later; ids hold the moment at which a group began, which is the same.
    let (plain, killed) = (story(false), story(true));
    assert_eq!(plain, killed);
    assert!(plain.len() > 5, "{plain:?}");
}

fn ids(messages: &[Message]) -> BTreeSet<&str> {
    messages.iter().map(|one| one.id.as_str()).collect()
}

#[test]
fn of_two_hubs_on_one_store_one_tells_and_both_know_who_has_seen_it() {
    let world = World::new();
    let other = open(world.folder.path(), &*world.store, at(0));
    world.assessed(&[("a", "one", "shop")], at(0));
    let first = world.step(at(1));
    assert_eq!(first.len(), 1);
    other.assessed(&*world.store, &snapshot(&[("a", "one", "shop")]), at(1));
    assert!(other.step(&*world.store, at(2)).is_empty(), "the first one is telling it");
    world.arrived(&first[0], at(2));
    let alert = first[0].firing[0].alert.fingerprint.clone();
    let by = Acknowledged { by: "mila".to_owned(), at: at(3), note: String::new() };
    other.change(&*world.store, at(3), |book, _| book.state.acknowledge(&alert, by.clone())).unwrap();
    assert!(world.told(at(4_000)).is_empty(), "somebody has seen it, at the other hub");
    assert!(world.alerts.shown().book.state.known(&alert).unwrap().acknowledged.is_some());
}

fn seen(second: i64, user: &str) -> Detection {
    let seen: cloister_rules::Detection = serde_json::from_value(json!({
        "rule": "exec-into-personal-data", "title": "A person opened a shell in a pod with personal data", "severity": "critical",
        "at": at(second), "last": at(second),
        "who": {"user": user, "kind": null, "groups": [], "sourceIPs": ["192.0.2.7"], "userAgent": "kubectl"},
        "what": {"verb": "create", "group": "", "resource": "pods", "subresource": "exec", "namespace": "clinic", "name": "db-0"},
        "decision": "allowed", "why": "It holds health data.", "articles": ["33", "32(1)(b)"], "attack": ["T1609"],
        "event": format!("event-{second}"), "count": 1, "suspectsBreach": true,
    }))
    .unwrap();
    Detection {
        id: format!("detection-{second}"),
        source: "prod".to_owned(),
        by: By::Audit,
        noticed: at(second),
        entry: None,
        log: None,
        seen,
    }
}

#[test]
fn a_detection_names_who_when_and_what_and_is_told_once_however_often_it_comes() {
    let world = World::new();
    let health = ["health".to_owned()];
    let detect = |second: i64, now: i64| world.alerts.detected(&*world.store, &seen(second, "ada"), &health, at(now));
    detect(0, 0);
    let first = world.told(at(1));
    let said = &first[0].firing[0].alert;
    assert_eq!(said.who.as_deref(), Some("ada from 192.0.2.7"));
    assert_eq!(said.what.as_deref(), Some("create pods/exec clinic/db-0"));
    assert_eq!(
        (said.starts_at, said.categories.as_slice(), said.name.as_str()),
        (at(0), &health[..], "exec-into-personal-data")
    );
    (0..5).for_each(|again| detect(0, 2 + again));
    assert!((2..3_000).step_by(60).all(|second| world.told(at(second)).is_empty()));
    detect(3_000, 3_001);
    detect(0, 3_001);
    assert_eq!(firing(&world.told(at(3_002))), [("exec-into-personal-data", 2)]);
    world.alerts.detected(&*world.store, &seen(3_003, "eve"), &health, at(3_100));
    assert_eq!(world.told(at(3_101)).iter().flat_map(|one| &one.firing).count(), 2, "another person is another alert");
    let week = 7 * 86_400;
    let ended: usize = (3_200..week + 8_000).step_by(300).map(|second| over(&world.told(at(second)))).sum();
    assert_eq!(ended, 2, "what happened is over by itself after a week");
}

#[test]
fn the_clock_of_a_breach_rings_at_its_hours_and_no_more_when_the_authority_was_notified() {
    let world = World::new();
    let hour = 3_600;
    let breach = |text: &str| serde_json::from_str::<Breach>(text).unwrap();
    let entry = |at: Timestamp, did: Step| {
        serde_json::to_value(cloister_breach::Entry { at, who: "mila".to_owned(), did }).unwrap()
    };
    let reason = || "the shell was seen".to_owned();
    let mut history = vec![entry(at(0), Step::Suspect { reason: reason() })];
    let document = |history: &[Value]| {
        breach(&json!({"apiVersion": "cloister.dev/v1alpha1", "kind": "Breach", "metadata": {"name": "2026-001"}, "history": history}).to_string())
    };
    world.alerts.breach(&*world.store, &document(&history), at(0));
    assert_eq!(firing(&world.told(at(1))), [("breach-suspected", 1)]);
    history.push(entry(at(hour), Step::BecomeAware { at: at(hour), reason: reason() }));
    let aware = document(&history);
    world.alerts.breach(&*world.store, &aware, at(hour));
    let (mut rung, mut last) = (Vec::new(), String::new());
    for minute in 60..80 * 60 {
        // It is told again and again that the breach is as it is: that changes nothing.
        if minute % 600 == 0 {
            world.alerts.breach(&*world.store, &aware, at(minute * 60));
        }
        let told = world.told(at(minute * 60 + 1));
        for said in told.iter().flat_map(|message| &message.firing) {
            if said.alert.name == "breach-clock" && said.alert.title != last {
                last.clone_from(&said.alert.title);
                rung.push((minute / 60 - 1, said.alert.severity));
            }
        }
    }
    let (high, critical) = (Severity::High, Severity::Critical);
    assert_eq!(rung, [(0, high), (24, high), (48, high), (66, critical), (72, critical)]);
    let (authority, reference) = ("the authority".to_owned(), "case 17".to_owned());
    let notify = Step::Notify { extent: Extent::Complete, authority, reference, delay: reason() };
    history.push(entry(at(80 * hour), notify));
    world.alerts.breach(&*world.store, &document(&history), at(80 * hour));
    assert_eq!(over(&world.told(at(80 * hour + 61))), 1);
    assert!((81 * hour..100 * hour).step_by(600).all(|second| world.told(at(second)).is_empty()));
}

#[test]
fn a_source_that_cannot_be_assessed_and_a_log_that_does_not_verify_are_told_until_they_are_well() {
    let world = World::new();
    let store = &*world.store;
    (0..3).for_each(|_| world.alerts.source(store, "shop", Some("/secret/path: no such file"), at(0)));
    world.alerts.evidence(store, ("", Some("entry 3: is not what was recorded")), at(0));
    let told = world.told(at(1));
    let names: BTreeSet<&str> = firing(&told).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, BTreeSet::from(["evidence-log-broken", "source-not-assessed"]));
    assert!(!serde_json::to_string(&told).unwrap().contains("/secret/path"));
    world.alerts.source(store, "shop", None, at(100));
    world.alerts.evidence(store, ("", None), at(100));
    assert_eq!(over(&world.told(at(200))), 2);
}

#[test]
fn who_does_not_answer_is_tried_again_and_is_shown() {
    let world = World::new();
    world.assessed(&[("a", "one", "shop")], at(0));
    let first = world.step(at(1)).remove(0);
    world.alerts.outcome(&*world.store, &outcome(&first, false), at(2));
    let target = world.alerts.shown().targets["team"].clone();
    assert!(
        target.failures == 1
            && target.failed.is_some_and(|(_, cause, help)| cause.contains("answer") && !help.is_empty())
    );
    assert!(world.step(at(3)).is_empty(), "not at once");
    let again = world.told(at(9));
    assert_eq!(ids(&again), BTreeSet::from([first.id.as_str()]), "the same message, under the same name");
    let target = world.alerts.shown().targets["team"].clone();
    assert_eq!((target.failures, target.number, target.failed), (0, 1, None));
}

#[test]
fn a_broken_configuration_leaves_the_one_before_in_force_and_is_told() {
    let world = World::new();
    let look = |now| world.alerts.look(&*world.store, now);
    assert!(!look(at(1)));
    std::fs::write(world.file(), CONFIG.replace("receiver: team", "receiver: teams")).unwrap();
    assert!(!look(at(2)) && world.alerts.config().receiver("team").is_some());
    let told = world.alerts.shown().troubles.join("\n");
    assert!(told.contains("teams") && told.contains("alerts.yaml:") && told.contains("did you mean team"), "{told}");
    std::fs::write(world.file(), CONFIG.replace("severity: medium", "severity: critical")).unwrap();
    assert!(look(at(3)) && world.alerts.shown().troubles.is_empty());
    world.assessed(&[("a", "one", "shop")], at(4));
    assert!(world.told(at(10)).is_empty(), "what is less than critical is no alert any more");
    std::fs::remove_file(world.file()).unwrap();
    assert!(
        !look(at(11)) && world.alerts.shown().troubles.is_empty(),
        "a file that is being replaced is gone for a moment"
    );
}

#[test]
fn silence_holds_over_a_restart_and_ends_by_itself() {
    let mut world = World::new();
    let matching = Match { names: vec!["one".to_owned()], ..Match::default() };
    let ends_at = at(600);
    let silence =
        Silence { matching, starts_at: at(0), ends_at, reason: "maintenance".to_owned(), owner: "mila".to_owned() };
    world.alerts.change(&*world.store, at(0), |book, _| book.state.silence("s", silence.clone(), at(0))).unwrap();
    world.assessed(&[("a", "one", "shop"), ("b", "two", "shop")], at(1));
    world.restart(at(2));
    assert_eq!(firing(&world.told(at(3))), [("two", 1)]);
    assert!((60..600).step_by(60).all(|second| world.told(at(second)).is_empty()));
    let told = world.told(at(601) + SignedDuration::from_secs(60));
    assert!(firing(&told).contains(&("one", 1)), "what is still there when it ends is told then");
}
