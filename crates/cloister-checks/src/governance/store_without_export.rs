//! # What it does
//! Finds stores for which no way to give a person their data is stated.
//!
//! # Why it matters
//! A person may have a copy, and take it elsewhere in a machine-readable form.
//!
//! # What to do
//! State in `export.means` how a copy is made.
//!
//! # References
//! GDPR Art. 15, 20.

use cloister_model::Severity;

use super::register_fields::{Lack, STORES, each_store};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-without-export",
    title: "store has no way to hand out a copy",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        each_store(findings, |store| {
            let stated = store.export().value().is_some_and(|it| it.means().is_stated() || it.reference().is_stated());
            (!stated).then(|| Lack {
                place: store.export().place(),
                says: "has no way to hand out a copy",
                fix: "export:\n  means: how it is done",
            })
        });
    }),
};
