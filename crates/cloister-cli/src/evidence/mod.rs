//! `cloister evidence`: the record that nobody changes unseen.

pub mod args;
mod erase;
mod export;
mod from_hub;
mod list;
pub mod open;
pub mod place;
pub mod record;
mod show;
#[cfg(feature = "timestamp")]
pub mod timestamp;
mod verify;
mod witness;

#[cfg(feature = "hub")]
pub use verify::authorities;

use std::process::ExitCode;

use crate::terminal::Terminal;
use crate::words::count;
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
        #[cfg(feature = "timestamp")]
        EvidenceCommand::Timestamp(asked) => timestamp::run(asked),
    }
}
