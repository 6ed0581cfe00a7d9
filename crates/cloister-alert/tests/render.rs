//! How messages are written, and that nothing in them means what somebody chose.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use cloister_alert::render::mail::{Mail, Mailbox, mail};
use cloister_alert::render::{alertmanager, cloud_event, headline, slack, teams};
use cloister_alert::{Alert, Message};
use proptest::prelude::*;
use serde_json::Value;
use support::{alert, at, message};

/// Names that want to be more.
const HOSTILE: &str = "<!channel> <https://evil.example|click> *b* _i_ `c` [x](javascript:alert(1)) ![i](http://evil.example/p) \
     <script>alert(1)</script> {{DATE(2020-01-01T00:00:00Z)}} ${evil}\r\nBcc: x@evil.example\r\n\r\n.\r\n\u{202e}\u{1b}[2J";

fn hostile() -> Message {
    let alert = Alert {
        title: HOSTILE.to_owned(),
        summary: HOSTILE.to_owned(),
        who: Some(HOSTILE.to_owned()),
        what: Some(HOSTILE.to_owned()),
        namespace: Some(HOSTILE.to_owned()),
        articles: vec![HOSTILE.to_owned()],
        categories: vec![HOSTILE.to_owned()],
        source: HOSTILE.to_owned(),
        labels: [(HOSTILE.to_owned(), HOSTILE.to_owned()), ("good".to_owned(), HOSTILE.to_owned())].into(),
        link: Some("javascript:alert(1)".to_owned()),
        ..alert("one")
    };
    let mut message = message(vec![alert], Vec::new());
    message.labels = [("namespace".to_owned(), HOSTILE.to_owned())].into();
    message
}

/// Every object below, with the key under which it stands.
fn each<'a>(value: &'a Value, see: &mut impl FnMut(&'a Value)) {
    see(value);
    match value {
        Value::Object(map) => map.values().for_each(|it| each(it, see)),
        Value::Array(items) => items.iter().for_each(|it| each(it, see)),
        _ => {}
    }
}

fn sent(message: &Message) -> Mail {
    let from = Mailbox::read("Grüße <alerts@example.org>").unwrap();
    mail(message, &from, &[Mailbox::read("privacy@example.org").unwrap(), Mailbox::read("dpo@example.org").unwrap()])
}

