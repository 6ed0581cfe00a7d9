//! Every finding, under the resource it is about; then those that somebody accepted.

use std::collections::HashSet;

use cloister_assessment::{Acceptance, AssessedFinding, Assessment, Change};

use super::advice::write_title;
use super::ink::{self, FAINT, PLACE, PLAIN, STATED, STRONG};
use super::page::{Page, columns};
use crate::words::{group_by, leading, place, rendered, requirement_ids, resource};

/// Where messages begin: after the longest word for a severity.
const INDENT: usize = 13;

pub(super) fn write_open(page: &mut Page, assessment: &Assessment) {
    let open = assessment.findings.iter().filter(|one| one.is_open());
    write_groups(page, assessment, "All open findings", open);
}

pub(super) fn write_accepted(page: &mut Page, assessment: &Assessment) {
    let accepted = assessment.findings.iter().filter(|one| !one.is_open());
    write_groups(page, assessment, "Accepted", accepted);
}

fn write_groups<'a>(
    page: &mut Page,
    assessment: &Assessment,
    heading: &str,
    findings: impl Iterator<Item = &'a AssessedFinding>,
) {
    let framework = leading(assessment).map_or("", |framework| &*framework.name);
    let groups = group_by(findings, |one| one.finding.resource.clone());
    if groups.is_empty() {
        return;
    }
    page.heading(heading);
    let mut remedied = HashSet::new();
    for (reference, findings) in groups {
        let name = reference.as_ref().map_or_else(|| "Missing altogether".to_owned(), resource);
        page.blank().paragraph(1, STRONG, &name);
        let mut reason = "";
        for assessed in findings {
            // The reason is mostly one for the resource: it is told where it changes.
            if assessed.exposure.reason != reason {
                reason = &assessed.exposure.reason;
                page.paragraph(3, PLAIN, reason);
            }
            write_one(page, assessed, framework, remedied.insert(assessed.finding.check.clone()));
        }
    }
}

fn write_one(page: &mut Page, assessed: &AssessedFinding, framework: &str, first: bool) {
    let finding = &assessed.finding;
    let word = finding.severity.as_str();
    page.gap(3).put(ink::severity(finding.severity), word).gap(INDENT - 3 - word.len());
    let (_, ids) = requirement_ids(&assessed.requirements, framework);
    write_title(page, INDENT, &finding.message, &ids);
    write_where(page, assessed);
    if let Some(acceptance) = &assessed.accepted {
        write_acceptance(page, acceptance);
    } else if let Some(fix) = &finding.fix {
        page.lines_to_write(INDENT, fix);
    } else if first {
        page.paragraph(INDENT, PLAIN, &assessed.remediation);
    }
}

/// Place, check, and what changed, the place whole at the start of its line.
fn write_where(page: &mut Page, assessed: &AssessedFinding) {
    let finding = &assessed.finding;
    let mut parts = Vec::new();
    match &finding.location {
        Some(location) => {
            parts.push((PLACE, place(location)));
            parts.extend(rendered(location).map(|text| (FAINT, text)));
        }
        None if !finding.pointer.is_empty() => parts.push((PLACE, finding.pointer.clone())),
        None => {}
    }
    parts.push((FAINT, finding.check.to_string()));
    parts.extend(assessed.change.filter(|change| *change == Change::New).map(|_| (ink::BAD, "new".to_owned())));
    page.gap(INDENT);
    let mut used = INDENT;
    for (at, (style, part)) in parts.iter().enumerate() {
        let between = if at == 0 { 0 } else { 2 };
        if used > INDENT && used + between + columns(part) > page.width() {
            page.end().gap(INDENT);
            used = INDENT;
        } else {
            page.gap(between);
            used += between;
        }
        // A path or pointer is never broken, so that it can be clicked or copied.
        page.put(*style, part);
        used += columns(part);
    }
    page.end();
}

fn write_acceptance(page: &mut Page, acceptance: &Acceptance) {
    page.gap(INDENT);
    let text = format!("“{}” {}, until {}", acceptance.reason, acceptance.owner, acceptance.expires);
    page.rest(INDENT, INDENT, STATED, &text);
    if let Some(location) = &acceptance.location {
        page.gap(INDENT).put(FAINT, "accepted in ").put(PLACE, &place(location)).end();
    }
}
