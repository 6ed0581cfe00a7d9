//! The edges of the rules: at the number itself, one below and one above it.
#![allow(clippy::unwrap_used, reason = "tests")]

use cloister_breach::decision::Risk;
use cloister_breach::facts::{
    Access, Availability, Cause, Confidentiality, Measure, MeasureStatus, Recipients, Recovery,
};
use cloister_breach::severity::{Aspect, Override, assess};
use cloister_breach::{Breach, Category, Extent, Facts, Level, Step, decide};
use cloister_register::DataCategory as Data;
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn text() -> String {
    "said".to_owned()
}

fn of(categories: &[Data]) -> Facts {
    let mut facts = Facts::default();
    facts.affected.data_categories = categories.iter().copied().map(Category).collect();
    facts
}

/// Known on 20 November, 10:20; the period ends on the 23rd at 11:00.
fn aware(facts: Facts) -> Breach {
    let breach = Breach::suspected("1", facts, "a shell", at("2026-11-20T09:00:00Z"), "hub").unwrap();
    let step = Step::BecomeAware { at: at("2026-11-20T10:20:00Z"), reason: text() };
    // Written down in the very moment.
    breach.apply(step, at("2026-11-20T10:20:00Z"), "dpo").unwrap()
}

fn notify(extent: Extent, delay: &str) -> Step {
    Step::Notify { extent, authority: String::new(), reference: String::new(), delay: delay.to_owned() }
}

#[test]
fn only_the_first_notification_can_be_late() {
    let (before, end) = (at("2026-11-23T10:59:59Z"), at("2026-11-23T11:00:00Z"));
    let breach = aware(Facts::default());
    assert!(breach.apply(notify(Extent::Initial, ""), end, "dpo").is_err());
    assert!(breach.apply(notify(Extent::Initial, " \n"), end, "dpo").is_err(), "a blank is no reason");
    assert!(breach.apply(notify(Extent::Initial, "why"), end, "dpo").is_ok());
    let told = breach.apply(notify(Extent::Initial, ""), before, "dpo").unwrap();
    assert!(told.apply(notify(Extent::Supplement, ""), at("2026-12-20T10:00:00Z"), "dpo").is_ok());
}

#[test]
fn what_was_told_is_not_decided_against_and_no_decision_against_it_comes_unassessed() {
    let now = at("2026-11-20T12:00:00Z");
    let breach = aware(Facts::default());
    let not_notified = Step::DecideNotification { notify: false, reason: text() };
    let not_told = Step::DecideCommunication { communicate: false, exemption: None, reason: text() };
    for no in [&not_notified, &not_told] {
        assert!(breach.apply(no.clone(), now, "dpo").is_err(), "not assessed");
    }
    let breach = breach.apply(Step::Assess { outcome: None }, now, "dpo").unwrap();
    for no in [&not_notified, &not_told] {
        assert!(breach.apply(no.clone(), now, "dpo").is_ok());
    }
    let told = breach.apply(Step::Communicate { channel: text(), people: None }, now, "dpo").unwrap();
    assert!(told.apply(not_told, now, "dpo").is_err());
    let notified = breach.apply(notify(Extent::Initial, ""), now, "dpo").unwrap();
    assert!(notified.apply(not_notified, now, "dpo").is_err());
    let left = notified.state().unwrap().left_to_do().join(" ");
    assert!(left.contains("notify complete"), "{left}");
}

#[test]
fn a_record_is_kept_to_the_day_and_goes_earlier_with_a_reason_only() {
    let now = at("2026-11-20T12:00:00Z");
    let processor = Facts { role: cloister_breach::facts::Role::Processor, ..Facts::default() };
    let steps = [
        Step::Assess { outcome: None },
        Step::InformController { reference: text() },
        Step::Close { reason: String::new() },
    ];
    let closed = steps.into_iter().fold(aware(processor), |breach, step| breach.apply(step, now, "dpo").unwrap());
    let erase = |reason: &str| Step::Erase { reason: reason.to_owned() };
    assert!(closed.apply(erase(""), at("2031-11-20T11:59:59Z"), "dpo").is_err());
    assert!(closed.apply(erase("a court"), at("2031-11-20T11:59:59Z"), "dpo").is_ok());
    let erased = closed.apply(erase(""), at("2031-11-20T12:00:00Z"), "dpo").unwrap();
    assert!(erased.state().unwrap().running().is_none());
}

