//! E-mail addresses and telephone numbers.

use std::sync::LazyLock;

use memchr::memchr_iter;

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, Near, Special, Text, ends_word, is_word, stands_apart};

/// The tables of `data/contact.tsv`.
struct Tables {
    /// Endings that are no domains of the world: files, and names inside a cluster.
    no_domains: Vec<&'static str>,
    /// Reserved for documentation and tests (RFC 2606, RFC 6761): endings, and domains.
    reserved_endings: Vec<&'static str>,
    reserved_domains: Vec<&'static str>,
    /// Functions, not persons.
    roles: Vec<&'static str>,
    /// Numbers that regulators keep for films and manuals (digits, from the country code).
    reserved_phones: Vec<&'static str>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let line = |key: &str| {
        let lines = include_str!("../data/contact.tsv").lines().filter_map(|line| line.split_once('\t'));
        lines.filter(|(own, _)| *own == key).flat_map(|(_, entries)| entries.split('|')).collect()
    };
    Tables {
        no_domains: line("no-domain"),
        reserved_endings: line("reserved-ending"),
        reserved_domains: line("reserved-domain"),
        roles: line("role"),
        reserved_phones: line("reserved-phone"),
    }
});

/// The longest parts before and after the `@` (RFC 5321, 4.5.3.1).
const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 255;

/// Finds e-mail addresses whose `@` stands in `from..to`.
pub fn emails(text: &Text<'_>, from: usize, to: usize, found: &mut Vec<Found>) {
    for at in memchr_iter(b'@', text.slice(from, to)).map(|position| from + position) {
        let Some((start, end)) = around(text, at) else { continue };
        let (Ok(local), Ok(domain)) =
            (std::str::from_utf8(text.slice(start, at)), std::str::from_utf8(text.slice(at + 1, end)))
        else {
            continue;
        };
        if let Some((confidence, reason)) = judge(local, domain, text.line_before(start, 64), text.slice(end, end + 1))
        {
            let first: String = local.chars().take(usize::from(local.len() > 1)).collect();
            found.push(Found {
                anchor: at,
                detection: Detection {
                    category: Category::EmailAddress,
                    kind: "email-address",
                    title: "an e-mail address",
                    confidence,
                    offset: text.base + start,
                    length: end - start,
                    masked: format!("{first}{MASK}@{MASK}"),
                    reason,
                    test_data: is_reserved(domain),
                    column: None,
                },
            });
        }
    }
}

/// Where the address around an `@` starts and ends.
fn around(text: &Text<'_>, at: usize) -> Option<(usize, usize)> {
    let local = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
    let mut start = at;
    while text.before(start).is_some_and(local) {
        start -= 1;
        if at - start > LONGEST_LOCAL {
            return None;
        }
    }
    while start < at && !text.at(start).is_some_and(is_word) {
        start += 1;
    }
    let mut end = at + 1;
    while text.at(end).is_some_and(|byte| is_word(byte) || matches!(byte, b'.' | b'-')) && end - at <= LONGEST_DOMAIN {
        end += 1;
    }
    let domain = text.slice(at + 1, end);
    (start < at && domain.first().copied().is_some_and(is_word)).then_some(())?;
    // The last dot behind which two letters or more stand, and nothing goes on.
    let dots = domain.iter().enumerate().rev().filter(|(_, byte)| **byte == b'.').map(|(dot, _)| dot);
    let ends = dots.filter_map(|dot| {
        let ending = domain.get(dot + 1..)?.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let next = at + 2 + dot + ending;
        ((2..=24).contains(&ending) && ends_word(text.at(next))).then_some(next)
    });
    ends.max().map(|end| (start, end))
}

