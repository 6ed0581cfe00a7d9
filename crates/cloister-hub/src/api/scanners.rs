//! Reports of other scanners: taking them in, and what they come to.

use serde_json::json;

use super::ingest;
use crate::http::{Answer, Ask, Problem};
use crate::pages;
use crate::scanners::NotTaken;
use crate::table::Want;
use cloister_scanners::NoReport;

/// So many seconds later the store may be well again.
const LATER: u64 = 5;
/// Longest name of a scope.
const LONGEST_SCOPE: usize = 200;

/// Takes one.
pub fn take(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let source = ingest::source(ask)?;
    let scope = ask.query.get("scope");
    if scope.is_some_and(|scope| scope.is_empty() || scope.len() > LONGEST_SCOPE || scope.contains(char::is_control)) {
        return Err(Problem::new(400, format!("scope is a text of 1 to {LONGEST_SCOPE} bytes in one line")));
    }
    let by = ask.who.as_ref().map_or("", |who| &*who.name);
    match ask.hub.take_scanner_report((source, by), &ask.body, scope) {
        Ok(took) => Ok(Answer::json(&took)),
        Err(why) => Err(refused(&why)),
    }
}

fn refused(why: &NotTaken) -> Problem {
    let status = match why {
        NotTaken::NoReport(NoReport::TooLong(_) | NoReport::TooManyValues(_) | NoReport::TooManyResults(_)) => 413,
        NotTaken::NoReport(NoReport::NoJson { .. }) => 400,
        NotTaken::NoReport(NoReport::Unknown | NoReport::Version(..)) => 422,
        NotTaken::Older(_) => 409,
        NotTaken::Full(_) => 507,
        NotTaken::Refused(why) => {
            let problem = why.problem();
            return Problem { wait: problem.wait.or((problem.status == 503).then_some(LATER)), ..problem };
        }
    };
    Problem::new(status, why.to_string())
}

/// What they found, by place.
pub fn results(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = pages::reports::results(ask, Want::of_api(&ask.query)?)?;
    Ok(Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next})))
}

/// Who told what of which scope, and when.
pub fn told(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let table = pages::reports::told(ask, Want::of_api(&ask.query)?)?;
    Ok(Answer::json(&json!({"items": table.json(), "total": table.rows.all, "next": table.rows.next})))
}
