//! The tables of a measurement.

use std::collections::BTreeSet;
use std::fmt::{Result, Write};

use crate::measure::{Key, Measure, Score, share};

/// The tables in Markdown.
pub fn page(measure: &Measure) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = tables(&mut text, measure);
    text
}

fn tables(text: &mut String, measure: &Measure) -> Result {
    summary(text, measure)?;
    table(text, measure, "category", |key| key.category)?;
    table(text, measure, "language", |key| key.language)?;
    table(text, measure, "form", |key| key.form)?;
    table(text, measure, "kind", |key| key.kind)?;
    alarms(text, measure)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn recall(score: Score) -> String {
    if score.planted == 0 { "–".to_owned() } else { percent(score.recall()) }
}

fn summary(text: &mut String, measure: &Measure) -> Result {
    let checked = measure.sum(|key| key.checked && key.with_context);
    let bare = measure.sum(|key| key.checked && !key.with_context);
    let other = measure.sum(|key| !key.checked && key.with_context);
    let kinds: BTreeSet<&str> = measure.scores.keys().filter(|key| key.checked).map(|key| key.kind).collect();
    let (precise, wrong) = measure.precision(|kind| kinds.contains(kind));
    let (precise_all, wrong_all) = measure.precision(|_| true);
    writeln!(
        text,
        "| what | values | recall | named rightly | precision | false alarms |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    )?;
    let mut line = |what: &str, score: Score, precise: &str, wrong: &str| {
        let named = percent(share(score.named, score.found));
        writeln!(text, "| {what} | {} | {} | {named} | {precise} | {wrong} |", score.planted, recall(score))
    };
    line("checksummed, with context", checked, &percent(precise), &wrong.to_string())?;
    line("checksummed, bare", bare, "", "")?;
    line("all else, with context", other, "", "")?;
    line("everything", measure.sum(|_| true), &percent(precise_all), &wrong_all.to_string())
}

fn table(text: &mut String, measure: &Measure, title: &str, by: fn(&Key) -> &'static str) -> Result {
    writeln!(
        text,
        "\n| {title} | checksummed, with context | recall | other, with context | recall | bare | recall |"
    )?;
    writeln!(text, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    let names: BTreeSet<&str> = measure.scores.keys().map(by).collect();
    for name in names {
        let checked = measure.sum(|key| by(key) == name && key.checked && key.with_context);
        let other = measure.sum(|key| by(key) == name && !key.checked && key.with_context);
        let bare = measure.sum(|key| by(key) == name && !key.with_context);
        writeln!(
            text,
            "| {name} | {} | {} | {} | {} | {} | {} |",
            checked.planted,
            recall(checked),
            other.planted,
            recall(other),
            bare.planted,
            recall(bare)
        )?;
    }
    Ok(())
}

fn alarms(text: &mut String, measure: &Measure) -> Result {
    writeln!(text, "\n| false alarm | what stands there | times |\n| --- | --- | ---: |")?;
    let mut alarms: Vec<_> = measure.alarms.iter().collect();
    alarms.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    alarms.iter().try_for_each(|(alarm, count)| writeln!(text, "| {} | {} | {count} |", alarm.detected, alarm.at))
}
