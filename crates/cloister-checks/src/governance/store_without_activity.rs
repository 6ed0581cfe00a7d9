//! # What it does
//! Finds databases, recognised by image, port, variables or volumes, that no
//! `PersonalDataStore` declares; and declared stores that no activity uses.
//!
//! # Why it matters
//! What is not in the record has no purpose, no basis and no retention; it is where
//! personal data is forgotten.
//!
//! # What to do
//! Declare the store, and name it in the `stores` of an activity; an exception with a
//! reason, if it holds no personal data.
//!
//! # References
//! GDPR Art. 5(1)(a), 5(2), 6(1), 30(1), 33(3)(a).

use cloister_model::Severity;

use cloister_register::Workload;

use crate::{Check, Findings, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-without-activity",
    title: "store belongs to no activity of the register",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(&["PersonalDataStore", "ProcessingActivity"], |findings| {
        for workload in findings.register().workloads() {
            undeclared(workload, findings);
        }
        for store in findings.register().stores() {
            let unused = findings.register().activities_using(store.name()).is_empty();
            if findings.examine(unused) {
                findings.report(store.resource()).message(format!("no activity uses the store \"{}\"", store.name()));
            }
        }
    }),
};

/// A recognised store must be declared.
fn undeclared(workload: &Workload<'_>, findings: &mut Findings<'_>) {
    let register = findings.register();
    let Some(recognised) = register.recognised(workload.resource) else { return };
    let name = &workload.resource.name;
    if findings.examine(register.stores_of(workload.resource).is_empty()) {
        let (engine, because) = (recognised.engine, &recognised.because);
        findings
            .report(recognised.place)
            .message(format!("{name}, a {} store by {because}, is in no register", engine.meaning()))
            .fix(format!(
                "apiVersion: cloister.dev/v1alpha1\nkind: PersonalDataStore\nmetadata:\n  name: {name}\nspec:\n  selector:\n    namespaces: [{}]\n    names: [{name}]\n  engine: {}",
                workload.namespace(),
                engine.as_str()
            ));
    }
}
