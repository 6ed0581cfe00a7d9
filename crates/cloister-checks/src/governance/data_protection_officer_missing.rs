//! # What it does
//! Finds an organisation that names no data protection officer and no reason why none
//! is needed.
//!
//! # Why it matters
//! Public bodies, and those whose core activity is special data or monitoring on a
//! large scale, must have one and publish how they are reached.
//!
//! # What to do
//! Name one in `dataProtectionOfficer`, or state the reason in
//! `dataProtectionOfficerNotRequired`.
//!
//! # References
//! GDPR Art. 30(1)(a), 33(3)(b), 37(1), 37(7).

use cloister_model::Severity;

use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "data-protection-officer-missing",
    title: "no data protection officer is named",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&["Organisation"], |findings| {
        let Some(organisation) = findings.register().organisation() else { return };
        let named = organisation.data_protection_officer().is_stated();
        if findings.examine(!named && !organisation.data_protection_officer_not_required().is_stated()) {
            findings
                .report(organisation.data_protection_officer().place())
                .message("no data protection officer is named, and no reason why none is needed")
                .fix("spec:\n  dataProtectionOfficer:\n    email: privacy@example.org");
        }
    }),
};
