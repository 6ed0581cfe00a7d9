//! What may go where: by the register and by policies.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod support;

use cloister_detect::Category;
use cloister_dlp::{Findings, Knowledge, Limits, Passage, Tally, Where};
use cloister_register::documents::{DlpAction, WireProtocol};
use support::{NOON, clinic, party, policy, tally};

const API: &str = "10.244.0.5";
const WORKER: &str = "10.244.0.7";
const DATABASE: &str = "10.244.0.8";
const COLLECTOR: &str = "10.244.0.9";
const OUTSIDE: &str = "198.51.100.7";

/// The findings of one message.
fn leaks(knowledge: &Knowledge, (from, to, host): (&str, &str, &str), tallies: &[Tally]) -> Vec<&'static str> {
    let mut findings = Findings::new(Limits::default());
    send(&mut findings, knowledge, (from, to, host), tallies);
    let mut names: Vec<_> = findings.all().iter().map(|it| it.finding).collect();
    names.sort_unstable();
    names
}

fn send(
    findings: &mut Findings,
    knowledge: &Knowledge,
    (from, to, host): (&str, &str, &str),
    tallies: &[Tally],
) -> Option<DlpAction> {
    let (sender, recipient) = (party(knowledge, from, ""), party(knowledge, to, host));
    let passage = Passage {
        sender: &sender,
        recipient: &recipient,
        protocol: WireProtocol::Http,
        encrypted: false,
        host,
        target: "/v1/patients",
    };
    findings.add(knowledge, &passage, (80, NOON), tallies, tallies.iter().map(|it| it.count).sum())
}

#[test]
fn a_policy_that_says_nothing_is_one_about_everything() {
    let (knowledge, diagnostics) = clinic(&policy("{}"));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut findings = Findings::new(Limits::default());
    send(&mut findings, &knowledge, (API, COLLECTOR, ""), &[tally(Category::Health, 1)]);
    let all = findings.all();
    assert!(!all.is_empty() && all.iter().all(|it| &*it.policy == "test" && it.action == "alert"), "{all:?}");
}

#[test]
fn within_a_purpose_only_the_plaintext_is_wrong() {
    let (knowledge, _) = clinic("");
    assert_eq!(leaks(&knowledge, (API, DATABASE, ""), &[tally(Category::Health, 1)]), ["personal-data-in-the-clear"]);
    assert_eq!(leaks(&knowledge, (API, WORKER, ""), &[tally(Category::Name, 1)]), ["personal-data-in-the-clear"]);
}

#[test]
fn another_purpose_and_another_category_are_told() {
    let (knowledge, _) = clinic("");
    let to_statistics = leaks(&knowledge, (API, COLLECTOR, ""), &[tally(Category::Name, 1)]);
    assert_eq!(to_statistics, ["personal-data-in-the-clear", "purpose-crossed", "undeclared-category"]);
    let to_reminders = leaks(&knowledge, (API, WORKER, ""), &[tally(Category::Health, 1)]);
    assert_eq!(to_reminders, ["personal-data-in-the-clear", "undeclared-category"]);
    let stored = leaks(&knowledge, (API, DATABASE, ""), &[tally(Category::BankDetails, 1)]);
    assert_eq!(stored, ["personal-data-in-the-clear", "undeclared-category"]);
}

#[test]
fn recipients_outside_are_those_of_the_activity() {
    let (knowledge, _) = clinic("");
    let clear = "personal-data-in-the-clear";
    let mail = [tally(Category::EmailAddress, 1)];
    assert_eq!(leaks(&knowledge, (WORKER, OUTSIDE, "tracker.example.net"), &mail), [clear, "undeclared-recipient"]);
    assert_eq!(leaks(&knowledge, (WORKER, OUTSIDE, "www.clinic.example"), &mail), [clear]);
    let sms = knowledge_host(&knowledge, "sms-provider");
    assert_eq!(leaks(&knowledge, (WORKER, OUTSIDE, &sms), &mail), [clear, "undeclared-third-country"]);
    assert_eq!(
        leaks(&knowledge, (API, OUTSIDE, &sms), &mail),
        [clear, "undeclared-recipient", "undeclared-third-country"]
    );
}

/// A host of a Processor of the example.
fn knowledge_host(knowledge: &Knowledge, name: &str) -> String {
    let host = knowledge.directory.hosts_of(name).next().unwrap();
    host.replace("*.", "api.")
}

