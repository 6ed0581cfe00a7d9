//! Pages: made on the server, whole without scripts.

pub mod assets;
pub mod breaches;
pub mod checks;
pub mod data;
pub mod decisions;
pub mod detections;
pub mod evidence;
pub mod finding;
pub mod findings;
pub mod frameworks;
pub mod history;
mod layout;
pub mod overview;
pub mod parts;
pub mod places;
pub mod requirement;
pub mod search;
pub mod sign_in;
pub mod sources;
mod trend;

use maud::html;

pub use layout::{Layout, problem};

use crate::http::{Answer, Ask, Problem};
use crate::who::role::Right;

/// Where one begins: at the only source, else at the list of all.
pub fn home(ask: &Ask<'_>) -> Result<Answer, Problem> {
    if !ask.who.as_ref().is_some_and(|who| who.may(Right::Read)) {
        return Err(Problem::new(403, "agents and collectors hand in what they have, and read no pages"));
    }
    let names = ask.hub.names();
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
    let body = ask.hub.live.listen().ok_or_else(|| Problem::new(503, "too many pages listen already"))?;
    Ok(Answer::of(200, "text/event-stream", body))
}

/// A page of a source.
fn in_source(ask: &Ask<'_>, title: &str, body: maud::Markup) -> Answer {
    Layout { ask, title, source: Some(ask.part("source")) }.answer(html! { (body) })
}
