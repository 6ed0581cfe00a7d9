//! Where people correct the assessment.

use serde::{Deserialize, Serialize};

use super::{Class, Level, Quarters};
use crate::fault::Fault;
use crate::vocabulary::words;

words! {
    /// What points are given for.
    Aspect {
        Context = "context": "the data processing context, DPC",
        Identification = "identification": "the ease of identification, EI",
        Confidentiality = "confidentiality": "the loss of confidentiality, CB",
        Integrity = "integrity": "the loss of integrity, CB",
        Availability = "availability": "the loss of availability, CB",
        Intent = "intent": "malicious intent, CB",
    }
}

impl Aspect {
    /// The points, in quarters, that the method knows for it.
    pub fn choices(self) -> &'static [Quarters] {
        match self {
            Aspect::Context => &[4, 8, 12, 16],
            Aspect::Identification => &[1, 2, 3, 4],
            Aspect::Intent => &[0, 2],
            _ => &[0, 1, 2],
        }
    }
}

words! {
    /// What raises or lowers the points of the context.
    Factor {
        Volume = "volume": "how much is known of each person",
        Controller = "controller": "what it says of people that they are known to this controller",
        Individuals = "individuals": "whose data it is: people in need of protection",
        Invalid = "invalid": "the data is wrong or out of date",
        Public = "public": "the data is public anyway",
        Nature = "nature": "the data says little of what its category usually says",
    }
}

impl Factor {
    /// Whether it raises the points.
    pub fn raises(self) -> bool {
        matches!(self, Factor::Volume | Factor::Controller | Factor::Individuals)
    }
}

/// Corrections of the assessment, each with its reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Judgement {
    /// What raises or lowers the context's points within the method.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// Points that take the place of those proposed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// A level that takes the place of the one computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelOverride>,
}

/// A factor of the context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adjustment {
    /// Which.
    pub factor: Factor,
    /// Points: 1 to 3 up, or −1 to −3 down.
    pub points: i8,
    /// The class of data that it speaks of, where not of the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Why.
    pub reason: String,
}

/// Points that a person sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Override {
    /// What for.
    pub factor: Aspect,
    /// How many.
    pub points: f64,
    /// Why.
    pub reason: String,
}

impl Override {
    /// In quarters, where the method knows such points.
    pub(crate) fn quarters(&self) -> Option<Quarters> {
        let known = self.factor.choices().iter().copied();
        known.into_iter().find(|choice| (super::number(*choice) - self.points).abs() < f64::EPSILON)
    }
}

/// A level that a person sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LevelOverride {
    /// Which.
    pub level: Level,
    /// Why.
    pub reason: String,
}

impl Judgement {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Judgement::default()
    }

    pub(crate) fn of(&self, aspect: Aspect) -> Option<&Override> {
        self.overrides.iter().find(|correction| correction.factor == aspect)
    }

    /// What the method does not know, or what lacks its reason.
    pub(crate) fn faults(&self, faults: &mut Vec<Fault>) {
        let at = "spec.severity";
        for (index, one) in self.adjustments.iter().enumerate() {
            let path = format!("{at}.adjustments[{index}]");
            let (least, most) = if one.factor.raises() { (1, 3) } else { (-3, -1) };
            if !(least..=most).contains(&one.points) {
                let cause = format!("{} takes {least} to {most} points", one.factor.as_str());
                faults.push(Fault::new(format!("{path}.points"), cause, one.factor.meaning()));
            }
            reasoned(&one.reason, &path, faults);
        }
        for (index, one) in self.overrides.iter().enumerate() {
            let path = format!("{at}.overrides[{index}]");
            if one.quarters().is_none() {
                let choices: Vec<String> = one.factor.choices().iter().map(|points| super::shown(*points)).collect();
                let cause = format!("the method knows no such points for {}", one.factor.as_str());
                faults.push(Fault::new(format!("{path}.points"), cause, format!("one of {}", choices.join(", "))));
            }
            if self.overrides.iter().take(index).any(|earlier| earlier.factor == one.factor) {
                faults.push(Fault::new(&path, "these points are set twice", "leave one of them"));
            }
            reasoned(&one.reason, &path, faults);
        }
        if let Some(level) = &self.level {
            reasoned(&level.reason, &format!("{at}.level"), faults);
        }
    }
}

fn reasoned(reason: &str, path: &str, faults: &mut Vec<Fault>) {
    if reason.trim().is_empty() {
        faults.push(Fault::new(format!("{path}.reason"), "a correction without a reason", "say why, in a sentence"));
    }
}
