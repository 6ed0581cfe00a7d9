//! CSV, TSV and dumps of databases.

use cloister_dice::Dice;

use super::keys::Style;
use super::{Column, as_it_is, row};
use crate::document::Document;
use crate::language::Language;

/// A header and rows; sometimes rows alone, of what may stand without one.
pub fn csv(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let separator = dice.pick(&[",", ";", "\t"]);
    let with_header = dice.chance(85);
    let columns: Vec<Column> = columns
        .iter()
        .filter(|column| with_header || column.slot.may_be_bare())
        .map(|column| Column { told: column.told && with_header, ..column.clone() })
        .collect();
    if with_header {
        let style = dice.pick(&[Some(Style::Snake), Some(Style::Camel), Some(Style::Upper), None]);
        let header =
            |column: &Column| style.map_or_else(|| column.called.label.clone(), |style| style.join(&column.called.key));
        let names: Vec<String> = columns.iter().map(header).map(|name| name.replace([',', ';', '\t'], " ")).collect();
        document.push(&format!("id{separator}{}\n", names.join(separator)));
    }
    for index in 0..2 + dice.below(4) {
        document.push(&(index + 1).to_string());
        for (column, value) in row(&columns, language, dice) {
            document.push(separator);
            let quote = if value.text.contains(separator) { "\"" } else { "" };
            document.push(quote);
            document.plant(&value, column.told, as_it_is);
            document.push(quote);
        }
        document.push("\n");
    }
}

/// `INSERT` with columns, or `COPY` as pg_dump writes it.
pub fn sql(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let style = dice.pick(&[Style::Snake, Style::Snake, Style::Upper, Style::Camel]);
    let names: Vec<String> = columns.iter().map(|column| style.join(&column.called.key)).collect();
    let table = dice.pick(&["persons", "accounts", "public.records", "kunden"]);
    if dice.chance(50) {
        document.push(&format!("COPY {table} (id, {}) FROM stdin;\n", names.join(", ")));
        for index in 0..2 + dice.below(3) {
            document.push(&(index + 1).to_string());
            for (column, value) in row(columns, language, dice) {
                document.push("\t");
                document.plant(&value, column.told, |text| text.replace('\\', "\\\\"));
            }
            document.push("\n");
        }
        document.push("\\.\n");
        return;
    }
    let quoted = dice.chance(40);
    let names: Vec<String> = names.iter().map(|name| if quoted { format!("`{name}`") } else { name.clone() }).collect();
    document.push(&format!("INSERT INTO {table} (id, {}) VALUES\n", names.join(", ")));
    let rows = 1 + dice.below(3);
    for index in 0..rows {
        document.push(&format!("({}", index + 1));
        for (column, value) in row(columns, language, dice) {
            document.push(", '");
            document.plant(&value, column.told, |text| text.replace('\'', "''"));
            document.push("'");
        }
        document.push(if index + 1 < rows { "),\n" } else { ");\n" });
    }
}