/// What an address is, from its parts and what stands before and after.
fn judge(local: &str, domain: &str, before: &[u8], after: &[u8]) -> Option<(Confidence, &'static str)> {
    let ending = domain.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let has_scheme = before.windows(3).any(|three| three == b"://");
    let userinfo = before.ends_with(b"://") || before.ends_with(b":") && has_scheme;
    let remote = after == b"/" || after == b":" && local == "git";
    if TABLES.no_domains.contains(&ending.as_str()) || userinfo || remote || domain.ends_with("gserviceaccount.com") {
        return None;
    }
    let whole = local.to_ascii_lowercase();
    let role = TABLES.roles.iter().any(|role| {
        whole.strip_prefix(*role).is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', '-', '.', '_']))
    });
    let names = local.split(['.', '_']).filter(|part| part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let person = names.count() >= 2;
    Some(match (role, is_reserved(domain), person) {
        (true, ..) => (Confidence::Possible, "the address of a function"),
        (_, true, false) => (Confidence::Possible, "a domain reserved for documentation"),
        (_, true, true) => (Confidence::Likely, "a domain reserved for documentation"),
        (_, false, true) => (Confidence::Certain, "an address made of names"),
        (_, false, false) => (Confidence::Likely, "by its form"),
    })
}

fn is_reserved(domain: &str) -> bool {
    let lower = domain.to_ascii_lowercase();
    TABLES.reserved_endings.contains(&lower.rsplit('.').next().unwrap_or(""))
        || TABLES.reserved_domains.iter().any(|name| lower == *name || lower.ends_with(&format!(".{name}")))
}

/// Finds a telephone number that starts with the word at `start`, or at the `+` or bracket before it.
pub fn phone(text: &Text<'_>, start: usize, anchor: usize, near: &mut Near, found: &mut Vec<Found>) {
    let before = text.before(start);
    let international = before == Some(b'+') && text.at(start) != Some(b'0');
    let first = start - usize::from(international || before == Some(b'('));
    if start != anchor || !stands_apart(text, first) {
        return;
    }
    // Most countries write no zero before a number: then its word must stand right before it.
    let bare = !international && text.at(start) != Some(b'0');
    let fewest = if bare { FEWEST_BARE } else { FEWEST };
    let Some((end, digits)) = dialled(text, start, fewest) else { return };
    let number = digits.as_str();
    let about = if bare {
        number.len() <= MOST_BARE && !is_part(text, end) && near.announce_next(text, start, Special::Phone)
    } else {
        near.before(text, start).say(Special::Phone)
    };
    // With a code of a country it has the length of numbers there, whatever stands before it.
    if international && !is_plausible(number) {
        return;
    }
    let alone = international && !goes_on(text, end) && !is_year(text.slice(start, end));
    if !alone && !about {
        return;
    }
    let national = number.trim_start_matches('0');
    let test_data = TABLES.reserved_phones.iter().any(|start| national.starts_with(start))
        || (number.starts_with('1') && number.get(4..9) == Some("55501"));
    found.push(Found {
        anchor,
        detection: Detection {
            category: Category::PhoneNumber,
            kind: "phone-number",
            title: "a telephone number",
            confidence: if about && !bare { Confidence::Certain } else { Confidence::Likely },
            offset: text.base + first,
            length: end - first,
            masked: if international { format!("+{MASK}") } else { MASK.to_owned() },
            reason: if about { "by its form and the words before it" } else { "by its international form" },
            test_data,
            column: None,
        },
    });
}

/// How many digits a telephone number has; and one of which only its word tells that it is one.
const FEWEST: usize = 8;
pub const FEWEST_BARE: usize = 7;
const MOST_BARE: usize = 12;

/// Whether a date, a time, a fraction or an address goes on behind `end`.
fn is_part(text: &Text<'_>, end: usize) -> bool {
    goes_on(text, end) || text.at(end).is_some_and(|byte| matches!(byte, b'@' | b'_' | b'%' | b'/'))
}

/// Whether a number with a `+` can be one without a word that says so: codes of countries, and how long numbers are
/// there (ITU-T E.164; the plan of North America has ten digits, that of Russia and Kazakhstan, too).
fn is_plausible(number: &str) -> bool {
    let begins = |codes: &[&str]| codes.iter().any(|code| number.starts_with(code));
    match number.as_bytes() {
        [b'1' | b'7', ..] => number.len() == 11,
        [b'2', b'8', ..] | [b'8', b'3' | b'9', ..] => false,
        // Numbers of one length, behind codes of two digits and of three.
        _ if begins(&["33", "34", "48", "31", "40"]) => number.len() == 11,
        _ if begins(&["30", "351", "420", "421"]) => number.len() == 12,
        _ if begins(&["44"]) => matches!(number.len(), 11 | 12),
        // There are short ones in Germany, Austria, Luxembourg, Finland, Italy and Andorra.
        _ if begins(&["43", "49", "352", "358", "39", "376"]) => number.len() >= 9,
        _ => number.len() >= 10,
    }
}

/// Whether this is a date with the sign of its year (ISO 8601, expanded representation): `+012345-12-31`.
fn is_year(written: &[u8]) -> bool {
    matches!(written, [_, _, _, _, .., b'-', _, _, b'-', _, _] if written.iter().filter(|byte| **byte == b'-').count() == 2)
        && written.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
}

/// Whether a date, a time or a number with a fraction goes on behind `end`.
fn goes_on(text: &Text<'_>, end: usize) -> bool {
    text.at(end).is_some_and(|byte| matches!(byte, b'-' | b':' | b'.')) && text.at(end + 1).is_some_and(is_word)
}

/// Digits of one number: no more than fifteen (E.164).
#[derive(Clone, Copy)]
struct Dialled([u8; 15], usize);

impl Dialled {
    fn as_str(&self) -> &str {
        self.0.get(..self.1).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or("")
    }
}

/// The end and the digits of the number that starts at `start`: the longest of
/// `fewest` to fifteen digits, up to two signs between them, behind which no word goes on.
fn dialled(text: &Text<'_>, start: usize, fewest: usize) -> Option<(usize, Dialled)> {
    let mut digits = Dialled([0; 15], 0);
    let mut best = None;
    let (mut at, mut signs) = (start, 0);
    while let Some(byte) = text.at(at) {
        match byte {
            b'0'..=b'9' => {
                let Some(own) = digits.0.get_mut(digits.1) else { break };
                *own = byte;
                digits.1 += 1;
                signs = 0;
                if digits.1 >= fewest && ends_word(text.at(at + 1)) {
                    best = Some((at + 1, digits));
                }
            }
            b' ' | b'.' | b'-' | b'/' | b'(' | b')' if signs < 2 => signs += 1,
            // A blank in an address of the web.
            b'+' if signs == 0 && text.at(at + 1).is_some_and(|byte| byte.is_ascii_digit()) => signs += 1,
            _ => break,
        }
        at += 1;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::TABLES;

    #[test]
    fn every_table_is_there() {
        let tables = &*TABLES;
        let all = [&tables.no_domains, &tables.reserved_endings, &tables.reserved_domains, &tables.roles];
        assert!(all.iter().all(|table| table.len() > 3 && !table.contains(&"")));
        assert!(tables.reserved_phones.iter().all(|number| number.len() > 5));
    }
}