#[test]
fn addresses_of_pages_and_credentials_are_told() {
    let (knowledge, _) = clinic("");
    let in_url = Tally { place: Where::Query, ..tally(Category::Name, 1) };
    assert_eq!(
        leaks(&knowledge, (API, DATABASE, ""), &[in_url]),
        ["personal-data-in-the-clear", "personal-data-in-url"]
    );
    let password = tally(Category::Credentials, 1);
    assert_eq!(leaks(&knowledge, (API, COLLECTOR, ""), &[password]), ["credentials-in-the-clear"]);
}

#[test]
fn a_workload_without_a_purpose_is_told() {
    let (knowledge, _) = clinic(&support::stranger());
    let names = [tally(Category::Name, 1)];
    let found = leaks(&knowledge, (API, support::STRANGER, ""), &names);
    assert!(found.contains(&"workload-without-purpose"), "{found:?}");
    // A credential has no purpose to serve.
    let found = leaks(&knowledge, (API, support::STRANGER, ""), &[tally(Category::Credentials, 1)]);
    assert!(!found.contains(&"workload-without-purpose"), "{found:?}");
    assert!(!leaks(&knowledge, (API, COLLECTOR, ""), &names).contains(&"workload-without-purpose"));
    assert!(!leaks(&knowledge, (API, DATABASE, ""), &names).contains(&"workload-without-purpose"));
}

#[test]
fn what_goes_into_logs_is_told_by_image_and_by_path() {
    let (knowledge, _) = clinic(&support::stranger());
    let names = [tally(Category::Name, 1)];
    assert!(leaks(&knowledge, (API, support::LOGGER, ""), &names).contains(&"personal-data-in-logs"));
    assert!(
        leaks(&knowledge, (API, support::LOGGER, ""), &[tally(Category::Credentials, 1)])
            .contains(&"personal-data-in-logs")
    );
    assert!(!leaks(&knowledge, (API, COLLECTOR, ""), &names).contains(&"personal-data-in-logs"));
    let (sender, recipient) = (party(&knowledge, API, ""), party(&knowledge, COLLECTOR, ""));
    let mut passage = Passage {
        sender: &sender,
        recipient: &recipient,
        protocol: WireProtocol::Http,
        encrypted: true,
        host: "",
        target: "/loki/api/v1/push",
    };
    let told = |passage: &Passage<'_>| {
        let mut findings = Findings::new(Limits::default());
        findings.add(&knowledge, passage, (80, NOON), &names, 1);
        findings.all().iter().any(|it| it.finding == "personal-data-in-logs")
    };
    assert!(told(&passage));
    passage.target = "/v1/patients";
    assert!(!told(&passage));
}

#[test]
fn a_read_in_bulk_is_told_only_beyond_its_number_and_within_its_time() {
    let (knowledge, _) = clinic(&policy("bulk: {records: 1000, within: PT1M}\nfindings: [bulk-read]"));
    let mut findings = Findings::new(Limits::default());
    let (sender, recipient) = (party(&knowledge, DATABASE, ""), party(&knowledge, API, ""));
    let passage = Passage {
        sender: &sender,
        recipient: &recipient,
        protocol: WireProtocol::Postgres,
        encrypted: false,
        host: "",
        target: "patients",
    };
    let mut read = |at: u64, records: u64| {
        findings.add(&knowledge, &passage, (5432, NOON + at * 1_000_000), &[tally(Category::Health, records)], records);
        findings.all().len()
    };
    assert_eq!(read(0, 600), 0);
    assert_eq!(read(70, 600), 0, "another minute");
    assert_eq!(read(80, 400), 0, "as many as it allows");
    assert_eq!(read(90, 1), 1);
    let told = findings.all();
    assert!(
        told[0].message.ends_with("is handed out in bulk: 1,001 records in 1 min; the policy allows 1,000"),
        "{}",
        told[0].message
    );
    assert_eq!(told[0].bulk.unwrap().usual, None);
}

