//! `cloister detect test`: detectors held against their examples.

use std::process::ExitCode;

use cloister_detect::profile::{Example, Proven};
use cloister_model::clean;

use super::args::Test;
use super::profile;
use crate::output::print;
use crate::terminal::Terminal;

/// Tries and tells.
pub fn run(test: &Test, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (spec, profile) = profile::read(&test.profile)?;
    let proven = profile.prove(&spec.detectors);
    let mut text: String = proven.iter().map(|one| told(one, terminal.colour())).collect();
    let all = || proven.iter().flat_map(|one| &one.examples);
    let failed = all().filter(|example| !example.holds()).count();
    let word = if proven.len() == 1 { "detector" } else { "detectors" };
    text += &match (proven.is_empty(), failed) {
        (true, _) => " the profile has no detectors; the rest of it is in order\n".to_owned(),
        (_, 0) => format!("\n {} {word}, {} examples: all as they must\n", proven.len(), all().count()),
        (_, failed) => format!("\n {} {word}, {} examples: {failed} not as they must\n", proven.len(), all().count()),
    };
    print(&text)?;
    Ok(ExitCode::from(u8::from(failed > 0)))
}

fn told(proven: &Proven, colour: bool) -> String {
    let mut text = format!(" {}\n", proven.detector);
    for example in &proven.examples {
        text += &line(example, colour);
    }
    if proven.examples.is_empty() {
        text += "   ! no examples: add examples.matches and examples.noMatches\n";
    }
    text
}

fn line(example: &Example, colour: bool) -> String {
    let mark = match (example.holds(), colour) {
        (true, true) => "\x1b[32m✓\x1b[0m",
        (false, true) => "\x1b[31m✗\x1b[0m",
        (true, false) => "✓",
        (false, false) => "✗",
    };
    let wanted = if example.wanted { "match   " } else { "no match" };
    let found = match example.found {
        Some(confidence) => format!("found, {}", confidence.as_str()),
        None => "not found".to_owned(),
    };
    format!("   {mark} {wanted}  \"{}\": {found}\n", clean(&example.text))
}
