//! The changes that help most.

use cloister_assessment::{Advice, Assessment};
use maud::{Markup, html};

use super::findings::{place, why};
use super::marks;
use super::text::{lines, requirement_links, sentence, slug, t};
use crate::words::{count, resource};

pub(super) fn body(assessment: &Assessment) -> Markup {
    html! {
        @if !assessment.advice.is_empty() {
            ol.advice { @for advice in &assessment.advice { (one(advice)) } }
        }
    }
}

fn one(advice: &Advice) -> Markup {
    html! {
        li {
            h3 { (t(&advice.message)) }
            p.facts {
                (marks::severity(advice.severity))
                @if let Some(reference) = &advice.resource { " " span.resource { (t(&resource(reference))) } }
            }
            (place(advice.location.as_ref(), ""))
            @if let Some(excerpt) = &advice.excerpt { p.place { span.quiet { "now" } " " code { (t(excerpt)) } } }
            (why(&advice.exposure))
            p { (sentence(&advice.remediation)) }
            @if let Some(fix) = &advice.fix { (lines(fix)) }
            @if !advice.others.is_empty() {
                p.refs-line { span.quiet { "Here too:" } @for check in &advice.others { " " a href={ "#c-" (slug(&[check])) } { code { (t(check)) } } } }
            }
            p.refs-line {
                a href={ "#c-" (slug(&[&advice.check])) } { code { (t(&advice.check)) } }
                " " (requirement_links(&advice.requirements))
            }
            @if advice.elsewhere > 0 { p.quiet { "The same at " (count(advice.elsewhere, "other resource")) "." } }
        }
    }
}
