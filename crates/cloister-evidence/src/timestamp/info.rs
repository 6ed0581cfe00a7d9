//! What a token says (RFC 3161 section 2.4.2).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::der::{self, Values};
use super::objects;

/// `TSTInfo`.
#[derive(Debug)]
pub(super) struct Info<'a> {
    pub policy: String,
    /// SHA-256 of what is stamped.
    pub imprint: &'a [u8],
    /// By which the authority knows it, in hex.
    pub serial: String,
    pub time: Timestamp,
    pub accuracy: SignedDuration,
    /// As DER writes it.
    pub nonce: Option<&'a [u8]>,
}

impl<'a> Info<'a> {
    /// Reads it; `None` where a part is not as it should be, or is one that must be understood and is not.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Info<'a>> {
        let mut info = der::only(bytes, der::SEQUENCE)?;
        if info.take(der::INTEGER)?.content != [1] {
            return None;
        }
        let policy = der::read_object(info.take(der::OBJECT)?.content)?;
        let imprint = imprint(info.inside(der::SEQUENCE)?)?;
        let serial = info.take(der::INTEGER)?.content.iter().map(|byte| format!("{byte:02x}")).collect();
        let time = time(info.take(der::TIME)?.content)?;
        let accuracy = match info.maybe(der::SEQUENCE)? {
            Some(value) => accuracy(Values::new(value.content))?,
            None => SignedDuration::ZERO,
        };
        if let Some(ordering) = info.maybe(der::BOOLEAN)? {
            der::truth(ordering.content)?;
        }
        let nonce = info.maybe(der::INTEGER)?.map(|nonce| nonce.content);
        // By which name it calls itself: its certificate's is the one that counts.
        info.maybe(der::field(0))?;
        if let Some(extensions) = info.maybe(der::field(1))? {
            none_is_critical(Values::new(extensions.content))?;
        }
        info.end()?;
        Some(Info { policy, imprint, serial, time, accuracy, nonce })
    }
}

/// What is stamped, by SHA-256.
fn imprint(mut imprint: Values<'_>) -> Option<&[u8]> {
    let algorithm = imprint.take(der::SEQUENCE)?.content;
    let hash = imprint.take(der::OCTETS)?.content;
    imprint.end()?;
    let is_known =
        algorithm == objects::SHA256_ALGORITHM || objects::SHA256_ALGORITHM.strip_suffix(&[5, 0]) == Some(algorithm);
    is_known.then_some(hash)
}

/// `YYYYMMDDhhmmss[.f]Z`, in UTC.
fn time(content: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let nanoseconds = match fraction {
        None => 0,
        Some(digits) => {
            let fits = is_digits(digits) && (1..=9).contains(&digits.len()) && !digits.ends_with('0');
            format!("{digits:0<9}").parse().ok().filter(|_| fits)?
        }
    };
    if whole.len() != 14 || !is_digits(whole) {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<i8>().ok();
    let year: i16 = whole.get(..4)?.parse().ok()?;
    let at = DateTime::new(year, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?, nanoseconds);
    TimeZone::UTC.to_timestamp(at.ok()?).ok()
}

/// Seconds, thousandths and millionths, each of which may be left out.
fn accuracy(mut accuracy: Values<'_>) -> Option<SignedDuration> {
    let mut part = |tag: u8| match accuracy.maybe(tag)? {
        Some(value) => der::number(value.content),
        None => Some(0),
    };
    let (seconds, thousandths, millionths) = (part(der::INTEGER)?, part(0x80)?, part(0x81)?);
    accuracy.end()?;
    let parts = [
        SignedDuration::from_secs(i64::from(seconds)),
        SignedDuration::from_millis(i64::from(thousandths)),
        SignedDuration::from_micros(i64::from(millionths)),
    ];
    Some(parts.into_iter().fold(SignedDuration::ZERO, SignedDuration::saturating_add))
}

fn none_is_critical(mut extensions: Values<'_>) -> Option<()> {
    while !extensions.is_empty() {
        let mut one = extensions.inside(der::SEQUENCE)?;
        one.take(der::OBJECT)?;
        let is_critical = one.maybe(der::BOOLEAN)?.map_or(Some(false), |value| der::truth(value.content))?;
        one.take(der::OCTETS)?;
        one.end()?;
        if is_critical {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_one_way() {
        let read = |text: &str| time(text.as_bytes()).map(|time| time.to_string());
        assert_eq!(read("20261127160102Z").as_deref(), Some("2026-11-27T16:01:02Z"));
        assert_eq!(read("20261127160102.25Z").as_deref(), Some("2026-11-27T16:01:02.25Z"));
        for wrong in ["20261127160102", "20261127160102.Z", "20261127160102.50Z", "20261327160102Z", "2026112716010Z"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_accuracy_adds_its_parts() {
        let bytes = [der::INTEGER, 1, 2, 0x80, 2, 1, 0x2c, 0x81, 1, 4];
        assert_eq!(accuracy(Values::new(&bytes)), Some(SignedDuration::from_micros(2_300_004)));
        assert_eq!(accuracy(Values::new(&[0x81, 1, 4, 0x80, 1, 4])), None);
    }
}
