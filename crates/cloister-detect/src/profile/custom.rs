//! Detectors of one's own: a pattern, a check, words.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::Look;

use super::allow::{MOST, cause};
use super::sort::{Sort, sorts};
use super::{Detector, Faults, Hit};
use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::identifiers::Checksum;
use crate::words::words;

/// The longest match, in bytes.
pub const LONGEST: usize = 512;
/// How far before a match its words may stand, in bytes.
pub const NEAR: usize = 96;
/// The longest value that a check judges.
const LONGEST_CHECKED: usize = 64;

/// A match of a pattern, and the value in it where its check holds.
pub struct Match {
    pub start: usize,
    pub end: usize,
    pub value: Option<std::ops::Range<usize>>,
}

/// One detector.
#[derive(Debug)]
pub struct Custom {
    kind: &'static str,
    title: &'static str,
    category: Category,
    pub pattern: Regex,
    /// The group that is the value.
    group: usize,
    checksum: Option<Checksum>,
    context: Vec<String>,
    required: bool,
    base: Confidence,
    neighbours: Vec<Sort>,
}

impl Custom {
    /// The first match that starts at or behind `at`.
    pub fn next(&self, window: &[u8], at: usize) -> Option<Match> {
        let captures = self.pattern.captures_at(window, at)?;
        let whole = captures.get(0)?;
        let value = captures.get(self.group).filter(|value| !value.is_empty() && self.holds(value.as_bytes()));
        Some(Match { start: whole.start(), end: whole.end(), value: value.map(|value| value.range()) })
    }

    fn holds(&self, value: &[u8]) -> bool {
        let Some(checksum) = &self.checksum else { return true };
        let mut compact = [0; LONGEST_CHECKED];
        let mut length = 0;
        for byte in value.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            let Some(own) = compact.get_mut(length) else { return false };
            *own = byte.to_ascii_uppercase();
            length += 1;
        }
        checksum.holds(compact.get(..length).unwrap_or_default())
    }

    /// What is said of a value, with the text before it on its line.
    pub fn hit(&self, index: usize, offset: usize, length: usize, before: &[u8]) -> Hit {
        let announced = self.announces(&String::from_utf8_lossy(before));
        let reason = match (self.checksum.is_some(), announced) {
            (true, true) => "by its pattern and checksum, and the words beside it",
            (true, false) => "by its pattern and checksum",
            (false, true) => "by its pattern, and the words beside it",
            (false, false) => "by its pattern",
        };
        let confidence = if announced { surer(self.base) } else { self.base };
        let detection = Detection {
            category: self.category,
            kind: self.kind,
            title: self.title,
            confidence,
            offset,
            length,
            masked: MASK.to_owned(),
            reason,
            test_data: false,
            column: None,
        };
        Hit { detection, custom: Some(index), announced, waits: self.required && !announced }
    }

    /// The same in a field, whose name may say the word that is missing.
    pub fn in_field(&self, mut hit: Hit, field: &str) -> Option<Detection> {
        if !hit.announced && self.announces(field) {
            hit.waits = false;
            hit.detection.confidence = surer(self.base);
            hit.detection.reason = "by its pattern, and the name of its field";
        }
        (!hit.waits).then_some(hit.detection)
    }

    /// Whether this stands beside it makes it surer.
    pub fn is_surer_beside(&self, other: &Detection) -> bool {
        other.confidence > Confidence::Possible && self.neighbours.iter().any(|sort| sort.fits(other))
    }

    /// Whether it asks for its neighbours at all.
    pub fn looks_around(&self) -> bool {
        !self.neighbours.is_empty()
    }

    fn announces(&self, text: &str) -> bool {
        if self.context.is_empty() || text.is_empty() {
            return false;
        }
        let words = words(text);
        let joined = words.concat();
        // As everywhere: a short word stands alone, a longer one within others too.
        self.context
            .iter()
            .any(|word| if word.len() > 5 { joined.contains(word.as_str()) } else { words.contains(word) })
    }
}

/// One step surer.
pub fn surer(confidence: Confidence) -> Confidence {
    if confidence == Confidence::Possible { Confidence::Likely } else { Confidence::Certain }
}

