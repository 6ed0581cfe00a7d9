//! Candidates in a line of text, held against the rules.

use super::shape::Look;
use super::specimens::is_specimen;
use super::{Proof, RULES, Rule, mrz};
use crate::MASK;
use crate::contact::tail;
use crate::detection::{Category, Confidence, Detection};
use crate::words::Context;

/// Words that announce a number of any country, by category.
const ANY: [(Category, &[&str]); 3] = [
    (
        Category::NationalIdentifier,
        &[
            "nationalid",
            "nationalidentifier",
            "nationalidentity",
            "personalid",
            "personalcode",
            "citizenid",
            "personnumber",
        ],
    ),
    (Category::SocialSecurityNumber, &["ssn", "socialsecurity", "socialinsurance"]),
    (Category::TaxIdentifier, &["taxid", "taxnumber", "taxpayer", "tin"]),
];

/// No number is longer than this without separators, or has more groups.
const LONGEST: usize = 34;
const GROUPS: usize = 10;

/// Finds identifiers in one line; `name` is the name of its field.
pub fn find(line: &str, offset: usize, name: &str, found: &mut Vec<Detection>) {
    mrz::find(line, offset, found);
    let words = Word::all(line);
    for (index, first) in words.iter().enumerate() {
        if !first.may_start {
            continue;
        }
        // All candidates that start here have the same words before them.
        let mut context = None;
        let mut compact: Vec<u8> = Vec::with_capacity(LONGEST);
        let mut end = first.start;
        for (group, word) in words.iter().skip(index).take(GROUPS).enumerate() {
            let joined =
                group == 0 || word.start == end + 1 && line.as_bytes().get(end).is_some_and(|b| b" -./+".contains(b));
            if !joined || compact.len() + word.text.len() > LONGEST {
                break;
            }
            // The sign of a Finnish or Swedish number is part of it.
            let sign = if group == 1 { line.as_bytes().get(end).copied() } else { None };
            compact.extend(word.text.bytes().map(|b| b.to_ascii_uppercase()));
            end = word.start + word.text.len();
            let candidate = Candidate { line, name, start: first.start, end, grouped: group > 0, sign };
            if let Some(detection) = candidate.judge(&compact, offset, &mut context) {
                found.push(detection);
            }
        }
    }
}

struct Word<'a> {
    start: usize,
    text: &'a str,
    may_start: bool,
}

impl<'a> Word<'a> {
    fn all(line: &'a str) -> Vec<Word<'a>> {
        if line.bytes().filter(u8::is_ascii_digit).take(5).count() < 5 {
            return Vec::new();
        }
        line.split(|letter: char| !letter.is_alphanumeric())
            .filter(|text| !text.is_empty() && text.len() <= LONGEST && text.is_ascii())
            .map(|text| {
                let start = text.as_ptr() as usize - line.as_ptr() as usize;
                let digits = text.bytes().any(|b| b.is_ascii_digit());
                Word {
                    start,
                    text,
                    may_start: digits || text.len() <= 6 && text.bytes().all(|b| b.is_ascii_uppercase()),
                }
            })
            .collect()
    }
}

struct Candidate<'a> {
    line: &'a str,
    name: &'a str,
    start: usize,
    end: usize,
    grouped: bool,
    sign: Option<u8>,
}

impl Candidate<'_> {
    fn judge(&self, compact: &[u8], offset: usize, context: &mut Option<Context>) -> Option<Detection> {
        if compact.len() < 8 || compact.iter().filter(|b| b.is_ascii_digit()).count() < 5 || all_same(compact) {
            return None;
        }
        let look = Look::of(compact);
        let mut fitting = RULES
            .iter()
            .copied()
            .flatten()
            .filter(|rule| rule.looks(&look) && self.alone_enough(rule) && (rule.valid)(compact))
            .peekable();
        fitting.peek()?;
        let context = context.get_or_insert_with(|| {
            let before = self.line.get(..self.start).unwrap_or("");
            Context::new(&format!("{} {}", self.name, tail(before, 48)))
        });
        let (rule, announced) = fitting
            .filter_map(|rule| Some((rule, self.proof(rule, context)?)))
            .max_by_key(|(_, announced)| *announced)?;
        Some(Detection {
            category: rule.category,
            kind: rule.kind,
            title: rule.title,
            confidence: if announced == 1 { Confidence::Likely } else { Confidence::Certain },
            offset: offset + self.start,
            length: self.end - self.start,
            masked: MASK.to_owned(),
            reason: if announced > 0 {
                "by its form and checksum, and the words beside it"
            } else {
                "by its form and checksum"
            },
            test_data: is_specimen(rule.kind, compact),
        })
    }

    /// The end of a longer row of digits and words is no number.
    fn alone_enough(&self, rule: &Rule) -> bool {
        let after = self.line.as_bytes().get(self.end).copied();
        let before = self.start.checked_sub(1).and_then(|index| self.line.as_bytes().get(index)).copied();
        let glued = |byte: Option<u8>| byte.is_some_and(|b| b >= 0x80 || matches!(b, b'_' | b'@' | b'%'));
        let finnish = rule.kind != "fi-identity-code" || matches!(self.sign, Some(b'-' | b'+'));
        !glued(after) && !glued(before) && (finnish || rule.kind == "fi-identity-code" && !self.grouped)
    }

    /// 2: announced by the rule's own words; 1: by a word for any country; 0: needs none.
    fn proof(&self, rule: &Rule, context: &Context) -> Option<u8> {
        let any = |category: Category| ANY.iter().find(|(of, _)| *of == category).map_or(&[][..], |(_, words)| *words);
        if context.has_any(rule.words) {
            return Some(2);
        }
        if rule.proof != Proof::OwnWord && context.has_any(any(rule.category)) {
            return Some(1);
        }
        let enough = match rule.proof {
            Proof::Nothing => true,
            Proof::WordOrGroups => self.grouped,
            Proof::OwnWord | Proof::Word => false,
        };
        enough.then_some(0)
    }
}

fn all_same(compact: &[u8]) -> bool {
    compact.first().is_some_and(|first| compact.iter().all(|b| b == first))
}
