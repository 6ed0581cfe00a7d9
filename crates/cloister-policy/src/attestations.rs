//! Attestations: a person's statement about what no machine sees.

use std::collections::HashMap;

use cloister_register::{Attestation, Register};
use jiff::civil::Date;

/// The attestations that hold, by framework and requirement.
#[derive(Debug)]
pub struct Attestations<'r, 'a> {
    by_requirement: HashMap<(&'a str, &'a str), &'r Attestation<'a>>,
}

impl<'r, 'a> Attestations<'r, 'a> {
    /// Those that are complete and hold today; of several the one that holds longest.
    pub fn holding(register: &'r Register<'a>, today: Date) -> Attestations<'r, 'a> {
        let mut by_requirement: HashMap<(&'a str, &'a str), &'r Attestation<'a>> = HashMap::new();
        for attestation in register.attestations().iter().filter(|attestation| holds(attestation, today)) {
            let Some(key) = requirement(attestation) else { continue };
            let longer = by_requirement.get(&key).is_none_or(|other| last_day(other) < last_day(attestation));
            if longer {
                by_requirement.insert(key, attestation);
            }
        }
        Attestations { by_requirement }
    }

    /// The attestation of one requirement.
    pub fn of(&self, framework: &str, id: &str) -> Option<&'r Attestation<'a>> {
        self.by_requirement.get(&(framework, id)).copied()
    }
}

/// Framework and id that an attestation names.
pub(crate) fn requirement<'a>(attestation: &Attestation<'a>) -> Option<(&'a str, &'a str)> {
    let requirement = attestation.requirement().value()?;
    Some((requirement.framework().value()?, requirement.id().value()?))
}

/// Complete, not expired, not from the future, and no mere guess.
fn holds(attestation: &Attestation<'_>, today: Date) -> bool {
    attestation.author().is_confirmed()
        && attestation.statement().is_confirmed()
        && attestation.date().value().is_some_and(|date| date <= today)
        && last_day(attestation) >= today
}

/// An attestation without expiry is no attestation: it would hold for ever.
fn last_day(attestation: &Attestation<'_>) -> Date {
    attestation.expires().value().unwrap_or(Date::MIN)
}
