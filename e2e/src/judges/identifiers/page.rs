//! The section of the results page, and the table of detectors.

use std::fmt::Write as _;

use cloister_detect::{Kind, Proof, Shape, checksum, kinds};

use super::bugs::BUGS;
use super::reasons::REASONS;
use super::{Dice, Outcome, report};

/// The title of `docs/detectors.md`.
pub(super) const DETECTORS: &str = "What is recognised";

/// How many random numbers the share that a rule accepts is measured with.
const DRAWS: u32 = 200_000;

/// One line for the terminal.
pub(super) fn summary(outcomes: &[Outcome]) -> String {
    let (numbers, valid, explained, wrong) = totals(outcomes);
    format!(
        "{} checks, {numbers} numbers ({valid} valid): {explained} differ for a reason, {wrong} without one",
        outcomes.len()
    )
}

fn totals(outcomes: &[Outcome]) -> (usize, usize, usize, usize) {
    outcomes.iter().fold((0, 0, 0, 0), |(numbers, valid, explained, wrong), outcome| {
        let reasons: usize = outcome.explained.iter().sum();
        (numbers + outcome.numbers, valid + outcome.valid, explained + reasons, wrong + outcome.wrong.len())
    })
}

/// The section.
pub(super) fn page(seed: u64, outcomes: &[Outcome]) -> String {
    let (numbers, valid, explained, wrong) = totals(outcomes);
    let (package, version) = cloister_tools::STDNUM;
    let mut text = format!(
        "## Identifiers\n\n{numbers} numbers of {} kinds (seed {seed}, {}) were judged by Cloister and by {package} {version}: numbers \
         of each form with their checks completed, half by either side, and with errors of typing put into them. {valid} \
         are valid to {package}. {explained} differ for one of the reasons below, {wrong} without one. Of {} bugs put over \
         the rules, the same numbers notice {}. {package} was told that it is the end of 2099, since Cloister asks no \
         clock; which banks a Belgian account and which makers a MAC address can be of was not asked.\n\n\
         | identifier | {package} | numbers | valid | differ for a reason |\n| --- | --- | ---: | ---: | ---: |\n",
        outcomes.len(),
        report::today(),
        BUGS.len(),
        BUGS.iter()
            .enumerate()
            .filter(|(index, _)| outcomes.iter().any(|it| it.noticed.get(*index).is_some_and(|count| *count > 0)))
            .count(),
    );
    for outcome in outcomes {
        let reasons: usize = outcome.explained.iter().sum();
        let (kind, oracle) = (outcome.subject.kind, outcome.subject.oracle.split(':').next().unwrap_or(""));
        let _ = writeln!(text, "| {kind} | `{oracle}` | {} | {} | {reasons} |", outcome.numbers, outcome.valid);
    }
    text.push_str("\n| valid to python-stdnum only | numbers | why |\n| --- | ---: | --- |\n");
    for (index, reason) in REASONS.iter().enumerate() {
        let count: usize = outcomes.iter().filter_map(|outcome| outcome.explained.get(index)).sum();
        let _ = writeln!(text, "| {} | {count} | {} |", reason.what, reason.why);
    }
    text
}

/// The table of every kind, with the share of random numbers that its rule accepts.
pub(super) fn detectors(seed: u64) -> String {
    let mut text = format!(
        "## Numbers\n\nEach kind has one rule in `crates/cloister-detect/src/identifiers`, which names the act or standard \
         that it encodes. *Accepted* is the share of {DRAWS} random numbers of its lengths (seed {seed}; digits where the \
         form has digits, any letter where it has letters) that the rule takes: where it is large, nothing is reported \
         unless a word announces it.\n\n\
         | kind | what | of | category | length | needs | accepted |\n| --- | --- | --- | --- | --- | --- | ---: |\n"
    );
    let mut dice = Dice::new(seed);
    for kind in kinds() {
        let needs = match kind.proof {
            Proof::Nothing => "nothing",
            Proof::WordOrGroups => "a word, or its groups",
            Proof::OwnWord => "its own word",
            Proof::Word => "a word",
        };
        let lengths: Vec<String> = kind.lengths.iter().map(usize::to_string).collect();
        let country = if kind.country.is_empty() { "all" } else { kind.country };
        let _ = writeln!(
            text,
            "| `{}` | {} | {country} | {} | {} | {needs} | {} |",
            kind.kind,
            kind.title,
            kind.category.as_str(),
            ranges(&lengths),
            shown(share(kind, &mut dice)),
        );
    }
    text
}

/// The first and last of a row, or all of a few.
fn ranges(lengths: &[String]) -> String {
    match lengths {
        [first, _, _, .., last] => format!("{first}–{last}"),
        few => few.join(", "),
    }
}

fn share(kind: &Kind, dice: &mut Dice) -> f64 {
    let accepted = (0..DRAWS).filter(|index| {
        let turn = usize::try_from(*index).unwrap_or(0) % kind.shapes.len().max(1);
        let text = kind.shapes.get(turn).map(|shape| random(shape, dice));
        text.is_some_and(|text| checksum(kind.kind, &text) == Some(true))
    });
    accepted.count() as f64 / f64::from(DRAWS)
}

/// Random signs where a shape has room for them.
fn random(shape: &Shape, dice: &mut Dice) -> Vec<u8> {
    let sign = |place| {
        let drawn = u8::try_from(dice.below(36)).unwrap_or(0);
        let digit = u8::try_from(dice.below(10)).unwrap_or(0);
        match shape.at(place) {
            (true, _) => b'0' + digit,
            (false, true) if drawn < 10 => b'0' + drawn,
            _ => b'A' + u8::try_from(dice.below(26)).unwrap_or(0),
        }
    };
    (0..shape.length()).map(sign).collect()
}

fn shown(share: f64) -> String {
    match share {
        share if share >= 0.1 => format!("{:.0} %", share * 100.0),
        share if share >= 0.0001 => format!("{:.2} %", share * 100.0),
        0.0 => "none".to_owned(),
        share => format!("{:.4} %", share * 100.0),
    }
}
