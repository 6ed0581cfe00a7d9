//! Every finding, under the resource it is about, folded where several share a
//! place; then those that somebody accepted.

use std::collections::HashSet;
use std::sync::Arc;

use anstyle::Style;
use cloister_assessment::{Acceptance, AssessedFinding, Assessment, Change, Spot, spots};

use super::advice::write_title;
use super::ink::{self, FAINT, PLACE, PLAIN, STATED, STRONG};
use super::page::{Page, columns};
use crate::words::{group_by, leading, place, rendered, requirement_ids, resource};

/// Where messages begin: after the longest word for a severity.
const INDENT: usize = 13;
/// Where messages of the other findings of a place begin.
const OTHER: usize = INDENT + 2 + 9;

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
    let groups = group_by(spots(findings), |spot| spot.lead.finding.resource.clone());
    if groups.is_empty() {
        return;
    }
    page.heading(heading);
    let mut remedied = HashSet::new();
    for (reference, spots) in groups {
        let name = reference.as_ref().map_or_else(|| "Missing altogether".to_owned(), resource);
        page.blank().paragraph(1, STRONG, &name);
        let mut reason = "";
        for spot in spots {
            // The reason is mostly one for the resource: it is told where it changes.
            if &*spot.lead.exposure.reason != reason {
                reason = &spot.lead.exposure.reason;
                page.paragraph(3, PLAIN, reason);
            }
            let requirements = spot.requirements(&assessment.requirements);
            let (_, ids) = requirement_ids(&requirements, framework);
            write_spot(page, &spot, &ids, &mut remedied);
        }
    }
}

/// What weighs most, then the rest of the same place in a line each, then the lines to write for all.
fn write_spot(page: &mut Page, spot: &Spot<'_>, ids: &[&str], remedied: &mut HashSet<Arc<str>>) {
    let word = spot.lead.finding.severity.as_str();
    page.gap(3).put(ink::severity(spot.lead.finding.severity), word).gap(INDENT - 3 - word.len());
    write_title(page, INDENT, &spot.lead.finding.message, ids);
    write_where(page, spot.lead);
    let merged = spot.merged_fix();
    let mut told: HashSet<&str> = HashSet::new();
    for (at, assessed) in spot.findings().enumerate() {
        if at > 0 {
            write_other(page, assessed);
        }
        let first = remedied.insert(assessed.finding.check.clone());
        if let Some(acceptance) = &assessed.accepted {
            write_acceptance(page, acceptance);
        } else if !merged.of.contains(&at) && assessed.finding.fix.as_deref().is_none_or(|fix| told.insert(fix)) {
            write_remedy(page, assessed, first);
        }
    }
    if !merged.of.is_empty() && spot.lead.is_open() {
        page.lines_to_write(INDENT, &merged.lines);
    }
}

fn write_remedy(page: &mut Page, assessed: &AssessedFinding, first: bool) {
    if let Some(fix) = &assessed.finding.fix {
        page.lines_to_write(INDENT, fix);
    } else if first {
        page.paragraph(INDENT, PLAIN, &assessed.remediation);
    }
}

/// Another finding at the same place.
fn write_other(page: &mut Page, assessed: &AssessedFinding) {
    let finding = &assessed.finding;
    let word = finding.severity.as_str();
    page.gap(INDENT).put(FAINT, "+ ").put(ink::severity(finding.severity), word).gap(OTHER - INDENT - 2 - word.len());
    let mut parts = vec![(PLAIN, finding.message.clone()), (FAINT, finding.check.to_string())];
    parts.extend(new(assessed));
    page.flow(OTHER, OTHER, "  ", &parts);
}

fn new(assessed: &AssessedFinding) -> Option<(Style, String)> {
    assessed.change.filter(|change| *change == Change::New).map(|_| (ink::BAD, "new".to_owned()))
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
    parts.extend(new(assessed));
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
