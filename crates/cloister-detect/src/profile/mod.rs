//! What an organisation says of detections: how sure they must be, which values are known, what matters together, and
//! what else is to be recognised. Made once from its [`Spec`], then shared.

mod allow;
mod custom;
mod examples;
mod live;
mod records;
mod rule;
mod search;
mod sort;
mod spec;
mod watch;

use std::fmt;

pub use allow::Seen;
pub use examples::{Example, Proven};
pub use live::{Live, Met};
pub use records::{Judged, Member, Placed, Records, Together};
pub use search::{Hit, Search};
pub use spec::{Allow, Detector, Document, Examples, Level, Metadata, Rule, Spec, Within};
pub use watch::{Owners, Several, Sight, Watch};

use crate::detection::{Category, Confidence, Detection};
use allow::Allowed;
use custom::Custom;
use rule::Combined;

/// The kind of the document that holds a [`Spec`].
pub const KIND: &str = "DetectionProfile";
/// Its version.
pub const API_VERSION: &str = "cloister.dev/v1alpha1";

/// A profile, ready for use.
#[derive(Debug)]
pub struct Profile {
    spec: Spec,
    thresholds: Vec<(Category, Option<Confidence>)>,
    default: Option<Confidence>,
    allowed: Vec<Allowed>,
    rules: Vec<Combined>,
    detectors: Vec<Custom>,
}

/// All that decides about what a profile does.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    spec: Spec,
    default: Option<Confidence>,
}

impl Default for Profile {
    /// Everything that is likely, and nothing else.
    fn default() -> Profile {
        Profile {
            spec: Spec::default(),
            thresholds: Vec::new(),
            default: Some(Confidence::Likely),
            allowed: Vec::new(),
            rules: Vec::new(),
            detectors: Vec::new(),
        }
    }
}

/// What is wrong with a profile: where, why, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field: `detectors[2].pattern`.
    pub path: String,
    /// The cause.
    pub cause: String,
    /// The way out.
    pub help: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.path, self.cause)
    }
}

/// Gathers what is wrong.
#[derive(Debug, Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, cause: impl Into<String>, help: impl Into<String>) {
        self.0.push(Fault { path: path.into(), cause: cause.into(), help: help.into() });
    }
}

impl Profile {
    /// Makes it ready; or tells everything that is wrong.
    pub fn new(spec: &Spec) -> Result<Profile, Vec<Fault>> {
        let mut faults = Faults::default();
        let detectors = custom::all(&spec.detectors, &mut faults);
        let names: Vec<&str> = spec.detectors.iter().map(|detector| detector.name.as_str()).collect();
        let (thresholds, default) = thresholds(spec, &mut faults);
        let profile = Profile {
            spec: spec.clone(),
            thresholds,
            default,
            allowed: allow::all(&spec.allow, &names, &mut faults),
            rules: rule::all(&spec.rules, &names, &mut faults),
            detectors: custom::with_neighbours(detectors, &spec.detectors, &names, &mut faults),
        };
        if faults.0.is_empty() { Ok(profile) } else { Err(faults.0) }
    }

    /// What it says: profiles that say the same do the same.
    pub fn said(&self) -> Said {
        Said { spec: self.spec.clone(), default: self.default }
    }

    /// How sure a detection of this category must be; nothing where none is sure enough.
    pub fn threshold(&self, category: Category) -> Option<Confidence> {
        let own = self.thresholds.iter().find(|(of, _)| *of == category);
        own.map_or(self.default, |(_, level)| *level)
    }

    /// Whether a detection of this category is sure enough to be reported.
    pub fn reports(&self, category: Category, confidence: Confidence) -> bool {
        self.threshold(category).is_some_and(|least| confidence >= least)
    }

    /// What is reported of the whole value of a field: as [`crate::scan_field`], with all that the profile says.
    pub fn scan_field(&self, field: &str, value: &str) -> Vec<Detection> {
        let hits = Search::whole(self, field, value).into_iter();
        let known = hits.filter_map(|hit| self.in_field(hit, field)).map(|placed| placed.detection);
        let reported = known.filter(|one| self.reports(one.category, one.confidence));
        let seen = |one: &Detection| Seen {
            value: value.as_bytes().get(one.offset..one.end()).unwrap_or_default(),
            ..Seen::default()
        };
        reported.filter(|one| self.allows(one, &seen(one)).is_none()).collect()
    }

    /// Whether it says nothing of values: thresholds alone.
    pub fn is_plain(&self) -> bool {
        self.allowed.is_empty() && self.rules.is_empty() && self.detectors.is_empty()
    }

    /// Whether values are compared by their keyed hashes.
    pub fn needs_keys(&self) -> bool {
        self.allowed.iter().any(Allowed::needs_keys)
    }

    /// Whether what stands before a value in its record matters.
    pub fn looks_back(&self) -> bool {
        !self.rules.is_empty() || self.detectors.iter().any(Custom::looks_around)
    }

    /// Whether nothing matters together.
    pub fn rules_are_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Takes another threshold for what the profile is silent about.
    #[must_use]
    pub fn with_default(mut self, level: Level) -> Profile {
        self.default = level.confidence();
        self
    }

    /// Why a detection is no finding, where it is allowed.
    pub fn allows(&self, detection: &Detection, seen: &Seen<'_>) -> Option<&str> {
        self.allowed.iter().find(|allowed| allowed.fits(detection, seen)).map(|allowed| allowed.reason.as_str())
    }

    /// What is left of a hit in a field of this name: its words may stand there, and only there.
    pub fn in_field(&self, hit: Hit, field: &str) -> Option<Placed<()>> {
        let Some(index) = hit.custom else { return Some(Placed::new(hit.detection)) };
        let custom = self.detectors.get(index)?;
        custom.in_field(hit, field).map(|detection| Placed { custom: Some(index), ..Placed::new(detection) })
    }
}

type Thresholds = (Vec<(Category, Option<Confidence>)>, Option<Confidence>);

fn thresholds(spec: &Spec, faults: &mut Faults) -> Thresholds {
    let mut all = Vec::new();
    let mut default = Profile::default().default;
    for (word, level) in &spec.thresholds {
        match Category::named(word) {
            Some(category) => all.push((category, level.confidence())),
            None if word == "default" => default = level.confidence(),
            None => faults.add(
                format!("thresholds.{word}"),
                "no category is called so",
                "`cloister detect kinds` lists them; `default` stands for the rest",
            ),
        }
    }
    (all, default)
}

#[cfg(test)]
mod tests;
