//! What is written and cannot be read is explained, and the rest is read.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod support;

use cloister_model::DiagnosticLevel;
use cloister_register::{DataCategory, Register};
use support::inventory;

/// Everything that can be wrong with a field; a comment marks each line that
/// must be reported, with the words of the message, and of the help after `=>`.
const WRONG: &str = r#"
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: payroll}
spec:
  title: 7  #! spec.title is a number, where text belongs => put it in quotes
  purposes: paying people  #! spec.purposes is text, where a list belongs => one "- " for each item of purposes
  lawfulBasis:
    basis: contractual  #! spec.lawfulBasis.basis is "contractual", where a known word belongs => did you mean contract?
    refrence: file 3  #! spec.lawfulBasis has no field "refrence" => did you mean reference?
  dataCategories: [employment, Health, moods]  #! spec.dataCategories[2] is "moods"
  largeScale: often  #! spec.largeScale is text, where true or false belongs => write true or false
  transfers:
    - country: usa  #! spec.transfers[0].country is "usa", where a country's code belongs => ISO 3166-1
      safeguard: bcr
    -  #! spec.transfers[1] is empty
  retention:
    period: 10 years  #! spec.retention.period is "10 years", where a duration belongs => such as P10Y
  reviewed: 2026-02-30  #! spec.reviewed is "2026-02-30", where a date belongs => such as 2026-10-01
  colour: blue  #! spec has no field "colour" => known here: title, description
  selector: {namespaces: [a], matchLabels: [b]}  #! spec.selector.matchLabels is a list, where a mapping of labels belongs
"#;

#[test]
fn each_mistake_is_explained_in_its_place() {
    let inventory = inventory(WRONG);
    let (_, diagnostics) = Register::from_inventory(&inventory);
    for (index, line) in WRONG.lines().enumerate() {
        let line_number = u32::try_from(index + 1).expect("a short text");
        let here = diagnostics.iter().filter(|diagnostic| diagnostic.line == Some(line_number));
        let Some((_, wanted)) = line.split_once("#! ") else {
            assert_eq!(here.count(), 0, "line {line_number} is right: {line}");
            continue;
        };
        let (message, help) = wanted.split_once(" => ").unwrap_or((wanted, ""));
        let mut fitting = here.filter(|diagnostic| diagnostic.message.contains(message));
        let diagnostic = fitting.next().unwrap_or_else(|| panic!("nothing says \"{message}\" in {diagnostics:#?}"));
        assert!(diagnostic.message.starts_with("ProcessingActivity payroll: "), "{}", diagnostic.message);
        assert!(diagnostic.help.as_deref().unwrap_or("").contains(help), "{diagnostic:?}");
        assert_eq!(&*diagnostic.file, "test.yaml");
    }
}

#[test]
fn the_rest_is_read_all_the_same() {
    let inventory = inventory(WRONG);
    let (register, diagnostics) = Register::from_inventory(&inventory);
    let payroll = register.activity("payroll").expect("payroll");
    assert!(!payroll.title().is_stated() && !payroll.purposes().is_stated() && !payroll.reviewed().is_stated());
    assert_eq!(payroll.data_categories().items(), [DataCategory::Employment], "what can be read of a list is read");
    assert!(payroll.transfers().items()[0].safeguard().is_stated());
    let lost = diagnostics.iter().filter(|diagnostic| diagnostic.level == DiagnosticLevel::Error).count();
    let kept = diagnostics.iter().filter(|diagnostic| diagnostic.level == DiagnosticLevel::Warning).count();
    assert_eq!((lost, kept), (11, 2), "unknown fields lose nothing");
}

#[test]
fn a_list_of_which_nothing_can_be_read_does_not_say_none() {
    let text = "
apiVersion: cloister.dev/v1alpha1
kind: ProcessingActivity
metadata: {name: a}
spec: {transfers: [nowhere], recipients: []}
";
    let inventory = inventory(text);
    let (register, _) = Register::from_inventory(&inventory);
    let activity = register.activity("a").expect("a");
    assert!(!activity.transfers().is_stated());
    assert!(activity.recipients().is_stated());
}

#[test]
fn documents_that_are_not_read_are_named() {
    let text = "
apiVersion: cloister.dev/v1
kind: Processor
metadata: {name: later}
spec: {}
---
apiVersion: cloister.dev/v1alpha1
kind: ProcesingActivity
metadata: {name: misspelt}
spec: {}
---
apiVersion: cloister.dev/v1alpha1
kind: Processor
metadata: {name: hollow}
---
apiVersion: cloister.dev/v1alpha1
kind: Organisation
metadata: {name: one}
spec: {country: DE}
---
apiVersion: cloister.dev/v1alpha1
kind: Organisation
metadata: {name: two}
spec: {country: FR}
---
apiVersion: cloister.dev/v1alpha1
kind: Processor
spec: {country: DE}
";
    let inventory = inventory(text);
    let (register, diagnostics) = Register::from_inventory(&inventory);
    let says = |line: u32, message: &str, help: &str| {
        let found = diagnostics.iter().any(|diagnostic| {
            diagnostic.line == Some(line)
                && diagnostic.message.contains(message)
                && diagnostic.help.as_deref().is_some_and(|text| text.contains(help))
        });
        assert!(found, "line {line}, {message}: {diagnostics:#?}");
    };
    says(2, "cloister.dev/v1 is not read by this version", "apiVersion: cloister.dev/v1alpha1");
    says(7, "this kind is unknown", "did you mean ProcessingActivity?");
    says(12, "it has no spec", "below spec");
    says(21, "another Organisation", "first in order of names");
    says(26, "it has no metadata.name", "give it a name");
    assert_eq!(diagnostics.len(), 5);
    assert_eq!(register.organisation().map(|organisation| organisation.name()), Some("one"));
}
