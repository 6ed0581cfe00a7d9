//! The five changes that help most: what, why, where, and the lines to write.

use cloister_assessment::{Advice, Assessment};

use super::ink::{self, FAINT, PLACE, PLAIN, STRONG};
use super::page::{Page, columns, wrap};
use crate::words::{count, leading, place, rendered, requirement_ids, resource};

const MOST: usize = 5;
/// Lines of a fix that are shown without being asked.
const LINES: usize = 16;

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
    write_why(page, advice);
    write_where(page, advice);
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

fn write_why(page: &mut Page, advice: &Advice) {
    let word = advice.severity.as_str();
    page.gap(4).put(ink::severity(advice.severity), word);
    if advice.exposure.reason.is_empty() {
        page.end();
    } else {
        page.put(FAINT, " · ").rest(4 + word.len() + 3, 4, PLAIN, &advice.exposure.reason);
    }
}

fn write_where(page: &mut Page, advice: &Advice) {
    let mut parts = Vec::new();
    let mut used = 4;
    page.gap(4);
    if let Some(location) = &advice.location {
        let place = place(location);
        page.put(PLACE, &place);
        used += columns(&place);
        parts.extend(rendered(location));
    }
    parts.extend(advice.resource.as_ref().map(resource));
    if advice.location.is_none() && advice.resource.is_none() {
        parts.push("nowhere yet: it is missing altogether".to_owned());
    }
    parts.push(advice.check.to_string());
    for part in parts {
        if used > 4 && used + 2 + columns(&part) > page.width() {
            page.end().gap(4);
            used = 4;
        } else if used > 4 {
            page.gap(2);
            used += 2;
        }
        for (at, line) in wrap(&part, page.width() - 4).iter().enumerate() {
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
