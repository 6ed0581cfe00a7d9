//! PostgreSQL and MySQL: statements, columns, rows and their values.

use anyhow::Result;
use cloister_protocol::Side;
use cloister_protocol::transcript::Message;

use super::binary::understood;
use super::{changed, counted, is_answer, once, total};
use crate::comparison::Comparison;
use crate::tshark::{Capture, Counted, unhex};

/// Messages that are texts of statements, by their first word.
fn statements(messages: &[Message]) -> Counted {
    counted(messages, |message| {
        let told = message.values.iter().any(|(place, _)| place == "statement");
        if told && message.side == Side::Client { vec![message.operation.clone()] } else { Vec::new() }
    })
}

fn first_word(query: &str) -> Option<Vec<u8>> {
    let word: String = query.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    if word.is_empty() { None } else { Some(word.to_ascii_uppercase().into_bytes()) }
}

/// Names of the columns of rows.
fn columns(messages: &[Message]) -> Counted {
    once(counted(messages, |message| {
        let of_rows = is_answer(message) && message.operation == "rows";
        let places = message.values.iter().filter(|_| of_rows);
        places.filter_map(|(place, _)| Some(place.rsplit_once('.')?.1.to_owned())).collect()
    }))
}

fn rows(messages: &[Message]) -> usize {
    messages.iter().filter(|message| message.operation == "rows").map(|message| message.records.len()).sum()
}

pub(crate) fn postgres(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let theirs = changed(capture.fields("pgsql.query", &["pgsql.query"])?, first_word)?;
    let described = once(capture.counted("pgsql.col.name", "pgsql.col.name")?);
    let kinds = capture.counted("pgsql.type", "pgsql.type")?;
    let theirs_rows = kinds.get(&b"Data row"[..]).copied().unwrap_or_default();
    let binds = kinds.get(&b"Bind"[..]).copied().unwrap_or_default();
    let bound = |message: &Message| {
        let plain = message.values.iter().any(|(place, _)| place == "statement");
        message.side == Side::Client && !plain && !matches!(message.operation.as_str(), "startup" | "password" | "COPY")
    };
    let ours_binds = messages.iter().filter(|message| bound(message)).count();
    let in_values = |message: &Message| is_answer(message) && message.operation == "rows" || bound(message);
    let ours_values = counted(messages, |message| {
        let told = message.values.iter().filter(|(place, _)| in_values(message) && !place.ends_with("notice"));
        told.map(|(_, value)| value.clone()).filter(|value| !value.is_empty()).collect()
    });
    let their_values = changed(capture.fields("pgsql.val.data", &["pgsql.val.data"])?, unhex)?;
    let settings = counted(messages, |message| {
        let told = message.values.iter().filter(|_| message.operation == "startup");
        told.map(|(place, value)| [place.trim_start_matches("field:").as_bytes(), b"=", value].concat()).collect()
    });
    let mut their_settings = Counted::new();
    for row in capture
        .fields("pgsql.parameter_name and pgsql.frontend == 1", &["pgsql.parameter_name", "pgsql.parameter_value"])?
    {
        if let [names, values] = row.as_slice() {
            for (name, value) in names.iter().zip(values) {
                crate::tshark::count(&mut their_settings, format!("{name}={value}"));
            }
        }
    }
    let how_many = (sum(&ours_values), sum(&their_values));
    let (their_values, in_binary) = understood(&ours_values, their_values);
    Ok(vec![
        Comparison::new("statements, by their first word", statements(messages), theirs),
        Comparison::new("names of columns", columns(messages), described),
        Comparison::new("rows", total("rows", rows(messages)), total("rows", theirs_rows)),
        Comparison::new("bindings of parameters", total("bindings", ours_binds), total("bindings", binds)),
        Comparison::new("how many values", total("values", how_many.0), total("values", how_many.1)),
        Comparison::new("values of rows and parameters", ours_values, their_values)
            .led_back(in_binary, "values in binary form stay bytes there: they are the bytes of what is told in words"),
        Comparison::new("settings of connections", settings, their_settings),
    ])
}

fn sum(counted: &Counted) -> usize {
    counted.values().sum()
}

/// Tables of connections that are not compressed.
const PLAIN: [&[u8]; 3] = [b"people_simple", b"people_prepared", b"people_infile"];

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|at| at == word)
}

pub(crate) fn mysql(messages: &[Message], capture: &Capture<'_>) -> Result<Vec<Comparison>> {
    let theirs = changed(capture.fields("mysql.query", &["mysql.query"])?, first_word)?;
    let described = once(capture.counted("mysql.field.org_name", "mysql.field.org_name")?);
    // What names a table of a connection that is not compressed must be read there; what names none may have been said on
    // one that is.
    let plain = |message: &Message| message.values.iter().any(|(_, text)| PLAIN.iter().any(|it| contains(text, it)));
    let surely: Vec<Message> = messages.iter().filter(|message| plain(message)).cloned().collect();
    let surely = statements(&surely);
    Ok(vec![
        Comparison::new("statements, by their first word", statements(messages), theirs)
            .unless("compressed connections are not read there", move |word, ours, theirs| {
                (surely.get(word).copied().unwrap_or_default()..ours).contains(&theirs)
            }),
        Comparison::new("names of columns", columns(messages), described)
            .unless("a variable has no name of its own there", |name, ours, _| name == b"sql_mode" && ours == 1),
    ])
}