/// All detectors, as far as they can be made.
pub fn all(detectors: &[Detector], faults: &mut Faults) -> Vec<Custom> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for (index, detector) in detectors.iter().enumerate() {
        let path = format!("detectors[{index}]");
        if !seen.insert(&detector.name) {
            faults.add(format!("{path}.name"), "another detector has the same name", "give each its own");
        }
        all.extend(one(detector, &path, faults));
    }
    all
}

/// The same with their neighbours, which may be each other; faults come in no order that matters.
pub fn with_neighbours(mut all: Vec<Custom>, written: &[Detector], own: &[&str], faults: &mut Faults) -> Vec<Custom> {
    for (index, detector) in written.iter().enumerate() {
        let found = sorts(&detector.neighbours, own, &format!("detectors[{index}].neighbours"), faults);
        if let Some(custom) = all.iter_mut().find(|custom| custom.kind == detector.name) {
            custom.neighbours = found;
        }
    }
    all
}

fn one(detector: &Detector, path: &str, faults: &mut Faults) -> Option<Custom> {
    let before = faults.0.len();
    if !is_name(&detector.name) || crate::catalogue::known().iter().any(|known| known.kind == detector.name) {
        faults.add(
            format!("{path}.name"),
            "is no name, or one of the catalogue",
            "use small letters, digits and \"-\", up to 64, and a name of its own",
        );
    }
    let category = Category::named(&detector.category);
    if category.is_none() {
        faults.add(format!("{path}.category"), "no category is called so", "`cloister detect kinds` lists them");
    }
    let checksum = detector.checksum.as_ref().and_then(|name| {
        let found = Checksum::named(name);
        if found.is_none() {
            faults.add(
                format!("{path}.checksum"),
                "no check is called so",
                "name a kind of number that `cloister detect kinds` lists, or luhn, verhoeff, damm, ean, iso7064-…",
            );
        }
        found
    });
    let context: Vec<String> =
        detector.context.iter().map(|word| words(word).concat()).filter(|word| !word.is_empty()).collect();
    if detector.context_required && context.is_empty() {
        faults.add(
            format!("{path}.contextRequired"),
            "asks for a word, and `context` has none",
            "add words to `context`",
        );
    }
    let pattern = pattern(&detector.pattern, &format!("{path}.pattern"), faults)?;
    if faults.0.len() > before {
        return None;
    }
    let group = pattern.capture_names().position(|name| name == Some("value"));
    let usual = if checksum.is_some() { Confidence::Likely } else { Confidence::Possible };
    let title = if detector.title.is_empty() { &detector.name } else { &detector.title };
    Some(Custom {
        kind: interned(&detector.name),
        title: interned(title),
        category: category?,
        group: group.unwrap_or(usize::from(pattern.captures_len() > 1)),
        pattern,
        checksum,
        context,
        required: detector.context_required,
        base: detector.confidence.map_or(Some(usual), super::Level::confidence).unwrap_or(usual),
        neighbours: Vec::new(),
    })
}

fn pattern(text: &str, path: &str, faults: &mut Faults) -> Option<Regex> {
    if let Ok(read) = regex_syntax::ParserBuilder::new().utf8(false).multi_line(true).nest_limit(64).build().parse(text)
    {
        let properties = read.properties();
        let looks = properties.look_set();
        if looks.contains(Look::Start) || looks.contains(Look::End) {
            faults.add(
                path,
                "asks for the start or the end of the text, which a stream does not show",
                "use ^ and $: they stand for those of a line",
            );
        }
        if properties.minimum_len().is_none_or(|least| least == 0) {
            faults.add(path, "matches where nothing is", "ask for a character at least");
        }
    }
    let mut builder = RegexBuilder::new(text);
    builder.multi_line(true).size_limit(MOST).dfa_size_limit(MOST).nest_limit(64);
    builder
        .build()
        .map_err(|error| {
            faults.add(
                path,
                cause(&error),
                "write it as docs.rs/regex says, without look-around and back-references, and shorter",
            )
        })
        .ok()
}

/// Whether it can be a name of a kind.
pub fn is_name(text: &str) -> bool {
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len())
        && text.bytes().all(named)
        && text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// Names of detections live as long as the program, so that a detection is small; each is kept once, however often a
/// profile is read again.
pub fn interned(name: &str) -> &'static str {
    static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}
