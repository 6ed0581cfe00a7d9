//! What went wrong with the input: place, cause, the line, the way out.

use cloister_assessment::Assessment;
use cloister_model::{Diagnostic, DiagnosticLevel};

use super::ink::{self, FAINT, PLAIN, STRONG};
use super::page::{Page, columns};
use crate::words::{count, source};

/// Errors that are told in full without being asked.
const UNASKED: usize = 3;

pub(super) fn write(page: &mut Page, assessment: &Assessment) {
    let shown = |one: &&Diagnostic| page.verbose || one.level == DiagnosticLevel::Error;
    let all: Vec<&Diagnostic> = assessment.diagnostics.iter().filter(shown).collect();
    let most = if page.verbose { all.len() } else { UNASKED };
    for diagnostic in all.iter().take(most) {
        page.blank();
        write_one(page, diagnostic);
    }
    if all.len() > most {
        page.blank().paragraph(1, FAINT, &format!("… {}: -v shows them", count(all.len() - most, "more error")));
    }
}

fn write_one(page: &mut Page, diagnostic: &Diagnostic) {
    let word = match diagnostic.level {
        DiagnosticLevel::Error => "error",
        DiagnosticLevel::Warning => "warning",
        DiagnosticLevel::Note => "note",
    };
    page.put(ink::level(diagnostic.level), word).put(STRONG, ": ");
    let place = source(diagnostic);
    let mut used = word.len() + 2;
    if !place.is_empty() {
        page.put(STRONG, &place).put(STRONG, ": ");
        used += columns(&place) + 2;
    }
    page.rest(used, 2, STRONG, &diagnostic.message);
    if let (Some(excerpt), Some(line)) = (&diagnostic.excerpt, diagnostic.line) {
        write_excerpt(page, excerpt, line, diagnostic.column);
    }
    if let Some(help) = &diagnostic.help {
        page.gap(2).put(ink::GOOD, "help: ").rest(8, 8, PLAIN, help);
    }
}

/// The line with its number, and a caret under the column. A line that is too
/// long is shown around the caret.
fn write_excerpt(page: &mut Page, excerpt: &str, line: u32, column: Option<u32>) {
    let number = format!("{line:>5} ");
    let room = page.width().saturating_sub(number.len() + 2).max(20);
    // Tabs count as one column in places, so they are shown as one.
    let text: Vec<char> = excerpt.trim_end().lines().next().unwrap_or("").chars().collect();
    let caret = column.map(|column| column.saturating_sub(1) as usize).filter(|caret| *caret <= text.len());
    let (before, after) = window(&text, caret.unwrap_or(0), room);
    page.put(FAINT, &number).put(FAINT, "│ ").put(PLAIN, &before).put(PLAIN, &after).end();
    if caret.is_some() {
        page.gap(number.len()).put(FAINT, "│ ").gap(columns(&before)).put(ink::BAD, "^").end();
    }
}

/// The text before and from the caret on, within `room` columns.
fn window(text: &[char], caret: usize, room: usize) -> (String, String) {
    let show = |part: &[char]| -> String { part.iter().map(|c| if *c == '\t' { ' ' } else { *c }).collect() };
    let (head, tail) = text.split_at_checked(caret).unwrap_or((text, &[]));
    let (mut before, mut after) = (show(head), show(tail));
    let (mut from, mut to) = (0, tail.len());
    while columns(&before) > room / 2 && columns(&before) + columns(&after) > room && from < head.len() {
        from += 1;
        before = format!("…{}", show(head.get(from..).unwrap_or(&[])));
    }
    while columns(&before) + columns(&after) > room && to > 0 {
        to -= 1;
        after = format!("{}…", show(tail.get(..to).unwrap_or(&[])));
    }
    (before, after)
}
