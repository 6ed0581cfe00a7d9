//! Everything together: texts, fields and masking.

use crate::detection::{Category, Confidence, Detection};
use crate::{MASK, words::Context};
use crate::{contact, credentials, fields, identifiers};

/// What is recognised in a text, in order and without overlap. Each line is
/// judged for itself; a private key reaches over its lines.
pub fn scan(text: &str) -> Vec<Detection> {
    let mut found = Vec::new();
    lines(text, "", &mut found);
    settle(found)
}

/// What is recognised in the value of a field, of an environment variable or of
/// an argument, whose name helps to tell.
pub fn scan_field(name: &str, value: &str) -> Vec<Detection> {
    let mut found: Vec<Detection> = fields::judge(name, value, 0).into_iter().collect();
    lines(value, name, &mut found);
    settle(found)
}

/// The text with everything masked that was recognised in it.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for detection in scan(text) {
        masked.push_str(text.get(end..detection.offset).unwrap_or(""));
        masked.push_str(&detection.masked);
        end = detection.end();
    }
    masked.push_str(text.get(end..).unwrap_or(""));
    masked
}

fn lines(text: &str, name: &str, found: &mut Vec<Detection>) {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = found.len();
        let bare = line.trim_end_matches(['\n', '\r']);
        of_line(bare, offset, name, found);
        for detection in found.iter_mut().skip(start).filter(|detection| detection.kind == "private-key") {
            detection.length = text.get(detection.offset..).map_or(detection.length, credentials::private_key_length);
        }
        offset += line.len();
    }
}

fn of_line(line: &str, offset: usize, name: &str, found: &mut Vec<Detection>) {
    if line.trim().len() < 4 {
        return;
    }
    // Most lines hold nothing that any pattern could match: one look at the
    // bytes spares the patterns.
    let signs = Signs::of(line);
    if line.len() >= SHORTEST_CREDENTIAL {
        credentials::find(line, offset, found);
    }
    if signs.assigns {
        let mut judged = 0;
        for pair in fields::pairs(line) {
            // What lies inside a credential is masked with it.
            if pair.offset >= judged
                && let Some(one) = fields::judge(pair.name, pair.value, offset + pair.offset)
            {
                judged = one.end().saturating_sub(offset);
                found.push(one);
            }
        }
    }
    if signs.at {
        contact::emails(line, offset, found);
    }
    if signs.digits >= 6 {
        contact::phones(line, offset, name, found);
    }
    if signs.digits >= 5 {
        identifiers::find(line, offset, name, found);
    }
    if signs.digits >= 2 && signs.dot {
        icd(line, offset, name, found);
    }
}

/// No credential that is known by its form is shorter.
const SHORTEST_CREDENTIAL: usize = 10;

/// Bytes without which a kind of data cannot be in a line.
#[derive(Default)]
struct Signs {
    digits: usize,
    at: bool,
    dot: bool,
    assigns: bool,
}

impl Signs {
    fn of(line: &str) -> Signs {
        let mut signs = Signs::default();
        for byte in line.bytes() {
            match byte {
                b'0'..=b'9' => signs.digits += 1,
                b'@' => signs.at = true,
                b'.' => signs.dot = true,
                b':' | b'=' => signs.assigns = true,
                _ => {}
            }
        }
        signs
    }
}

/// Codes of the ICD after a word that announces one.
fn icd(line: &str, offset: usize, name: &str, found: &mut Vec<Detection>) {
    if !Context::new(contact::tail(line, 512)).has_any(&["icd", "icd10", "diagnosis", "diagnose"])
        || !name.is_empty() && line.contains('=')
    {
        return;
    }
    for word in line.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.')) {
        let at = word.as_ptr() as usize - line.as_ptr() as usize;
        let code = word.trim_end_matches('.');
        if code.contains('.') && fields::is_icd(code) {
            found.push(Detection {
                category: Category::Health,
                kind: "icd-code",
                title: "a diagnosis",
                confidence: Confidence::Likely,
                offset: offset + at,
                length: code.len(),
                masked: MASK.to_owned(),
                reason: "a code of the ICD beside a word that announces one",
                test_data: false,
            });
        }
    }
}

/// In order, without overlap: the surer one stays, then the longer one.
fn settle(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| (a.offset, b.confidence, b.length, a.kind).cmp(&(b.offset, a.confidence, a.length, b.kind)));
    let mut settled: Vec<Detection> = Vec::with_capacity(found.len());
    for next in found {
        match settled.last_mut() {
            Some(last) if next.offset < last.end() => {
                // What overlaps is masked as one; it keeps the name of the surer.
                let end = last.end().max(next.end());
                if (next.confidence, next.length) > (last.confidence, last.length) {
                    let offset = last.offset;
                    *last = next;
                    last.offset = offset;
                }
                last.length = end - last.offset;
            }
            _ => settled.push(next),
        }
    }
    settled
}
