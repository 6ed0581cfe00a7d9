//! Pairs of a key and a value, in the ways in which flags take them.
//! Source: component-base 0.37, `cli/flag/map_string_*.go`; `spf13/pflag` 1.0.10, `string_to_string.go`.

use crate::go::{csv, number};
use crate::kind::Pairs;
use crate::setting::Refusal;

/// Cuts pairs; of a boolean the value is written out.
pub(crate) fn cut(pairs: Pairs, text: &str) -> Result<Vec<(String, String)>, Refusal> {
    match pairs {
        Pairs::Whole => pair(text, '=').map(|pair| vec![pair]),
        Pairs::Csv => csv_pairs(text),
        Pairs::Loose => Ok(parts(text)
            .map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                (key.trim().to_owned(), value.trim().to_owned())
            })
            .collect()),
        Pairs::Split => parts(text).map(|part| pair(part, '=')).collect(),
        Pairs::LessThan => parts(text).map(|part| pair(part, '<')).collect(),
        Pairs::Boolean => {
            let switch = |part| {
                let (key, value) = pair(part, '=')?;
                let value = number::boolean(&value).ok_or("a value is true or false")?;
                Ok((key, value.to_string()))
            };
            parts(text).map(switch).collect()
        }
    }
}

pub(crate) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|part| !part.is_empty())
}

fn pair(text: &str, mark: char) -> Result<(String, String), Refusal> {
    let (key, value) = text.split_once(mark).ok_or("a pair is written key=value")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

fn csv_pairs(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let parts = match text.matches('=').count() {
        0 => return Err("a pair is written key=value"),
        1 => vec![text.trim_matches('"').to_owned()],
        _ => csv::read(text).ok_or("it is no line of CSV")?,
    };
    let cut = |part: String| part.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    parts.into_iter().map(cut).collect::<Option<_>>().ok_or("a pair is written key=value")
}
