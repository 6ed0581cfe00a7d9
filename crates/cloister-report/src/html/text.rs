//! Text from elsewhere, on its way into the page.

use cloister_assessment::RequirementRef;
use maud::{Markup, Render, html};

use crate::words::group_by;
use cloister_model::clean;

/// One line of text: cleaned of what hides, then escaped.
#[derive(Debug)]
pub struct Clean<'a>(&'a str);

impl Render for Clean<'_> {
    fn render_to(&self, buffer: &mut String) {
        clean(self.0).render_to(buffer);
    }
}

/// Everything that is not our own words goes through here.
pub fn t(text: &str) -> Clean<'_> {
    Clean(text)
}

/// Lines to copy.
pub fn lines(text: &str) -> Markup {
    html! {
        pre { code { @for (at, line) in text.trim_end().lines().enumerate() {
            @if at > 0 { "\n" }
            (t(line))
        } } }
    }
}

/// Sentences, in which back quotes mark code.
pub fn sentence(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (t(part)) } } @else {
                @for (word_at, line) in part.split('\n').enumerate() { @if word_at > 0 { " " } (t(line)) }
            }
        }
    }
}

/// Paragraphs of a check's documentation; lines that begin with `- ` are a list.
pub fn prose(text: &str) -> Markup {
    html! {
        @for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
            @if block.starts_with("- ") {
                ul { @for item in block.trim_start_matches("- ").split("\n- ") { li { (sentence(item)) } } }
            } @else { p { (sentence(block)) } }
        }
    }
}

/// The part of an address after `#`: letters and digits, all else as `-`.
pub(super) fn slug(parts: &[&str]) -> String {
    let plain = |part: &&str| -> String {
        part.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' }).collect()
    };
    parts.iter().map(plain).collect::<Vec<_>>().join("-")
}

/// Requirements under their framework's name, each a link to where it is told.
pub(super) fn requirement_links(requirements: &[RequirementRef]) -> Markup {
    html! {
        @for (at, (framework, members)) in group_by(requirements, |one| one.framework.clone()).into_iter().enumerate() {
            @if at > 0 { " " }
            span.refs {
                span.framework { (t(&framework)) }
                @for one in members { " " a href={ "#r-" (slug(&[&one.framework, &one.id])) } { (t(&one.id)) } }
            }
        }
    }
}
