//! How severe a breach is, by ENISA's method (Recommendations for a methodology of the assessment of severity of personal
//! data breaches, version 1.0, December 2013): SE = DPC × EI + CB.
//!
//! - DPC, the data processing context, from 1 to 4 ([`context`]);
//! - EI, the ease of identification, from 0.25 to 1 ([`ease`]);
//! - CB, the circumstances of the breach, each from 0 to 0.5, added up ([`circumstances`]).
//!
//! Below 2 the severity is low, below 3 medium, below 4 high, from 4 on very high. Points are quarters, so that sums are
//! exact. What people know better they correct, with a reason.

mod circumstances;
pub(crate) mod context;
mod ease;
mod judgement;

pub(crate) use circumstances::MANY_RECIPIENTS;
pub use context::Class;
pub use judgement::{Adjustment, Aspect, Factor, Judgement, LevelOverride, Override};

use serde::Serialize;

use crate::facts::Facts;
use crate::vocabulary::words;

/// Quarters of a point.
pub(crate) type Quarters = u32;

/// More people than this are flagged by the method.
pub const MANY: u64 = 100;

words! {
    /// A level of severity.
    Level {
        Low = "low": "people are not affected, or meet inconveniences that they overcome without any problem",
        Medium = "medium": "people may meet significant inconveniences, which they overcome despite some difficulties",
        High = "high": "people may meet significant consequences, which they overcome with serious difficulties",
        VeryHigh = "very-high": "people may meet significant or irreversible consequences, which they may not overcome",
    }
}

impl Level {
    /// As it reads in a sentence: `very high`.
    pub fn phrase(self) -> &'static str {
        if self == Level::VeryHigh { "very high" } else { self.as_str() }
    }

    fn of(score: Quarters) -> Level {
        match score {
            0..8 => Level::Low,
            8..12 => Level::Medium,
            12..16 => Level::High,
            _ => Level::VeryHigh,
        }
    }
}

/// One factor: its points, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// Which.
    pub factor: Aspect,
    /// Its points.
    pub points: f64,
    /// Sentences.
    pub why: Vec<String>,
    /// Whether a person has set the points.
    pub overridden: bool,
}

/// The severity, and how it came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Severity {
    /// SE.
    pub score: f64,
    /// Its level.
    pub level: Level,
    /// The factors, in the order of the method.
    pub factors: Vec<Scored>,
    /// More than 100 people: the method flags it.
    pub many: bool,
    /// Nobody can read the data: the method flags it.
    pub unintelligible: bool,
    /// Sentences on the level and its flags.
    pub why: Vec<String>,
}

/// What the rest of the crate asks of the points.
pub(crate) struct Points {
    pub(crate) factors: Vec<(Aspect, Quarters, Vec<String>, bool)>,
}

impl Points {
    pub(crate) fn of(facts: &Facts) -> Points {
        let proposed = [
            (Aspect::Context, context::points(facts)),
            (Aspect::Identification, ease::points(facts)),
            (Aspect::Confidentiality, circumstances::confidentiality(facts)),
            (Aspect::Integrity, circumstances::integrity(facts)),
            (Aspect::Availability, circumstances::availability(facts)),
            (Aspect::Intent, circumstances::intent(facts)),
        ];
        let corrected = |(aspect, (points, why)): (Aspect, (Quarters, Vec<String>))| {
            let correction = facts.severity.of(aspect);
            match correction.and_then(|correction| Some((correction.quarters()?, correction))) {
                Some((set, correction)) => {
                    let why = format!("{} instead of {}: {}", shown(set), shown(points), correction.reason);
                    (aspect, set, vec![why], true)
                }
                None => (aspect, points, why, false),
            }
        };
        Points { factors: proposed.into_iter().map(corrected).collect() }
    }

    fn get(&self, aspect: Aspect) -> Quarters {
        self.factors.iter().find(|(of, ..)| *of == aspect).map_or(0, |(_, points, ..)| *points)
    }

    /// DPC × EI: what the data itself could do, in quarters.
    pub(crate) fn data(&self) -> Quarters {
        self.get(Aspect::Context) * self.get(Aspect::Identification) / 4
    }

    fn score(&self) -> Quarters {
        let circumstances = [Aspect::Confidentiality, Aspect::Integrity, Aspect::Availability, Aspect::Intent];
        self.data() + circumstances.map(|aspect| self.get(aspect)).iter().sum::<Quarters>()
    }
}

/// Assesses.
pub fn assess(facts: &Facts) -> Severity {
    let points = Points::of(facts);
    let score = points.score();
    let (many, unintelligible) = (is_many(facts), is_unintelligible(facts));
    let corrected = facts.severity.level.as_ref();
    let level = corrected.map_or(Level::of(score), |correction| correction.level);
    let mut why = vec![format!(
        "{} × {} + {} = {}: {} ({}).",
        shown(points.get(Aspect::Context)),
        shown(points.get(Aspect::Identification)),
        shown(score - points.data()),
        shown(score),
        Level::of(score).phrase(),
        Level::of(score).meaning(),
    )];
    why.extend(corrected.map(|correction| format!("Set to {} instead: {}", level.phrase(), correction.reason)));
    why.extend(many.then(|| format!("Flag: more than {MANY} people are affected.")));
    let flag = "Flag: nobody can read the data, so that its loss of confidentiality weighs less than the points say.";
    why.extend(unintelligible.then(|| flag.to_owned()));
    let scored = |(factor, points, why, overridden)| Scored { factor, points: number(points), why, overridden };
    Severity {
        score: number(score),
        level,
        factors: points.factors.into_iter().map(scored).collect(),
        many,
        unintelligible,
        why,
    }
}

/// Whether more people are affected than the method's flag says.
pub(crate) fn is_many(facts: &Facts) -> bool {
    facts.affected.people.is_some_and(|people| people > MANY)
}

/// Whether all of the data is unintelligible to whoever has it.
pub(crate) fn is_unintelligible(facts: &Facts) -> bool {
    let affected = &facts.affected.data_categories;
    let protection = facts.protection.as_ref().filter(|protection| protection.makes_unintelligible());
    protection.is_some_and(|protection| match &protection.covers {
        None => true,
        Some(_) => !affected.is_empty() && affected.iter().all(|category| protection.covers(*category)),
    })
}

pub(crate) fn number(quarters: Quarters) -> f64 {
    f64::from(quarters) / 4.0
}

/// `1`, `0.5`, `2.75`.
pub(crate) fn shown(quarters: Quarters) -> String {
    number(quarters).to_string()
}

#[cfg(test)]
mod tests;
