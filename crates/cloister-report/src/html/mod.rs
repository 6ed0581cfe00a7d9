//! One self-contained page: for people who read in a browser or on paper. No
//! scripts, no network: what opens and closes is `<details>`.

mod advice;
mod checks;
mod findings;
pub mod marks;
mod notes;
mod requirements;
mod summary;
pub mod text;

use cloister_assessment::Assessment;
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(crate) use text::t;

/// How it looks: what the hub's pages look like, too.
pub const STYLE: &str = include_str!("style.css");
/// Even if something slipped through: nothing runs and nothing is fetched.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The assessment as a page.
pub fn render(assessment: &Assessment) -> String {
    let sections = sections(assessment);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (t(&assessment.subject.title)) " – Cloister" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the report" }
                (marks::symbols())
                (summary::header(assessment))
                div.frame {
                    nav.contents aria-label="Contents" {
                        ol { @for section in &sections { li { a href={ "#" (section.id) } {
                            (section.title)
                            @if let Some(count) = section.count { " " span.count { (count) } }
                        } } } }
                    }
                    main id="main" { @for section in &sections { (section.render()) } }
                }
                (summary::footer(assessment))
            }
        }
    };
    let mut page = page.into_string();
    page.push('\n');
    page
}

/// A part of the page with its line in the contents.
struct Section {
    id: &'static str,
    title: &'static str,
    count: Option<usize>,
    body: Markup,
}

impl Section {
    fn render(&self) -> Markup {
        html! {
            section id=(self.id) aria-labelledby={ (self.id) "-title" } {
                h2 id={ (self.id) "-title" } { (self.title) }
                (self.body)
            }
        }
    }
}

/// The parts that have something to say.
fn sections(assessment: &Assessment) -> Vec<Section> {
    let open = assessment.findings.iter().filter(|one| one.is_open()).count();
    let accepted = assessment.findings.len() - open;
    let attested = assessment.requirements.iter().filter(|one| one.attested.is_some()).count();
    let section = |id, title, count, body| Section { id, title, count, body };
    let all = [
        section(
            "unread",
            "What could not be read as meant",
            Some(assessment.diagnostics.len()),
            notes::diagnostics(assessment),
        ),
        section("advice", "What helps most", None, advice::body(assessment)),
        section("requirements", "Requirements", None, requirements::body(assessment)),
        section("findings", "Open findings", Some(open), findings::open(assessment)),
        section("accepted", "Accepted findings", Some(accepted), findings::accepted(assessment)),
        section("attested", "Attested by people", Some(attested), notes::attested(assessment)),
        section("not-evaluated", "Not evaluated", None, notes::not_evaluated(assessment)),
        section("checks", "Checks", Some(assessment.checks.len()), checks::body(assessment)),
    ];
    all.into_iter().filter(|section| !section.body.0.is_empty()).collect()
}
