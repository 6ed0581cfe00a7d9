//! The whole judgement: documents, then text without personal data, and what must hold of both.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use cloister_dice::Dice;

use crate::document::Form;
use crate::measure::{Measure, measure};
use crate::page::page;
use crate::quiet::{self, Quiet};
use crate::sources;

/// What a run found.
#[derive(Debug)]
pub struct Judgement {
    /// The tables, in Markdown.
    pub page: String,
    /// Bounds that do not hold.
    pub broken: Vec<String>,
}

/// Of numbers with a checksum that stand with what announces them: the share that must be found, and of what is said
/// to be one, the share that must be one.
const RECALL: f64 = 0.99;
const PRECISION: f64 = 0.98;
/// The share that must be found in each form of documents, once there are so many numbers that one does not decide.
const RECALL_OF_FORM: f64 = 0.99;
const ENOUGH: usize = 500;
/// The share of all else that stands with what announces it, outside of sentences and of lines of logs: there, what
/// follows a word may be anything.
const RECALL_OF_ALL_ELSE: f64 = 0.98;
const SENTENCES: [&str; 2] = ["letters, e-mails", "logs"];
/// False alarms for each million bytes of text without personal data.
const ALARMS: f64 = 1.0;
/// So many bytes are no sample: the rate itself must keep the bound, and not only what chance leaves of it.
const WHOLE: usize = 40_000_000;

/// Makes `count` documents of each language, reads `bytes` bytes of sources and the folder of charts, where there is one.
pub fn judge(seed: u64, count: usize, bytes: usize, charts: &Path) -> Judgement {
    let measured = measure(seed, count);
    let mut dice = Dice::new(seed);
    let quiet = [
        ("generated logs", Some(quiet::generated(&mut dice, bytes / 10))),
        ("source code of crates", Some(sources::crates(&mut dice, bytes))),
        ("published charts", Some(sources::folder(charts))),
    ];
    let quiet: Vec<(&str, Quiet)> =
        quiet.into_iter().filter_map(|(name, quiet)| Some((name, quiet.filter(|read| read.bytes > 0)?))).collect();
    let mut broken = of_documents(&measured);
    broken.extend(quiet.iter().filter_map(|(name, read)| {
        let rate = if read.bytes < WHOLE { read.surely() } else { read.rate(quiet::is_false) };
        (rate > ALARMS).then(|| {
            let places = quiet::places(read);
            format!("{rate:.2} false alarms for each MB of {name}, more than {ALARMS}; some of them:{places}")
        })
    }));
    let mut page = page(&measured);
    let _ = of_quiet(&mut page, &quiet);
    Judgement { page, broken }
}

/// What does not hold of documents.
fn of_documents(measured: &Measure) -> Vec<String> {
    let mut broken = Vec::new();
    let mut bound = |what: &str, is: f64, least: f64| {
        if is < least {
            broken.push(format!("{what}: {:.1} %, less than {:.1} %", is * 100.0, least * 100.0));
        }
    };
    let checked = |test: &dyn Fn(&str) -> bool| measured.sum(|key| key.checked && key.with_context && test(key.form));
    bound("recall of announced numbers with a checksum", checked(&|_| true).recall(), RECALL);
    for form in Form::ALL.map(Form::name) {
        let score = checked(&|own| own == form);
        if score.planted >= ENOUGH {
            bound(&format!("the same in {form}"), score.recall(), RECALL_OF_FORM);
        }
    }
    let other = measured.sum(|key| !key.checked && key.with_context && !SENTENCES.contains(&key.form));
    if other.planted >= ENOUGH {
        bound("recall of all else in fields", other.recall(), RECALL_OF_ALL_ELSE);
    }
    let kinds: BTreeSet<&str> = measured.scores.keys().filter(|key| key.checked).map(|key| key.kind).collect();
    bound("precision of numbers with a checksum", measured.precision(|kind| kinds.contains(kind)).0, PRECISION);
    broken
}

fn of_quiet(text: &mut String, quiet: &[(&str, Quiet)]) -> std::fmt::Result {
    writeln!(text, "\n| text without personal data | MB | false alarms for each MB | known test data |")?;
    writeln!(text, "| --- | ---: | ---: | ---: |")?;
    for (name, read) in quiet {
        let rate = read.rate(quiet::is_false);
        writeln!(text, "| {name} | {:.1} | {rate:.2} | {} |", crate::share(read.bytes, 1_000_000), read.test_data)?;
    }
    writeln!(text, "\n| detected there | text | times | what it is |\n| --- | --- | ---: | --- |")?;
    for (name, read) in quiet {
        for (kind, count) in &read.alarms {
            writeln!(text, "| {kind} | {name} | {count} | {} |", quiet::explained(kind))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::language::LANGUAGES;

    #[test]
    fn a_detector_that_finds_nothing_or_invents_breaks_the_bounds() {
        let mut dice = Dice::new(3);
        let (mut blind, mut seeing) = (Measure::default(), Measure::default());
        for language in LANGUAGES {
            let document = crate::document(Form::JsonLines, language, &mut dice);
            seeing.add(&document, &crate::detect(Form::JsonLines, &document.text));
            blind.add(&document, &[]);
        }
        assert!(of_documents(&blind).iter().any(|broken| broken.contains("recall")));
        assert!(of_documents(&seeing).is_empty(), "{:?}", of_documents(&seeing));
        for _ in 0..seeing.right.values().sum::<usize>() {
            let mut nothing = Document::new(Form::JsonLines, "de");
            nothing.push("IBAN: DE51100500009876543210");
            seeing.add(&nothing, &crate::detect(Form::JsonLines, &nothing.text));
        }
        assert!(of_documents(&seeing).iter().any(|broken| broken.contains("precision")));
    }
}
