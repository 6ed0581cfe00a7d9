use cloister_paper::Paper;
use jiff::Timestamp;

use super::{Draft, Kind};
use crate::document::tests::{at, clinic};
use crate::step::{Extent, Step};
use crate::{Breach, Facts};

fn now() -> Timestamp {
    at("2026-11-21T08:00:00Z")
}

fn drafted(kind: Kind, breach: &Breach) -> Draft {
    Draft::new(kind, breach, now()).unwrap()
}

fn markdown(draft: &Draft) -> String {
    draft.paper().to_markdown()
}

/// What a draft is made of without its blanks.
fn assessed() -> Breach {
    clinic().apply(Step::Assess { outcome: None }, at("2026-11-20T12:00:00Z"), "data protection officer").unwrap()
}

#[test]
fn the_notification_of_the_clinic() {
    let draft = drafted(Kind::Notification, &assessed());
    assert!(draft.missing().is_empty());
    insta::assert_snapshot!(markdown(&draft));
}

#[test]
fn the_message_of_the_clinic() {
    insta::assert_snapshot!(markdown(&drafted(Kind::Message, &assessed())));
}

#[test]
fn the_record_of_the_clinic() {
    insta::assert_snapshot!(markdown(&drafted(Kind::Record, &assessed())));
}

#[test]
fn what_is_not_known_is_a_blank_that_nobody_overlooks() {
    let breach = Breach::suspected("2026-003", Facts::default(), "odd traffic", now(), "desk").unwrap();
    for kind in Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Record) {
        let draft = drafted(kind, &breach);
        assert!(!draft.missing().is_empty());
        assert!(markdown(&draft).contains("\\[to be completed\\]"));
    }
    insta::assert_snapshot!(markdown(&drafted(Kind::Notification, &breach)));
}

#[test]
fn every_field_of_article_33_is_in_the_notification() {
    let text = markdown(&drafted(Kind::Notification, &clinic()));
    for part in [
        "33(3)(a)",
        "33(3)(b)",
        "33(3)(c)",
        "33(3)(d)",
        "about 12\u{a0}400",
        "about 31\u{a0}000",
        "privacy@clinic.example",
        "children, patients",
    ] {
        // A space at which no line ends is one in Markdown.
        assert!(text.contains(&part.replace('\u{a0}', " ")), "{part}: {text}");
    }
}

#[test]
fn a_late_draft_asks_for_reasons_and_a_supplement_names_what_came_before() {
    let late = Draft::new(Kind::Notification, &clinic(), at("2026-11-23T12:00:00Z")).unwrap();
    assert!(late.missing().iter().any(|one| one.what.contains("reasons for the delay")));
    let notify = Step::Notify {
        extent: Extent::Initial,
        authority: String::new(),
        reference: "531.12".to_owned(),
        delay: String::new(),
    };
    let mut told = clinic().apply(notify, now(), "officer").unwrap();
    told.spec.affected.records = None;
    let text = markdown(&drafted(Kind::Notification, &told));
    assert!(text.contains("supplement") && text.contains("531.12"), "{text}");
}

#[test]
fn what_people_wrote_is_no_markup_in_a_draft() {
    let mut breach = clinic();
    breach.spec.description = "# <script>alert(1)</script> | [x](y)".to_owned();
    let text = markdown(&drafted(Kind::Notification, &breach));
    assert!(!text.contains("<script>\n") && text.contains("\\# \\<script>"), "{text}");
}

#[test]
fn drafts_are_data_too() {
    let value = serde_json::to_value(drafted(Kind::Notification, &clinic())).unwrap();
    assert_eq!(value["draft"], "notification");
    assert_eq!(value["people"], 12_400);
    let _: Paper = drafted(Kind::Record, &clinic()).paper();
}
