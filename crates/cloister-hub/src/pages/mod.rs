//! Pages: made on the server, whole without scripts.

pub mod alerts;
pub mod assets;
pub mod breaches;
pub mod checks;
pub mod data;
pub mod decisions;
pub mod detections;
pub mod evidence;
pub mod export;
pub mod finding;
pub mod findings;
pub mod frameworks;
pub mod history;
mod layout;
pub mod oidc;
pub mod overview;
pub mod parts;
pub mod places;
pub mod questions;
pub mod reports;
pub mod requirement;
pub mod rules;
pub mod search;
pub mod sessions;
pub mod sign_in;
pub mod sources;
mod trend;

use cloister_report::words::thousands;
use maud::html;

pub use layout::{Layout, problem};

use crate::http::{Answer, Ask, Problem};
use crate::who::role::Right;
use crate::who::scope::Namespaces;

/// Where one begins: at the only source, else at the list of all.
pub fn home(ask: &Ask<'_>) -> Result<Answer, Problem> {
    if !ask.who.as_ref().is_some_and(|who| who.may(Right::Read)) {
        return Err(Problem::new(403, "agents and collectors hand in what they have, and read no pages"));
    }
    let names = ask.sources();
    Ok(match names.as_slice() {
        [only] => Answer::see(&parts::source(only)),
        _ => Answer::see("/sources"),
    })
}

/// Whether the hub answers: for probes.
#[allow(clippy::unnecessary_wraps, reason = "as every route answers")]
pub fn health(_: &Ask<'_>) -> Result<Answer, Problem> {
    Ok(Answer::new(200, "text/plain; charset=utf-8", "ok\n"))
}

/// What happens, as it happens.
pub fn events(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let body = ask.hub.live.listen(ask.scope()).ok_or_else(|| Problem::new(503, "too many pages listen already"))?;
    Ok(Answer::of(200, "text/event-stream", body))
}

/// A page of a source.
fn in_source(ask: &Ask<'_>, title: &str, body: maud::Markup) -> Answer {
    let limited = ask.scope().of(ask.part("source"));
    let body = html! {
        @if let Some(within) = &limited { p.notice { "You see " (words(within)) ", and nothing that belongs to other namespaces or to the cluster as a whole." } }
        (body)
    };
    Layout { ask, title, source: Some(ask.part("source")) }.answer(body)
}

/// So many namespaces are named.
const NAMED: usize = 8;

fn words(within: &Namespaces) -> String {
    let names: Vec<&str> = within.iter().map(|name| &**name).collect();
    let first = names.get(..NAMED).unwrap_or(&names).join(", ");
    match names.len() {
        0 => "no namespace of this source".to_owned(),
        1 => format!("the namespace {first}"),
        number if number > NAMED => format!("{} namespaces: {first}, and others", thousands(number)),
        number => format!("{} namespaces: {first}", thousands(number)),
    }
}
