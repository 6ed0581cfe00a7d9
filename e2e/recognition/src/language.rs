//! What is known of a language: names, places, what things are called, sentences. One file each in `data/`, a line for
//! each key; `{}` stands for a value.

use cloister_dice::Dice;

/// One language of Europe.
#[derive(Debug)]
pub struct Language {
    /// ISO 639-1.
    pub code: &'static str,
    lines: &'static str,
}

macro_rules! languages {
    ($($code:literal)*) => {
        &[$(Language { code: $code, lines: include_str!(concat!("../data/", $code, ".tsv")) }),*]
    };
}

/// The 24 official languages of the Union, Icelandic and Norwegian.
pub const LANGUAGES: &[Language] = languages! {
    "bg" "cs" "da" "de" "el" "en" "es" "et" "fi" "fr" "ga" "hr" "hu" "is" "it" "lt" "lv" "mt" "nl" "no" "pl" "pt" "ro" "sk" "sl" "sv"
};

impl Language {
    /// All entries of a key.
    pub fn all(&self, key: &str) -> Vec<&'static str> {
        let line = self.lines.lines().find_map(|line| line.split_once('\t').filter(|(own, _)| *own == key));
        line.map(|(_, entries)| entries.split('|').collect()).unwrap_or_default()
    }

    /// One entry of a key; empty where the language has none.
    pub fn one(&self, key: &str, dice: &mut Dice) -> &'static str {
        dice.pick(&self.all(key))
    }

    /// What a kind of value is called: labels without `{}`.
    pub fn label(&self, key: &str, dice: &mut Dice) -> &'static str {
        let labels: Vec<_> = self.all(key).into_iter().filter(|label| !label.contains("{}")).collect();
        dice.pick(&labels)
    }

    /// What announces a kind of value within a sentence, where the language has words of its own for that.
    pub fn announcing(&self, key: &str) -> Vec<&'static str> {
        self.all(key).into_iter().filter(|entry| entry.contains("{}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every document may ask for.
    const KEYS: [&str; 42] = [
        "given",
        "family",
        "street",
        "city",
        "phone",
        "name",
        "given-name",
        "family-name",
        "date-of-birth",
        "address",
        "phone-number",
        "email-address",
        "iban",
        "payment-card",
        "diagnosis",
        "religion",
        "union",
        "politics",
        "ethnicity",
        "orientation",
        "biometric",
        "genetic",
        "diagnosis-value",
        "religion-value",
        "union-value",
        "politics-value",
        "ethnicity-value",
        "orientation-value",
        "password",
        "greeting",
        "closing",
        "filler",
        "with",
        "bare",
        "order",
        "invoice",
        "tracking",
        "article",
        "price",
        "given",
        "family",
        "city",
    ];

    #[test]
    fn every_language_has_every_key() {
        for language in LANGUAGES {
            for key in KEYS {
                assert!(!language.all(key).is_empty(), "{} lacks {key}", language.code);
            }
        }
    }
}
