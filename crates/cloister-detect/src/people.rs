//! Names of people by themselves: where a field is called no more than "name", a frequent given name says that it holds
//! one. `data/given-names.tsv` has those that are frequent in each language.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::words::words;

/// Folded as in [`words`], each as one word.
static GIVEN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("../data/given-names.tsv").lines().filter_map(|line| line.split_once('\t'));
    lines.flat_map(|(_, names)| names.split('|')).map(|name| words(name).concat()).collect()
});

/// Small words within names.
const PARTICLES: [&str; 26] = [
    "van", "von", "der", "den", "de", "del", "della", "da", "das", "do", "dos", "di", "du", "la", "le", "af", "av",
    "zu", "ten", "ter", "y", "i", "ó", "ní", "mac", "nic",
];

/// Whether a name may stand in it: most names of things have no capital.
pub(crate) fn may_name(value: &[u8]) -> bool {
    value.iter().any(|byte| byte.is_ascii_uppercase() || *byte >= 0x80)
}

/// Whether each word of a value looks like one of a name: a capital, then small letters.
pub(crate) fn is_name(value: &str) -> bool {
    if !may_name(value.as_bytes()) {
        return false;
    }
    let letters = value.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.' | ',' | '’'));
    let all: Vec<&str> = value.split_whitespace().collect();
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
    };
    let named = |word: &&str| capital(word) || PARTICLES.contains(&word.to_lowercase().as_str());
    letters
        && value.len() <= 64
        && (1..=5).contains(&all.len())
        && all.iter().all(named)
        && all.iter().any(|word| capital(word))
}

/// Whether a value is the name of a person: two words or more, one of them a frequent given name.
pub(crate) fn is_person(value: &str) -> bool {
    let given = |word: &str| GIVEN.contains(&words(word).concat());
    is_name(value) && value.split_whitespace().count() > 1 && value.split_whitespace().any(given)
}

/// Family names that forms and manuals give to nobody in particular, folded.
const NOBODY: [&str; 7] = ["doe", "mustermann", "musterfrau", "nordmann", "meikalainen", "bloggs", "testperson"];

/// Whether a name is one of those that stand for anybody: `John Doe`, `Erika Mustermann`.
pub(crate) fn is_nobody(name: &str) -> bool {
    name.split_whitespace().count() > 1
        && name.split_whitespace().any(|word| NOBODY.contains(&words(word).concat().as_str()))
}

/// Whether a word is one of the small ones within names.
pub(crate) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

/// Whether a word is a frequent given name.
pub(crate) fn is_given(word: &str) -> bool {
    GIVEN.contains(&words(word).concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_from_things() {
        for name in
            ["Jonas Reuter", "Nagy Eszter", "Γιώργος Βλάχου", "Мария Петрова", "Femke van den Berg", "Áine Ní Bhriain"]
        {
            assert!(is_person(name), "{name}");
        }
        for thing in ["Visual Studio", "Maria", "maria db", "Europe West", "Default Backend 2"] {
            assert!(!is_person(thing), "{thing}");
        }
    }
}
