//! Reads in bulk against what is usual: learnt for each reader, store and category.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod support;

use std::sync::LazyLock;

use cloister_detect::Category;
use cloister_dlp::document::Finding;
use cloister_dlp::{Baselines, Findings, Knowledge, Limits, Passage};
use cloister_register::documents::WireProtocol;
use proptest::prelude::*;
use support::{NOON, clinic, party, policy, tally};

const MINUTE: u64 = 60_000_000;
const DAY: u64 = 24 * 60 * MINUTE;

const POLICY: &str =
    "findings: [bulk-read]\nbulk: {records: 500, within: PT10M, learnt: {warmUp: P14D, times: 3, atLeast: 100}}";

fn knowledge() -> &'static Knowledge {
    static KNOWN: LazyLock<Knowledge> = LazyLock::new(|| clinic(&policy(POLICY)).0);
    &KNOWN
}

/// The worker reads so many records of this category at this time.
fn read(findings: &mut Findings, knowledge: &Knowledge, (category, time, records): (Category, u64, u64)) {
    let (sender, recipient) = (party(knowledge, "10.244.0.8", ""), party(knowledge, "10.244.0.7", ""));
    let passage = Passage {
        sender: &sender,
        recipient: &recipient,
        protocol: WireProtocol::Postgres,
        encrypted: false,
        host: "",
        target: "patients",
    };
    findings.add(knowledge, &passage, (5432, time), &[tally(category, records)], records);
}

/// Four weeks of ordinary work: each quarter of an hour of the day, up to 300 records.
fn ordinary(findings: &mut Findings, knowledge: &Knowledge) -> u64 {
    for day in 0..28 {
        for quarter in 32..72 {
            let time = NOON + day * DAY + quarter * 15 * MINUTE;
            read(findings, knowledge, (Category::Health, time, 40 + (day * 31 + quarter * 17) % 261));
        }
    }
    NOON + 28 * DAY + 40 * 15 * MINUTE
}

fn only(findings: &Findings) -> Finding {
    let all = findings.all();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

#[test]
fn a_read_far_beyond_what_is_usual_is_explained() {
    let knowledge = knowledge();
    let mut findings = Findings::new(Limits::default());
    let now = ordinary(&mut findings, knowledge);
    assert_eq!(findings.all(), []);
    read(&mut findings, knowledge, (Category::Health, now, 700));
    assert_eq!(findings.all(), [], "below three times what is usual, though over the policy's number");
    read(&mut findings, knowledge, (Category::Health, now + MINUTE, 41_300));
    let told = only(&findings);
    let bulk = told.bulk.unwrap();
    assert_eq!((bulk.records, bulk.within_seconds), (42_000, 600));
    let usual = bulk.usual.unwrap();
    assert!((270..=300).contains(&usual) && bulk.allowed == 3 * usual, "{bulk:?}");
    assert!(told.message.ends_with(&format!("42,000 records in 10 min; usual: at most {usual}")), "{}", told.message);
}

#[test]
fn until_it_is_learnt_the_number_of_the_policy_holds() {
    let knowledge = knowledge();
    let mut findings = Findings::new(Limits::default());
    for quarter in 0..200 {
        read(&mut findings, knowledge, (Category::Health, NOON + quarter * 15 * MINUTE, 20));
    }
    read(&mut findings, knowledge, (Category::Health, NOON + 2 * DAY + 7 * 60 * MINUTE, 400));
    assert_eq!(findings.all(), [], "twenty times what is usual, in the second day");
    read(&mut findings, knowledge, (Category::Health, NOON + 3 * DAY, 501));
    assert_eq!(only(&findings).bulk.unwrap().usual, None);
    // Another category is learnt by itself.
    let mut findings = Findings::new(Limits::default());
    let now = ordinary(&mut findings, knowledge);
    read(&mut findings, knowledge, (Category::Name, now, 499));
    assert_eq!(findings.all(), []);
    read(&mut findings, knowledge, (Category::Name, now + MINUTE, 2));
    assert_eq!(only(&findings).category, "name");
}

#[test]
fn few_records_are_never_too_many() {
    let knowledge = knowledge();
    let mut findings = Findings::new(Limits::default());
    for quarter in 0..1_400 {
        read(&mut findings, knowledge, (Category::Health, NOON + quarter * 15 * MINUTE, 1));
    }
    read(&mut findings, knowledge, (Category::Health, NOON + 30 * DAY, 100));
    assert_eq!(findings.all(), []);
    read(&mut findings, knowledge, (Category::Health, NOON + 30 * DAY + 1, 1));
    assert_eq!(only(&findings).bulk.unwrap().allowed, 100);
}

#[test]
fn a_leak_that_goes_on_moves_what_is_usual_by_steps_alone() {
    let knowledge = knowledge();
    let mut findings = Findings::new(Limits::default());
    let now = ordinary(&mut findings, knowledge);
    for quarter in 0..4 {
        read(&mut findings, knowledge, (Category::Health, now + quarter * 15 * MINUTE, 1_000_000));
    }
    let told = only(&findings);
    assert_eq!((told.values, told.messages), (4_000_000, 4), "each of them is found");
    assert!(told.bulk.unwrap().allowed <= 900 * 27, "{:?}", told.bulk);
}

#[test]
fn what_is_learnt_is_kept_over_a_restart_and_holds_no_value() {
    let knowledge = knowledge();
    let mut findings = Findings::new(Limits::default());
    let now = ordinary(&mut findings, knowledge);
    let text = findings.baselines(now).write();
    assert!(text.contains("clinic-data/patients-db[StatefulSet]") && text.contains("clinic/worker[Deployment]"));
    let mut again = Findings::new(Limits::default());
    again.remember(Baselines::read(&text).unwrap());
    read(&mut again, knowledge, (Category::Health, now, 2_000));
    assert!(only(&again).bulk.unwrap().usual.is_some());
    // Another length of its windows says something else.
    let other = &clinic(&policy(&POLICY.replace("PT10M", "PT1H"))).0;
    let mut again = Findings::new(Limits::default());
    again.remember(Baselines::read(&text).unwrap());
    read(&mut again, other, (Category::Health, now, 2_000));
    assert_eq!(only(&again).bulk.unwrap().usual, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Who reads more and more is found before what is usual has grown a hundredfold.
    #[test]
    fn a_leak_does_not_make_itself_usual(size in 5_000..1_000_000_u64, every in 1..6_u64) {
        let knowledge = knowledge();
        let mut findings = Findings::new(Limits::default());
        let mut now = ordinary(&mut findings, knowledge);
        let mut found = 0;
        for _ in 0..4 {
            now += every * 24 * 60 * MINUTE;
            let before = findings.all().first().map_or(0, |it| it.values);
            read(&mut findings, knowledge, (Category::Health, now, size));
            found += u64::from(findings.all().first().map_or(0, |it| it.values) > before);
        }
        prop_assert!(found >= 2, "found {} of 4", found);
    }

    #[test]
    fn memory_is_bounded(readers in 1..40_usize) {
        let knowledge = knowledge();
        let mut findings = Findings::new(Limits { findings: 16, named: 2 });
        for number in 0..readers as u64 * 50 {
            read(&mut findings, knowledge, (Category::Health, NOON + number * 11 * MINUTE, number * 977 % 100_000));
        }
        prop_assert!(findings.baselines(NOON + DAY).held() < 16 << 10);
    }
}
