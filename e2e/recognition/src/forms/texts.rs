//! Letters, e-mails and forms on paper.

use cloister_dice::Dice;

use super::{Column, as_it_is, row};
use crate::document::Document;
use crate::language::Language;
use crate::value::Slot;

/// A letter: each value in a sentence of its own, among sentences that say nothing of anybody.
pub fn prose(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let person = || crate::value::PLAIN.iter().find(|plain| plain.kind == "name").map(Slot::Plain);
    if let Some(name) = person().and_then(|slot| slot.value(language, dice)) {
        document.sentence(language.one("greeting", dice), &name, true);
        document.push("\n\n");
    }
    for (column, value) in row(columns, language, dice) {
        if dice.chance(40) {
            document.push(language.one("filler", dice));
            document.push(if dice.chance(30) { "\n" } else { " " });
        }
        if !column.told {
            document.sentence(language.one("bare", dice), &value, false);
        } else if !value.announcing.is_empty() && dice.chance(50) {
            let start = dice.pick(&["– ", "", "* ", "NB "]);
            document.push(start);
            document.sentence(dice.pick(&value.announcing), &value, true);
            document.push(".");
        } else {
            let template = language.one("with", dice).replace("{label}", &column.called.label);
            document.sentence(&template, &value, true);
        }
        document.push(if dice.chance(30) { "\n" } else { " " });
    }
    document.push("\n");
    if let Some(name) = person().and_then(|slot| slot.value(language, dice)).filter(|_| dice.chance(50)) {
        document.push(&format!("\n{}\n", language.one("closing", dice)));
        document.push(if dice.chance(50) { "\n" } else { "" });
        document.plant(&name, true, as_it_is);
        document.push("\n");
    }
}

/// A form: one line for each value.
pub fn labels(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let between = dice.pick(&[": ", ":\t", " : ", " ...... ", ":   "]);
    for (column, value) in row(columns, language, dice) {
        document.push(&column.called.label);
        document.push(between);
        document.plant(&value, column.told, as_it_is);
        document.push("\n");
    }
}
