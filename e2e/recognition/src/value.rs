//! Values to plant, with what they are called: made up at random, nobody's.

use cloister_dice::Dice;

use crate::language::Language;
use crate::near;
use crate::numbers::{Number, fill, holds};

/// A kind of value that a document may hold.
#[derive(Clone, Copy, Debug)]
pub enum Slot {
    /// A number of persons.
    Number(&'static Number),
    /// The same, with a digit changed: no number of anybody.
    Wrong(&'static Number),
    /// Another kind of personal data, or what opens a door: see [`PLAIN`].
    Plain(&'static Plain),
    /// What only looks like personal data: see [`near::NEAR`].
    Near(&'static str),
}

/// Personal data other than numbers of states.
#[derive(Debug)]
pub struct Plain {
    /// The detector's kind.
    pub kind: &'static str,
    /// The category that the register gives it.
    pub category: &'static str,
    /// The key of its labels in the files of languages.
    pub labels: &'static str,
    /// What programmers call it, as words.
    pub keys: &'static [&'static str],
    /// Whether a checksum decides.
    pub checked: bool,
    /// Whether it may stand without its context: other kinds are nothing without it.
    pub bare: bool,
}

macro_rules! plain {
    ($($kind:literal $category:literal $labels:literal $keys:tt $checked:literal $bare:literal;)*) => {
        &[$(Plain {
            kind: $kind, category: $category, labels: $labels, keys: &$keys, checked: $checked, bare: $bare,
        }),*]
    };
}

/// All of them.
#[rustfmt::skip]
pub const PLAIN: &[Plain] = plain! {
    "iban" "bank-details" "iban" ["iban", "bank account", "account iban"] true true;
    "payment-card" "payment-card" "payment-card" ["card number", "credit card", "cc number"] true true;
    "imei" "device-data" "" ["imei", "device imei"] true false;
    "email-address" "email-address" "email-address" ["email", "e mail", "contact email", "user email"] false true;
    "phone-number" "phone-number" "phone-number" ["phone", "phone number", "mobile", "mobile phone"] false true;
    "name" "name" "name" ["full name", "patient name", "customer name"] false false;
    "given-name" "name" "given-name" ["first name", "given name"] false false;
    "family-name" "name" "family-name" ["last name", "surname", "family name"] false false;
    "date-of-birth" "date-of-birth" "date-of-birth" ["date of birth", "birth date", "dob", "birthday"] false false;
    "postal-address" "postal-address" "address" ["postal address", "home address", "street address", "billing address"] false false;
    "icd-code" "health" "diagnosis" ["icd10", "icd code", "diagnosis", "diagnosis code"] false false;
    "diagnosis" "health" "diagnosis" ["diagnosis", "main diagnosis"] false false;
    "religion" "religious-or-philosophical-beliefs" "religion" ["religion", "denomination"] false false;
    "trade-union" "trade-union-membership" "union" ["trade union", "union membership"] false false;
    "political-opinion" "political-opinions" "politics" ["political party", "political opinion", "party membership"] false false;
    "ethnic-origin" "racial-or-ethnic-origin" "ethnicity" ["ethnicity", "ethnic origin"] false false;
    "sexual-orientation" "sexual-orientation" "orientation" ["sexual orientation"] false false;
    "biometric" "biometric" "biometric" ["fingerprint template", "face template", "biometric data"] false false;
    "genetic" "genetic" "genetic" ["genetic data", "genotype", "dna profile"] false false;
    "password" "credentials" "password" ["password", "db password", "user password"] false false;
    "github-token" "credentials" "" ["github token", "api token"] false true;
    "aws-access-key" "credentials" "" ["aws access key id", "access key"] false true;
};

/// A value with what it is called.
#[derive(Clone, Debug)]
pub struct Value {
    /// The detector's kind, or the class of a near miss.
    pub kind: &'static str,
    /// The category; none for a near miss.
    pub category: Option<&'static str>,
    /// As people write it.
    pub text: String,
    /// Whether a checksum decides.
    pub checked: bool,
    /// What may announce it in a sentence, `{}` for the value.
    pub announcing: Vec<&'static str>,
}

/// What a value is called in one document.
#[derive(Clone, Debug)]
pub struct Called {
    /// By people.
    pub label: String,
    /// By programmers: words.
    pub key: String,
}

impl Slot {
    /// A value of this kind in a document of this language.
    pub fn value(self, language: &Language, dice: &mut Dice) -> Option<Value> {
        let (kind, category, text, checked, labels) = match self {
            Slot::Number(number) => {
                let valid = number.valid(dice)?;
                (number.kind, Some(number.category), number.written(&valid, dice), number.checked, "")
            }
            Slot::Wrong(number) => {
                let wrong = number.wrong(dice)?;
                ("wrong-checksum", None, number.written(&wrong, dice), false, "")
            }
            Slot::Plain(plain) => {
                let text = text(plain.kind, language, dice)?;
                (plain.kind, Some(plain.category), text, plain.checked, plain.labels)
            }
            Slot::Near(class) => (class, None, near::text(class, dice), false, ""),
        };
        let announcing = if labels.is_empty() { Vec::new() } else { language.announcing(labels) };
        Some(Value { kind, category, text, checked, announcing })
    }

    /// What a document of this language calls it.
    pub fn called(self, language: &Language, dice: &mut Dice) -> Called {
        let (label, keys) = match self {
            Slot::Number(number) | Slot::Wrong(number) => (dice.pick(number.labels), number.keys),
            Slot::Plain(plain) => (language.label(plain.labels, dice), plain.keys),
            Slot::Near(class) => near::called(class, language, dice),
        };
        let english = dice.pick(keys);
        let label = if label.is_empty() { english } else { label };
        // Programmers use their own language, too.
        let key = if dice.chance(40) { plain_words(label) } else { english.to_owned() };
        Called { label: label.to_owned(), key }
    }

    /// Whether it may stand without a word that announces it.
    pub fn may_be_bare(self) -> bool {
        match self {
            Slot::Number(_) | Slot::Near(_) => true,
            Slot::Wrong(_) => false,
            Slot::Plain(plain) => plain.bare,
        }
    }
}

/// The words of a label, without signs.
fn plain_words(label: &str) -> String {
    let words = label.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

fn text(kind: &str, language: &Language, dice: &mut Dice) -> Option<String> {
    Some(match kind {
        "iban" => iban(language, dice)?,
        "payment-card" => card(dice)?,
        "imei" => searched("imei", &["35############%", "86############%"], dice)?,
        "email-address" => email(language, dice),
        "phone-number" => fill(language.one("phone", dice), dice),
        "name" => format!("{} {}", language.one("given", dice), language.one("family", dice)),
        "given-name" => language.one("given", dice).to_owned(),
        "family-name" => language.one("family", dice).to_owned(),
        "date-of-birth" => date_of_birth(dice),
        "postal-address" => address(language, dice),
        "icd-code" => fill(dice.pick(&["[ACEFGIJKMN][0123456]#.#", "E1[01].#", "F3[23].#", "C[1245]#.#"]), dice),
        "diagnosis" => language.one("diagnosis-value", dice).to_owned(),
        "religion" => language.one("religion-value", dice).to_owned(),
        "trade-union" => language.one("union-value", dice).to_owned(),
        "political-opinion" => language.one("politics-value", dice).to_owned(),
        "ethnic-origin" => language.one("ethnicity-value", dice).to_owned(),
        "sexual-orientation" => language.one("orientation-value", dice).to_owned(),
        "biometric" => fill("Rk1SACAyMAAAAAD####@@##@@@##@#@@##@@==", dice),
        "genetic" => fill(dice.pick(&["BRCA1 c.####C>T", "rs#######(A;G)", "APOE e3/e4"]), dice),
        "password" => fill(dice.pick(&["Wolke-####!x", "t@@#k@##v@", "heron#willow##"]), dice),
        "github-token" => format!("ghp_{}", fill(&"[abcdefgXYZ0123456789]".repeat(36), dice)),
        "aws-access-key" => format!("AKIA{}", fill(&"[ABCDEFGHJKLMNPQRSTUVWXYZ234567]".repeat(16), dice)),
        _ => return None,
    })
}

/// The first of many fillings that the detector's rule accepts.
fn searched(kind: &str, shapes: &[&str], dice: &mut Dice) -> Option<String> {
    let shape = dice.pick(shapes);
    (0..20_000).find_map(|_| Some(fill(shape, dice)).filter(|number| holds(kind, number)))
}

/// Where accounts of people of a language are, and what their numbers are made of after the check digits.
const ACCOUNTS: &[(&str, &str)] = &[
    ("de", "DE##10#0000##########"),
    ("de", "AT##################"),
    ("de", "LU####0############"),
    ("fr", "FR######################@##"),
    ("fr", "BE##############"),
    ("fr", "LU####0############"),
    ("el", "GR#########################"),
    ("el", "CY##########################"),
    ("fi", "FI################"),
    ("pl", "PL##########################"),
    ("bg", "BG##@@@@##############"),
    ("cs", "CZ######################"),
    ("da", "DK################"),
    ("en", "IE##@@@@##############"),
    ("en", "GB##@@@@##############"),
    ("es", "ES######################"),
    ("et", "EE##################"),
    ("ga", "IE##@@@@##############"),
    ("hr", "HR###################"),
    ("hu", "HU##########################"),
    ("is", "IS########################"),
    ("it", "IT##@######################"),
    ("lt", "LT##################"),
    ("lv", "LV##@@@@#############"),
    ("mt", "MT##@@@@#######################"),
    ("nl", "NL##@@@@##########"),
    ("nl", "BE##############"),
    ("no", "NO#############"),
    ("pt", "PT#######################"),
    ("ro", "RO##@@@@################"),
    ("sk", "SK######################"),
    ("sl", "SI#################"),
    ("sv", "SE######################"),
];

fn iban(language: &Language, dice: &mut Dice) -> Option<String> {
    let own: Vec<&str> = ACCOUNTS.iter().filter(|(code, _)| *code == language.code).map(|(_, shape)| *shape).collect();
    let number = searched("iban", &own, dice)?;
    Some(if dice.chance(50) { grouped(&number) } else { number })
}

/// In groups of four, as on paper.
fn grouped(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn card(dice: &mut Dice) -> Option<String> {
    let number = searched("payment-card", &["4###############", "5[12345]##############", "37#############"], dice)?;
    Some(if number.len() == 16 && dice.chance(50) { grouped(&number) } else { number })
}

fn email(language: &Language, dice: &mut Dice) -> String {
    let (given, family) = (ascii(language.one("given", dice)), ascii(language.one("family", dice)));
    let given = if given.is_empty() { "ana".to_owned() } else { given };
    let family = if family.is_empty() { "petrova".to_owned() } else { family };
    let domain = dice.pick(&["mail-eu.net", "postbox.eu", "fastpost.org", "klinik-nord.de", "inboxa.com"]);
    match dice.below(4) {
        0 => format!("{given}{}@{domain}", dice.below(100)),
        1 => format!("{given}_{family}@{domain}"),
        _ => format!("{given}.{family}@{domain}"),
    }
}

/// The letters of an address: those of ASCII, and the ones whose accents fall off.
fn ascii(name: &str) -> String {
    let plain = |letter: char| match letter {
        'ä' | 'á' | 'à' | 'â' | 'ă' | 'ą' | 'ā' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' | 'ė' | 'ē' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'į' => 'i',
        'ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'ő' | 'ø' => 'o',
        'ü' | 'ú' | 'ù' | 'û' | 'ů' | 'ű' | 'ū' | 'ų' => 'u',
        'č' | 'ć' | 'ç' => 'c',
        'š' | 'ś' | 'ș' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'ł' | 'ľ' => 'l',
        'ń' | 'ň' | 'ñ' => 'n',
        'ř' => 'r',
        other => other,
    };
    name.to_lowercase().chars().map(plain).filter(char::is_ascii_alphabetic).collect()
}

fn date_of_birth(dice: &mut Dice) -> String {
    let (year, month, day) = (1938 + dice.below(70), 1 + dice.below(12), 1 + dice.below(28));
    match dice.below(4) {
        0 => format!("{day:02}.{month:02}.{year}"),
        1 => format!("{day:02}/{month:02}/{year}"),
        2 => format!("{day}.{month}.{year}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn address(language: &Language, dice: &mut Dice) -> String {
    let number = (1 + dice.below(140)).to_string();
    format!("{}, {}", language.one("street", dice).replace("{n}", &number), language.one("city", dice))
}
