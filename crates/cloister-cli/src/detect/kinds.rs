//! `cloister detect kinds`: the catalogue.

use std::process::ExitCode;

use cloister_detect::{Known, known};
use serde_json::json;

use super::args::Kinds;
use crate::columns::described;
use crate::output::print;
use crate::terminal::Terminal;

/// Where titles begin.
const TITLES: usize = 30;

/// Lists, for people or for machines.
pub fn run(kinds: &Kinds, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let all = known();
    let text = if kinds.json {
        format!("{:#}\n", all.iter().map(as_json).collect::<serde_json::Value>())
    } else {
        text(&all, terminal.window())
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(known: &Known) -> serde_json::Value {
    let countries: Vec<&str> = known.country.split_whitespace().collect();
    json!({"kind": known.kind, "title": known.title, "category": known.category.as_str(),
        "special": known.category.is_special(), "countries": countries})
}

fn text(all: &[Known], window: Option<usize>) -> String {
    let mut text = String::new();
    let mut category = None;
    for known in all {
        if category != Some(known.category) {
            category = Some(known.category);
            let special = if known.category.is_special() { "  (special, Art. 9)" } else { "" };
            let gap = if text.is_empty() { "" } else { "\n" };
            text += &format!("{gap}{}{special}\n", known.category.as_str());
        }
        text += &described(&format!("  {} ", known.kind), TITLES, known.title, window);
    }
    text + &format!("\n{} kinds. docs/detectors.md says what each needs beside it.\n", all.len())
}
