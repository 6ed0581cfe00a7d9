//! `cloister breach`: a personal data breach, from suspicion to closure.

pub mod args;
mod assess;
mod clock;
mod document;
mod draft;
mod new;
pub mod output;
mod register;
mod step;

use std::process::ExitCode;

use crate::terminal::Terminal;
use args::{Breach, BreachCommand};

/// Answers.
pub fn run(breach: &Breach, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &breach.command {
        BreachCommand::New(asked) => new::run(asked, terminal),
        BreachCommand::Assess(asked) => assess::run(asked, terminal),
        BreachCommand::Step(asked) => step::run(asked, terminal),
        BreachCommand::Draft(asked) => draft::run(asked),
        BreachCommand::Clock(asked) => clock::run(asked, terminal),
        BreachCommand::Register(asked) => register::run(asked, terminal),
    }
}
