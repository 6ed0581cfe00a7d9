//! Numbers of persons, accounts, cards and telephones: from each row of digits
//! on, groups are joined as they are written, and the rules of that length asked.

use std::sync::LazyLock;

use super::announce::{Announced, DIAGNOSIS, Near};
use super::found::Found;
use super::text::{Text, ends_word, is_word, next_digit};
use crate::detection::{Category, Confidence, Detection};
use crate::identifiers::{ANY, Proof, RULES, Rule};
use crate::{MASK, contact, fields, finance};

/// No number is longer than this without separators, or has more groups.
const LONGEST: usize = 34;
const GROUPS: usize = 10;
/// Shorter ones are too frequent to be told apart.
const SHORTEST: usize = 8;
const FEWEST_DIGITS: usize = 5;
/// Words of capitals that may stand before the first digit: `DE 89…`, `RSS MRA 85…`.
const LEADING: usize = 2;

/// The rules by the length of what they judge, with their bits.
struct Lengths {
    all: [Vec<(usize, &'static Rule)>; LONGEST + 1],
    bare: [Vec<(usize, &'static Rule)>; LONGEST + 1],
}

static LENGTHS: LazyLock<Lengths> = LazyLock::new(|| {
    let mut lengths = Lengths { all: [const { Vec::new() }; LONGEST + 1], bare: [const { Vec::new() }; LONGEST + 1] };
    for (bit, rule) in RULES.iter().copied().flatten().enumerate() {
        for length in rule.lengths {
            lengths.all.get_mut(*length).into_iter().for_each(|rules| rules.push((bit, rule)));
            if rule.proof != Proof::Word {
                lengths.bare.get_mut(*length).into_iter().for_each(|rules| rules.push((bit, rule)));
            }
        }
    }
    lengths
});

/// Finds what starts at the rows of digits in `from..to`.
pub fn find(text: &Text<'_>, from: usize, to: usize, near: &mut Near, found: &mut Vec<Found>) {
    let mut at = from;
    while let Some(digit) = next_digit(text.bytes, at).filter(|digit| *digit < to) {
        let mut end = digit + 1;
        while text.at(end).is_some_and(is_word) {
            end += 1;
        }
        if let Some(start) = start_of(text, digit).filter(|start| end - start <= LONGEST) {
            let token = Token { text, start, end, anchor: digit };
            token.starts(near, found);
            contact::phone(text, start, digit, near, found);
            token.icd(near, found);
        }
        at = end;
    }
}

/// Where the word starts whose first digit this is.
fn start_of(text: &Text<'_>, digit: usize) -> Option<usize> {
    let mut start = digit;
    while let Some(byte) = text.before(start).filter(|byte| is_word(*byte)) {
        if byte.is_ascii_digit() || digit - start > LONGEST {
            return None;
        }
        start -= 1;
    }
    Some(start)
}

/// A word with a digit in it.
struct Token<'t> {
    text: &'t Text<'t>,
    start: usize,
    end: usize,
    anchor: usize,
}

impl Token<'_> {
    /// The numbers that start here, or with the capitals before.
    fn starts(&self, near: &mut Near, found: &mut Vec<Found>) {
        let mut start = self.start;
        for _ in 0..LEADING {
            let Some(before) = self.capitals_before(start) else { break };
            start = before;
            self.from(start, near, found);
        }
        self.from(self.start, near, found);
    }

    /// Where a word of up to six capitals starts that ends one joint before `start`.
    fn capitals_before(&self, start: usize) -> Option<usize> {
        let end = start.checked_sub(1)?;
        if !self.text.at(end).is_some_and(joins) {
            return None;
        }
        let mut first = end;
        while self.text.before(first).is_some_and(|byte| byte.is_ascii_uppercase()) && end - first <= 6 {
            first -= 1;
        }
        let whole = !self.text.before(first).is_some_and(|byte| is_word(byte) || byte >= 0x80);
        ((1..=6).contains(&(end - first)) && whole).then_some(first)
    }

    fn from(&self, start: usize, near: &mut Near, found: &mut Vec<Found>) {
        let mut compact = [0u8; LONGEST];
        let (mut length, mut digits, mut end) = (0, 0, start);
        let mut announced = None;
        let mut first_sign = None;
        for group in 0..GROUPS {
            if group > 0 {
                let Some(sign) = self.text.at(end).filter(|byte| joins(*byte)) else { break };
                first_sign = first_sign.or(Some(sign));
                end += 1;
            }
            let begin = end;
            while let Some(byte) = self.text.at(end).filter(|byte| is_word(*byte)) {
                let Some(own) = compact.get_mut(length) else { return };
                *own = byte.to_ascii_uppercase();
                digits += usize::from(byte.is_ascii_digit());
                length += 1;
                end += 1;
            }
            if end == begin {
                break;
            }
            if length >= SHORTEST && digits >= FEWEST_DIGITS {
                let sign = first_sign.filter(|_| group == 1);
                let candidate = Candidate { token: self, start, end, grouped: group > 0, sign };
                candidate.judge(compact.get(..length).unwrap_or_default(), near, &mut announced, found);
            }
        }
    }

    /// A code of the ICD beside a word that announces one.
    fn icd(&self, near: &mut Near, found: &mut Vec<Found>) {
        let shaped = self.end - self.start == 3 && self.anchor == self.start + 1 && self.text.at(self.end) == Some(b'.');
        if !shaped {
            return;
        }
        let mut end = self.end + 1;
        while self.text.at(end).is_some_and(is_word) {
            end += 1;
        }
        let code = std::str::from_utf8(self.text.slice(self.start, end)).unwrap_or("");
        let dotted = self.text.before(self.start) != Some(b'.');
        if dotted && end > self.end + 1 && fields::is_icd(code) && near.before(self.text, self.start).has(DIAGNOSIS) {
            found.push(Found {
                anchor: self.anchor,
                detection: Detection {
                    category: Category::Health,
                    kind: "icd-code",
                    title: "a diagnosis",
                    confidence: Confidence::Likely,
                    offset: self.text.base + self.start,
                    length: end - self.start,
                    masked: MASK.to_owned(),
                    reason: "a code of the ICD beside a word that announces one",
                    test_data: false,
                },
            });
        }
    }
}

/// Signs that stand between the groups of one number.
fn joins(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'+')
}

struct Candidate<'t> {
    token: &'t Token<'t>,
    start: usize,
    end: usize,
    grouped: bool,
    sign: Option<u8>,
}

