//! The five changes that help most: what, why, where, and the lines to write.

use anstyle::Style;
use cloister_assessment::{Advice, Assessment};

use super::ink::{self, FAINT, PLACE, PLAIN, STRONG};
use super::page::{Page, columns, wrap};
use crate::words::{count, leading, place, rendered, requirement_ids, resource};

const MOST: usize = 5;
/// Lines of a fix that are shown without being asked.
const LINES: usize = 16;
/// Checks at the same place that are named without being asked.
const OTHERS: usize = 4;
const BETWEEN: &str = " · ";

pub(super) fn write(page: &mut Page, assessment: &Assessment) {
    if assessment.advice.is_empty() {
        return;
    }
    let framework = leading(assessment).map_or("", |framework| &*framework.name);
    page.heading("What helps most");
    for (at, advice) in assessment.advice.iter().take(MOST).enumerate() {
        if at > 0 {
            page.blank();
        }
        write_one(page, at + 1, advice, framework);
    }
}

fn write_one(page: &mut Page, number: usize, advice: &Advice, framework: &str) {
    let number = number.to_string();
    page.gap(1).put(STRONG, &number).gap(3_usize.saturating_sub(number.len()));
    let (_, ids) = requirement_ids(&advice.requirements, framework);
    write_title(page, 4, &advice.message, &ids);
    let used = write_why(page, advice);
    write_where(page, advice, used);
    if let Some(excerpt) = &advice.excerpt {
        page.gap(4).put(FAINT, "now").gap(2).rest(9, 9, PLAIN, excerpt);
    }
    write_others(page, advice);
    match &advice.fix {
        Some(fix) => write_fix(page, fix),
        None => {
            page.paragraph(4, PLAIN, &advice.remediation);
        }
    }
    if advice.elsewhere > 0 {
        let text = format!("The same at {}.", count(advice.elsewhere, "other resource"));
        page.paragraph(4, FAINT, &text);
    }
}

/// The message at the left, ids of requirements at the right of its first line.
/// The line already holds `indent` columns.
pub(super) fn write_title(page: &mut Page, indent: usize, message: &str, ids: &[&str]) {
    let mut right = ids.iter().take(3).copied().collect::<Vec<_>>().join(" ");
    if ids.len() > 3 {
        right.push_str(&format!(" +{}", ids.len() - 3));
    }
    let room = page.width().saturating_sub(indent);
    if columns(&right) * 2 > room {
        right.clear();
    }
    let taken = if right.is_empty() { 0 } else { columns(&right) + 2 };
    for (at, line) in wrap(message, room - taken).iter().enumerate() {
        if at > 0 {
            page.gap(indent);
        }
        page.put(STRONG, line);
        if at == 0 && !right.is_empty() {
            page.gap(room - columns(line) - columns(&right)).put(FAINT, &right);
        }
        page.end();
    }
}

/// How bad, and whose data; the column where the place can follow.
fn write_why(page: &mut Page, advice: &Advice) -> usize {
    let word = advice.severity.as_str();
    page.gap(4).put(ink::severity(advice.severity), word);
    let used = 4 + word.len();
    if advice.exposure.reason.is_empty() {
        return used;
    }
    page.put(FAINT, BETWEEN).rest(used + 3, 4, PLAIN, &advice.exposure.reason).gap(4);
    4
}

/// The place first and whole, so that it can be clicked; then the resource and the check.
fn write_where(page: &mut Page, advice: &Advice, mut used: usize) {
    let mut parts = Vec::new();
    if let Some(location) = &advice.location {
        parts.push((PLACE, place(location)));
        parts.extend(rendered(location).map(|text| (FAINT, text)));
    }
    parts.extend(advice.resource.as_ref().map(|reference| (FAINT, resource(reference))));
    if parts.is_empty() {
        parts.push((FAINT, "nowhere yet: it is missing altogether".to_owned()));
    }
    parts.push((FAINT, advice.check.to_string()));
    for (at, (style, part)) in parts.iter().enumerate() {
        let between = if at == 0 { BETWEEN } else { "  " };
        if used > 4 && used + columns(between) + columns(part) > page.width() {
            page.end().gap(4);
            used = 4;
        } else if used > 4 {
            page.put(FAINT, between);
            used += columns(between);
        }
        if *style == PLACE {
            page.put(PLACE, part);
            used += columns(part);
            continue;
        }
        for (at, line) in wrap(part, page.width() - 4).iter().enumerate() {
            if at > 0 {
                page.end().gap(4);
                used = 4;
            }
            page.put(FAINT, line);
            used += columns(line);
        }
    }
    page.end();
}

/// What else is wrong at the place: the same change answers it, or may.
fn write_others(page: &mut Page, advice: &Advice) {
    let shown = if page.verbose { advice.others.len() } else { OTHERS };
    let mut parts: Vec<(Style, String)> =
        advice.others.iter().take(shown).map(|check| (FAINT, check.to_string())).collect();
    if parts.is_empty() {
        return;
    }
    if advice.others.len() > shown {
        parts.push((FAINT, format!("{} more", advice.others.len() - shown)));
    }
    let lead = "Here too:";
    page.gap(4).put(PLAIN, lead).gap(1).flow(4 + lead.len() + 1, 4, ", ", &parts);
}

fn write_fix(page: &mut Page, fix: &str) {
    let lines: Vec<&str> = fix.trim_end().lines().collect();
    if page.verbose || lines.len() <= LINES {
        page.lines_to_write(4, fix);
        return;
    }
    let shown: Vec<&str> = lines.iter().take(LINES - 1).copied().collect();
    page.lines_to_write(4, &shown.join("\n"));
    page.paragraph(4, FAINT, &format!("… {}: -v shows them", count(lines.len() - shown.len(), "more line")));
}
