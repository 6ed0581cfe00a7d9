//! The judge of identifiers: each check of `cloister-detect` that python-stdnum has too, over numbers made up to its
//! form, some completed here and some there, and over what typing errors make of them.

mod bugs;
mod forms;
mod oracle;
mod page;
mod reasons;
mod subjects;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use cloister_detect::Checksum;

use super::{Dice, report};
use bugs::BUGS;
use oracle::{Oracle, Question};
use reasons::{Difference, REASONS};
use subjects::{SUBJECTS, Subject};

/// How many numbers of each kind a full run has.
pub const FULL_COUNT: usize = 20_000;

/// So many numbers of each kind must notice every bug.
const ENOUGH: usize = 5_000;
/// How many differences of one kind are shown.
const SHOWN: usize = 5;
/// More open places are completed here only: there it takes too long.
const FEW: usize = 1_000;

/// What came out for one kind.
struct Outcome {
    subject: &'static Subject,
    numbers: usize,
    valid: usize,
    /// How many differ for each reason.
    explained: Vec<usize>,
    wrong: Vec<String>,
    /// How many numbers notice each bug.
    noticed: Vec<usize>,
}

/// Judges `count` numbers of each kind (whose names hold `only`), and says what it found.
///
/// # Errors
/// Python or python-stdnum is missing or fails, or the page cannot be written.
pub fn run(seed: u64, count: usize, only: &str, write: bool) -> Result<ExitCode> {
    println!("identifiers: {count} numbers of each kind, seed {seed}");
    let start = Instant::now();
    let mut oracle = Oracle::start()?;
    let mut outcomes = Vec::new();
    for subject in SUBJECTS.iter().filter(|subject| subject.kind.contains(only)) {
        let outcome = judge(subject, count, &mut oracle, &mut Dice::new(seed))?;
        for text in outcome.wrong.iter().take(SHOWN) {
            println!("{}: {text}", subject.kind);
        }
        outcomes.push(outcome);
    }
    oracle.finish()?;
    let complaints = complaints(&outcomes, count, only);
    println!("{} in {} s", page::summary(&outcomes), start.elapsed().as_secs());
    if write {
        let page = page::page(seed, &outcomes);
        report::write_section(&report::project().join("docs/conformance.md"), report::TITLE, "identifiers", &page)?;
        let path = report::project().join("docs/detectors.md");
        report::write_section(&path, page::DETECTORS, "identifiers", &page::detectors(seed))?;
    }
    for complaint in &complaints {
        println!("identifiers: {complaint}");
    }
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn complaints(outcomes: &[Outcome], count: usize, only: &str) -> Vec<String> {
    let wrong = outcomes.iter().filter(|outcome| !outcome.wrong.is_empty());
    let mut complaints: Vec<String> =
        wrong.map(|outcome| format!("{}: {} differences", outcome.subject.kind, outcome.wrong.len())).collect();
    let few = outcomes.iter().filter(|outcome| outcome.valid * 10 < outcome.numbers);
    complaints.extend(few.map(|outcome| format!("{}: only {} valid", outcome.subject.kind, outcome.valid)));
    // A sample is too small to meet every bug.
    if count >= ENOUGH {
        for (index, bug) in BUGS.iter().enumerate().filter(|(_, bug)| bug.kind.contains(only)) {
            let noticed: usize = outcomes.iter().filter_map(|outcome| outcome.noticed.get(index)).sum();
            if noticed == 0 {
                complaints.push(format!("nothing notices that in {} {}", bug.kind, bug.name));
            }
        }
    }
    complaints
}

/// Makes numbers of one kind, and asks both sides.
fn judge(subject: &'static Subject, count: usize, oracle: &mut Oracle, dice: &mut Dice) -> Result<Outcome> {
    let check = Checksum::named(subject.kind).with_context(|| format!("no check is called {}", subject.kind))?;
    let numbers = numbers(subject, check, count, oracle, dice)?;
    let questions: Vec<Question> =
        numbers.iter().map(|(number, _)| Question::Valid(subject.oracle, number.clone())).collect();
    let answers = oracle.ask(&questions)?;
    let mut outcome = Outcome {
        subject,
        numbers: numbers.len(),
        valid: answers.iter().filter(|answer| *answer == "1").count(),
        explained: vec![0; REASONS.len()],
        wrong: Vec::new(),
        noticed: vec![0; BUGS.len()],
    };
    for ((number, formed), answer) in numbers.iter().zip(&answers) {
        let theirs = answer == "1";
        let ours = check.holds(number.as_bytes());
        if ours == theirs {
            notice(&mut outcome, number, ours);
            continue;
        }
        let difference = Difference { kind: subject.kind, text: number, ours, formed: *formed };
        match reasons::reason(&difference).and_then(|index| outcome.explained.get_mut(index)) {
            Some(count) => *count += 1,
            None => outcome.wrong.push(format!("{number}: {} here", if ours { "valid" } else { "not valid" })),
        }
    }
    Ok(outcome)
}

fn notice(outcome: &mut Outcome, number: &str, ours: bool) {
    for (bug, noticed) in BUGS.iter().zip(&mut outcome.noticed).filter(|(bug, _)| bug.kind == outcome.subject.kind) {
        *noticed += usize::from((bug.answer)(number, ours) != ours);
    }
}

/// Numbers, and whether each is of a form, without an error put into it: two fifths completed, half of them by either
/// side; half with an error in a completed one; the rest random.
fn numbers(
    subject: &Subject,
    check: Checksum,
    count: usize,
    oracle: &mut Oracle,
    dice: &mut Dice,
) -> Result<Vec<(String, bool)>> {
    let stems: Vec<String> = (0..count * 2 / 5).map(|_| forms::open(dice.pick(subject.forms), dice)).collect();
    let mut valid = Vec::new();
    let mut questions = Vec::new();
    for (index, stem) in stems.iter().enumerate() {
        if index % 2 == 0 && forms::combinations(stem) <= FEW {
            questions.push(Question::Complete(subject.oracle, stem.clone()));
        } else {
            valid.extend(forms::completed(stem, &|text| check.holds(text.as_bytes()), dice));
        }
    }
    let theirs = oracle.ask(&questions)?;
    valid.extend(theirs.into_iter().filter(|answer| answer != "-"));
    let mut numbers: Vec<(String, bool)> = valid.iter().map(|number| (number.clone(), true)).collect();
    let wanted = count.saturating_sub(count / 10);
    while numbers.len() < wanted && !valid.is_empty() {
        numbers.push((forms::mutated(&dice.pick(&valid), dice), false));
    }
    while numbers.len() < count {
        let stem = forms::open(dice.pick(subject.forms), dice);
        numbers.push((forms::filled(&stem, dice), true));
    }
    Ok(numbers)
}
