//! `cloister evidence`: the record that nobody changes unseen.

pub mod args;
mod erase;
mod export;
mod list;
pub mod open;
pub mod place;
pub mod record;
mod show;
mod verify;
mod witness;

use std::process::ExitCode;

use crate::terminal::Terminal;
use args::{Evidence, EvidenceCommand};

/// Answers.
pub fn run(evidence: &Evidence, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &evidence.command {
        EvidenceCommand::Verify(asked) => verify::run(asked, terminal),
        EvidenceCommand::List(asked) => list::run(asked, terminal),
        EvidenceCommand::Show(asked) => show::run(asked),
        EvidenceCommand::Export(asked) => export::run(asked, terminal),
        EvidenceCommand::Erase(asked) => erase::run(asked),
        EvidenceCommand::Retain(asked) => erase::retain(asked),
        EvidenceCommand::Witness(asked) => witness::run(asked),
    }
}

/// `1 entry`, `2,000 entries`.
fn count(number: u64, one: &str, many: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} {}", if number == 1 { one } else { many })
}
