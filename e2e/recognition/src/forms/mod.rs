//! The forms of documents: each writes the same kinds of columns in its own way.

mod keys;
mod logs;
mod marked;
mod objects;
mod tables;
mod texts;

use cloister_dice::Dice;

use crate::document::{Document, Form};
use crate::language::Language;
use crate::near::NEAR;
use crate::numbers::Number;
use crate::value::{Called, PLAIN, Slot, Value};

/// A kind of value, with what this document calls it.
#[derive(Clone, Debug)]
pub struct Column {
    slot: Slot,
    called: Called,
    /// Whether its name says what it holds.
    told: bool,
}

/// A document of this form and language.
pub fn document(form: Form, language: &Language, dice: &mut Dice) -> Document {
    let mut document = Document::new(form, language.code);
    let columns = columns(form, language, dice);
    match form {
        Form::Prose => texts::prose(&mut document, &columns, language, dice),
        Form::Labels => texts::labels(&mut document, &columns, language, dice),
        Form::Json => objects::json(&mut document, &columns, language, dice),
        Form::JsonLines => objects::json_lines(&mut document, &columns, language, dice),
        Form::Yaml => objects::yaml(&mut document, &columns, language, dice),
        Form::Csv => tables::csv(&mut document, &columns, language, dice),
        Form::Sql => tables::sql(&mut document, &columns, language, dice),
        Form::Xml => marked::xml(&mut document, &columns, language, dice),
        Form::FormEncoded => marked::form_encoded(&mut document, &columns, language, dice),
        Form::Log => logs::log(&mut document, &columns, language, dice),
    }
    document
}

/// Names of columns that say nothing.
const UNTOLD: [&str; 6] = ["value", "data", "ref", "field", "extra", "content"];

/// What a document of this language may hold: persons first, then what looks like them.
fn columns(form: Form, language: &Language, dice: &mut Dice) -> Vec<Column> {
    let numbers: Vec<&'static Number> = Number::of(language.code).collect();
    let mut slots: Vec<Slot> = vec![];
    let plain: Vec<Slot> = PLAIN.iter().filter(|plain| is_written(plain.kind, form)).map(Slot::Plain).collect();
    slots.extend(numbers.iter().copied().filter(|_| dice.chance(60)).map(Slot::Number));
    slots.extend(dice.some(&plain, 30));
    slots.extend(numbers.iter().copied().filter(|_| dice.chance(20)).map(Slot::Wrong));
    let near: Vec<Slot> = NEAR.iter().map(|(class, ..)| Slot::Near(class)).collect();
    slots.extend(dice.some(&near, 30));
    // In any order.
    for last in (1..slots.len()).rev() {
        slots.swap(last, dice.below(last + 1));
    }
    let mut columns: Vec<Column> = Vec::new();
    for slot in slots {
        // What has no check cannot be wrong: rows would be shorter than their head.
        if slot.value(language, dice).is_none() {
            continue;
        }
        let mut column = Column { slot, called: slot.called(language, dice), told: true };
        if slot.may_be_bare() && dice.chance(15) {
            column.told = false;
            let name = format!("{}{}", dice.pick(&UNTOLD), 1 + dice.below(9));
            column.called = Called { label: name.clone(), key: name };
        }
        // No object has a key twice.
        if columns.iter().all(|other| other.called.key != column.called.key) {
            columns.push(column);
        }
    }
    columns
}

/// Some kinds are not written in some forms.
fn is_written(kind: &str, form: Form) -> bool {
    !(form == Form::Prose && matches!(kind, "genetic" | "biometric" | "given-name" | "family-name" | "imei"))
}

/// A row: a value for each column.
fn row<'c>(columns: &'c [Column], language: &Language, dice: &mut Dice) -> Vec<(&'c Column, Value)> {
    let mut value = |column: &Column| (0..100).find_map(|_| column.slot.value(language, dice));
    columns.iter().filter_map(|column| Some((column, value(column)?))).collect()
}

/// Written as it is.
fn as_it_is(text: &str) -> String {
    text.to_owned()
}
