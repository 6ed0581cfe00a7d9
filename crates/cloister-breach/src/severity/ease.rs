//! EI: how easily it is told whose data it is.

use cloister_register::DataCategory as Data;

use super::{Quarters, context};
use crate::facts::{Facts, Method};

/// What names somebody by itself, or leads to them.
const LEADS_TO: [Data; 12] = [
    Data::Photo,
    Data::AudioOrVideo,
    Data::ContactDetails,
    Data::EmailAddress,
    Data::PhoneNumber,
    Data::PostalAddress,
    Data::NationalIdentifier,
    Data::IdentityDocument,
    Data::TaxIdentifier,
    Data::SocialSecurityNumber,
    Data::Biometric,
    Data::Vehicle,
];

/// What tells people apart without telling who they are.
const APART: [Data; 5] =
    [Data::OnlineIdentifiers, Data::DeviceData, Data::CustomerNumber, Data::Location, Data::Credentials];

/// The points, in quarters, and why.
pub(super) fn points(facts: &Facts) -> (Quarters, Vec<String>) {
    let categories = context::open(facts);
    let has = |list: &[Data]| categories.iter().any(|one| list.contains(&one.0));
    let pseudonyms = facts.protection.as_ref().is_some_and(|one| one.method == Method::Pseudonymisation && one.holds());
    let (points, why) = match (has(&[Data::Name]), has(&LEADS_TO), has(&APART)) {
        _ if pseudonyms => (1, "negligible: pseudonyms, and what is kept apart is safe"),
        _ if categories.is_empty() => (4, "maximum, until it is known which data it is"),
        (true, true, _) => (4, "maximum: a name, and what leads to that person"),
        (true, false, _) => (3, "significant: a name, which several people may have"),
        (false, true, _) => (3, "significant: what leads to a person, without the name"),
        (false, false, true) => (2, "limited: what tells people apart, but does not say who they are"),
        (false, false, false) => (2, "limited: nothing among the data says who somebody is"),
    };
    (points, vec![format!("Identification is {why}.")])
}
