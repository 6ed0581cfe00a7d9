//! `cloister detect`: what of people stands in files.

pub mod args;
mod key;
mod kinds;
mod ordered;
mod part;
mod profile;
pub mod resource;
mod search;
mod summary;
mod test;
mod text;

use std::process::ExitCode;

use crate::terminal::Terminal;
use args::{Detect, DetectCommand};

/// Does what was asked.
pub fn run(detect: &Detect, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &detect.command {
        None => search::run(&detect.search, terminal),
        Some(DetectCommand::Test(test)) => test::run(test, terminal),
        Some(DetectCommand::Kinds(kinds)) => kinds::run(kinds, terminal),
        Some(DetectCommand::Key(key)) => key::run(key),
    }
}
