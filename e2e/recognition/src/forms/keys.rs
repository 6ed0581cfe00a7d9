//! How programmers write names of several words.

use cloister_dice::Dice;

/// A way to write names.
#[derive(Clone, Copy, Debug, Default)]
pub enum Style {
    /// `taxId`
    #[default]
    Camel,
    /// `tax_id`
    Snake,
    /// `tax-id`
    Kebab,
    /// `TAX_ID`
    Upper,
    /// `TaxId`
    Pascal,
}

impl Style {
    /// One of those that objects are written in.
    pub fn of_objects(dice: &mut Dice) -> Style {
        dice.pick(&[Style::Camel, Style::Camel, Style::Snake, Style::Snake, Style::Kebab])
    }

    /// Words joined in this way.
    pub fn join(self, words: &str) -> String {
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        match self {
            Style::Snake => words.join("_"),
            Style::Kebab => words.join("-"),
            Style::Upper => words.join("_").to_uppercase(),
            Style::Pascal => words.iter().map(|word| capital(word)).collect(),
            Style::Camel => {
                let (first, rest) = words.split_first().map_or(("", &[][..]), |(first, rest)| (*first, rest));
                first.to_owned() + &rest.iter().map(|word| capital(word)).collect::<String>()
            }
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
