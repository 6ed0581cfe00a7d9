//! What words speak of, in all languages of the Union, Icelandic and Norwegian: one file for each language in
//! `data/words/`, a line for each concept. Words are written there as people write them; some are stems, for a word of
//! five letters or more counts with any ending. Words that belong to one identifier alone stand with its rule.

use std::sync::LazyLock;

use crate::Category;
use crate::words::words;

macro_rules! concepts {
    ($($(#[doc = $doc:literal])* $name:ident = $key:literal,)*) => {
        /// What a word speaks of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Concept { $($(#[doc = $doc])* $name,)* }

        impl Concept {
            fn of_key(key: &str) -> Option<Concept> {
                match key {
                    $($key => Some(Concept::$name),)*
                    _ => None,
                }
            }

            /// How many there are.
            #[cfg(test)]
            const COUNT: usize = [$($key),*].len();
        }
    };
}

concepts! {
    /// The number that a state gives to a person.
    NationalId = "national-id",
    /// A number for taxes.
    TaxNumber = "tax-number",
    /// A number of social insurance.
    SocialSecurity = "social-security",
    /// A number of health insurance.
    HealthInsurance = "health-insurance",
    /// The number of a patient.
    Patient = "patient",
    /// An identity card.
    IdentityCard = "identity-card",
    /// A passport.
    Passport = "passport",
    /// A driving licence.
    DrivingLicence = "driving-licence",
    /// When somebody was born.
    DateOfBirth = "date-of-birth",
    /// Where somebody was born.
    PlaceOfBirth = "place-of-birth",
    /// A given name.
    GivenName = "given-name",
    /// A family name.
    FamilyName = "family-name",
    /// The whole name of a person.
    FullName = "full-name",
    /// A name, of whatever.
    Name = "name",
    /// Where somebody lives.
    Address = "address",
    /// A telephone number.
    PhoneNumber = "phone-number",
    /// An e-mail address.
    EmailAddress = "email-address",
    /// A bank account.
    Account = "account",
    /// A payment card.
    Card = "card",
    /// The number of a pupil or student.
    Student = "student",
    /// What somebody suffers from.
    Diagnosis = "diagnosis",
    /// What somebody takes, and what a doctor must know.
    Medication = "medication",
    /// What somebody believes (Art. 9).
    Religion = "religion",
    /// Membership of a trade union (Art. 9).
    Union = "union",
    /// Political opinions (Art. 9).
    Politics = "politics",
    /// Racial or ethnic origin (Art. 9).
    Ethnicity = "ethnicity",
    /// Sex life and sexual orientation (Art. 9).
    Orientation = "orientation",
    /// What identifies a person by the body (Art. 9).
    Biometric = "biometric",
    /// Genetic data (Art. 9).
    Genetic = "genetic",
    /// Convictions and offences (Art. 10).
    Conviction = "conviction",
    /// A password.
    Password = "password",
    /// Numbers of orders, invoices, parcels, things: of no person.
    Other = "other",
}

macro_rules! languages {
    ($($code:literal)*) => {
        &[$(($code, include_str!(concat!("../data/words/", $code, ".tsv")))),*]
    };
}

/// The words of each language.
const LANGUAGES: &[(&str, &str)] = languages! {
    "bg" "cs" "da" "de" "el" "en" "es" "et" "fi" "fr" "ga" "hr" "hu"
    "is" "it" "lt" "lv" "mt" "nl" "no" "pl" "pt" "ro" "sk" "sl" "sv"
};

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
        match LANGUAGES.iter().position(|(own, _)| *own == code) {
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

/// A word or several, folded and joined as in [`words`], what it speaks of, and in which languages.
struct Entry {
    word: String,
    concept: Concept,
    languages: Languages,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let lines = LANGUAGES.iter().flat_map(|(code, text)| text.lines().map(move |line| (*code, line)));
    let mut entries: Vec<Entry> = lines
        .filter_map(|(code, line)| {
            let (key, phrases) = line.split_once('\t')?;
            Some((code, Concept::of_key(key)?, phrases))
        })
        .flat_map(|(code, concept, phrases)| {
            let languages = Languages::of_code(code);
            let words = phrases.split('|').flat_map(move |phrase| spellings(code, phrase));
            words.map(move |word| Entry { word, concept, languages })
        })
        .collect();
    entries.sort_by(|a, b| (&a.word, a.concept).cmp(&(&b.word, b.concept)));
    entries.dedup_by(|other, first| {
        let same = other.word == first.word && other.concept == first.concept;
        first.languages.0 |= if same { other.languages.0 } else { 0 };
        same
    });
    entries
});

/// A phrase as it is folded; and, where umlauts are often written as two letters, also so.
fn spellings(code: &str, phrase: &str) -> Vec<String> {
    let mut spellings = vec![words(phrase).concat()];
    if matches!(code, "de" | "da" | "no" | "sv" | "fi" | "is") {
        let pairs = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("æ", "ae"), ("ø", "oe"), ("å", "aa")];
        let spelt = pairs.iter().fold(phrase.to_lowercase(), |text, (letter, two)| text.replace(letter, two));
        spellings.push(words(&spelt).concat());
    }
    spellings
}

/// All words of all languages, folded and joined (no separators), with what they speak of; in order.
pub(crate) fn entries() -> impl Iterator<Item = (&'static str, Concept, Languages)> {
    ENTRIES.iter().map(|entry| (entry.word.as_str(), entry.concept, entry.languages))
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
        let first =
            ENTRIES.partition_point(|entry| entry.word.as_bytes() < rest.get(..2.min(rest.len())).unwrap_or_default());
        let same = ENTRIES.iter().skip(first).take_while(|entry| {
            let word = entry.word.as_bytes();
            word.get(..head.len().min(word.len())) <= head.get(..head.len().min(word.len()))
        });
        for entry in same.filter(|entry| rest.starts_with(entry.word.as_bytes())) {
            let end = at + entry.word.len();
            let letters = entry.word.chars().count();
            if letters >= LONG || begins(at) && (letters >= STEM || begins(end)) {
                hits.push(Hit { concept: entry.concept, languages: entry.languages, start: at, end });
            }
        }
    }
    hits
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::words::Context;

    #[test]
    fn every_language_has_words_for_every_concept() {
        for (code, text) in LANGUAGES {
            let keys: Vec<_> = text.lines().filter_map(|line| line.split_once('\t')).collect();
            let known: BTreeSet<_> = keys.iter().filter_map(|(key, _)| Concept::of_key(key)).collect();
            assert_eq!(known.len(), Concept::COUNT, "{code}");
            assert_eq!(keys.len(), Concept::COUNT, "{code}: unknown or double lines");
            assert!(
                keys.iter().all(|(_, phrases)| phrases.split('|').all(|phrase| !phrase.trim().is_empty())),
                "{code}"
            );
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
