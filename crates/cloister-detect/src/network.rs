//! Addresses of machines, which are data about who uses them where it can be told who does (recital 30; Court of
//! Justice, C-582/14): alone they are no more than possible.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::MASK;
use crate::detection::{Category, Confidence, Detection};
use crate::engine::{Found, Near, Special, Text, is_word};
use crate::identifiers::{is_specimen, rule_bit};

/// The longest address, in bytes (RFC 4291, 2.2).
const LONGEST: usize = 45;

/// Finds an address of version 4 that starts at `start`.
pub fn version_4(text: &Text<'_>, start: usize, near: &mut Near, found: &mut Vec<Found>) {
    let glued = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-' | b'_' | b'+') || byte >= 0x80;
    if text.before(start).is_some_and(glued) {
        return;
    }
    let rest = text.from(start, 16);
    let length = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(rest.len());
    let written = rest.get(..length).unwrap_or_default();
    let written = written.strip_suffix(b".").unwrap_or(written);
    let after = text.at(start + written.len());
    // A block of addresses is nobody's.
    if after.is_some_and(|byte| is_word(byte) || matches!(byte, b'/' | b'-' | b'_' | b'+')) {
        return;
    }
    let parsed = std::str::from_utf8(written).ok().and_then(|written| written.parse::<Ipv4Addr>().ok());
    if let Some(address) = parsed.filter(|address| is_public(*address)) {
        push(text, (start, written.len()), start, address.is_documentation(), near, found);
    }
}

/// Whether machines of the world have such addresses (IANA IPv4 special-purpose registry); examples have them, too.
fn is_public(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let shared = a == 100 && (64..128).contains(&b) || a == 198 && (18..20).contains(&b);
    !(address.is_private() || address.is_loopback() || address.is_link_local() || shared || a == 0 || a >= 224)
}

/// Finds an address of version 6 or of a device whose first digit is that of the word at `start..end`.
pub fn with_colons(text: &Text<'_>, start: usize, end: usize, digit: usize, near: &mut Near, found: &mut Vec<Found>) {
    if end - start > 4 || text.at(end) != Some(b':') && text.before(start) != Some(b':') {
        return;
    }
    // An earlier digit stands in the same address: most colons stand in times.
    if matches!(text.slice(start.saturating_sub(2), start), [b'0'..=b'9', b':']) {
        return;
    }
    let inside = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':';
    // What ends here has more than one colon: most stand between a name and its value.
    if text.at(end) != Some(b':') && !start.checked_sub(2).and_then(|at| text.bytes.get(at)).is_some_and(inside) {
        return;
    }
    let before = text.slice(start.saturating_sub(LONGEST), start).iter().rev().take_while(|byte| inside(byte)).count();
    let first = start - before;
    let glued =
        |byte: Option<u8>| byte.is_some_and(|byte| is_word(byte) || matches!(byte, b'_' | b'/' | b'%') || byte >= 0x80);
    if glued(text.before(first)) {
        return;
    }
    let rest = text.from(first, LONGEST + 1);
    let length = rest.iter().position(|byte| !inside(byte)).unwrap_or(rest.len());
    let written = rest.get(..length).unwrap_or_default();
    let earlier = text.slice(first, digit).iter().any(u8::is_ascii_digit);
    if earlier || length > LONGEST || glued(text.at(first + length)) {
        return;
    }
    if length == 17
        && written.chunks(3).all(|three| {
            matches!(three, [a, b, ..] if *a != b':' && *b != b':') && three.get(2).is_none_or(|c| *c == b':')
        })
    {
        mac(text, first, written, digit, near, found);
        return;
    }
    let colons = written.iter().filter(|byte| **byte == b':').count();
    let parsed = (colons > 2).then(|| std::str::from_utf8(written).ok()?.parse::<Ipv6Addr>().ok()).flatten();
    // Global unicast addresses (RFC 4291, 2.4) are those of machines of the world.
    if let Some(address) = parsed.filter(|address| address.segments().first().is_some_and(|first| first >> 13 == 1)) {
        let documentation = matches!(address.segments(), [0x2001, 0xdb8, ..] | [0x3fff, ..]);
        push(text, (first, length), digit, documentation, near, found);
    }
}

fn push(
    text: &Text<'_>,
    (start, length): (usize, usize),
    anchor: usize,
    test_data: bool,
    near: &mut Near,
    found: &mut Vec<Found>,
) {
    let told = near.announce_next(text, start, Special::Online);
    found.push(Found {
        anchor,
        detection: Detection {
            category: Category::DeviceData,
            kind: "ip-address",
            title: "an address of the internet",
            confidence: if told { Confidence::Likely } else { Confidence::Possible },
            offset: text.base + start,
            length,
            masked: MASK.to_owned(),
            reason: if told { "by its form and the words before it" } else { "by its form" },
            test_data,
            column: None,
        },
    });
}

fn mac(text: &Text<'_>, start: usize, written: &[u8], anchor: usize, near: &mut Near, found: &mut Vec<Found>) {
    let compact: Vec<u8> = written.iter().filter(|byte| **byte != b':').map(u8::to_ascii_uppercase).collect();
    let same = compact.iter().all(|byte| compact.first() == Some(byte));
    let told = rule_bit("mac-address").is_some_and(|bit| near.before(text, start).announce(bit) > 0);
    if same {
        return;
    }
    found.push(Found {
        anchor,
        detection: Detection {
            category: Category::DeviceData,
            kind: "mac-address",
            title: "a MAC address",
            confidence: if told { Confidence::Likely } else { Confidence::Possible },
            offset: text.base + start,
            length: written.len(),
            masked: MASK.to_owned(),
            reason: if told { "by its form and the words before it" } else { "by its form" },
            test_data: is_specimen("mac-address", &compact),
            column: None,
        },
    });
}
