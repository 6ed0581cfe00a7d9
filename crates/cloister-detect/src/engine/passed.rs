//! What programs write all day and is no number of a person, told by its form alone: times (RFC 3339) and UUIDs (RFC 9562).

use super::masks::Block;
use super::text::{Text, is_word};

/// `2026-11-26T07:12:45`: which of its bytes are digits.
const TIME: u64 = 0b110_1101_1011_0110_1111;
const TIME_LENGTH: usize = 19;
/// `1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed`: where its signs stand.
const UUID: u64 = 1 << 8 | 1 << 13 | 1 << 18 | 1 << 23;
const UUID_LENGTH: usize = 36;

/// Where what begins with the digit at `start` ends; nothing where it may be something else. `here` is what stands from
/// there on.
#[inline]
pub fn over(text: &Text<'_>, here: &Block, start: usize) -> Option<usize> {
    const ALL: u64 = (1 << TIME_LENGTH) - 1;
    if here.digits & ALL == TIME {
        return time(text, start);
    }
    let within = here.joins & ((1 << UUID_LENGTH) - 1) == UUID;
    if within && here.words & ((1 << (UUID_LENGTH + 1)) - 1) == !UUID & ((1 << UUID_LENGTH) - 1) {
        return uuid(text, here, start);
    }
    None
}

/// With the fraction of its second, and `Z`: a time elsewhere may be more than it seems.
fn time(text: &Text<'_>, start: usize) -> Option<usize> {
    let end = start + TIME_LENGTH;
    let [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _] = text.slice(start, end) else {
        return None;
    };
    let rest = text.from(end, 11);
    let fraction = match rest {
        [b'.', digits @ ..] => 1 + digits.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let zone = fraction != 1 && rest.get(fraction) == Some(&b'Z');
    let end = end + fraction + 1;
    (zone && !text.at(end).is_some_and(goes_on)).then_some(end)
}

/// Of hexadecimal digits, and not of decimal ones alone.
fn uuid(text: &Text<'_>, here: &Block, start: usize) -> Option<usize> {
    let end = start + UUID_LENGTH;
    let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let letters = here.words & !here.digits & ((1 << UUID_LENGTH) - 1) != 0;
    let is = letters && text.slice(start, end).iter().all(hexadecimal) && !text.at(end).is_some_and(goes_on);
    is.then_some(end)
}

/// Whether something goes on with this byte.
fn goes_on(byte: u8) -> bool {
    is_word(byte) || byte >= 0x80 || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'@' | b'%')
}

#[cfg(test)]
mod tests {
    use super::over;
    use crate::engine::masks::Masks;
    use crate::engine::text::Text;

    fn passed(written: &str) -> Option<usize> {
        let text = Text { bytes: written.as_bytes(), base: 0, ended: true };
        let mut masks = Masks::new();
        masks.read(text.bytes, 0, text.bytes.len());
        over(&text, &masks.at(0), 0)
    }

    #[test]
    fn times_and_identifiers_are_passed_over() {
        for written in [
            "2026-11-26T07:12:45Z",
            "2026-11-26T07:12:45.1Z",
            "2026-11-26T07:12:45.123456789Z",
            "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
            "1B9D6BCD-1111-4222-9333-000000000000",
        ] {
            assert_eq!(passed(written), Some(written.len()), "{written}");
            assert_eq!(passed(&format!("{written}\" 12")), Some(written.len()), "{written}");
            for behind in ["1", "a", "é", "-1", "_", "/x"] {
                assert_eq!(passed(&format!("{written}{behind}")), None, "{written}{behind}");
            }
        }
        for written in [
            "2026-11-26 07:12:45Z",
            "2026-11-26T07:12:45",
            "2026-11-26T07:12:45+01:00",
            "2026-11-26T07:12:45.Z",
            "2026.11.26T07:12:45Z",
            "12345678-1234-1234-1234-123456789012",
            "1b9d6bcg-bbfd-4b2d-9b5d-ab8dfbbd4bed",
            "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4be",
            "1b9d6bcd bbfd 4b2d 9b5d ab8dfbbd4bed",
            "",
        ] {
            assert_eq!(passed(written), None, "{written}");
        }
    }
}
