use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::facts::{Facts, Role};
use crate::journal::Row;
use crate::step::{Extent, Step};
use crate::{Breach, Phase, Refusal};

/// The clinic's breach.
pub(crate) const CLINIC: &str = include_str!("../../../../examples/breach/2026-001.yaml");

pub(crate) fn clinic() -> Breach {
    Breach::read(CLINIC).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn step(breach: &Breach, step: Step, now: &str) -> Breach {
    breach.apply(step, at(now), "the officer").unwrap()
}

fn refused(breach: &Breach, step: Step, now: &str) -> Refusal {
    breach.apply(step, at(now), "the officer").unwrap_err()
}

fn assess() -> Step {
    Step::Assess { outcome: None }
}

fn notify(extent: Extent, delay: &str) -> Step {
    Step::Notify { extent, authority: "Berlin".to_owned(), reference: "531.12".to_owned(), delay: delay.to_owned() }
}

fn decide_notification(notify: bool, reason: &str) -> Step {
    Step::DecideNotification { notify, reason: reason.to_owned() }
}

fn closed() -> Breach {
    let breach = step(&clinic(), assess(), "2026-11-20T12:00:00Z");
    let breach = step(&breach, notify(Extent::Complete, ""), "2026-11-21T09:00:00Z");
    let breach =
        step(&breach, Step::Communicate { channel: "letter".to_owned(), people: Some(12_400) }, "2026-11-22T09:00:00Z");
    step(&breach, Step::Close { reason: "tokens are short-lived now".to_owned() }, "2027-01-10T09:00:00Z")
}

#[test]
fn a_breach_goes_from_suspicion_to_closure_and_its_record_is_erased() {
    let breach = closed();
    let state = breach.state().unwrap();
    assert_eq!(state.phase, Phase::Closed);
    assert_eq!(breach.due_for_erasure(&state), Some(at("2032-01-10T09:00:00Z")));
    let early = refused(&breach, Step::Erase { reason: String::new() }, "2031-01-01T00:00:00Z");
    assert!(early.cause.contains("kept until 2032-01-10"), "{early:?}");
    let erased = step(&breach, Step::Erase { reason: String::new() }, "2032-02-01T00:00:00Z");
    let text = erased.to_yaml().unwrap();
    for word in ["token", "patients", "531.12", "letter", "Berlin", "engineer"] {
        assert!(!text.contains(word), "{word} stays: {text}");
    }
    // That there was a breach, when it was known and notified, and that it was erased, stays.
    let row = Row::of(&Breach::read(&text).unwrap()).unwrap();
    assert_eq!(
        (row.phase, row.aware, row.number.as_str()),
        (Phase::Erased, Some(at("2026-11-20T10:20:00Z")), "2026-001")
    );
    assert!(row.notified.is_some() && row.erased.is_some() && row.keep_until.is_none());
}

#[test]
fn steps_that_make_no_sense_say_why_and_what_to_do() {
    let breach = clinic();
    let now = "2026-11-20T12:00:00Z";
    let cases: [(Step, &str, &str); 8] = [
        (
            Step::Dismiss { reason: "x".to_owned() },
            "dismiss makes no sense while the breach is aware",
            "close it with its reasons",
        ),
        (Step::Close { reason: String::new() }, "it cannot be closed: it was not assessed", "do what is left first"),
        (decide_notification(false, "no risk"), "needs an assessment", "first assess"),
        (decide_notification(false, " "), "without a reason", "say why a risk to people is unlikely"),
        (notify(Extent::Supplement, ""), "nothing to supplement yet", "initial or complete"),
        (Step::InformController { reference: String::new() }, "only a processor", "correct spec.role"),
        (Step::Reopen { reason: "x".to_owned() }, "reopen makes no sense while the breach is aware", "it is open"),
        (Step::Suspect { reason: "x".to_owned() }, "suspect makes no sense", "begin another record"),
    ];
    for (step, cause, help) in cases {
        let refusal = refused(&breach, step, now);
        assert!(refusal.cause.contains(cause) && refusal.help.contains(help), "{refusal:?}");
    }
    assert!(refused(&breach, assess(), "2026-11-20T10:00:00Z").cause.contains("which is later"));
    assert!(breach.apply(assess(), at(now), " ").unwrap_err().cause.contains("nobody takes this step"));
}

#[test]
fn a_late_notification_comes_with_reasons() {
    let breach = clinic();
    // Aware at 10:20: the period begins at 11:00 and ends three days later.
    step(&breach, notify(Extent::Initial, ""), "2026-11-23T10:59:59Z");
    let refusal = refused(&breach, notify(Extent::Initial, ""), "2026-11-23T11:00:00Z");
    assert!(
        refusal.cause.contains("ended at 2026-11-23 11:00 UTC") && refusal.cause.contains("Art. 33(1)"),
        "{refusal:?}"
    );
    step(&breach, notify(Extent::Initial, "the authority's form was down"), "2026-11-23T11:00:00Z");
    // What follows the first is not late: Art. 33(4).
    let first = step(&breach, notify(Extent::Initial, ""), "2026-11-21T09:00:00Z");
    step(&first, notify(Extent::Supplement, ""), "2026-12-01T09:00:00Z");
}

#[test]
fn a_complete_notification_has_every_field() {
    let mut breach = clinic();
    breach.spec.affected.records = None;
    breach.spec.measures.clear();
    let refusal = refused(&breach, notify(Extent::Complete, ""), "2026-11-21T09:00:00Z");
    assert!(
        refusal.cause.contains("spec.affected.records") && refusal.cause.contains("spec.measures (Art. 33(3)(d)"),
        "{refusal:?}"
    );
    assert!(refusal.help.contains("in phases"), "{refusal:?}");
    step(&breach, notify(Extent::Initial, ""), "2026-11-21T09:00:00Z");
}

#[test]
fn a_processor_tells_its_controller() {
    let mut breach = clinic();
    breach.spec.role = Role::Processor;
    assert!(refused(&breach, notify(Extent::Initial, ""), "2026-11-21T09:00:00Z").help.contains("inform-controller"));
    let told = step(&breach, Step::InformController { reference: "mail".to_owned() }, "2026-11-20T11:00:00Z");
    assert_eq!(told.state().unwrap().running(), None);
    let told = step(
        &step(&told, assess(), "2026-11-20T12:00:00Z"),
        Step::Close { reason: String::new() },
        "2026-12-01T00:00:00Z",
    );
    assert_eq!(told.state().unwrap().phase, Phase::Closed);
}

#[test]
fn what_people_wrote_stays_when_a_step_is_taken() {
    let next = step(&clinic(), assess(), "2026-11-20T12:00:00Z");
    let text = next.to_yaml_after(CLINIC).unwrap();
    let head = CLINIC.split("history:").next().unwrap();
    assert!(text.starts_with(head), "comments and order stay");
    assert_eq!(Breach::read(&text).unwrap(), next);
    // Where the history does not stand last, the document is written anew.
    let moved = CLINIC.replace("kind: Breach\n", "") + "kind: Breach\n";
    assert_eq!(Breach::read(&next.to_yaml_after(&moved).unwrap()).unwrap(), next);
}

#[test]
fn a_document_is_read_strictly_and_told_by_its_place() {
    let told = |text: String| {
        let error = Breach::read(&text).unwrap_err();
        (error.at.map(|(line, _)| line), error.cause)
    };
    let line = |what: &str| u64::try_from(CLINIC.lines().position(|line| line.contains(what)).unwrap()).unwrap() + 1;
    let (at, cause) = told(CLINIC.replace("    people: 12400", "    people: Erika Mustermann"));
    assert_eq!(at, Some(line("people:")), "{cause}");
    assert!(!cause.contains("Erika"), "no value is repeated: {cause}");
    let (at, cause) = told(CLINIC.replace("cause: attack", "cause: Erika Mustermann"));
    assert_eq!(at, Some(line("cause:")));
    assert!(!cause.contains("Erika") && cause.contains("insider"), "{cause}");
    let (at, cause) = told(CLINIC.replace("keepFor: P5Y", "keepFor: five years"));
    assert_eq!((at, cause.as_str()), (Some(line("keepFor:")), "spec.keepFor: this is no period"));
    let (at, cause) = told(CLINIC.replace("  title:", "  titel:"));
    assert_eq!(at, Some(line("  title:")), "{cause}");
    assert!(cause.contains("titel"), "{cause}");
    let (at, cause) = told(CLINIC.replace("to: 2026-11-20T08:31", "to: 2026-11-19T08:31"));
    assert_eq!((at, cause.as_str()), (Some(line("    to:")), "spec.occurred.to: it ends before it begins"));
    let (_, cause) = told(CLINIC.replace(
        "      become-aware:\n        at: 2026-11-20T10:20",
        "      become-aware:\n        at: 2026-11-21T10:20",
    ));
    assert_eq!(cause, "history[1]: nobody becomes aware in the future");
    let (_, cause) = told(CLINIC.replace("  - at: 2026-11-20T10:25", "  - at: 2026-11-20T09:01"));
    assert!(cause.starts_with("history[1]: the step before"), "{cause}");
}

#[test]
fn awareness_is_not_occurrence() {
    let facts = Facts { occurred: clinic().spec.occurred, ..Facts::default() };
    let breach = Breach::suspected("2026-002", facts, "a customer called", at("2026-11-20T08:15:00Z"), "desk").unwrap();
    let aware = |when: &str| Step::BecomeAware { at: at(when), reason: "the log".to_owned() };
    let before = refused(&breach, aware("2026-11-20T08:00:00Z"), "2026-11-20T09:00:00Z");
    assert!(before.cause.contains("it happened at 2026-11-20 08:12 UTC only"), "{before:?}");
    let later = step(&breach, aware("2026-11-20T08:30:00Z"), "2026-11-20T09:00:00Z");
    assert_eq!(later.state().unwrap().clock.unwrap().due, at("2026-11-23T08:30:00Z"));
}

fn any_step() -> impl Strategy<Value = Step> {
    let reason = prop_oneof![Just(String::new()), Just("a reason".to_owned())];
    (0..13_u8, reason, any::<bool>(), 0..3_usize, -50..50_i64).prop_map(|(kind, reason, yes, extent, hours)| match kind
    {
        0 => Step::Suspect { reason },
        1 => Step::Dismiss { reason },
        2 => Step::BecomeAware { at: at("2026-11-20T00:00:00Z") + SignedDuration::from_hours(hours), reason },
        3 => assess(),
        4 => decide_notification(yes, &reason),
        5 => notify(Extent::ALL[extent], &reason),
        6 => Step::InformController { reference: reason },
        7 => Step::DecideCommunication { communicate: yes, exemption: None, reason },
        8 => Step::Communicate { channel: reason, people: None },
        9 => Step::Note { reason },
        10 => Step::Close { reason },
        11 => Step::Reopen { reason },
        _ => Step::Erase { reason },
    })
}

proptest! {
    /// Whatever is tried in whatever order: what is refused says why and what to do; what is taken keeps who and when, adds
    /// one entry and changes none before it, reads back as it was written, and never loses what must not be lost.
    #[test]
    fn no_order_of_steps_breaks_the_record(steps in prop::collection::vec((any_step(), 0..40_i64), 0..30), role in any::<bool>()) {
        let mut facts = clinic().spec;
        facts.role = if role { Role::Controller } else { Role::Processor };
        facts.occurred = None;
        let mut now = at("2026-11-20T00:00:00Z");
        let mut breach = Breach::suspected("1", facts, "seen", now, "somebody").unwrap();
        for (step, hours) in steps {
            now += SignedDuration::from_hours(hours);
            let name = step.name();
            let before = breach.state().unwrap();
            match breach.apply(step, now, "somebody else") {
                Err(refusal) => prop_assert!(!refusal.cause.is_empty() && !refusal.help.is_empty()),
                Ok(next) => {
                    let state = next.state().unwrap();
                    prop_assert_eq!(next.history.len(), breach.history.len() + 1);
                    let last = next.history.last().unwrap();
                    prop_assert_eq!((last.at, last.who.as_str(), last.did.name()), (now, "somebody else", name));
                    if name != "erase" {
                        prop_assert_eq!(&next.history[..breach.history.len()], &breach.history[..]);
                    }
                    // Awareness, once there, never changes; nor does a notification go away.
                    prop_assert!(before.clock.is_none() || before.clock == state.clock);
                    prop_assert!(state.notified.len() >= before.notified.len());
                    let duty = state.notify == Some(true) && state.notified.is_empty() && state.informed.is_none();
                    prop_assert!(state.phase != Phase::Closed || !duty, "closed with a duty left");
                    prop_assert_eq!(&Breach::read(&next.to_yaml().unwrap()).unwrap(), &next);
                    prop_assert_eq!(&Breach::read(&serde_json::to_string(&next).unwrap()).unwrap(), &next);
                    breach = next;
                }
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,400}", at in 0..CLINIC.len(), cut in "[\\PC\n]{0,20}") {
        let _ = Breach::read(&text);
        let mut mixed = CLINIC.to_owned();
        if mixed.is_char_boundary(at) {
            mixed.insert_str(at, &cut);
        }
        let _ = Breach::read(&mixed);
    }
}
