//! What people state, what nobody looked at, and what could not be read.

use cloister_assessment::{Assessment, AttestedBy, Gap, RequirementRef};
use cloister_model::{Diagnostic, DiagnosticLevel};
use maud::{Markup, html};

use super::text::{requirement_links, sentence, slug, t};
use crate::words::{group_by, source};

pub(super) fn attested(assessment: &Assessment) -> Markup {
    html! {
        @for requirement in &assessment.requirements {
            @if let Some(attested) = &requirement.attested {
                article.attestation {
                    h3 {
                        a href={ "#r-" (slug(&[&requirement.framework, &requirement.id])) } { (t(&requirement.framework)) " " (t(&requirement.id)) }
                        " " (t(&requirement.title))
                    }
                    @if let Some(question) = &requirement.question { p.quiet { (t(question)) } }
                    (statement(attested))
                }
            }
        }
    }
}

/// A person's words, with who answers for them.
pub(super) fn statement(attested: &AttestedBy) -> Markup {
    html! {
        blockquote.attested {
            p { (t(&attested.statement)) }
            footer {
                (t(&attested.author)) ", " (t(&attested.date))
                @if let Some(expires) = &attested.expires { ", until " (t(expires)) }
                @if let Some(evidence) = &attested.evidence { "; evidence: " (link(evidence)) }
            }
        }
    }
}

/// A link only where it leads to the web: other schemes could run something.
fn link(address: &str) -> Markup {
    let web = address.starts_with("https://") || address.starts_with("http://");
    html! { @if web { a rel="noreferrer" href=(t(address)) { (t(address)) } } @else { code { (t(address)) } } }
}

/// One thing that was not looked at.
pub(super) fn gap(gap: &Gap) -> Markup {
    html! {
        @if let Some(check) = &gap.check { code { (t(check)) } ": " }
        (sentence(&gap.reason))
        " " span.needs { "needs " (t(&gap.needs.replace('-', " "))) }
    }
}

pub(super) fn not_evaluated(assessment: &Assessment) -> Markup {
    let gaps = assessment.requirements.iter().flat_map(|requirement| {
        let name = RequirementRef { framework: requirement.framework.clone(), id: requirement.id.clone() };
        requirement.not_evaluated.iter().map(move |gap| (gap, name.clone()))
    });
    let groups = group_by(gaps, |(gap, _)| (gap.needs.as_str(), gap.answer.as_str()));
    html! {
        @if !groups.is_empty() {
            p.quiet { "None of this counts as held or as open. What would answer it stands first." }
        }
        @for ((needs, answer), members) in groups {
            @let reasons = group_by(members, |(gap, _)| (gap.check.as_deref(), gap.reason.as_str()));
            details.gap {
                summary { span.needs { (t(&needs.replace('-', " "))) } " " (sentence(answer)) " " span.count { (reasons.len()) } }
                ul { @for ((check, reason), members) in reasons {
                    @let requirements: Vec<RequirementRef> = members.into_iter().map(|(_, one)| one).collect();
                    li {
                        @if let Some(check) = check { code { (t(check)) } ": " }
                        (sentence(reason)) " " (requirement_links(&requirements))
                    }
                } }
            }
        }
    }
}

pub(super) fn diagnostics(assessment: &Assessment) -> Markup {
    html! {
        @for diagnostic in &assessment.diagnostics { (diagnostic_of(diagnostic)) }
    }
}

fn diagnostic_of(diagnostic: &Diagnostic) -> Markup {
    let (word, class) = match diagnostic.level {
        DiagnosticLevel::Error => ("error", "diagnostic error"),
        DiagnosticLevel::Warning => ("warning", "diagnostic warning"),
        DiagnosticLevel::Note => ("note", "diagnostic note"),
    };
    html! {
        article class=(class) {
            p {
                strong.level { (word) } " "
                @if !diagnostic.file.is_empty() { code { (t(&source(diagnostic))) } " " }
                (t(&diagnostic.message))
            }
            @if let (Some(excerpt), Some(line)) = (&diagnostic.excerpt, diagnostic.line) { (marked(excerpt, line, diagnostic.column)) }
            @if let Some(help) = &diagnostic.help { p.quiet { (sentence(help)) } }
        }
    }
}

/// The line, with the character marked that the diagnostic points at.
fn marked(excerpt: &str, line: u32, column: Option<u32>) -> Markup {
    let text: Vec<char> = excerpt.trim_end().lines().next().unwrap_or("").chars().collect();
    let at = column.map_or(usize::MAX, |column| column.saturating_sub(1) as usize);
    let part = |from: usize, to: usize| -> String { text.iter().take(to).skip(from).collect() };
    html! {
        pre { code { span.line { (line) " │ " } (t(&part(0, at))) mark { (t(&part(at, at.saturating_add(1)))) } (t(&part(at.saturating_add(1), usize::MAX))) } }
    }
}
