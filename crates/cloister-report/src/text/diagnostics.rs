//! What went wrong with the input: place, cause, the line, the way out.

use cloister_assessment::Assessment;
use cloister_model::{Diagnostic, DiagnosticLevel};

use super::ink::{self, FAINT, PLAIN, STRONG};
use super::page::{Page, columns};
use crate::words::{count, source};

/// Errors and warnings that are told in full without being asked, errors first.
const UNASKED: usize = 3;

pub(super) fn write(page: &mut Page, assessment: &Assessment) {
    let shown = |one: &&Diagnostic| page.verbose || one.level > DiagnosticLevel::Note;
    let mut all: Vec<&Diagnostic> = assessment.diagnostics.iter().filter(shown).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.level));
    let most = if page.verbose { all.len() } else { UNASKED };
    for diagnostic in all.iter().take(most) {
        page.blank();
        write_one(page, diagnostic);
    }
    if all.len() > most {
        page.blank().paragraph(1, FAINT, &format!("… {}: -v shows them", count(all.len() - most, "more message")));
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
    let text: Vec<char> = excerpt.trim_end().lines().next().unwrap_or("").chars().collect();
    let caret = column.map(|column| column.saturating_sub(1) as usize).filter(|caret| *caret <= text.len());
    let (before, after) = window(&text, caret.unwrap_or(0), room);
    page.put(FAINT, &number).put(FAINT, "│ ").put(PLAIN, &before).put(PLAIN, &after).end();
    if caret.is_some() {
        page.gap(number.len()).put(FAINT, "│ ").gap(columns(&before)).put(ink::BAD, "^").end();
    }
}

/// The text before the caret and from it on, together within `room` columns;
/// what is cut is marked with an ellipsis.
fn window(text: &[char], caret: usize, room: usize) -> (String, String) {
    let (head, tail) = text.split_at_checked(caret).unwrap_or((text, &[]));
    let all = |part: &[char]| part.len() <= room && columns(&show(part)) <= room;
    let head_room = if all(head) && columns(&show(head)) <= room / 2 { columns(&show(head)) } else { room / 2 };
    let tail_room = if all(tail) { columns(&show(tail)).min(room - head_room) } else { room - head_room };
    let backwards: Vec<char> = head.iter().rev().copied().collect();
    let before: String = fit(&backwards, room - tail_room).chars().rev().collect();
    (before, fit(tail, room - head_room))
}

/// As much of the beginning as fits, whole or with an ellipsis at its end.
fn fit(text: &[char], room: usize) -> String {
    let mut shown = String::new();
    let mut used = 0;
    for (at, letter) in text.iter().enumerate() {
        let letter = show(&[*letter]);
        let size = columns(&letter);
        let last = at + 1 == text.len();
        if used + size + usize::from(!last) > room {
            shown.push('…');
            return shown;
        }
        shown.push_str(&letter);
        used += size;
    }
    shown
}

/// Tabs count as one column in places, so they are shown as one blank.
fn show(part: &[char]) -> String {
    part.iter().map(|letter| if *letter == '\t' { ' ' } else { *letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::{columns, window};

    fn at(text: &str, caret: usize, room: usize) -> (String, String) {
        window(&text.chars().collect::<Vec<_>>(), caret, room)
    }

    #[test]
    fn a_long_line_is_shown_around_its_caret() {
        assert_eq!(at("  name: api: v2", 11, 70), ("  name: api".to_owned(), ": v2".to_owned()));
        let long = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        let (before, after) = at(&long, 500, 40);
        assert!(before.starts_with("…a") && after.starts_with("xb") && after.ends_with("b…"), "{before}|{after}");
        assert!(columns(&before) + columns(&after) <= 40);
        let (before, after) = at(&long, 1000, 40);
        assert!(before.starts_with('…') && after == "b" && columns(&before) > 30, "{before}|{after}");
        let (before, after) = at(&long, 2, 40);
        assert!(before == "aa" && columns(&after) == 38, "{before}|{after}");
    }

    #[test]
    fn a_line_without_end_costs_no_more_than_its_length() {
        let (before, after) = at(&"東".repeat(2_000_000), 1_000_000, 60);
        assert!(columns(&before) + columns(&after) <= 60);
    }
}