#[test]
fn a_policy_minds_what_it_names() {
    let spec = "selector: {namespaces: [clinic]}\ndirections: [egress]\nallowedPurposes: [appointments]\naction: block\n\
                categories:\n- {category: health, confidence: certain, count: 2}\n- {category: contact-details}\n\
                findings: [purpose-crossed, undeclared-recipient]\nallowedRecipients: ['*.lab.example']";
    let (knowledge, diagnostics) = clinic(&policy(spec));
    assert_eq!(diagnostics.iter().filter(|it| &*it.file == "policy.yaml").collect::<Vec<_>>(), [] as [&_; 0]);
    let of = |to, host, tallies: &[Tally]| leaks(&knowledge, (API, to, host), tallies);
    assert_eq!(of(COLLECTOR, "", &[tally(Category::Health, 1)]), [] as [&str; 0]);
    assert_eq!(of(COLLECTOR, "", &[tally(Category::Health, 2)]), ["purpose-crossed"]);
    assert_eq!(of(COLLECTOR, "", &[tally(Category::EmailAddress, 1)]), ["purpose-crossed"]);
    assert_eq!(of(COLLECTOR, "", &[tally(Category::Name, 9)]), [] as [&str; 0]);
    assert_eq!(of(DATABASE, "", &[tally(Category::Health, 2)]), [] as [&str; 0]);
    assert_eq!(of(OUTSIDE, "a.lab.example", &[tally(Category::Health, 2)]), [] as [&str; 0]);
    assert_eq!(of(OUTSIDE, "lab.example.org", &[tally(Category::Health, 2)]), ["undeclared-recipient"]);
    // What others send to the selected workloads is no matter of this policy.
    assert_eq!(leaks(&knowledge, (COLLECTOR, API, ""), &[tally(Category::Health, 2)]), [] as [&str; 0]);
    let action =
        send(&mut Findings::new(Limits::default()), &knowledge, (API, COLLECTOR, ""), &[tally(Category::Health, 2)]);
    assert_eq!(action, Some(DlpAction::Block));
}

#[test]
fn exceptions_let_through_what_they_say_until_their_day() {
    let spec =
        |rest: &str| format!("findings: [personal-data-in-the-clear]\nexceptions:\n- {{reason: agreed, {rest}}}");
    let through = |rest: &str| {
        let (knowledge, _) = clinic(&policy(&spec(rest)));
        leaks(&knowledge, (API, DATABASE, ""), &[tally(Category::Health, 1)]).is_empty()
    };
    assert!(through("category: health"));
    assert!(through("to: {names: [patients-db]}"));
    assert!(through("target: /v1/, field: VALUE, expires: 2027-01-01"));
    assert!(!through("category: name"));
    assert!(!through("to: {names: [api]}"));
    assert!(!through("category: health, expires: 2026-01-01"));
    // What cannot be read must not widen it.
    assert!(!through("category: health, expires: soon"));
    assert!(!through("category: health, to: {}"));
    assert!(!through(""));
}

#[test]
fn mistakes_in_policies_are_told_with_their_lines() {
    let spec = "action: blok\nallowedPurposes: [appointment]\nexceptions:\n- {reason: nothing}\nbulk: {records: 0}";
    let (_, diagnostics) = clinic(&policy(spec));
    let told: Vec<_> = diagnostics
        .iter()
        .filter(|it| &*it.file == "policy.yaml")
        .map(|it| (it.line.unwrap(), it.message.as_str()))
        .collect();
    let lines: Vec<u32> = told.iter().map(|it| it.0).collect();
    assert_eq!(lines, [5, 9, 6, 8], "{told:#?}");
}

#[test]
fn a_leak_of_a_million_rows_is_one_finding() {
    let (knowledge, _) = clinic(&policy("bulk: {records: 1000}\nfindings: [bulk-read, personal-data-in-the-clear]"));
    let mut findings = Findings::new(Limits::default());
    for _ in 0..1000 {
        send(&mut findings, &knowledge, (DATABASE, API, ""), &[tally(Category::Health, 1000)]);
    }
    let told = findings.changed();
    assert_eq!(told.iter().map(|it| it.finding).collect::<Vec<_>>(), ["bulk-read", "personal-data-in-the-clear"]);
    let clear = &told[1];
    assert_eq!((clear.values, clear.messages, clear.places.len()), (1_000_000, 1000, 1));
    assert!(clear.new && findings.changed().is_empty());
    send(&mut findings, &knowledge, (DATABASE, API, ""), &[tally(Category::Health, 1)]);
    assert!(findings.changed().iter().all(|it| !it.new));
}

#[test]
fn findings_are_bounded() {
    let (knowledge, _) = clinic("");
    let mut findings = Findings::new(Limits { findings: 64, named: 2 });
    for host in 0..1000u32 {
        let name = format!(
            "{}.tracker.example.net",
            char::from_u32('a' as u32 + host % 26).unwrap().to_string().repeat(1 + host as usize / 26)
        );
        send(&mut findings, &knowledge, (API, OUTSIDE, &name), &[tally(Category::Name, 1)]);
    }
    assert!(findings.all().len() <= 64);
    assert!(findings.forgotten() > 0);
}
