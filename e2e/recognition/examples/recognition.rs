//! `recognition [SEED [COUNT [PART]]]`: the tables, and examples of what went wrong whose names hold PART. With a COUNT
//! of 0, one document of each form; with `judge` for PART, what the whole judgement says.

#![allow(clippy::disallowed_methods)] // a program: arguments are its business

use std::path::Path;

use cloister_dice::Dice;
use cloister_recognition::{Form, LANGUAGES, document, judge, measure, page};

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| given.get(index).and_then(|text| text.parse::<u64>().ok());
    let seed = number(0).unwrap_or_else(Dice::fresh_seed);
    let count = usize::try_from(number(1).unwrap_or(20)).unwrap_or(20);
    println!("seed {seed}");
    if count == 0 {
        let mut dice = Dice::new(seed);
        for form in Form::ALL {
            let index = dice.below(LANGUAGES.len());
            let Some(language) = LANGUAGES.get(index) else { continue };
            println!("--- {} ({})\n{}", form.name(), language.code, document(form, language, &mut dice).text);
        }
        return;
    }
    if given.get(2).is_some_and(|part| part == "judge") {
        let judged = judge(seed, count, count * 250_000, Path::new("../shared/corpora/charts"));
        println!("{}\n{:#?}", judged.page, judged.broken);
        return;
    }
    let measured = measure(seed, count);
    println!("{}", page(&measured));
    let Some(part) = given.get(2) else { return };
    for (what, examples) in measured.examples.iter().filter(|(what, _)| what.contains(part.as_str())) {
        println!("{what}");
        examples.iter().for_each(|example| println!("  {}: {}", example.what, example.text));
    }
}
