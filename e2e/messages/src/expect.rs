//! What was planted against what was read.

use std::collections::BTreeMap;

use cloister_protocol::Side;
use cloister_protocol::transcript::Message;

use crate::planted::{COLUMNS, Row};

/// How often each value stands at each place, as one side told it.
pub(crate) type Told = BTreeMap<(String, Vec<u8>), usize>;

/// Counts the values that one side told at places that begin so; what rows are asked for by is none of them.
pub(crate) fn told(messages: &[Message], side: Side, prefix: &str) -> Told {
    let mut told = Told::new();
    let values = messages
        .iter()
        .filter(|message| message.side == side && message.operation != "SELECT")
        .flat_map(|message| &message.values);
    for (place, value) in values.filter(|(place, _)| place.starts_with(prefix)) {
        *told.entry((place.clone(), plain(place, value))).or_default() += 1;
    }
    told
}

/// Some clients write identifiers without hyphens.
fn plain(place: &str, value: &[u8]) -> Vec<u8> {
    value.iter().copied().filter(|byte| *byte != b'-' || !place.ends_with("uid")).collect()
}

/// What a table with these rows must have been told as.
pub(crate) fn planted(prefix: &str, rows: &[Row]) -> Told {
    let mut planted = Told::new();
    for row in rows {
        for (column, value) in COLUMNS.iter().zip(row) {
            let place = format!("{prefix}{column}");
            let value = plain(&place, value.as_bytes());
            *planted.entry((place, value)).or_default() += 1;
        }
    }
    planted
}

/// The differences, in words; at most a few.
pub(crate) fn differences(who: &str, told: &Told, planted: &Told) -> Vec<String> {
    let mut differences = Vec::new();
    for (at, count) in planted {
        let found = told.get(at).copied().unwrap_or_default();
        if found != *count {
            differences.push(format!("{who}: {} was planted {count} times and told {found} times", shown(at)));
        }
    }
    for (at, count) in told.iter().filter(|(at, _)| !planted.contains_key(*at)) {
        differences.push(format!("{who}: {} was told {count} times and not planted", shown(at)));
    }
    differences.truncate(6);
    differences
}

fn shown((place, value): &(String, Vec<u8>)) -> String {
    let text = String::from_utf8_lossy(value);
    format!("{place} = {:?}", text.chars().take(60).collect::<String>())
}
