//! The clinic's register says what its comments say.
#![allow(clippy::disallowed_methods, reason = "tests read the example's files")]

mod support;

use cloister_register::{Basis, Condition, Engine, Register};
use support::clinic;

#[test]
fn every_field_of_the_clinic_is_read() {
    let inventory = clinic();
    let (register, diagnostics) = Register::from_inventory(&inventory);
    assert_eq!(diagnostics, []);
    assert_eq!(register.activities().len(), 4);
    assert_eq!(register.stores().len(), 4);
    assert_eq!(register.processors().len(), 3);
    assert_eq!(register.exceptions().len(), 2);
    assert_eq!(register.attestations().len(), 1);
    let organisation = register.organisation().expect("the clinic");
    assert_eq!(organisation.registries().items(), ["registry.clinic.example"]);
}

#[test]
fn what_is_stated_is_told_from_what_is_not() {
    let inventory = clinic();
    let (register, _) = Register::from_inventory(&inventory);
    let appointments = register.activity("appointments").expect("appointments");
    let basis = appointments.lawful_basis().value().expect("a basis");
    assert_eq!(basis.basis().value(), Some(Basis::Contract));
    let condition = appointments.special_category_condition().value().expect("a condition");
    assert_eq!(condition.condition().value(), Some(Condition::HealthCare));
    assert!(appointments.transfers().is_stated(), "[] says that there are none");

    let reminders = register.activity("reminders").expect("reminders");
    assert!(!reminders.retention().is_stated());
    let missing = reminders.retention().place();
    assert_eq!(missing.pointer(), "/spec/retention");
    assert_eq!(missing.missing, "retention");
    let transfers = reminders.transfers().items();
    assert_eq!(transfers[0].country().value().expect("a country").code(), "US");
    assert!(!transfers[0].safeguard().is_stated());
}

#[test]
fn a_guess_is_no_answer() {
    let inventory = clinic();
    let (register, _) = Register::from_inventory(&inventory);
    let statistics = register.activity("statistics").expect("statistics");
    let retention = statistics.retention();
    assert!(retention.is_stated() && retention.is_guess() && !retention.is_confirmed());
    assert!(retention.value().expect("a retention").period().is_guess(), "a guess covers what is below it");
    assert!(statistics.purposes().is_confirmed());
}

#[test]
fn selectors_find_their_workloads() {
    let inventory = clinic();
    let (register, _) = Register::from_inventory(&inventory);
    let names = |activity: &str| -> Vec<String> {
        let activity = register.activity(activity).expect("an activity");
        register.workloads_of_activity(activity).iter().map(|workload| workload.phrase()).collect()
    };
    assert_eq!(names("reminders"), ["Deployment worker"]);
    assert_eq!(names("billing"), ["Deployment billing", "Deployment invoices-db"]);
    assert_eq!(names("statistics"), ["Deployment collector", "CronJob model-training", "Job yearly-report"]);
    let archive = register.store("referrals-archive").expect("the archive");
    assert!(register.workloads_of_store(archive).is_empty());
}

#[test]
fn stores_are_recognised_whether_declared_or_not() {
    let inventory = clinic();
    let (register, _) = Register::from_inventory(&inventory);
    let recognised: Vec<(String, Engine, usize)> = register
        .workloads()
        .iter()
        .filter_map(|workload| {
            let store = register.recognised(workload.resource)?;
            Some((workload.phrase(), store.engine, register.stores_of(workload.resource).len()))
        })
        .collect();
    let expected = [
        ("Deployment invoices-db", Engine::Mariadb, 1),
        ("Deployment sessions", Engine::Redis, 1),
        ("StatefulSet events", Engine::Mongodb, 0),
        ("StatefulSet patients-db", Engine::Postgresql, 1),
    ];
    let mut sorted = recognised.clone();
    sorted.sort();
    assert_eq!(sorted, expected.map(|(name, engine, claims)| (name.to_owned(), engine, claims)));
}

#[test]
fn a_guess_covers_its_own_path_and_what_is_below_it() {
    let text = "
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: a, annotations: {cloister.dev/guess: 'spec.lawfulBasis.basis, spec.recipients[1], spec.notice'}}
spec:
  lawfulBasis: {basis: consent, reference: form}
  recipients: [{name: one}, {name: two}]
  retention: {period: P1Y}
";
    let inventory = support::inventory(text);
    let (register, _) = Register::from_inventory(&inventory);
    let activity = register.activity("a").expect("a");
    let basis = activity.lawful_basis().value().expect("a basis");
    assert!(basis.basis().is_guess() && basis.reference().is_confirmed() && activity.lawful_basis().is_confirmed());
    let recipients = activity.recipients().items();
    assert!(recipients[0].name().is_confirmed() && recipients[1].name().is_guess());
    assert!(activity.retention().is_confirmed());
    let guesses = cloister_register::guesses(activity.resource());
    let places: Vec<_> = guesses.iter().map(|guess| guess.place.pointer()).collect();
    assert_eq!(places[0], "/spec/lawfulBasis/basis");
    assert_eq!(
        places[2], "/metadata/annotations/cloister.dev~1guess",
        "a guess of nothing is reported where it stands"
    );
}

#[test]
fn a_guess_does_not_cover_a_field_that_begins_alike() {
    let text = "
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: a, annotations: {cloister.dev/guess: spec.e}}
spec: {engine: redis, erasure: {means: flush}}
";
    let inventory = support::inventory(text);
    let (register, _) = Register::from_inventory(&inventory);
    assert!(register.store("a").expect("a").engine().is_confirmed());
}
