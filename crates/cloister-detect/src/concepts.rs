//! What words speak of, in all languages of the Union, Icelandic and Norwegian: one file for each language in
//! `data/words/`, a line for each concept. Words are written there as people write them; some are stems, for a word of
//! five letters or more counts with any ending. Words that belong to one identifier alone stand with its rule.

use crate::Category;
pub(crate) use crate::concept::Concept;

impl Concept {
    /// What kind of data a field holds whose name speaks of this: nothing where the value must say so itself.
    pub(crate) fn told(self) -> Option<Category> {
        Some(match self {
            Concept::DateOfBirth => Category::DateOfBirth,
            Concept::GivenName | Concept::FamilyName | Concept::FullName => Category::Name,
            Concept::Address => Category::PostalAddress,
            Concept::Diagnosis | Concept::Medication | Concept::Patient | Concept::HealthInsurance => Category::Health,
            Concept::Religion => Category::Beliefs,
            Concept::Union => Category::TradeUnion,
            Concept::Politics => Category::PoliticalOpinions,
            Concept::Ethnicity => Category::EthnicOrigin,
            Concept::Orientation => Category::SexualOrientation,
            Concept::Biometric => Category::Biometric,
            Concept::Genetic => Category::Genetic,
            Concept::Conviction => Category::Convictions,
            _ => return None,
        })
    }

    /// Whether a field so named holds something worth a look.
    pub(crate) fn tells(self) -> bool {
        matches!(self, Concept::Password | Concept::Name) || self.told().is_some()
    }

    /// The concepts whose words announce a number of this category, of whatever country.
    pub(crate) fn announcing(category: Category) -> &'static [Concept] {
        match category {
            Category::NationalIdentifier => &[Concept::NationalId],
            Category::TaxIdentifier => &[Concept::TaxNumber],
            Category::SocialSecurityNumber => &[Concept::SocialSecurity],
            Category::IdentityDocument => &[Concept::IdentityCard, Concept::Passport, Concept::DrivingLicence],
            Category::Health => &[Concept::HealthInsurance, Concept::Patient],
            Category::BankDetails => &[Concept::Account],
            Category::PaymentCard => &[Concept::Card],
            Category::Education => &[Concept::Student],
            _ => &[],
        }
    }
}

/// The languages that a word belongs to: a bit for each of [`LANGUAGES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Languages(u32);

impl Languages {
    /// Those of this code; and, of a word of English, all, for programmers everywhere use it.
    fn of_code(code: &str) -> Languages {
        match LANGUAGES.iter().position(|own| *own == code) {
            Some(_) if code == "en" => Languages(u32::MAX),
            Some(bit) => Languages(1 << bit),
            None => Languages(0),
        }
    }

    /// Whether one of them is spoken in one of these countries (codes of ISO 3166-1, or nothing for every country).
    pub(crate) fn speak_in(self, countries: &str) -> bool {
        let spoken =
            |country: &str| SPOKEN.iter().find(|(own, _)| *own == country).map_or(&[][..], |(_, codes)| *codes);
        let mut codes = countries.split(|sign: char| !sign.is_ascii_alphabetic()).flat_map(spoken);
        countries.is_empty() || self.0 == u32::MAX || codes.any(|code| Languages::of_code(code).0 & self.0 != 0)
    }
}

/// Official languages of the countries whose numbers are known.
#[rustfmt::skip]
const SPOKEN: &[(&str, &[&str])] = &[
    ("AT", &["de"]), ("BE", &["nl", "fr", "de"]), ("BG", &["bg"]), ("CH", &["de", "fr", "it"]), ("CY", &["el"]),
    ("CZ", &["cs"]), ("DE", &["de"]), ("DK", &["da"]), ("EE", &["et"]), ("ES", &["es"]), ("FI", &["fi", "sv"]),
    ("FR", &["fr"]), ("GB", &["en"]), ("GR", &["el"]), ("HR", &["hr"]), ("HU", &["hu"]), ("IE", &["en", "ga"]),
    ("IS", &["is"]), ("IT", &["it", "de"]), ("LI", &["de"]), ("LT", &["lt"]), ("LU", &["fr", "de"]), ("LV", &["lv"]),
    ("MT", &["mt", "en"]), ("NL", &["nl"]), ("NO", &["no"]), ("PL", &["pl"]), ("PT", &["pt"]), ("RO", &["ro"]),
    ("SE", &["sv"]), ("SI", &["sl"]), ("SK", &["sk"]),
];

/// A word or several, folded and joined as in [`words`](crate::words::words), what it speaks of, and in which languages.
/// Twelve bytes without a pointer, so that the table is read where it lies in the program.
struct Entry {
    /// Where it starts among [`LETTERS`].
    start: u32,
    length: u8,
    concept: Concept,
    languages: Languages,
}