#[test]
fn levels_begin_at_their_number() {
    let scored = |context: f64, identification: f64| {
        let mut facts = of(&[Data::Name]);
        let set = |factor, points| Override { factor, points, reason: text() };
        facts.severity.overrides = vec![set(Aspect::Context, context), set(Aspect::Identification, identification)];
        assess(&facts).level
    };
    assert_eq!([scored(1.0, 1.0), scored(2.0, 1.0)], [Level::Low, Level::Medium]);
    assert_eq!([scored(3.0, 0.75), scored(3.0, 1.0)], [Level::Medium, Level::High]);
    assert_eq!([scored(4.0, 0.75), scored(4.0, 1.0)], [Level::High, Level::VeryHigh]);
}

#[test]
fn many_are_more_than_a_hundred() {
    let mut facts = of(&[Data::Name]);
    for (people, many) in [(100, false), (101, true)] {
        facts.affected.people = Some(people);
        assert_eq!(assess(&facts).many, many, "{people}");
    }
    for (number, points) in [(100, 0.25), (101, 0.5)] {
        facts.confidentiality = Some(Confidentiality {
            access: Some(Access::Certain),
            recipients: Some(Recipients::Known),
            number: Some(number),
            ..Confidentiality::default()
        });
        let scored = assess(&facts).factors.into_iter().find(|one| one.factor == Aspect::Confidentiality).unwrap();
        assert!((scored.points - points).abs() < f64::EPSILON, "{number}");
    }
}

#[test]
fn points_of_each_factor_are_those_of_the_method() {
    let points = |facts: &Facts, factor: Aspect| {
        assess(facts).factors.into_iter().find(|one| one.factor == factor).map(|one| one.points).unwrap()
    };
    for (categories, identification) in [
        (&[Data::Name, Data::EmailAddress][..], 1.0),
        (&[Data::Name], 0.75),
        (&[Data::EmailAddress], 0.75),
        (&[Data::CustomerNumber], 0.5),
        (&[], 1.0),
    ] {
        let found = points(&of(categories), Aspect::Identification);
        assert!((found - identification).abs() < f64::EPSILON, "{categories:?}: {found}");
    }
    // An invoice alone is two points below what is financial, and no context is below one.
    assert!((points(&of(&[Data::Billing]), Aspect::Context) - 1.0).abs() < f64::EPSILON);
    let gone = |recovery| {
        let availability = Some(Availability { recovery, ..Availability::default() });
        points(&Facts { availability, ..of(&[Data::Name]) }, Aspect::Availability)
    };
    let found =
        [gone(None), gone(Some(Recovery::Impossible)), gone(Some(Recovery::Difficult)), gone(Some(Recovery::Easy))];
    assert_eq!(found.map(|points| (points * 4.0).round() as i64), [2, 2, 1, 0]);
}

#[test]
fn a_day_without_the_data_is_noticed_and_a_promise_averts_nothing() {
    let missing = |duration: &str| {
        let availability = Availability {
            recovery: Some(Recovery::Easy),
            duration: Some(duration.to_owned()),
            effect: Some(cloister_breach::facts::Effect::None),
        };
        decide(&Facts { availability: Some(availability), cause: Some(Cause::Failure), ..of(&[Data::Name]) }).risk
    };
    assert_eq!([missing("PT24H"), missing("PT25H")], [Risk::Unlikely, Risk::Likely]);

    let mut facts = of(&[Data::Health, Data::Name, Data::EmailAddress]);
    facts.confidentiality = Some(Confidentiality { access: Some(Access::Excluded), ..Confidentiality::default() });
    assert!(decide(&facts).communicate.yes, "that nobody had it is said without evidence");
    let measure = |status| Measure { what: text(), status, at: None, ends_high_risk: "the key was changed".to_owned() };
    facts.measures = vec![measure(MeasureStatus::Proposed)];
    assert!(decide(&facts).communicate.yes, "what will be done has ended nothing yet");
    facts.measures = vec![measure(MeasureStatus::Taken)];
    assert!(!decide(&facts).communicate.yes);
}
