//! # What it does
//! Finds stores for which no way to correct a record is stated.
//!
//! # Why it matters
//! A person may have wrong data corrected without undue delay; a wrong record of an
//! allergy can kill.
//!
//! # What to do
//! State in `correction.means` how a record is corrected.
//!
//! # References
//! GDPR Art. 5(1)(d), 16.

use cloister_model::Severity;

use super::register_fields::{Lack, STORES, each_store};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-without-correction",
    title: "store has no way to correct a record",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        each_store(findings, |store| {
            let stated =
                store.correction().value().is_some_and(|it| it.means().is_stated() || it.reference().is_stated());
            (!stated).then(|| Lack {
                place: store.correction().place(),
                says: "has no way to correct a record",
                fix: "correction:\n  means: how it is done",
            })
        });
    }),
};
