//! The rules of numbers by the length of what they judge, and by its first sign: a row of digits or letters is held
//! against the few that it may be about.

use std::sync::LazyLock;

use super::cluster::LONGEST;
use super::table::Announced;
use crate::identifiers::shape::{FIRSTS, Look, Shape};
use crate::identifiers::{Proof, RULES, Rule};

/// A rule and its bit among what is announced.
#[derive(Clone, Copy)]
pub struct Entry {
    pub bit: usize,
    pub loose: bool,
    shape: Shape,
    pub rule: &'static Rule,
}

/// The rules for texts of one length, once for each of their shapes. Sets of them are numbers: a bit for each.
#[derive(Default)]
pub struct Rules {
    entries: Vec<Entry>,
    /// Those that may begin with a digit or letter.
    first: Vec<u64>,
    /// Those that may go without a word.
    pub bare: u64,
    /// Those whose places may all be digits, and what announces any of them.
    pub digits: u64,
    pub announced: Announced,
    /// Whether a row of digits in one group may go without a word.
    pub alone: bool,
}

impl Rules {
    fn add(&mut self, entry: Entry) {
        let own = 1 << self.entries.len();
        self.first.resize(FIRSTS, 0);
        self.first
            .iter_mut()
            .enumerate()
            .filter(|(first, _)| entry.shape.may_begin(*first))
            .for_each(|(_, of)| *of |= own);
        if matches!(entry.rule.proof, Proof::Nothing | Proof::WordOrGroups) {
            self.bare |= own;
        }
        if entry.shape.may_be_digits() {
            // A Finnish code of digits alone has its sign between two groups: a row in one is none.
            self.alone |= matches!(entry.rule.proof, Proof::Nothing) && entry.rule.kind != "fi-identity-code";
            self.digits |= own;
            self.announced.add(Announced::one(entry.bit));
        }
        self.entries.push(entry);
    }

    /// Those `among` these whose shape fits, in the order of all.
    pub fn fitting(&self, look: Look, among: u64) -> impl Iterator<Item = &Entry> {
        let first = look.first().and_then(|first| self.first.get(first)).copied().unwrap_or(0);
        let mut open = first & among;
        let next = move || {
            let entry = self.entries.get(open.trailing_zeros() as usize)?;
            open &= open - 1;
            Some(entry)
        };
        std::iter::from_fn(next).filter(move |entry| entry.shape.fits(&look))
    }
}

/// The rules by the length of what they judge.
pub static RULES_BY_LENGTH: LazyLock<Vec<Rules>> = LazyLock::new(|| {
    let mut lengths: Vec<Rules> = std::iter::repeat_with(Rules::default).take(LONGEST + 1).collect();
    for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
        let loose = rule.is_loose();
        for shape in rule.shapes {
            if let Some(rules) = lengths.get_mut(shape.length()) {
                rules.add(Entry { bit, loose, shape: *shape, rule });
            }
        }
    }
    lengths
});

#[cfg(test)]
mod tests {
    use super::RULES_BY_LENGTH;

    #[test]
    fn a_number_has_a_bit_for_each_rule_of_a_length() {
        assert!(RULES_BY_LENGTH.iter().all(|rules| rules.entries.len() <= 64));
    }
}
