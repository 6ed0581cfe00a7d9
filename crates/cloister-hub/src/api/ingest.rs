//! What programs send: audit events, and what sensors found. Answered when it is on the disk.

use cloister_audit::ingest::{Refused, event_list, json_lines};

use super::is_name;
use crate::http::{Answer, Ask, Problem};
use crate::ingest::{NotTaken, Took, Wants, Way, take_in};
use crate::who::role::Role;

/// So many seconds later there may be room, or the store well again.
const LATER: u64 = 5;

const EVENTS: Wants = Wants { events: true, findings: false };

/// From an API server.
pub fn webhook(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let source = source(ask)?;
    answer(take_in(ask.hub, (source, Way::Webhook, EVENTS), |limits, each| event_list(&ask.body, limits, each)))
}

/// From a log shipper.
pub fn lines(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let source = source(ask)?;
    answer(take_in(ask.hub, (source, Way::Http, EVENTS), |limits, each| json_lines(&ask.body, limits, each)))
}

/// From a sensor.
pub fn findings(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let source = source(ask)?;
    let wants = Wants { events: false, findings: true };
    answer(take_in(ask.hub, (source, Way::Agent, wants), |limits, each| json_lines(&ask.body, limits, each)))
}

/// The source that is sent for: each sends for the one of its own name.
pub(super) fn source<'a>(ask: &'a Ask<'_>) -> Result<&'a str, Problem> {
    let source = ask.part("source");
    let own = ask.who.as_ref().is_some_and(|who| who.role == Role::Admin || who.name == source);
    if !own {
        return Err(Problem::new(403, "a token sends for the source that is called like it"));
    }
    if !is_name(source) {
        return Err(Problem::new(
            422,
            "a source's name is 1 to 63 small letters, digits, dots and hyphens, and begins with a letter or digit",
        ));
    }
    Ok(source)
}

fn answer(taken: Result<Took, NotTaken>) -> Result<Answer, Problem> {
    let problem = match taken {
        Ok(took) => return Ok(Answer::json(&took)),
        Err(NotTaken::Bad(why @ (Refused::TooLarge | Refused::TooMany))) => Problem::new(413, why.to_string()),
        Err(NotTaken::Bad(why)) => {
            let why = why.to_string();
            Problem::new(400, format!("the body {}", why.strip_prefix("it ").unwrap_or(&why)))
        }
        Err(NotTaken::Nothing(took)) => Problem::new(
            422,
            format!(
                "nothing of it is taken here: {} could not be read, {} are something else",
                took.unreadable, took.foreign
            ),
        ),
        Err(NotTaken::Full(size)) => {
            let why =
                format!("{} wait to be judged already, and there is no room for more: send it again later", size.items);
            Problem { wait: Some(LATER), ..Problem::new(503, why) }
        }
        Err(NotTaken::Store(why)) => Problem { wait: Some(LATER), ..Problem::new(503, why.to_string()) },
    };
    Err(problem)
}
