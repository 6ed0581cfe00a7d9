//! Numbers that states and institutions give to persons, each with its own
//! checksum and dates, and the words that announce it. A bare row of digits
//! proves nothing: most rules want a word nearby.
//!
//! One file a country; each rule names the act or standard that it encodes.
//! `judge identifiers` holds them against python-stdnum.

mod algorithms;
mod austria;
mod baltics;
mod bank;
mod belgium;
mod britain;
mod bulgaria;
mod croatia;
mod cyprus;
mod czechia;
mod denmark;
mod devices;
mod documents;
mod finland;
mod france;
mod germany;
mod greece;
mod hungary;
mod iceland;
mod ireland;
mod italy;
mod luxembourg;
mod malta;
pub mod mrz;
mod netherlands;
mod norway;
pub mod numbers;
mod poland;
mod portugal;
mod romania;
pub mod shape;
mod slovenia;
mod spain;
pub mod specimens;
mod sweden;
mod switzerland;
mod vat;

use shape::{Look, Shape};

use crate::concepts::Concept;
use crate::detection::Category;

/// What must stand beside the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// One of the rule's own words, before it or as the field's name: it has no check, and a word for numbers of any
    /// country does not tell whose it is.
    OwnWord,
    /// One of the rule's words, or one for such numbers of any country.
    Word,
    /// A word, or the separators that the number is written with.
    WordOrGroups,
    /// Nothing: form and checksum suffice.
    Nothing,
}

/// A kind of number that is known.
#[derive(Debug)]
pub struct Kind {
    /// Its name in reports, and for [`checksum`].
    pub kind: &'static str,
    /// The same for people, with its article.
    pub title: &'static str,
    /// What kind of data it is.
    pub category: Category,
    /// Who gives it: codes of ISO 3166-1 (several where states share it), or empty where no single state does.
    pub country: &'static str,
    /// Lengths without separators.
    pub lengths: &'static [usize],
    /// A first test, and what such numbers are made of: one shape or more for each length.
    pub shapes: &'static [Shape],
    /// Judges upper-case letters and digits without separators, of any length; allocates nothing.
    pub(crate) valid: fn(&[u8]) -> bool,
    /// Words that announce it, lower-case and without accents.
    pub(crate) words: &'static [&'static str],
    /// What must stand beside it before it is reported.
    pub proof: Proof,
}

/// Within this crate a kind is a rule, which judges.
pub(crate) use Kind as Rule;

impl Kind {
    /// Whether a text of this look is worth judging.
    #[cfg(test)]
    pub(crate) fn looks(&self, look: &Look) -> bool {
        self.shapes.iter().any(|shape| shape.fits(look))
    }

    /// Whether it says no more than how long a number is: only its own words announce it then, not those that speak of
    /// such numbers of any country.
    pub(crate) fn is_loose(&self) -> bool {
        const LOOSE: [&str; 13] = [
            "li-person-number",
            "de-tax-account",
            "cy-identity-card",
            "mt-identity-card",
            "fr-identity-card",
            "fr-passport",
            "nl-identity-document",
            "fi-tax-number",
            "bg-foreigner-number",
            "dk-cpr",
            "passport",
            "driving-licence",
            "de-driving-licence",
        ];
        LOOSE.contains(&self.kind)
    }

    /// The concepts whose words announce it.
    pub(crate) fn announced_by(&self) -> &'static [Concept] {
        match self.kind {
            "passport" => &[Concept::Passport],
            "driving-licence" => &[Concept::DrivingLicence],
            _ if self.is_loose() || self.proof == Proof::OwnWord => &[],
            _ => Concept::announcing(self.category),
        }
    }

    /// Whether `compact` is such a number.
    #[cfg(test)]
    pub(crate) fn accepts(&self, compact: &[u8]) -> bool {
        self.looks(&Look::of(compact)) && (self.valid)(compact)
    }
}

/// Every rule. Where several fit as well, the last one names the number: what has no check comes before what has one.
pub const RULES: [&[Rule]; 33] = [
    documents::RULES,
    devices::RULES,
    bank::RULES,
    mrz::RULES,
    austria::RULES,
    baltics::RULES,
    belgium::RULES,
    britain::RULES,
    bulgaria::RULES,
    croatia::RULES,
    cyprus::RULES,
    czechia::RULES,
    denmark::RULES,
    finland::RULES,
    france::RULES,
    germany::RULES,
    greece::RULES,
    hungary::RULES,
    iceland::RULES,
    ireland::RULES,
    italy::RULES,
    luxembourg::RULES,
    malta::RULES,
    netherlands::RULES,
    norway::RULES,
    poland::RULES,
    portugal::RULES,
    romania::RULES,
    slovenia::RULES,
    spain::RULES,
    sweden::RULES,
    switzerland::RULES,
    vat::RULES,
];

/// Whether a number of this kind (or an `ip-address`) was made for tests and documentation.
pub fn is_specimen(kind: &str, compact: &[u8]) -> bool {
    specimens::is_specimen(kind, compact)
}

/// The place of a rule among all.
pub fn rule_bit(kind: &str) -> Option<usize> {
    RULES.iter().copied().flatten().position(|rule| rule.kind == kind)
}

/// Whether a text is the code of a bank, which has letters alone in most cases, and so no digit that gives it away.
pub fn is_bic(value: &str) -> bool {
    bank::is_code_of_bank(value.as_bytes())
}

/// Every kind of number that is known.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    RULES.iter().copied().flatten()
}

/// The check of a kind of number or of an algorithm (`luhn`, `verhoeff`, `damm`, `ean`, `iso7064-mod-11-2`,
/// `iso7064-mod-11-10`, `iso7064-mod-37-2`, `iso7064-mod-37-36`, `iso7064-mod-97-10`, `mod-11-eleven-test`, and
/// `ip-address`, whose text keeps its separators), by name.
#[derive(Clone, Copy, Debug)]
pub struct Checksum {
    shapes: Option<&'static [Shape]>,
    valid: fn(&[u8]) -> bool,
}

impl Checksum {
    /// Finds it by name; once, where many texts are judged.
    pub fn named(name: &str) -> Option<Checksum> {
        let rule = RULES.iter().copied().flatten().find(|rule| rule.kind == name);
        let of_rule = rule.map(|rule| Checksum { shapes: Some(rule.shapes), valid: rule.valid });
        let of_algorithm = || {
            let found = algorithms::ALGORITHMS.iter().find(|(known, _)| *known == name);
            found.map(|(_, valid)| Checksum { shapes: None, valid: *valid })
        };
        of_rule.or_else(of_algorithm)
    }

    /// Whether it holds for upper-case letters and digits without separators.
    pub fn holds(&self, compact: &[u8]) -> bool {
        let look = Look::of(compact);
        self.shapes.is_none_or(|shapes| shapes.iter().any(|shape| shape.fits(&look))) && (self.valid)(compact)
    }
}

/// Whether the check `name` (a kind of [`kinds`], or an algorithm) holds for `compact`; nothing where no check has this
/// name.
pub fn checksum(name: &str, compact: &[u8]) -> Option<bool> {
    Checksum::named(name).map(|checksum| checksum.holds(compact))
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
