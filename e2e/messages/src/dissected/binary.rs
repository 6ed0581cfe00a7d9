//! Values of PostgreSQL in binary form, as another reader leaves them: what we tell in words must be those bytes. Written by
//! PostgreSQL's own functions for sending (`int4send`, `date_send`, `numeric_send`, `uuid_send`), not by our reader.

use crate::tshark::Counted;

/// Puts our words in place of bytes that mean them, and says how often. What is left is a difference.
pub(super) fn understood(ours: &Counted, mut theirs: Counted) -> (Counted, usize) {
    let mut all = 0;
    for (text, count) in ours {
        let Ok(words) = std::str::from_utf8(text) else { continue };
        for form in forms(words) {
            let missing = count.saturating_sub(theirs.get(text).copied().unwrap_or(0));
            let left = theirs.get(&form).copied().unwrap_or(0);
            // Bytes that we tell as they are mean themselves.
            let spare = left.saturating_sub(ours.get(&form).copied().unwrap_or(0));
            let moved = missing.min(spare);
            if moved > 0 {
                *theirs.entry(text.clone()).or_default() += moved;
                if left == moved {
                    theirs.remove(&form)
                } else {
                    theirs.insert(form, left - moved)
                };
                all += moved;
            }
        }
    }
    (theirs, all)
}

/// The bytes that mean what reads so.
fn forms(words: &str) -> Vec<Vec<u8>> {
    let number = words.parse::<i64>().ok();
    let small = number.and_then(|number| i32::try_from(number).ok());
    let shorter = number.and_then(|number| i16::try_from(number).ok());
    let all = [
        number.map(|number| number.to_be_bytes().to_vec()),
        small.map(|number| number.to_be_bytes().to_vec()),
        shorter.map(|number| number.to_be_bytes().to_vec()),
        days(words),
        micros(words),
        identifier(words),
        numeric(words),
    ];
    all.into_iter().flatten().collect()
}

/// Days since 2000.
fn days(words: &str) -> Option<Vec<u8>> {
    let date: jiff::civil::Date = words.parse().ok().filter(|_| words.len() == 10)?;
    let days = (date - jiff::civil::date(2000, 1, 1)).get_days();
    Some(days.to_be_bytes().to_vec())
}

/// Microseconds since 2000.
fn micros(words: &str) -> Option<Vec<u8>> {
    let time: jiff::civil::DateTime = words.parse().ok().filter(|_| words.len() >= 19)?;
    let since = time.duration_since(jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0));
    Some(i64::try_from(since.as_micros()).ok()?.to_be_bytes().to_vec())
}

fn identifier(words: &str) -> Option<Vec<u8>> {
    let digits: String = words.chars().filter(|letter| *letter != '-').collect();
    (words.len() == 36 && digits.len() == 32).then(|| crate::tshark::unhex(&digits))?
}

/// Groups of four decimal digits, without those that are nothing at either end.
fn numeric(words: &str) -> Option<Vec<u8>> {
    let (sign, digits) = words.strip_prefix('-').map_or((0_u16, words), |rest| (0x4000, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let text =
        format!("{}{whole}{part}{}", "0".repeat((4 - whole.len() % 4) % 4), "0".repeat((4 - part.len() % 4) % 4));
    let group = |at: usize| text.get(at..at + 4).and_then(|group| group.parse::<u16>().ok());
    let mut groups: Vec<u16> = (0..text.len()).step_by(4).map(group).collect::<Option<_>>()?;
    let mut weight = i16::try_from(whole.len().div_ceil(4)).ok()? - 1;
    while groups.first() == Some(&0) {
        groups.remove(0);
        weight -= 1;
    }
    while groups.last() == Some(&0) {
        groups.pop();
    }
    let (count, scale) = (u16::try_from(groups.len()).ok()?, u16::try_from(part.len()).ok()?);
    let weight = if count == 0 { 0 } else { weight };
    let head = [count, weight.cast_unsigned(), sign, scale];
    Some(head.into_iter().chain(groups).flat_map(u16::to_be_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_their_bytes_and_nothing_else() {
        let counted = |all: &[&[u8]]| {
            let mut counted = Counted::new();
            all.iter().for_each(|one| crate::tshark::count(&mut counted, *one));
            counted
        };
        let ours = counted(&[b"7", b"7", b"2000-01-02", b"1234567.80", b"-0.0025"]);
        let theirs = counted(&[
            b"7",
            &7_i32.to_be_bytes(),
            &1_i32.to_be_bytes(),
            &[0, 3, 0, 1, 0, 0, 0, 2, 0, 123, 0x11, 0xd7, 0x1f, 0x40],
            &[0, 1, 0xff, 0xff, 0x40, 0, 0, 4, 0, 25],
        ]);
        assert_eq!(understood(&ours, theirs.clone()), (ours.clone(), 4));
        // Another day is a difference.
        let wrong = counted(&[b"7", b"7", b"2000-01-03", b"1234567.80", b"-0.0025"]);
        assert_ne!(understood(&wrong, theirs).0, wrong);
    }
}
