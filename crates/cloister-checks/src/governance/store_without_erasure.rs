//! # What it does
//! Finds stores for which no way to erase a record is stated.
//!
//! # Why it matters
//! A person may have data erased; a store without a way to do so cannot comply in
//! the month that the regulation allows.
//!
//! # What to do
//! State in `erasure.means` how a record is erased, from backups too.
//!
//! # References
//! GDPR Art. 17.

use cloister_model::Severity;

use super::register_fields::{Lack, STORES, each_store};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-without-erasure",
    title: "store has no way to erase a record",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        each_store(findings, |store| {
            let stated = store.erasure().value().is_some_and(|it| it.means().is_stated() || it.reference().is_stated());
            (!stated).then(|| Lack {
                place: store.erasure().place(),
                says: "has no way to erase a record",
                fix: "erasure:\n  means: how it is done",
            })
        });
    }),
};
