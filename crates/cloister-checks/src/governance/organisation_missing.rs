//! # What it does
//! Finds a register without the controller, or one whose name or contact is missing.
//!
//! # Why it matters
//! The record starts with who is responsible and how they are reached.
//!
//! # What to do
//! Add an `Organisation` with `legalName` and `contact`.
//!
//! # References
//! GDPR Art. 5(2), 30(1)(a), 33(3)(b).

use cloister_model::Severity;

use cloister_model::Subject;

use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "organisation-missing",
    title: "the register does not say who the controller is",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&["Organisation"], |findings| {
        const FIX: &str = "apiVersion: cloister.dev/v1alpha1\nkind: Organisation\nmetadata:\n  name: us\nspec:\n  legalName: the controller\n  contact:\n    email: office@example.org";
        let Some(organisation) = findings.register().organisation() else {
            findings.examine(true);
            findings
                .report(Subject::Absent)
                .message("the register has no Organisation: who is the controller?")
                .fix(FIX);
            return;
        };
        if findings.examine(!organisation.legal_name().is_stated()) {
            findings.report(organisation.legal_name().place()).message("the controller has no name").fix(FIX);
        }
        if findings.examine(!organisation.contact().is_stated()) {
            findings
                .report(organisation.contact().place())
                .message("the controller cannot be reached: no contact")
                .fix(FIX);
        }
    }),
};
