//! What the data could do to people.

use cloister_register::DataCategory as Data;

use super::Reason;
use crate::category::Category;
use crate::facts::{Cause, Facts};
use crate::severity::{Points, Quarters, context, shown};
use crate::vocabulary::words;

words! {
    /// How bad it can get for a person, from the data alone.
    Harm {
        Minor = "minor": "annoyance, unwanted contact",
        Considerable = "considerable": "identity theft, a picture of somebody's life",
        Serious = "serious": "fraud, financial loss",
        Grave = "grave": "discrimination, disgrace, harm to body or mind",
    }
}

impl Harm {
    fn of(data: Quarters) -> Harm {
        match data {
            0..8 => Harm::Minor,
            8..12 => Harm::Considerable,
            12..16 => Harm::Serious,
            _ => Harm::Grave,
        }
    }

    fn worse(self) -> Harm {
        match self {
            Harm::Minor => Harm::Considerable,
            Harm::Considerable => Harm::Serious,
            Harm::Serious | Harm::Grave => Harm::Grave,
        }
    }
}

/// Numbers with which somebody can pass for another.
const IDENTITY: [Data; 4] =
    [Data::NationalIdentifier, Data::IdentityDocument, Data::TaxIdentifier, Data::SocialSecurityNumber];

/// Ways to reach somebody.
const REACHES: [Data; 5] =
    [Data::ContactDetails, Data::PostalAddress, Data::EmailAddress, Data::PhoneNumber, Data::Nationality];

/// The harm, and why.
pub(super) fn of(facts: &Facts) -> (Harm, Vec<Reason>) {
    let data = Points::of(facts).data();
    let mut harm = Harm::of(data);
    let mut why = vec![Reason::new(
        format!(
            "The data by itself weighs {} of 4 (context × ease of identification): {} harm, such as {}.",
            shown(data),
            harm.as_str(),
            harm.meaning()
        ),
        &["recital 75", "Guidelines 9/2022, IV.B"],
    )];
    let mut raise = |to: Harm, text: &str, sources: &[&'static str]| {
        if to >= harm {
            harm = to;
            why.push(Reason::new(format!("{text}: {} harm.", to.as_str()), sources));
        }
    };
    // Somebody who cannot be found behind the data cannot be impersonated with it.
    if data > 2 && impersonates(&context::open(facts)) {
        raise(
            Harm::Considerable,
            "With this data somebody can pass for another",
            &["recital 85", "Guidelines 01/2021, case 11"],
        );
    }
    if context::open(facts).contains(&Category(Data::Credentials)) {
        raise(
            Harm::Considerable,
            "Credentials open what is behind them, and other accounts with the same password",
            &["Guidelines 01/2021, case 7"],
        );
    }
    let (children, vulnerable) = (facts.affected.concerns_children(), facts.affected.vulnerable == Some(true));
    if children || vulnerable {
        let whom = if children { "Children are" } else { "People who cannot well defend themselves are" };
        let worse = Harm::of(data).worse();
        raise(worse, &format!("{whom} among those affected"), &["recital 38", "recital 75", "Guidelines 9/2022, IV.B"]);
    }
    if facts.cause == Some(Cause::Impersonation) {
        raise(Harm::Considerable, "Somebody aimed at these very people", &["Guidelines 01/2021, case 17"]);
    }
    (harm, why)
}

/// A number of identity; or who somebody is, when they were born and how they are reached.
fn impersonates(categories: &[Category]) -> bool {
    let has = |data: &Data| categories.contains(&Category(*data));
    IDENTITY.iter().any(has) || (has(&Data::Name) && has(&Data::DateOfBirth) && REACHES.iter().any(has))
}
