//! Several hubs on one store, in one process: what one of them does under a duty that it has lost, and what it knows of others.

use std::sync::Arc;

use cloister_store::{Error, Kind, Store};
use serde_json::Value;

use super::report;
use crate::decisions::What;
use crate::hub::Refused;
use crate::replicas::duties::LENGTH;
use crate::replicas::follow::Follow;
use crate::replicas::{JUDGE, watch};
use crate::sources::supplement::Supplement;
use crate::who::Who;
use crate::{Config, Hub};

fn store() -> Arc<dyn Store> {
    crate::keep::store(None).unwrap()
}

fn hub(store: &Arc<dyn Store>) -> Arc<Hub> {
    let hub = Hub::new(Config { store: Some(store.clone()), shared: true, ..Config::default() }).unwrap();
    hub.duties.want(&*hub.store, JUDGE);
    hub.duties.want(&*hub.store, &watch("shop"));
    hub
}

/// An assessment in which one finding says this, made at this minute.
fn says(message: &str, minute: u32) -> String {
    let mut value: Value = report::value();
    value["findings"][0]["message"] = message.into();
    value["assessedAt"] = format!("2026-11-26T12:{minute:02}:00Z").into();
    value.to_string()
}

fn take(hub: &Hub, message: &str) -> bool {
    let mut more = Supplement::default();
    more.organisation.title = format!("by the hub that saw {message}");
    hub.take(&"shop".into(), report::read(&says(message, 0)), more).unwrap()
}

fn said(hub: &Hub) -> Option<String> {
    Some(hub.snapshot("shop")?.finding("aaaa")?.message.to_string())
}

/// Another one takes a duty, as it may when nobody renewed it for its length.
fn steal(store: &dyn Store, name: &str) {
    let lease = store.lease(name).unwrap().unwrap();
    assert!(store.acquire(name, "another", lease.taken + LENGTH, LENGTH).unwrap().is_some());
}

#[test]
fn what_is_made_under_a_duty_that_was_lost_is_not_recorded() {
    let store = store();
    let one = hub(&store);
    assert!(take(&one, "first"));
    steal(&*store, &watch("shop"));
    assert!(one.duties.has(&watch("shop")), "it does not know it yet");
    assert!(!take(&one, "second"));
    assert_eq!((store.sources().unwrap()[0].last.number, said(&one).unwrap().as_str()), (1, "first"));
}

#[test]
fn what_one_recorded_the_other_shows_with_what_only_its_own_objects_tell() {
    let store = store();
    let (one, two) = (hub(&store), hub(&store));
    let mut follow = Follow::default();
    assert!(one.duties.has(&watch("shop")) && !two.duties.has(&watch("shop")));
    assert!(!take(&two, "second"), "it does not record");
    assert_eq!(said(&two), None, "and what is not on record is not shown");
    assert!(take(&one, "first"));
    follow.look(&two).unwrap();
    let known = two.snapshot("shop").unwrap();
    assert_eq!(said(&two).unwrap(), "first");
    assert_eq!(known.more.organisation.title, "by the hub that saw second");
    assert_eq!(known.digest, one.snapshot("shop").unwrap().digest);
    for message in ["third", "fourth"] {
        assert!(take(&one, message) && !take(&two, message));
        follow.look(&two).unwrap();
        assert_eq!(said(&two).unwrap(), message);
    }
    assert_eq!(one.runs("shop"), two.runs("shop"));
    // The one ends; the other goes on from what is on record.
    one.duties.end(&*store);
    assert_eq!(two.duties.look(&*store).len(), 2);
    assert!(!take(&two, "fourth") && take(&two, "fifth"));
    assert_eq!(store.sources().unwrap()[0].last.number, 4);
}

#[test]
fn what_agents_hand_in_here_and_there_is_taken_in_its_order() {
    let store = store();
    let (one, two) = (hub(&store), hub(&store));
    let hand_in = |hub: &Hub, message, minute| hub.hand_in("agent", says(message, minute).as_bytes());
    assert!(hand_in(&one, "first", 1).unwrap() && hand_in(&two, "third", 3).unwrap());
    let late = hand_in(&one, "second", 2);
    assert!(matches!(late, Err(Refused::Older(_))), "the other one knows a newer one: {late:?}");
    assert!(!hand_in(&one, "third", 3).unwrap(), "the same again");
    assert!(hand_in(&one, "fourth", 4).unwrap() && hand_in(&two, "fifth", 5).unwrap());
    assert_eq!(two.runs("agent").len(), 4);
    Follow::default().look(&one).unwrap();
    assert_eq!(one.runs("agent"), two.runs("agent"));
}

#[test]
fn what_is_decided_and_what_is_told_at_one_is_known_to_the_other() {
    let store = store();
    let (one, two) = (hub(&store), hub(&store));
    let mut follow = Follow::default();
    follow.look(&two).unwrap();
    let what = What::Attestation { framework: "gdpr".to_owned(), requirement: "39".to_owned(), evidence: None };
    let (name, forms) = ("mila".to_owned(), String::new());
    let who = Who { name, role: crate::Role::Dpo, scope: crate::Scope::Whole, forms };
    one.decide("shop", what, ("the officer advises".to_owned(), jiff::civil::date(2030, 1, 1)), &who).unwrap();
    assert!(two.documents("shop").unwrap().contains("Attestation"));
    follow.look(&two).unwrap();
    let record = crate::breaches::Record::new(crate::breaches::unnumbered(cloister_breach::Facts::default()), "shop");
    one.open_breach("mila", "a letter went astray", record).unwrap();
    assert_eq!(two.standing().open, [0; 3]);
    follow.look(&two).unwrap();
    assert_eq!(two.standing().open, [1, 0, 0]);
    assert!(store.newest(Kind::Breach).unwrap() > 0);
}

#[test]
fn a_judge_that_was_overtaken_saves_nothing_any_more() {
    use crate::detections::place::{Place, claim, read, write};
    let store = &*store();
    let place = |term| Place { term, log: term * 10, ..Place::default() };
    let save = |term, over| write(store, "shop", (&place(term), b"memory"), over);
    let first = claim(store, "shop", (&place(1), b""), 0).unwrap();
    let second = save(1, first).unwrap();
    assert!(save(1, first).is_ok(), "its own answer was lost");
    let (known, _) = read(store, "shop").unwrap();
    // The next one read, and meanwhile the one before it saved: it reads again.
    let third = save(1, known).unwrap();
    assert!(second < third && matches!(claim(store, "shop", (&place(2), b""), known), Err(Error::Taken { .. })));
    claim(store, "shop", (&place(2), b""), third).unwrap();
    assert!(matches!(save(1, third), Err(Error::Taken { .. })), "it is another one's now");
    assert_eq!(read(store, "shop").unwrap().1.unwrap().0.log, 20);
}
