//! A step as a form says it, and corrections of the severity.

use cloister_breach::decision::Exemption;
use cloister_breach::facts::{Measure, MeasureStatus};
use cloister_breach::severity::{Aspect, LevelOverride, Override};
use cloister_breach::{Extent, Facts, Level, Refusal, Step};

use super::facts::{line, lines, moment};
use crate::http::Query;

fn refused(cause: &str, help: &str) -> Refusal {
    Refusal { cause: cause.to_owned(), help: help.to_owned() }
}

/// The step that a form says.
pub fn written(form: &Query) -> Result<Step, Refusal> {
    let text = |name: &str| lines(form.get(name).unwrap_or("")).join("\n");
    let short = |name: &str| line(form.get(name).unwrap_or(""));
    let reason = text("reason");
    let yes = || match form.get("answer") {
        Some("yes") => Ok(true),
        Some("no") => Ok(false),
        _ => Err(refused("it is not said whether", "choose yes or no")),
    };
    Ok(match form.get("step").unwrap_or("") {
        "dismiss" => Step::Dismiss { reason },
        "become-aware" => {
            let at = form.get("at").and_then(moment);
            let help = "write a day and a time, such as 2026-11-20T10:20, UTC";
            Step::BecomeAware { at: at.ok_or_else(|| refused("it is not said since when", help))?, reason }
        }
        "assess" => Step::Assess { outcome: None },
        "decide-notification" => Step::DecideNotification { notify: yes()?, reason },
        "notify" => Step::Notify {
            extent: word::<Extent>(form, "extent")?
                .ok_or_else(|| refused("it is not said how much was told", "choose one"))?,
            authority: short("authority"),
            reference: short("reference"),
            delay: text("delay"),
        },
        "inform-controller" => Step::InformController { reference: short("reference") },
        "decide-communication" => {
            Step::DecideCommunication { communicate: yes()?, exemption: word::<Exemption>(form, "exemption")?, reason }
        }
        "communicate" => {
            let people = form.get("people").map(str::parse).transpose();
            let people = people
                .map_err(|_| refused("how many were reached is no number", "write a whole number, or nothing"))?;
            Step::Communicate { channel: short("channel"), people }
        }
        "note" => Step::Note { reason },
        "close" => Step::Close { reason },
        "reopen" => Step::Reopen { reason },
        "erase" => Step::Erase { reason },
        _ => return Err(refused("there is no such step", "take one of those that the page shows")),
    })
}

fn word<T: std::str::FromStr<Err = String>>(form: &Query, name: &str) -> Result<Option<T>, Refusal> {
    form.get(name)
        .map(|word| word.parse().map_err(|known: String| refused("this word is none of the list", &known)))
        .transpose()
}

/// The facts with another measure; or with one done that was to be done.
pub fn measured(facts: &Facts, form: &Query) -> Result<Facts, Refusal> {
    let mut facts = facts.clone();
    let done = form.get("done").map(str::parse::<usize>);
    if let Some(index) = done {
        let measure = index.ok().and_then(|index| facts.measures.get_mut(index));
        let measure = measure.ok_or_else(|| refused("there is no such measure", "open the page again"))?;
        (measure.status, measure.at) = (MeasureStatus::Taken, Some(jiff::Timestamp::now()));
        return Ok(facts);
    }
    let what = line(form.get("what").unwrap_or(""));
    if what.is_empty() {
        return Err(refused("it is not said what the measure is", "say it in a sentence"));
    }
    let status = word::<MeasureStatus>(form, "status")?.unwrap_or(MeasureStatus::Proposed);
    let ends_high_risk = line(form.get("endsHighRisk").unwrap_or(""));
    let at = form.get("at").and_then(moment);
    facts.measures.push(Measure { what, status, at, ends_high_risk });
    Ok(facts)
}

/// The facts with points, or a level, set by a person; without them where nothing is chosen.
pub fn corrected(facts: &Facts, form: &Query) -> Result<Facts, Refusal> {
    let mut facts = facts.clone();
    let reason = lines(form.get("reason").unwrap_or("")).join(" ");
    if form.get("factor") == Some("level") {
        facts.severity.level = word::<Level>(form, "points")?.map(|level| LevelOverride { level, reason });
        return Ok(facts);
    }
    let factor = word::<Aspect>(form, "factor")?.ok_or_else(|| refused("it is not said which factor", "choose one"))?;
    facts.severity.overrides.retain(|one| one.factor != factor);
    if let Some(points) = form.get("points") {
        let points = points.parse().map_err(|_| refused("the points are no number", "choose one of the list"))?;
        facts.severity.overrides.push(Override { factor, points, reason });
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_a_step_or_is_refused_with_a_way_out() {
        let form = |text: &str| Query::read(text.as_bytes());
        assert!(matches!(
            written(&form("step=become-aware&at=2026-11-20T10:20&reason=r")),
            Ok(Step::BecomeAware { .. })
        ));
        assert!(matches!(
            written(&form("step=decide-notification&answer=no&reason=r")),
            Ok(Step::DecideNotification { notify: false, .. })
        ));
        for wrong in [
            "",
            "step=dance",
            "step=become-aware&at=yesterday",
            "step=decide-notification",
            "step=notify&extent=all",
            "step=communicate&people=all",
        ] {
            assert!(!written(&form(wrong)).unwrap_err().help.is_empty(), "{wrong}");
        }
    }

    #[test]
    fn points_are_set_once_and_taken_back() {
        let form = |text: &str| Query::read(text.as_bytes());
        let set = corrected(&Facts::default(), &form("factor=context&points=3&reason=r")).unwrap();
        let again = corrected(&set, &form("factor=context&points=2&reason=s")).unwrap();
        assert_eq!(again.severity.overrides.len(), 1);
        assert!(corrected(&again, &form("factor=context&points=")).unwrap().severity.overrides.is_empty());
        assert!(corrected(&again, &form("factor=level&points=low&reason=r")).unwrap().severity.level.is_some());
    }
}
