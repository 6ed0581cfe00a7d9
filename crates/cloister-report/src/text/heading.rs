//! What was looked at, in a line or two.

use anstyle::Style;
use cloister_assessment::{Assessment, Subject};
use cloister_model::DiagnosticLevel;

use super::ink::{BAD, FAINT, OPEN_QUESTION, PLAIN, STRONG};
use super::page::Page;
use crate::words::{count, count_of, source, thousands};

pub(super) fn write(page: &mut Page, assessment: &Assessment) {
    let subject = &assessment.subject;
    page.blank().gap(1).flow(1, 3, " · ", &parts(subject));
    write_diagnostics(page, assessment);
    if !subject.register && subject.workloads > 0 {
        let target = draft_from(subject);
        page.gap(1);
        page.rest(
            1,
            3,
            OPEN_QUESTION,
            &format!("No register of processing: `cloister register init {target}` drafts one."),
        );
    }
}

/// What to draft a register from: what was scanned, where one word says it.
fn draft_from(subject: &Subject) -> String {
    match subject.targets.as_slice() {
        [one] if one.contains(char::is_whitespace) => "PATH".to_owned(),
        [one] if subject.files > 0 => one.clone(),
        // Only a cluster is neither read as files nor rendered; its name is the context's where there is one.
        [one] if subject.rendered == 0 && ["cluster", "in-cluster"].contains(&one.as_str()) => "--cluster".to_owned(),
        [one] if subject.rendered == 0 => format!("--context {one}"),
        _ => "PATH".to_owned(),
    }
}

fn parts(subject: &Subject) -> Vec<(Style, String)> {
    let mut parts = vec![(STRONG, subject.title.clone()), (PLAIN, count(subject.resources, "resource"))];
    if subject.rendered > 0 {
        parts.push((PLAIN, count_of(subject.rendered, "chart or overlay", "charts and overlays")));
    }
    parts.push((PLAIN, count(subject.workloads, "workload")));
    if subject.workloads_with_personal_data > 0 {
        let special = match subject.workloads_with_special_data {
            0 => String::new(),
            number => format!(", {} of them special categories", thousands(number)),
        };
        let hold = if subject.workloads_with_personal_data == 1 { "holds" } else { "hold" };
        let number = thousands(subject.workloads_with_personal_data);
        parts.push((STRONG, format!("{number} {hold} personal data{special}")));
    } else if subject.workloads > 0 {
        parts.push((PLAIN, "no personal data recognised".to_owned()));
    }
    parts
}

fn write_diagnostics(page: &mut Page, assessment: &Assessment) {
    let of = |level| assessment.diagnostics.iter().filter(move |one| one.level == level);
    let errors = assessment.summary.unreadable.max(of(DiagnosticLevel::Error).count());
    let mut parts = Vec::new();
    if errors > 0 {
        let mut text = format!("{} could not be read", count(errors, "input"));
        if let Some(first) = of(DiagnosticLevel::Error).find(|one| !one.file.is_empty()) {
            text.push_str(if errors == 1 { ": " } else { ", the first: " });
            text.push_str(&source(first));
        }
        parts.push((BAD, text));
        parts.push((BAD, "details below".to_owned()));
    }
    let (warnings, notes) = (of(DiagnosticLevel::Warning).count(), of(DiagnosticLevel::Note).count());
    if warnings > 0 {
        parts.push((OPEN_QUESTION, count(warnings, "warning")));
    }
    if notes > 0 && page.verbose {
        parts.push((FAINT, count(notes, "note")));
    }
    if !parts.is_empty() {
        page.gap(1).flow(1, 3, " · ", &parts);
    }
}
