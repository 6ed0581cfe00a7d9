//! Who is told what and when, whatever happens.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use cloister_alert::state::{Acknowledged, MOST, Refused, Silence};
use cloister_alert::{Alert, Config, Match, Message, Origin, State};
use cloister_model::Severity;
use jiff::Timestamp;
use proptest::prelude::*;
use support::{alert, at, config};

const WAIT: i64 = 10;
const INTERVAL: i64 = 60;
const REPEAT: i64 = 300;

const RECEIVERS: &str = "[{name: all, webhook: {url: 'https://a.example', secret: {env: A}}}, \
     {name: worst, webhook: {url: 'https://b.example', secret: {env: A}}}, \
     {name: keeper, alertmanager: {url: 'https://c.example'}}]";
const ROUTE: &str = "{receiver: all, groupWait: 10s, groupInterval: 60s, repeatInterval: 300s, routes: [\
     {receiver: keeper, match: {namespaces: [kept]}, continue: true}, \
     {receiver: worst, match: {severity: critical}, continue: true}, {groupBy: [name], match: {namespaces: ['*']}}]}";

#[derive(Clone, Debug)]
enum Act {
    Fire { which: u8, severity: usize, namespace: usize, lasts: Option<i64> },
    End { which: u8 },
    Acknowledge { which: u8 },
    Silence { namespace: usize, lasts: i64 },
    Pass { seconds: i64 },
    Break { broken: bool },
    Restart,
}

const NAMESPACES: [&str; 3] = ["clinic", "shop", "kept"];

fn act() -> impl Strategy<Value = Act> {
    let lasts = prop::option::weighted(0.2, 1..200_i64);
    prop_oneof![
        4 => (0..5_u8, 0..5_usize, 0..3_usize, lasts)
            .prop_map(|(which, severity, namespace, lasts)| Act::Fire { which, severity, namespace, lasts }),
        2 => (0..5_u8).prop_map(|which| Act::End { which }),
        1 => (0..5_u8).prop_map(|which| Act::Acknowledge { which }),
        1 => (0..3_usize, 1..500_i64).prop_map(|(namespace, lasts)| Act::Silence { namespace, lasts }),
        5 => (0..700_i64).prop_map(|seconds| Act::Pass { seconds }),
        1 => any::<bool>().prop_map(|broken| Act::Break { broken }),
        1 => Just(Act::Restart),
    ]
}

/// A hub, its clock, and its receivers.
struct World {
    config: Config,
    state: State,
    now: i64,
    /// Receivers take nothing.
    broken: bool,
    /// The program crashes after each message was given out, before it hears what became of it.
    crashes: bool,
    /// What arrived.
    log: Vec<(i64, Message)>,
    /// Namespace, from, to, and how many messages had arrived.
    silences: Vec<(usize, i64, i64, usize)>,
    number: u32,
}

impl World {
    fn new(crashes: bool) -> World {
        let config = config(RECEIVERS, ROUTE);
        let (log, silences) = (Vec::new(), Vec::new());
        World { config, state: State::default(), now: 0, broken: false, crashes, log, silences, number: 0 }
    }

    fn kept(&mut self) {
        let text = serde_json::to_string(&self.state).unwrap();
        self.state = serde_json::from_str(&text).unwrap();
        self.state.check().unwrap();
    }

    fn step(&mut self) {
        let now = at(self.now);
        let messages = self.state.step(&self.config.tree, now);
        if self.crashes && !messages.is_empty() {
            // What was kept before sending gives the same again, under the same names.
            self.kept();
            let mut other = self.state.clone();
            other.resume(now);
            let again = other.step(&self.config.tree, now);
            assert!(messages.iter().all(|message| again.contains(message)));
        }
        for message in messages {
            if self.broken {
                self.state.undelivered(&message.id, 7, now);
            } else {
                self.state.delivered(&message.id, now);
                self.log.push((self.now, message));
            }
        }
    }