impl Entry {
    fn word(&self) -> &'static str {
        let start = usize::try_from(self.start).unwrap_or(usize::MAX);
        LETTERS.get(start..start.saturating_add(usize::from(self.length))).unwrap_or_default()
    }
}

// `LANGUAGES`, `LETTERS` and `ENTRIES`, made by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// All words of all languages, folded and joined (no separators), with what they speak of; in order.
pub(crate) fn entries() -> impl Iterator<Item = (&'static str, Concept, Languages)> {
    ENTRIES.iter().map(|entry| (entry.word(), entry.concept, entry.languages))
}

/// A shorter word must stand alone; a longer one may go on, and one of [`LONG`] letters may also start within a word.
pub(crate) const STEM: usize = 5;
/// See [`STEM`].
pub(crate) const LONG: usize = 9;

/// A word that speaks of something, and where it stands among the letters of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// What of.
    pub concept: Concept,
    /// In which languages.
    pub languages: Languages,
    /// Where it starts, in bytes of the joined words.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The words in a text, taken apart by [`words`], that speak of something.
pub(crate) fn hits(words: &[String], joined: &str) -> Vec<Hit> {
    let mut begins = Vec::with_capacity(words.len() + 1);
    begins.push(0);
    words.iter().fold(0, |end, word| {
        begins.push(end + word.len());
        end + word.len()
    });
    let begins = |at: usize| begins.binary_search(&at).is_ok();
    let mut hits = Vec::new();
    for at in 0..joined.len() {
        let rest = joined.as_bytes().get(at..).unwrap_or_default();
        // Words that start with the same letters stand together.
        let head = rest.get(..3.min(rest.len())).unwrap_or_default();
        let first = ENTRIES
            .partition_point(|entry| entry.word().as_bytes() < rest.get(..2.min(rest.len())).unwrap_or_default());
        let same = ENTRIES.iter().skip(first).take_while(|entry| {
            let word = entry.word().as_bytes();
            word.get(..head.len().min(word.len())) <= head.get(..head.len().min(word.len()))
        });
        for entry in same.filter(|entry| rest.starts_with(entry.word().as_bytes())) {
            let end = at + entry.word().len();
            let letters = entry.word().chars().count();
            if letters >= LONG || begins(at) && (letters >= STEM || begins(end)) {
                hits.push(Hit { concept: entry.concept, languages: entry.languages, start: at, end });
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Context;

    #[test]
    fn words_are_in_order_and_told_once() {
        let all: Vec<_> = entries().map(|(word, concept, _)| (word, concept)).collect();
        assert!(all.len() > 3000 && all.is_sorted_by(|one, next| one < next));
        assert!(all.iter().all(|(word, _)| !word.is_empty()));
    }

    #[test]
    fn every_language_speaks_of_everything() {
        for code in LANGUAGES {
            let own = Languages::of_code(code);
            for key in Concept::KEYS {
                let concept = Concept::of_key(key).unwrap();
                let speaks = |(_, of, languages): (&str, Concept, Languages)| of == concept && languages.0 & own.0 != 0;
                assert!(entries().any(speaks), "{code}: {key}");
            }
        }
    }

    #[test]
    fn words_count_with_their_endings_and_in_every_script() {
        for (text, concept) in [
            ("Geburtsdatum: ", Concept::DateOfBirth),
            ("FUEHRERSCHEIN", Concept::DrivingLicence),
            ("kundenTelefonnummer", Concept::PhoneNumber),
            ("henkilötunnukseni on ", Concept::NationalId),
            ("z numerem PESEL oraz datą urodzenia ", Concept::DateOfBirth),
            ("ΗΜΕΡΟΜΗΝΙΑ ΓΕΝΝΗΣΗΣ", Concept::DateOfBirth),
            ("στο τηλέφωνό μου ", Concept::PhoneNumber),
            ("датата на раждане е ", Concept::DateOfBirth),
            ("a születési ideje: ", Concept::DateOfBirth),
            ("s rodným číslem ", Concept::NationalId),
            ("tal-identità numru tal-identità", Concept::NationalId),
        ] {
            assert!(Context::new(text).announces(concept), "{text}");
        }
    }

    #[test]
    fn a_word_announces_numbers_of_the_countries_where_it_is_spoken() {
        let german = Languages::of_code("de");
        assert!(german.speak_in("AT") && german.speak_in("CH,LI") && german.speak_in(""));
        assert!(!german.speak_in("PL") && Languages::of_code("en").speak_in("PL"));
    }

    #[test]
    fn the_nearest_word_decides() {
        assert!(Context::new("Rechnung 17, Steuernummer: ").announces(Concept::TaxNumber));
        assert!(!Context::new("Steuernummer siehe oben, Rechnung Nr. ").announces(Concept::TaxNumber));
        assert!(!Context::new("hotel personnel telo").announces(Concept::PhoneNumber));
    }
}
