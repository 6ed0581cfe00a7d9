//! Numbers that states and institutions give to persons, each with its own
//! checksum and dates, and the words that announce it. A bare row of digits
//! proves nothing: most rules want a word nearby.

mod central;
mod north;
mod numbers;
mod south;
mod west;
mod world;

use crate::detection::Category;

/// What must stand beside the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// One of the rule's words, before it or as the field's name.
    Word,
    /// A word, or the separators that the number is written with.
    WordOrGroups,
    /// Nothing: form and checksum suffice.
    Nothing,
}

/// One kind of number.
#[derive(Debug)]
pub(crate) struct Rule {
    pub kind: &'static str,
    pub title: &'static str,
    pub category: Category,
    /// Lengths without separators.
    pub lengths: &'static [usize],
    /// Judges upper-case letters and digits without separators.
    pub valid: fn(&[u8]) -> bool,
    pub words: &'static [&'static str],
    pub proof: Proof,
}

/// All of them.
pub(crate) const RULES: [&[Rule]; 5] = [world::RULES, west::RULES, central::RULES, north::RULES, south::RULES];

/// Words that announce a number of any country, by category.
pub(crate) const ANY: [(Category, &[&str]); 3] = [
    (
        Category::NationalIdentifier,
        &[
            "nationalid",
            "nationalidentifier",
            "nationalidentity",
            "personalid",
            "personalcode",
            "citizenid",
            "personnumber",
        ],
    ),
    (Category::SocialSecurityNumber, &["ssn", "socialsecurity", "socialinsurance"]),
    (Category::TaxIdentifier, &["taxid", "taxnumber", "taxpayer", "tin"]),
];

/// Whether a rule of this kind accepts a number, for tests against an oracle.
#[cfg(test)]
pub(crate) fn accepts(kind: &str, compact: &str) -> bool {
    RULES
        .iter()
        .copied()
        .flatten()
        .any(|rule| rule.kind == kind && rule.lengths.contains(&compact.len()) && (rule.valid)(compact.as_bytes()))
}

#[cfg(test)]
mod oracle;