/// Slack's published limits.
fn fits_slack(body: &Value) {
    let blocks = body["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50 && body["text"].as_str().unwrap().len() <= 40_000);
    for block in blocks {
        match block["type"].as_str().unwrap() {
            "header" => {
                assert_eq!(block["text"]["type"], "plain_text");
                assert!(block["text"]["text"].as_str().unwrap().chars().count() <= 150);
            }
            "context" => assert!(block["elements"].as_array().unwrap().len() <= 10),
            "rich_text" => {
                assert_eq!(block["elements"][0]["type"], "rich_text_section");
                for element in block["elements"][0]["elements"].as_array().unwrap() {
                    assert!(["text", "link"].contains(&element["type"].as_str().unwrap()), "{element}");
                    assert!(!element["text"].as_str().unwrap().is_empty());
                }
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn slack_is_told_in_blocks_in_which_nothing_is_mark_up() {
    fits_slack(&slack::body(&message(vec![alert("one")], vec![alert("two")])));
    let body = slack::body(&hostile());
    fits_slack(&body);
    let text = body["text"].as_str().unwrap();
    assert!(!text.contains('<') && !text.contains("*b*") && text.contains("&lt;!channel&gt;"), "{text}");
    // Nothing that Slack parses holds any of it.
    each(&body, &mut |it| assert!(it["type"] != "mrkdwn" && it["type"] != "link", "{it}"));
}

#[test]
fn teams_is_told_by_a_card_without_markdown_that_is_not_too_large() {
    let body = teams::body(&hostile());
    assert_eq!(body["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
    each(&body, &mut |it| {
        assert_ne!(it["type"], "TextBlock");
        for text in it["text"].as_str().into_iter().chain(it["title"].as_str()) {
            assert!(!text.contains("{{") && !text.contains("${"), "{text}");
        }
    });
    assert_eq!(body["attachments"][0]["content"]["actions"], Value::Array(Vec::new()));
    let long = Alert { summary: "ü".repeat(100_000), who: Some("€".repeat(100_000)), ..alert("one") };
    let many = message(vec![long; 500], Vec::new());
    let size = teams::body(&many).to_string().len();
    assert!(size <= 28 << 10, "{size}");
    fits_slack(&slack::body(&many));
}

#[test]
fn mail_has_no_header_or_line_that_somebody_chose() {
    let mail = sent(&hostile());
    assert!(mail.data.split("\r\n").all(|line| line.len() <= 78 && line.is_ascii() && !line.starts_with('.')));
    assert!(!mail.data.replace("\r\n", "").contains(['\r', '\n']));
    let (head, _) = mail.data.split_once("\r\n\r\n").unwrap();
    let names: Vec<&str> =
        head.split("\r\n").filter(|line| !line.starts_with(' ')).map(|line| line.split_once(": ").unwrap().0).collect();
    let expected =
        ["From", "To", "Subject", "Date", "Message-ID", "References", "Auto-Submitted", "MIME-Version", "Content-Type"];
    assert_eq!(names, expected);
    let page = cloister_alert::render::mail::page(&hostile());
    assert!(!page.contains("<script") && !page.contains("javascript:alert(1)\"") && !page.contains('\u{202e}'));
    assert!(
        cloister_alert::render::mail::page(&message(vec![alert("one")], Vec::new())).contains("href=\"https://hub")
    );
}

#[test]
fn addresses_of_mail_are_plain_or_none() {
    let read = |text: &str| Mailbox::read(text).map(|it| (it.name, it.address));
    assert_eq!(read("a@b.example"), Some((String::new(), "a@b.example".to_owned())));
    assert_eq!(read("Ada <a+x@b.example>"), Some(("Ada".to_owned(), "a+x@b.example".to_owned())));
    for bad in [
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a@b>",
        "a@b\r\nRCPT TO:<c@d>",
        "a@b, c@d",
        "a..b@c",
        "<a@b> c",
        "ä@b.c",
        "N\u{7} <a@b>",
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
}

#[test]
fn alertmanager_forgets_by_itself_what_it_hears_no_more_of() {
    let goes_on = message(vec![alert("one")], Vec::new());
    let far = Alert { ends_at: Some(at(1_000_000)), ..alert("one") };
    for message in [goes_on.clone(), message(vec![far], Vec::new())] {
        assert_eq!(alertmanager::body(&message)[0]["endsAt"], message.until.to_string());
    }
    let soon = Alert { ends_at: Some(at(100)), ..alert("one") };
    assert_eq!(alertmanager::body(&message(vec![soon], Vec::new()))[0]["endsAt"], at(100).to_string());
}

#[test]
fn alertmanager_is_told_of_the_beginning_and_the_end() {
    let body = alertmanager::body(&message(vec![alert("one")], vec![alert("two")]));
    assert_eq!(body[0]["labels"]["alertname"], "secret-read-by-person");
    assert_eq!(body[0]["labels"]["article"], "32(1)(b)");
    assert_eq!(body[0]["endsAt"], support::at(9_000).to_string());
    assert_eq!(body[1]["endsAt"], support::at(60).to_string());
    let hostile = alertmanager::body(&hostile());
    let labels = hostile[0]["labels"].as_object().unwrap();
    assert!(labels.keys().all(|name| name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')), "{labels:?}");
    assert!(labels.contains_key("good") && hostile[0].get("generatorURL").is_none());
}

#[test]
fn a_cloud_event_says_what_it_is() {
    let body = cloud_event::body(&message(vec![alert("one")], Vec::new()));
    for (name, value) in [("specversion", "1.0"), ("id", "msg_1"), ("type", "dev.cloister.alert.v1")] {
        assert_eq!(body[name], value);
    }
    let back: Message = serde_json::from_value(body["data"].clone()).unwrap();
    assert_eq!(back.firing[0].alert, alert("one"));
}

#[test]
fn a_headline_is_short_and_says_what_place_and_how_bad() {
    assert_eq!(headline(&message(vec![alert("one")], Vec::new())), "High: A person read a Secret · clinic (prod)");
    assert_eq!(headline(&message(vec![alert("a"), alert("b")], Vec::new())), "High: 2 alerts · clinic (prod)");
    assert_eq!(headline(&message(Vec::new(), vec![alert("a")])), "Over: A person read a Secret · clinic (prod)");
    let again = Message { repeated: true, ..message(vec![alert("one")], Vec::new()) };
    assert_eq!(headline(&again), "High, still: A person read a Secret · clinic (prod)");
}

proptest! {
    #[test]
    fn no_name_breaks_any_form(text in "\\PC{0,400}|(.|\n|\r){0,200}") {
        let alert = Alert { title: text.clone(), who: Some(text.clone()), link: Some(format!("https://{text}")), ..alert("one") };
        let mut message = message(vec![alert.clone()], vec![alert]);
        message.labels = [("namespace".to_owned(), text)].into();
        fits_slack(&slack::body(&message));
        prop_assert!(teams::body(&message).to_string().len() <= 28 << 10);
        let data = sent(&message).data;
        prop_assert!(data.split("\r\n").all(|line| line.len() <= 78 && line.is_ascii() && !line.contains(['\r', '\n'])));
        prop_assert!(headline(&message).chars().all(|it| !it.is_control()));
        let _ = (alertmanager::body(&message), cloud_event::body(&message));
    }
}
