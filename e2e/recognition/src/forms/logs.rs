//! Logs of applications and servers.

use cloister_dice::Dice;

use super::keys::Style;
use super::marked::percent;
use super::{Column, as_it_is, row};
use crate::document::Document;
use crate::language::Language;
use crate::value::Value;

/// Lines with values, each in one of the usual manners.
pub fn log(document: &mut Document, columns: &[Column], language: &Language, dice: &mut Dice) {
    let style = dice.pick(&[Style::Camel, Style::Snake, Style::Snake]);
    for (column, value) in row(columns, language, dice) {
        let stamp = format!(
            "2025-03-{:02}T{:02}:14:{:02}.{:03}Z",
            1 + dice.below(28),
            dice.below(24),
            dice.below(60),
            dice.below(1000)
        );
        let key = style.join(&column.called.key);
        match dice.below(4) {
            0 => key_value(document, &stamp, &key, &value, column.told),
            1 => json(document, &stamp, &key, &value, column.told),
            2 => access(document, &key, &value, column.told, dice),
            _ => sentence(document, &stamp, &column.called.label, &value, column.told),
        }
    }
}

fn key_value(document: &mut Document, stamp: &str, key: &str, value: &Value, told: bool) {
    document.push(&format!("time={stamp} level=info msg=\"record stored\" {key}="));
    let quote = if value.text.contains(' ') { "\"" } else { "" };
    document.push(quote);
    document.plant(value, told, as_it_is);
    document.push(quote);
    document.push(" duration=12ms\n");
}

fn json(document: &mut Document, stamp: &str, key: &str, value: &Value, told: bool) {
    document.push(&format!("{{\"level\":\"warn\",\"ts\":\"{stamp}\",\"logger\":\"api\",\"{key}\":\""));
    document.plant(value, told, |text| text.replace('"', "\\\""));
    document.push("\",\"status\":422}\n");
}

/// As nginx writes it, with the value in the address that was asked for.
fn access(document: &mut Document, key: &str, value: &Value, told: bool, dice: &mut Dice) {
    document.push(&format!(
        "10.42.{}.{} - - [12/Mar/2025:10:11:12 +0000] \"GET /api/v1/records?page=2&{}=",
        dice.below(255),
        dice.below(255),
        percent(key)
    ));
    document.plant(value, told, percent);
    document.push(" HTTP/1.1\" 200 1534 \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n");
}

fn sentence(document: &mut Document, stamp: &str, label: &str, value: &Value, told: bool) {
    document.push(&format!("{stamp} [worker-3] INFO  c.e.records.Service - accepted {label} "));
    document.plant(value, told, as_it_is);
    document.push(" in 4 ms\n");
}
