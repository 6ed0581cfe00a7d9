//! CB: what happened to the data, and whether somebody meant it.

use super::Quarters;
use crate::facts::{Access, Effect, Facts, Recipients, Recovery};

type Points = (Quarters, Vec<String>);

/// With more recipients than this, nobody knows any more where the data is.
pub(crate) const MANY_RECIPIENTS: u64 = 100;

pub(super) fn confidentiality(facts: &Facts) -> Points {
    let Some(lost) = &facts.confidentiality else { return said(0, "Confidentiality is not concerned.") };
    match (lost.access.unwrap_or(Access::Possible), lost.recipients, lost.number) {
        (Access::Excluded, ..) => said(0, "Nobody had the data."),
        (Access::Possible, ..) => said(0, "The data was exposed; nothing shows that somebody had it."),
        (Access::Certain, _, Some(number)) if number > MANY_RECIPIENTS => said(2, "Very many had the data."),
        (Access::Certain, Some(Recipients::Trusted | Recipients::Known), _) => {
            said(1, "Known recipients had the data.")
        }
        (Access::Certain, ..) => said(2, "Nobody knows who, and how many, had the data."),
    }
}

pub(super) fn integrity(facts: &Facts) -> Points {
    let Some(altered) = &facts.integrity else { return said(0, "Integrity is not concerned.") };
    match (altered.used, altered.recovery) {
        (Some(false), _) => said(0, "The data was altered, and not used since."),
        (_, Some(Recovery::Easy | Recovery::Difficult)) => {
            said(1, "Altered data may have been used; it is right again, or will be.")
        }
        _ => said(2, "Altered data may have been used, and cannot be put right."),
    }
}

pub(super) fn availability(facts: &Facts) -> Points {
    let Some(lost) = &facts.availability else { return said(0, "Availability is not concerned.") };
    match (lost.recovery, lost.effect) {
        (Some(Recovery::Impossible), _) => said(2, "The data is gone for good."),
        (Some(Recovery::Easy), None | Some(Effect::None)) if !lost.is_long() => {
            said(0, "The data was there again without difficulty.")
        }
        (Some(Recovery::Easy | Recovery::Difficult), _) => said(1, "The data was missing for a time."),
        (None, _) => said(2, "Nothing says yet that the data will be there again."),
    }
}

pub(super) fn intent(facts: &Facts) -> Points {
    match facts.cause {
        Some(cause) if cause.is_malicious() => said(2, &format!("Somebody meant it ({}).", cause.as_str())),
        Some(cause) => said(0, &format!("Nobody meant it ({}).", cause.as_str())),
        None => said(0, "Nothing shows that somebody meant it."),
    }
}

fn said(points: Quarters, why: &str) -> Points {
    (points, vec![why.to_owned()])
}
