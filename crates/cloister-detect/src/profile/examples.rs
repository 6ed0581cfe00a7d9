//! Detectors are held against their own examples.

use super::{Detector, Profile, Search};
use crate::detection::Confidence;

/// One example, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The detector.
    pub detector: String,
    /// The text, as it is written in the profile.
    pub text: String,
    /// Whether it must hold one.
    pub wanted: bool,
    /// How sure the detector was, if it found one.
    pub found: Option<Confidence>,
}

impl Example {
    /// Whether it came out as it must.
    pub fn holds(&self) -> bool {
        self.wanted == self.found.is_some()
    }
}

/// What came of all examples of a detector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The detector.
    pub detector: String,
    /// Its examples, those that must match first.
    pub examples: Vec<Example>,
}

impl Profile {
    /// Tries each detector on its examples: alone, at any confidence.
    pub fn prove(&self, detectors: &[Detector]) -> Vec<Proven> {
        let prove = |detector: &Detector| {
            let wanted = detector.examples.matches.iter().map(|text| (text, true));
            let unwanted = detector.examples.no_matches.iter().map(|text| (text, false));
            let examples = wanted.chain(unwanted).map(|(text, wanted)| self.example(&detector.name, text, wanted));
            Proven { detector: detector.name.clone(), examples: examples.collect() }
        };
        detectors.iter().map(prove).collect()
    }

    fn example(&self, detector: &str, text: &str, wanted: bool) -> Example {
        let mut search = Search::new(self, "");
        let mut hits = search.push(text.as_bytes());
        hits.extend(search.finish());
        let own = hits.into_iter().filter(|hit| hit.detection.kind == detector);
        let found = own.filter_map(|hit| self.in_field(hit, "")).map(|placed| placed.detection.confidence).max();
        Example { detector: detector.to_owned(), text: text.to_owned(), wanted, found }
    }
}
