//! What was left out, how to see it, and why the exit status is what it is.

use cloister_assessment::Assessment;
use cloister_model::Severity;

use super::ink::{BAD, FAINT, GOOD, PLAIN, STRONG};
use super::page::Page;
use crate::words::{count, exit, severities, thousands};

pub(super) fn write(page: &mut Page, assessment: &Assessment) {
    let summary = &assessment.summary;
    page.blank();
    let open = |severity: Severity| summary.open.get(severity.as_str()).copied().unwrap_or(0);
    let mut parts = Vec::new();
    if summary.open_total == 0 && assessment.subject.resources == 0 {
        parts.push((BAD, "Nothing was assessed".to_owned()));
    } else if summary.open_total == 0 {
        parts.push((GOOD, "No open findings".to_owned()));
    } else {
        let at = if summary.open_places < summary.open_total {
            format!(" at {}", count(summary.open_places, "place"))
        } else {
            String::new()
        };
        parts.push((PLAIN, format!("{}{at}: {}", count(summary.open_total, "open finding"), severities(open))));
    }
    if summary.accepted > 0 {
        parts.push((PLAIN, format!("{} accepted", thousands(summary.accepted))));
    }
    page.gap(1).flow(1, 3, " · ", &parts);
    if let (Some(new), Some(fixed), Some(same)) = (summary.new, summary.fixed, summary.same) {
        let text = format!("Against the baseline: {new} new, {fixed} fixed, {same} the same");
        page.gap(1).rest(1, 3, PLAIN, &text);
    }
    if !page.verbose && assessment.subject.resources > 0 {
        page.gap(1).flow(
            1,
            3,
            " · ",
            &[
                (FAINT, "-v shows everything".to_owned()),
                (FAINT, "--output html=report.html makes a page of it".to_owned()),
            ],
        );
    }
    let (code, reason) = exit(assessment);
    page.gap(1).put(if code == 0 { GOOD } else { BAD }, &format!("Exit {code}")).put(STRONG, ": ");
    page.rest(9, 3, STRONG, &reason);
}
