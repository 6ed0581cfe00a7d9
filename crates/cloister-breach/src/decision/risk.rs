//! The rule.
//!
//! **Disclosure** ([`Likelihood`] down, [`Harm`] across):
//!
//! | | minor | considerable | serious | grave |
//! | --- | --- | --- | --- | --- |
//! | excluded | unlikely | unlikely | unlikely | unlikely |
//! | remote | unlikely | unlikely, many: risk | unlikely, many: risk | risk |
//! | possible | unlikely, many: risk | risk | risk, many: high | high |
//! | probable | risk | high | high | high |
//!
//! "Many" are more than 100 people, the number of ENISA's flag.
//!
//! **Loss and alteration** go by what they do to people: nothing that is noticed is no risk; delays and efforts are a risk; what
//! touches health, livelihood or liberty is a high one. What is gone for good is a risk at least, and a high one where data of
//! Art. 9 or 10 is such that its absence can do grave harm.

use super::{Harm, Likelihood, Reason, harm, likelihood};
use crate::facts::{Effect, Facts, Recovery};
use crate::severity::is_many;
use crate::vocabulary::words;

words! {
    /// The risk to the rights and freedoms of natural persons.
    Risk {
        Unlikely = "unlikely": "a risk is unlikely",
        Likely = "likely": "a risk is likely",
        High = "high": "a high risk is likely",
    }
}

/// The risk, and how it was judged.
pub(super) fn of(facts: &Facts) -> (Risk, Vec<Reason>) {
    let (harm, mut why) = harm::of(facts);
    let parts = [disclosure(facts, harm), alteration(facts, harm), loss(facts, harm)];
    if parts.iter().all(Option::is_none) {
        let text = "Nothing is said yet of what happened to the data: a risk is assumed until it is known.";
        why.push(Reason::new(text, &["Art. 33(1)"]));
        return (Risk::Likely, why);
    }
    let worst = parts.iter().flatten().map(|(risk, _)| *risk).max().unwrap_or(Risk::Likely);
    why.extend(parts.into_iter().flatten().flat_map(|(_, why)| why));
    (worst, why)
}

type Part = Option<(Risk, Vec<Reason>)>;

fn disclosure(facts: &Facts, harm: Harm) -> Part {
    let (likelihood, reason) = likelihood::of(facts)?;
    let risk = table(likelihood, harm, is_many(facts));
    let mut why = vec![reason];
    if risk != table(likelihood, harm, false) {
        why.push(Reason::new("More than 100 people are affected, which weighs more.", &["Guidelines 9/2022, IV.B"]));
    }
    let text = format!("Disclosure: {} harm, misuse {}: {}.", harm.as_str(), likelihood.as_str(), risk.meaning());
    why.push(Reason::new(text, &["recital 76"]));
    Some((risk, why))
}

fn table(likelihood: Likelihood, harm: Harm, many: bool) -> Risk {
    use Harm::{Considerable, Grave, Minor, Serious};
    match (likelihood, harm, many) {
        (Likelihood::Excluded, ..) | (Likelihood::Remote, Minor, _) => Risk::Unlikely,
        (Likelihood::Remote, Grave, _) => Risk::Likely,
        (Likelihood::Remote, ..) | (Likelihood::Possible, Minor, _) => {
            if many {
                Risk::Likely
            } else {
                Risk::Unlikely
            }
        }
        (Likelihood::Possible, Serious, true) | (Likelihood::Possible, Grave, _) => Risk::High,
        (Likelihood::Possible, Considerable | Serious, _) | (Likelihood::Probable, Minor, _) => Risk::Likely,
        (Likelihood::Probable, ..) => Risk::High,
    }
}

fn alteration(facts: &Facts, harm: Harm) -> Part {
    let altered = facts.integrity.as_ref()?;
    let (effect, vital) = (altered.effect, vital(facts, harm));
    let (risk, text) = match (altered.used, altered.recovery, effect) {
        (_, _, Some(Effect::Serious)) => (Risk::High, "touches health, livelihood or liberty"),
        (_, None | Some(Recovery::Impossible), _) if vital => {
            (Risk::High, "cannot be put right, or it is not known, and the data can do grave harm")
        }
        (_, None | Some(Recovery::Impossible), _) => (Risk::Likely, "cannot be put right, or it is not known"),
        (Some(false), Some(_), None | Some(Effect::None)) => (Risk::Unlikely, "was put right before anybody used it"),
        (_, Some(Recovery::Easy), Some(Effect::None)) => (Risk::Unlikely, "was put right, and nobody noticed"),
        _ => (Risk::Likely, "may have been used"),
    };
    Some((
        risk,
        vec![Reason::new(
            format!("Alteration: what was altered {text}: {}.", risk.meaning()),
            &["Guidelines 9/2022, IV.B"],
        )],
    ))
}

/// Whether people depend on the data being there and right: health more than the number of a card, which can be had again.
fn vital(facts: &Facts, harm: Harm) -> bool {
    harm == Harm::Grave && !facts.affected.sensitive().is_empty()
}

fn loss(facts: &Facts, harm: Harm) -> Part {
    let lost = facts.availability.as_ref()?;
    let effect = lost.effect.unwrap_or(match lost.recovery {
        Some(Recovery::Easy) => Effect::None,
        _ => Effect::Inconvenience,
    });
    let vital = vital(facts, harm);
    let gone = matches!(lost.recovery, None | Some(Recovery::Impossible));
    let (risk, text, sources): (_, _, &[&'static str]) = match effect {
        Effect::Serious => {
            (Risk::High, "its absence touches health, livelihood or liberty", &["Guidelines 01/2021, case 3"])
        }
        _ if gone && vital => (
            Risk::High,
            "it is gone, or nothing says that it comes back, and its absence can do grave harm",
            &["Guidelines 01/2021, case 12"],
        ),
        _ if gone => (Risk::Likely, "it is gone, or nothing says that it comes back", &["Guidelines 01/2021, case 2"]),
        Effect::Inconvenience => {
            (Risk::Likely, "its absence costs people time or effort", &["Guidelines 01/2021, case 2"])
        }
        Effect::None if lost.is_long() => (
            Risk::Likely,
            "it was missing for more than a day, in which somebody may have needed it",
            &["Guidelines 01/2021, case 2"],
        ),
        Effect::None => {
            (Risk::Unlikely, "it was there again before anybody missed it", &["Guidelines 01/2021, case 1"])
        }
    };
    Some((risk, vec![Reason::new(format!("Loss: {text}: {}.", risk.meaning()), sources)]))
}
