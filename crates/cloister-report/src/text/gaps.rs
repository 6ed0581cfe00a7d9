//! What a person states, and what nobody looked at, with what would answer it.

use cloister_assessment::{Assessment, Gap, RequirementRef};

use super::ink::{FAINT, OPEN_QUESTION, PLAIN, STATED, STRONG};
use super::page::{Page, columns};
use crate::words::{by_framework, group_by};

pub(super) fn write_attested(page: &mut Page, assessment: &Assessment) {
    let mut first = true;
    for requirement in &assessment.requirements {
        let Some(attested) = &requirement.attested else { continue };
        if std::mem::take(&mut first) {
            page.heading("Attested by a person");
        }
        let name = format!("{} {}", requirement.framework, requirement.id);
        page.gap(1).put(STATED, "✎ ").put(STRONG, &name).gap(2);
        page.rest(3 + columns(&name) + 2, 3, PLAIN, &requirement.title);
        page.paragraph(3, PLAIN, &format!("“{}”", attested.statement));
        let mut text = format!("{}, {}", attested.author, attested.date);
        if let Some(expires) = &attested.expires {
            text.push_str(&format!(", until {expires}"));
        }
        if let Some(evidence) = &attested.evidence {
            text.push_str(&format!("; evidence: {evidence}"));
        }
        page.paragraph(3, FAINT, &text);
    }
}

pub(super) fn write_not_evaluated(page: &mut Page, assessment: &Assessment) {
    let gaps = assessment.requirements.iter().flat_map(|requirement| {
        let name = RequirementRef { framework: requirement.framework.clone(), id: requirement.id.clone() };
        requirement.not_evaluated.iter().map(move |gap| (gap, name.clone()))
    });
    let groups = group_by(gaps, |(gap, _)| (gap.needs.clone(), gap.answer.clone()));
    if groups.is_empty() {
        return;
    }
    page.heading("Not evaluated, by what would answer it");
    for ((needs, answer), members) in groups {
        page.blank().gap(1).put(OPEN_QUESTION, "? ").put(STRONG, &needs.replace('-', " ")).end();
        page.paragraph(3, PLAIN, &answer);
        write_reasons(page, &members);
    }
}

/// Each reason once, behind the requirements that wait for it.
fn write_reasons(page: &mut Page, members: &[(&Gap, RequirementRef)]) {
    for ((check, reason), members) in group_by(members, |(gap, _)| (gap.check.as_deref(), gap.reason.as_str())) {
        let requirements: Vec<RequirementRef> = members.into_iter().map(|(_, one)| one.clone()).collect();
        let check = check.map(|check| format!("{check}: ")).unwrap_or_default();
        let text = format!("{}: {check}{reason}", by_framework(&requirements).join(", "));
        page.gap(3).put(FAINT, "– ").rest(5, 5, PLAIN, &text);
    }
}
