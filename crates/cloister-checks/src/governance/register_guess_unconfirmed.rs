//! # What it does
//! Finds values of the register that `cloister register init` guessed and nobody
//! confirmed.
//!
//! # Why it matters
//! A guess is no record: what the program inferred from names and images may be wrong.
//!
//! # What to do
//! Correct or confirm the value, and remove its path from the annotation
//! `cloister.dev/guess`.
//!
//! # References
//! GDPR Art. 5(2), 24(1), 30(1).

use cloister_model::Severity;

use cloister_register::guesses;

use super::register_fields::STORES;
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "register-guess-unconfirmed",
    title: "a value of the register is still a guess",
    severity: Severity::Medium,
    needs: &[Need::Register],
    run: Run::Inventory(&STORES, |findings| {
        let register = findings.register();
        let activities = register.activities().iter().map(|entry| entry.resource());
        let stores = register.stores().iter().map(|entry| entry.resource());
        let processors = register.processors().iter().map(|entry| entry.resource());
        let organisation = register.organisation().map(|entry| entry.resource());
        for resource in activities.chain(stores).chain(processors).chain(organisation) {
            let guesses = guesses(resource);
            findings.examine(!guesses.is_empty());
            for guess in guesses {
                let says =
                    format!("{} \"{}\": {} is a guess that nobody confirmed", resource.kind, resource.name, guess.path);
                findings.report(guess.place).message(says);
            }
        }
    }),
};