    /// Time passes; the program wakes when it said that it would.
    fn pass(&mut self, seconds: i64) {
        let end = self.now + seconds;
        let mut stands = 0;
        while let Some(next) = self.state.next(&self.config.tree, at(self.now)) {
            let next = next.as_second() - at(0).as_second();
            if next > end {
                break;
            }
            stands = if next > self.now { 0 } else { stands + 1 };
            assert!(stands < 4, "it wakes at {next} again and again, and does nothing");
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
        self.step();
    }

    fn act(&mut self, act: &Act) {
        let now = at(self.now);
        match *act {
            Act::Fire { which, severity, namespace, lasts } => {
                let alert = Alert {
                    severity: Severity::ALL[severity],
                    namespace: Some(NAMESPACES[namespace].to_owned()),
                    starts_at: now,
                    ends_at: lasts.map(|lasts| at(self.now + lasts)),
                    ..alert(&format!("alert-{which}"))
                };
                self.state.observe(&self.config.tree, alert, now).unwrap();
            }
            Act::End { which } => {
                let fingerprint = format!("alert-{which}");
                if let Some(known) = self.state.known(&fingerprint).filter(|known| known.is_firing()) {
                    let alert = Alert { ends_at: Some(now), ..known.alert.clone() };
                    self.state.observe(&self.config.tree, alert, now).unwrap();
                }
            }
            Act::Acknowledge { which } => {
                let by = Acknowledged { by: "ada".to_owned(), at: now, note: String::new() };
                let _ = self.state.acknowledge(&format!("alert-{which}"), by);
            }
            Act::Silence { namespace, lasts } => {
                self.number += 1;
                let matching = Match { namespaces: vec![NAMESPACES[namespace].to_owned()], ..Match::default() };
                let (reason, owner) = ("maintenance".to_owned(), "ada".to_owned());
                let silence = Silence { matching, starts_at: now, ends_at: at(self.now + lasts), reason, owner };
                self.state.silence(&self.number.to_string(), silence, now).unwrap();
                self.silences.push((namespace, self.now, self.now + lasts, self.log.len()));
            }
            Act::Pass { seconds } => self.pass(seconds),
            Act::Break { broken } => self.broken = broken,
            Act::Restart => {
                self.kept();
                self.state.adopt(&self.config.tree, now);
            }
        }
        self.step();
    }
}

fn run(acts: &[Act], crashes: bool) -> World {
    let mut world = World::new(crashes);
    acts.iter().for_each(|act| {
        if crashes {
            world.kept();
        }
        world.act(act);
    });
    world
}

/// The messages of each group, in order.
fn groups(log: &[(i64, Message)]) -> BTreeMap<&str, Vec<(i64, &Message)>> {
    let mut groups: BTreeMap<&str, Vec<(i64, &Message)>> = BTreeMap::new();
    log.iter().for_each(|(time, message)| groups.entry(&message.group).or_default().push((*time, message)));
    groups
}

fn names(said: &[cloister_alert::state::Said]) -> BTreeSet<(&str, u32)> {
    said.iter().map(|said| (said.alert.fingerprint.as_str(), said.occurrence)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_told_too_often_and_nothing_is_over_twice(acts in prop::collection::vec(act(), 1..40)) {
        let world = run(&acts, false);
        let mut ids = BTreeSet::new();
        for (_, message) in &world.log {
            prop_assert!(ids.insert(&message.id), "one name for two messages");
            prop_assert!(message.all().next().is_some());
        }
        for messages in groups(&world.log).values() {
            let mut over = BTreeSet::new();
            for (_, message) in messages {
                for name in names(&message.resolved) {
                    prop_assert!(over.insert(name), "{name:?} is over twice");
                }
            }
            for pair in messages.windows(2) {
                let ((first, before), (second, message)) = (pair[0], pair[1]);
                prop_assert!(second - first >= INTERVAL, "{first} and {second}");
                if message.repeated {
                    prop_assert!(second - first >= REPEAT);
                    let waits = message.firing.iter().any(|said| said.acknowledged.is_none());
                    prop_assert!(waits || message.receiver == "keeper", "acknowledged, and told again");
                } else {
                    let worse = |one: &cloister_alert::state::Said| before.firing.iter().all(|other| {
                        (&other.alert.fingerprint, other.occurrence) != (&one.alert.fingerprint, one.occurrence)
                            || other.alert.severity < one.alert.severity
                    });
                    prop_assert!(!message.resolved.is_empty() || message.firing.iter().any(worse), "nothing is new");
                }
            }
        }
    }

    #[test]
    fn silence_is_silence(acts in prop::collection::vec(act(), 1..40)) {
        let world = run(&acts, false);
        for (number, (time, message)) in world.log.iter().enumerate() {
            for said in message.all() {
                let covered = world.silences.iter().any(|(namespace, from, to, before)| {
                    from <= time && time < to && number >= *before && said.alert.namespace.as_deref() == Some(NAMESPACES[*namespace])
                });
                prop_assert!(!covered, "told at {time}: {said:?}");
            }
        }
    }

    #[test]
    fn a_restart_at_any_point_changes_no_message(acts in prop::collection::vec(act(), 1..40)) {
        let acts: Vec<Act> = acts.into_iter().filter(|act| !matches!(act, Act::Restart)).collect();
        let (plain, crashing) = (run(&acts, false), run(&acts, true));
        prop_assert_eq!(plain.log, crashing.log);
    }

    #[test]
    fn a_configuration_that_is_read_again_changes_no_message(acts in prop::collection::vec(act(), 1..40)) {
        // An alert whose route changed while it was open leaves its old group when the configuration is read again.
        let settled: Vec<Act> = acts.into_iter().map(|act| match act {
            Act::Fire { which, lasts, .. } => {
                Act::Fire { which, severity: 3 + usize::from(which % 2), namespace: usize::from(which % 3), lasts }
            }
            act => act,
        }).collect();
        let without: Vec<Act> = settled.iter().filter(|act| !matches!(act, Act::Restart)).cloned().collect();
        prop_assert_eq!(run(&settled, false).log, run(&without, false).log);
    }

    #[test]
    fn nothing_is_lost(acts in prop::collection::vec(act(), 1..40)) {
        let acts: Vec<Act> = acts.into_iter().filter(|act| !matches!(act, Act::Silence { .. } | Act::Restart)).collect();
        let mut world = run(&acts, false);
        world.broken = false;
        let expected: Vec<(String, String, u32)> = world.state.all().flat_map(|known| {
            let ways = world.config.tree.ways(&known.alert);
            ways.into_iter().map(|way| (way.receiver, known.alert.fingerprint.clone(), known.occurrence))
        }).collect();
        (0..5).for_each(|which| world.act(&Act::End { which }));
        world.pass(2 * REPEAT);
        for (receiver, fingerprint, occurrence) in &expected {
            let told = world.log.iter().filter(|(_, message)| message.receiver == *receiver);
            let over = told.filter(|(_, it)| names(&it.resolved).contains(&(fingerprint.as_str(), *occurrence))).count();
            prop_assert!(over >= 1, "{receiver} never heard the end of {fingerprint}, {occurrence}");
        }
        let before = world.log.len();
        world.pass(10 * REPEAT);
        prop_assert_eq!(world.log.len(), before, "something is said of what is over");
        world.pass(25 * 3_600);
        prop_assert_eq!(world.state.all().count(), 0, "what is over is forgotten");
        prop_assert_eq!(world.state, State::default());
    }
}

fn observe(world: &mut World, alert: Alert) {
    let now = at(world.now);
    world.state.observe(&world.config.tree, alert, now).unwrap();
    world.step();
}

#[test]
fn a_group_waits_for_its_company_and_is_told_once() {
    let mut world = World::new(false);
    observe(&mut world, alert("one"));
    world.pass(WAIT - 1);
    observe(&mut world, alert("two"));
    assert!(world.log.is_empty());
    world.pass(1);
    assert_eq!(world.log.len(), 1);
    assert_eq!(names(&world.log[0].1.firing).len(), 2);
    world.pass(REPEAT - 1);
    assert_eq!(world.log.len(), 1);
    world.pass(1);
    assert!(world.log.len() == 2 && world.log[1].1.repeated);
}

#[test]
fn what_happens_does_not_wait_for_what_was_found() {
    let mut world = World::new(false);
    world.config = config("[{name: all, webhook: {url: 'https://a.example', secret: {env: A}}}]", "{receiver: all}");
    let found = |name: &str| Alert { origin: Origin::Finding, ..alert(name) };
    observe(&mut world, found("one"));
    world.pass(1);
    assert_eq!(world.log.len(), 1);
    world.pass(10);
    observe(&mut world, alert("entered"));
    world.pass(1);
    assert_eq!(world.log.len(), 2, "somebody in a database is told at once");
    observe(&mut world, alert("entered too"));
    world.pass(8);
    assert_eq!(world.log.len(), 2, "a flood comes together");
    world.pass(2);
    assert_eq!(names(&world.log[2].1.firing).len(), 3);
    observe(&mut world, found("two"));
    world.pass(299);
    assert_eq!(world.log.len(), 3);
    world.pass(1);
    assert_eq!(world.log.len(), 4);
}

#[test]
fn the_worst_comes_first_and_of_equal_ones_the_newest() {
    let mut world = World::new(false);
    let all =
        [("a", Severity::Low, 3), ("b", Severity::High, 1), ("c", Severity::Critical, 0), ("d", Severity::High, 2)];
    for (name, severity, second) in all {
        let title = "one".to_owned();
        observe(&mut world, Alert { severity, starts_at: at(second), name: title, ..alert(name) });
    }
    world.pass(WAIT);
    let message = world.log.iter().find(|(_, message)| message.receiver == "all").unwrap();
    let order: Vec<&str> = message.1.firing.iter().map(|said| said.alert.fingerprint.as_str()).collect();
    assert_eq!(order, ["c", "d", "b", "a"]);
}

#[test]
fn what_is_over_before_it_was_told_is_told_all_the_same() {
    let mut world = World::new(false);
    observe(&mut world, Alert { ends_at: Some(at(3)), ..alert("short") });
    world.pass(WAIT);
    let message = &world.log[0].1;
    assert!(message.firing.is_empty() && message.resolved[0].resolved_at == Some(at(3)));
}

#[test]
fn what_gets_worse_is_told_again_although_it_was_acknowledged() {
    let mut world = World::new(false);
    observe(&mut world, Alert { severity: Severity::Low, ..alert("one") });
    world.pass(WAIT);
    world.act(&Act::Pass { seconds: 1 });
    let by = Acknowledged { by: "ada".to_owned(), at: at(world.now), note: String::new() };
    world.state.acknowledge("one", by).unwrap();
    world.pass(3 * REPEAT);
    assert_eq!(world.log.len(), 1);
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    assert!(world.log.len() == 2 && !world.log[1].1.repeated && world.log[1].1.firing[0].acknowledged.is_none());
}

#[test]
fn a_receiver_that_does_not_answer_hears_how_it_stands_when_it_does() {
    let mut world = World::new(false);
    world.broken = true;
    observe(&mut world, alert("one"));
    world.pass(10_000);
    let end = Some(at(world.now));
    observe(&mut world, Alert { ends_at: end, ..alert("one") });
    world.broken = false;
    world.pass(300);
    assert_eq!(world.log.len(), 1);
    assert!(world.log[0].1.firing.is_empty() && world.log[0].1.resolved.len() == 1);
}

#[test]
fn what_got_worse_and_better_before_it_could_be_told_is_no_repetition() {
    let mut world = World::new(false);
    let of = |severity: Severity| Alert { severity, ..alert("one") };
    observe(&mut world, of(Severity::Medium));
    world.pass(310);
    observe(&mut world, of(Severity::High));
    world.broken = true;
    world.pass(60);
    observe(&mut world, of(Severity::Low));
    world.broken = false;
    let before = world.log.len();
    world.pass(3 * INTERVAL);
    assert_eq!(world.log.len(), before, "nothing is new, and it is too early to say the same again");
    world.pass(REPEAT);
    assert!(world.log.len() == before + 1 && world.log[before].1.repeated);
}

#[test]
fn no_more_is_taken_than_there_is_room_for_and_what_is_known_still_changes() {
    let config = config(RECEIVERS, "{receiver: all}");
    let mut state = State::default();
    let observe =
        |state: &mut State, name: &str, ends_at| state.observe(&config.tree, Alert { ends_at, ..alert(name) }, at(0));
    for number in 0..MOST {
        observe(&mut state, &number.to_string(), None).unwrap();
    }
    assert_eq!(observe(&mut state, "one more", None), Err(Refused::Full));
    observe(&mut state, "7", Some(at(0))).unwrap();
    assert!(!state.known("7").unwrap().is_firing() && state.known("one more").is_none());
}

#[test]
fn a_clock_that_is_set_back_delays_nothing_for_long() {
    let mut world = World::new(false);
    world.now = 1_000_000;
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    world.now = 0;
    world.step();
    observe(&mut world, alert("two"));
    world.pass(INTERVAL + WAIT);
    assert_eq!(world.log.len(), 2);
}

#[test]
fn a_new_receiver_hears_of_what_is_open_and_an_old_one_nothing_twice() {
    let mut world = World::new(false);
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    let new = "{receiver: worst, groupWait: 10s, groupInterval: 60s, repeatInterval: 300s, routes: [\
               {receiver: all, groupBy: [severity], continue: true}, {receiver: worst}]}";
    world.config = config(RECEIVERS, new);
    world.state.adopt(&world.config.tree, at(world.now));
    world.pass(REPEAT - WAIT);
    let told: Vec<&str> = world.log.iter().map(|(_, message)| message.receiver.as_str()).collect();
    assert_eq!(told, ["all", "worst"]);
    world.pass(WAIT);
    assert!(world.log[2].1.receiver == "all" && world.log[2].1.repeated);
}

#[test]
fn who_knows_that_it_is_over_is_not_told_once_more_when_the_configuration_is_read_again() {
    let mut world = World::new(false);
    observe(&mut world, Alert { severity: Severity::Critical, ..alert("one") });
    world.pass(51);
    observe(&mut world, alert("two"));
    let end = Some(at(world.now));
    world.pass(30);
    observe(&mut world, Alert { severity: Severity::Critical, ends_at: end, ..alert("one") });
    world.pass(30);
    world.act(&Act::Restart);
    world.pass(INTERVAL);
    let over =
        |receiver: &str| world.log.iter().filter(|(_, it)| it.receiver == receiver && !it.resolved.is_empty()).count();
    assert_eq!((over("worst"), over("all")), (1, 1));
}

#[test]
fn late_word_of_what_is_over_begins_nothing() {
    let mut world = World::new(false);
    observe(&mut world, alert("one"));
    world.pass(WAIT);
    let end = Some(at(world.now));
    observe(&mut world, Alert { ends_at: end, ..alert("one") });
    observe(&mut world, alert("one"));
    world.pass(10 * REPEAT);
    assert_eq!(world.log.len(), 2);
    assert!(!world.state.known("one").unwrap().is_firing());
    let by = Acknowledged { by: "ada".to_owned(), at: at(0), note: String::new() };
    assert_eq!(world.state.acknowledge("one", by.clone()), Err(Refused::Over));
    assert_eq!(world.state.acknowledge("two", by), Err(Refused::Unknown));
}

#[test]
fn a_silence_has_an_end_a_reason_and_an_owner() {
    let matching = Match { names: vec!["a".to_owned()], ..Match::default() };
    let good = Silence {
        matching,
        starts_at: at(0),
        ends_at: at(60),
        reason: "maintenance".to_owned(),
        owner: "ada".to_owned(),
    };
    let mut state = State::default();
    state.silence("good", good.clone(), at(0)).unwrap();
    let month = Timestamp::from_second(at(0).as_second() + 32 * 86_400).unwrap();
    for bad in [
        Silence { reason: " ".to_owned(), ..good.clone() },
        Silence { owner: String::new(), ..good.clone() },
        Silence { ends_at: at(0), ..good.clone() },
        Silence { ends_at: month, ..good.clone() },
        Silence { matching: Match::default(), ..good.clone() },
        Silence {
            starts_at: at(86_400),
            ends_at: Timestamp::from_second(at(86_400).as_second() + 32 * 86_400).unwrap(),
            ..good.clone()
        },
    ] {
        assert!(state.silence("bad", bad, at(0)).is_err());
    }
    let covers = |second: i64| good.covers(&Alert { name: "a".to_owned(), ..alert("one") }, at(second));
    assert_eq!(
        [-1, 0, 59, 60].map(covers),
        [false, true, true, false],
        "it begins with its first moment, and ends with its last"
    );
    assert_eq!(state.silences().count(), 1);
    assert!(state.unsilence("good") && !state.unsilence("good"));
}
