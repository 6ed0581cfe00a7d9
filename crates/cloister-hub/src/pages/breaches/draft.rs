//! Drafts: in the page, and as files.

use cloister_breach::draft::{Draft, Kind};
use cloister_report::html::text::{lines, t};
use jiff::Timestamp;
use maud::html;

use super::{address, alone, found};
use crate::breaches::Known;
use crate::http::{Answer, Ask, Problem};

/// Whether PDFs can be made.
pub const PDF: bool = cfg!(feature = "pdf");

fn draft(ask: &Ask<'_>, known: &Known) -> Result<(Kind, Draft), Problem> {
    let kind: Kind =
        ask.part("draft").parse().map_err(|known| Problem::missing(format!("there is no such draft: {known}")))?;
    let draft = Draft::new(kind, &known.record.breach, Timestamp::now());
    draft.map(|draft| (kind, draft)).map_err(|fault| Problem::new(422, format!("{fault}: {}", fault.help)))
}

/// A file: Markdown, JSON, PDF.
pub fn made(ask: &Ask<'_>, form: &str) -> Result<Answer, Problem> {
    let known = found(ask)?;
    let (kind, draft) = draft(ask, &known)?;
    let (media, ending, bytes) = match form {
        "md" => ("text/markdown; charset=utf-8", "md", draft.paper().to_markdown().into_bytes()),
        "json" => ("application/json", "json", serde_json::to_vec_pretty(&draft).unwrap_or_default()),
        "pdf" => ("application/pdf", "pdf", pdf(&draft)?),
        _ => return Err(Problem::new(400, "a draft is taken as md, json or pdf")),
    };
    let name: String = known.number().chars().filter(|one| one.is_ascii_alphanumeric() || *one == '-').collect();
    let file = format!("attachment; filename=\"breach-{name}-{}.{ending}\"", kind.as_str());
    Ok(Answer::new(200, media, bytes).with(http::header::CONTENT_DISPOSITION, &file))
}

#[cfg(feature = "pdf")]
fn pdf(draft: &Draft) -> Result<Vec<u8>, Problem> {
    draft.paper().to_pdf().map_err(|why| Problem::new(422, format!("{why}: take it as Markdown")))
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &Draft) -> Result<Vec<u8>, Problem> {
    Err(Problem::new(406, "this program is built without PDF: build it with --features pdf, or take Markdown"))
}

/// In the page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    if let Some(form) = ask.query.get("as") {
        return made(ask, form);
    }
    let known = found(ask)?;
    let (kind, draft) = draft(ask, &known)?;
    let title = match kind {
        Kind::Notification => "Draft of the notification",
        Kind::Message => "Draft of the message to data subjects",
        Kind::Record => "Record of Art. 33(5)",
    };
    let body = html! {
        p.crumbs { a href="/breaches" { "Breaches" } " " a href=(address(known.number())) { (t(known.number())) } }
        h1 { (title) }
        p.quiet { (kind.meaning()) ". It holds what people wrote. Nothing is sent by this." }
        p.ways { "Take away: " a href="?as=md" download { "Markdown" } " " a href="?as=json" download { "JSON" } @if PDF { " " a href="?as=pdf" download { "PDF" } } }
        @if !draft.missing().is_empty() {
            section aria-labelledby="missing" {
                h2 id="missing" { "To be completed" }
                ul { @for one in draft.missing() { li { (t(&one.what)) " " code { (t(&one.field)) } } } }
            }
        }
        section aria-labelledby="text" { h2 id="text" { "As Markdown" } (lines(&draft.paper().to_markdown())) }
    };
    Ok(alone(ask, title, body))
}
