//! Everything that can be recognised, by name: categories, and the kinds in them.

use crate::credentials::shapes;
use crate::detection::{Category, Confidence};
use crate::identifiers::kinds;

/// Every category.
const CATEGORIES: [Category; 24] = [
    Category::Credentials,
    Category::Name,
    Category::DateOfBirth,
    Category::EmailAddress,
    Category::PhoneNumber,
    Category::PostalAddress,
    Category::NationalIdentifier,
    Category::IdentityDocument,
    Category::TaxIdentifier,
    Category::SocialSecurityNumber,
    Category::BankDetails,
    Category::PaymentCard,
    Category::DeviceData,
    Category::Education,
    Category::Location,
    Category::Health,
    Category::Beliefs,
    Category::TradeUnion,
    Category::PoliticalOpinions,
    Category::EthnicOrigin,
    Category::SexualOrientation,
    Category::Biometric,
    Category::Genetic,
    Category::Convictions,
];

impl Category {
    /// Every category, in order.
    pub fn all() -> impl Iterator<Item = Category> {
        CATEGORIES.into_iter()
    }

    /// The category that the register calls so.
    pub fn named(word: &str) -> Option<Category> {
        Category::all().find(|category| category.as_str() == word)
    }
}

impl Confidence {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Possible => "possible",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
    }
}

/// A kind that detections have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub kind: &'static str,
    /// The same for people, with its article.
    pub title: &'static str,
    /// What kind of data it is.
    pub category: Category,
    /// Codes of ISO 3166-1 of who gives it, or empty.
    pub country: &'static str,
}

/// What is told by the name of its field or by its form, and is no number of a rule.
const OTHERS: &[(&str, &str, Category)] = &[
    ("known-password", "a password that everybody knows", Category::Credentials),
    ("password", "a password", Category::Credentials),
    ("token", "a key or token", Category::Credentials),
    ("name", "a person's name", Category::Name),
    ("date-of-birth", "a date of birth", Category::DateOfBirth),
    ("email-address", "an e-mail address", Category::EmailAddress),
    ("phone-number", "a telephone number", Category::PhoneNumber),
    ("postal-address", "a postal address", Category::PostalAddress),
    ("ip-address", "an address of the internet", Category::DeviceData),
    ("vehicle-plate", "the number plate of a vehicle", Category::DeviceData),
    ("position", "where somebody is or was", Category::Location),
    ("health", "health data", Category::Health),
    ("icd-code", "a diagnosis", Category::Health),
    ("religion", "a religion or belief", Category::Beliefs),
    ("trade-union", "membership of a trade union", Category::TradeUnion),
    ("political-opinion", "a political opinion", Category::PoliticalOpinions),
    ("ethnic-origin", "racial or ethnic origin", Category::EthnicOrigin),
    ("sexual-orientation", "sexual orientation", Category::SexualOrientation),
    ("biometric", "biometric data", Category::Biometric),
    ("genetic", "genetic data", Category::Genetic),
    ("conviction", "a conviction", Category::Convictions),
];

/// Every kind that can be recognised: credentials, then by category.
pub fn known() -> Vec<Known> {
    let country = "";
    let forms = shapes().map(|(kind, title, category)| Known { kind, title, category, country });
    let others = OTHERS.iter().map(|(kind, title, category)| Known { kind, title, category: *category, country });
    let numbers =
        kinds().map(|of| Known { kind: of.kind, title: of.title, category: of.category, country: of.country });
    let mut all: Vec<Known> = forms.chain(others).chain(numbers).collect();
    all.sort_by_key(|known| known.category);
    all.dedup_by_key(|known| known.kind);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_category_is_left_out() {
        let all: Vec<Category> = Category::all().collect();
        assert!(all.is_sorted());
        assert_eq!(all.len(), Category::Convictions as usize + 1);
        assert!(all.iter().all(|category| Category::named(category.as_str()) == Some(*category)));
    }

    #[test]
    fn what_is_detected_is_known() {
        let text = "password=hunter2x\nname: Jonas Reuter\ndob=1980-02-03\nsurname: Reuter\nreligion: lutheran\n\
            tel +49 30 5551 4423, jana.nova@clinic.eu\ndiagnosis: E11.9\nparty: greens\nhomeAddress: Kantweg 3 in Ulm\n\
            postgres://u:pw12x@db DE02 1203 0000 0000 2020 51 icd E11.9 x";
        let known = known();
        let found = crate::scan(text);
        assert!(found.len() > 6, "{found:?}");
        for one in found {
            assert!(known.iter().any(|known| known.kind == one.kind && known.category == one.category), "{one:?}");
        }
    }
}
