//! Words in a row, held against the rules of numbers.

use super::announce::Near;
use super::cluster::{Cluster, LONGEST, Span};
use super::found::Found;
use super::numbers::FEWEST_DIGITS;
use super::rules::{Entry, Rules};
use super::text::Text;
use crate::MASK;
use crate::detection::{Confidence, Detection};
use crate::identifiers::shape::Look;
use crate::identifiers::specimens::is_specimen;
use crate::identifiers::{Proof, Rule};

/// Words in a row that may be a number.
pub struct Candidate<'t> {
    pub text: &'t Text<'t>,
    pub cluster: &'t Cluster,
    pub span: Span,
}

impl Candidate<'_> {
    /// Holds it against the rules for its length.
    pub fn judge(&self, rules: &Rules, near: &mut Near, found: &mut Vec<Found>) {
        let span = &self.span;
        let first = self.text.at(span.start).map_or(0, |byte| byte.to_ascii_uppercase());
        let look = Look::from_digits(span.length, span.digits, first);
        // Rows of digits are many, and words beside them few.
        let (among, told) = if !span.is_digits() {
            (u64::MAX, true)
        } else if rules.digits != 0 && near.before(self.text, span.start).announce_any_of(rules.announced) {
            (rules.digits, true)
        } else {
            (rules.bare, false)
        };
        let mut fitting = rules.fitting(look, among).peekable();
        if fitting.peek().is_none() || span.digits.count_ones() < FEWEST_DIGITS || self.glued() {
            return;
        }
        let mut letters = [0; LONGEST];
        let compact = self.cluster.compact(self.text, span, &mut letters);
        let mut best: Option<(u8, &'static Rule)> = None;
        for entry in fitting {
            if let Some(proof) = self.proof(entry, compact, told, near)
                && best.is_none_or(|(most, _)| proof >= most)
            {
                best = Some((proof, entry.rule));
            }
        }
        let Some((proof, rule)) = best else { return };
        if compact.first().is_some_and(|first| compact.iter().all(|byte| byte == first)) {
            return;
        }
        found.push(Found { anchor: span.anchor, detection: self.detection(rule, proof, compact) });
    }

    fn detection(&self, rule: &'static Rule, proof: u8, compact: &[u8]) -> Detection {
        Detection {
            category: rule.category,
            kind: rule.kind,
            title: rule.title,
            confidence: if proof == 1 { Confidence::Likely } else { Confidence::Certain },
            offset: self.text.base + self.span.start,
            length: self.span.end - self.span.start,
            masked: MASK.to_owned(),
            reason: if proof > 0 {
                "by its form and checksum, and the words beside it"
            } else {
                "by its form and checksum"
            },
            test_data: is_specimen(rule.kind, compact),
            column: None,
        }
    }

    /// 2: announced by the rule's own words; 1: by a word for any country; 0: needs none. Nothing where the number
    /// is not valid, or needs a word and has none: without something `told`, it has none.
    fn proof(&self, entry: &Entry, compact: &[u8], told: bool, near: &mut Near) -> Option<u8> {
        let rule = entry.rule;
        // The sign of the century is part of a Finnish code: a letter, or what separates its two groups.
        let signed = || matches!(self.text.at(self.span.start + 6), Some(b'-' | b'+')) && self.is_grouped(&[6, 4]);
        if rule.kind == "fi-identity-code" && !self.is_grouped(&[11]) && !signed() {
            return None;
        }
        let enough = match rule.proof {
            Proof::Nothing => true,
            Proof::WordOrGroups => self.is_usual(rule.kind),
            Proof::Word | Proof::OwnWord => false,
        };
        // Words are looked for last, but where something was told already: most fail before.
        let first = self.cluster.first_digit_word(&self.span);
        let looked_at = told && (self.span.is_digits() || near.has_said(first));
        if !enough && !told || !looked_at && !(rule.valid)(compact) {
            return None;
        }
        let words = near.before(self.text, first);
        let proof = if entry.loose { words.announce_closely(entry.bit) } else { words.announce(entry.bit) };
        let proven = enough && !entry.loose || proof > 0;
        (proven && (!looked_at || (rule.valid)(compact))).then_some(proof)
    }

    /// Whether the groups have these lengths.
    fn is_grouped(&self, lengths: &[usize]) -> bool {
        let groups = self.cluster.groups(&self.span);
        groups.len() == lengths.len()
            && groups.iter().zip(lengths).all(|(group, length)| group.end - group.start == *length)
    }

    /// Written as one writes such numbers, with one sign between all groups.
    fn is_usual(&self, kind: &str) -> bool {
        let mut groups = self.cluster.groups(&self.span).iter();
        let sign = groups.next().and_then(|first| self.text.at(first.end));
        let mut alike = || groups.all(|group| group.end == self.span.end || self.text.at(group.end) == sign);
        USUAL.iter().any(|(of, lengths)| *of == kind && self.is_grouped(lengths)) && alike()
    }

    /// Part of something else: the end of a longer row, an address, a name.
    fn glued(&self) -> bool {
        let glue = |byte: Option<u8>| byte.is_some_and(|byte| byte >= 0x80 || matches!(byte, b'_' | b'@' | b'%'));
        let (start, end) = (self.span.start, self.span.end);
        glue(self.text.before(start)) || glue(self.text.at(end)) || self.goes_on()
    }

    /// Whether more groups of the same number stand before or after it.
    fn goes_on(&self) -> bool {
        let (start, end) = (self.span.start, self.span.end);
        let own = |sign: u8| self.text.slice(start, end).contains(&sign);
        let joins = |sign: u8| matches!(sign, b'-' | b'.') || matches!(sign, b' ' | b'/') && own(sign);
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        let after = self.text.at(end).is_some_and(joins) && digit(self.text.at(end + 1));
        let before = self.text.before(start).is_some_and(joins) && digit(self.text.before(start.wrapping_sub(1)));
        after || before
    }
}

/// How numbers are written that need no word then. Rows of other numbers, which stand side by side, are in other groups.
const USUAL: [(&str, &[usize]); 7] = [
    ("payment-card", &[4, 4, 4, 4]),
    ("payment-card", &[4, 6, 5]),
    ("payment-card", &[4, 6, 4]),
    ("ch-social-security", &[3, 4, 4, 2]),
    ("fr-social-security", &[1, 2, 2, 2, 3, 3, 2]),
    ("fr-social-security", &[13, 2]),
    ("mac-address", &[2, 2, 2, 2, 2, 2]),
];