impl Candidate<'_> {
    fn judge(&self, compact: &[u8], near: &mut Near, announced: &mut Option<Announced>, found: &mut Vec<Found>) {
        if self.glued() {
            return;
        }
        let text = self.token.text;
        let announced = *announced.get_or_insert_with(|| near.before(text, self.start));
        let rules = if announced.is_nothing() { &LENGTHS.bare } else { &LENGTHS.all };
        let best = rules
            .get(compact.len())
            .into_iter()
            .flatten()
            .filter_map(|(bit, rule)| Some((self.proof(*bit, rule, announced)?, rule)))
            .filter(|(_, rule)| self.signed(rule) && (rule.valid)(compact))
            .max_by_key(|(proof, _)| *proof);
        let Some((proof, rule)) = best.filter(|_| !all_same(compact)) else { return };
        found.push(Found {
            anchor: self.token.anchor,
            detection: Detection {
                category: rule.category,
                kind: rule.kind,
                title: rule.title,
                confidence: if proof == 1 { Confidence::Likely } else { Confidence::Certain },
                offset: text.base + self.start,
                length: self.end - self.start,
                masked: MASK.to_owned(),
                reason: if proof > 0 {
                    "by its form and checksum, and the words beside it"
                } else {
                    "by its form and checksum"
                },
                test_data: finance::is_example_iban(compact) || finance::is_test_card(compact),
            },
        });
    }

    /// Part of something else: the end of a longer row, an address, a name.
    fn glued(&self) -> bool {
        let glue = |byte: Option<u8>| byte.is_some_and(|byte| byte >= 0x80 || matches!(byte, b'_' | b'@' | b'%'));
        glue(self.token.text.before(self.start)) || glue(self.token.text.at(self.end))
    }

    /// The sign of a Finnish number is part of it.
    fn signed(&self, rule: &Rule) -> bool {
        rule.kind != "fi-identity-code" || matches!(self.sign, Some(b'-' | b'+')) || !self.grouped
    }

    /// 2: announced by the rule's own words; 1: by a word for any country; 0: needs none.
    fn proof(&self, bit: usize, rule: &Rule, announced: Announced) -> Option<u8> {
        if announced.has(bit) {
            return Some(2);
        }
        let any = ANY.iter().position(|(category, _)| *category == rule.category);
        if any.is_some_and(|category| announced.has(Announced::any_of(category))) {
            return Some(1);
        }
        let enough = match rule.proof {
            Proof::Nothing => true,
            Proof::WordOrGroups => self.grouped,
            Proof::Word => false,
        };
        enough.then_some(0)
    }
}

fn all_same(compact: &[u8]) -> bool {
    compact.first().is_some_and(|first| compact.iter().all(|byte| byte == first))
}

/// Whether a telephone number may start before `start`: what stands there belongs to it or to nothing.
pub fn stands_apart(text: &Text<'_>, start: usize) -> bool {
    let byte = text.before(start);
    ends_word(byte) && !byte.is_some_and(|byte| byte >= 0x80 || matches!(byte, b'.' | b'-' | b'/' | b'+'))
}
