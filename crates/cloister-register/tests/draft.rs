//! What `cloister register init` writes: guesses that are marked, questions, and nothing twice.
#![allow(clippy::expect_used, clippy::panic, clippy::disallowed_methods, reason = "tests may fail, and read files")]

mod support;

use cloister_inventory::Inventory;
use cloister_register::{Draft, Register, draft, guesses};
use support::{inventory, inventory_of, manifests};

fn drafted(inventory: &Inventory) -> Draft {
    let (register, _) = Register::from_inventory(inventory);
    draft(&register, inventory)
}

/// The clinic as it would be without its register.
fn undeclared() -> Vec<(String, String)> {
    manifests("examples/clinic/k8s")
}

fn read(texts: &[(String, String)]) -> Inventory {
    inventory_of(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

#[test]
fn stores_and_their_users_are_drafted() {
    let draft = drafted(&read(&undeclared()));
    let names: Vec<(&str, &str)> = draft.documents.iter().map(|(kind, name)| (*kind, name.as_str())).collect();
    let expected = [
        ("Organisation", "organisation"),
        ("ProcessingActivity", "analytics"),
        ("ProcessingActivity", "billing"),
        ("ProcessingActivity", "clinic"),
        ("ProcessingActivity", "statistics"),
        ("PersonalDataStore", "invoices-db"),
        ("PersonalDataStore", "sessions"),
        ("PersonalDataStore", "events"),
        ("PersonalDataStore", "patients-db"),
        ("Processor", "insight-vendor-example"),
        ("Processor", "mail-provider-example"),
        ("Processor", "payments-provider-example"),
        ("Processor", "sms-gateway-example"),
    ];
    assert_eq!(names, expected, "{}", draft.text);
}

#[test]
fn every_drafted_value_is_a_guess_and_reads_back() {
    let mut texts = undeclared();
    let draft = drafted(&read(&texts));
    texts.push(("register.yaml".into(), draft.text.clone()));
    let inventory = read(&texts);
    let (register, diagnostics) = Register::from_inventory(&inventory);
    assert_eq!(diagnostics, []);
    for activity in register.activities() {
        assert!(activity.selector().is_guess() && !activity.stores().is_confirmed(), "{}", activity.name());
    }
    for document in inventory.resources().iter().filter(|resource| resource.group() == "cloister.dev") {
        let stated = document.root.entries_at("spec").iter().filter(|entry| !entry.node.is_empty()).count();
        assert_eq!(guesses(document).len(), stated, "{} {}", document.kind, document.name);
    }
    let store = register.store("patients-db").expect("the patients' database");
    let backup = store.backup().value().expect("its backup");
    assert_eq!(backup.workloads().items(), ["CronJob/patients-db-backup"]);
    assert_eq!(register.workloads_of_store(store).len(), 1);
}

#[test]
fn what_is_drafted_is_not_drafted_again() {
    let mut texts = undeclared();
    texts.push(("register.yaml".into(), drafted(&read(&texts)).text));
    assert_eq!(drafted(&read(&texts)).documents, []);
}

#[test]
fn what_is_declared_is_left_out() {
    let mut texts = undeclared();
    texts.extend(manifests("examples/clinic").into_iter().filter(|(name, _)| name == "register.yaml"));
    let draft = drafted(&read(&texts));
    let stores: Vec<_> = draft.documents.iter().filter(|(kind, _)| *kind == "PersonalDataStore").collect();
    assert_eq!(stores, [&("PersonalDataStore", "events".to_owned())]);
    assert!(draft.documents.iter().all(|(kind, _)| *kind != "Organisation"));
    assert!(!draft.text.contains("sms-gateway"), "the processor is declared");
}

#[test]
fn nothing_is_drafted_of_nothing() {
    let draft = drafted(&inventory(""));
    assert_eq!((draft.text.as_str(), draft.documents.len()), ("", 0));
}

#[test]
fn secrets_do_not_come_into_a_draft() {
    let text = drafted(&read(&undeclared())).text;
    for secret in ["heron", "kestrel", "erika", "mustermann", "reader:", "DE89"] {
        assert!(!text.to_lowercase().contains(&secret.to_lowercase()), "{secret} in {text}");
    }
}
