//! Durations, as Go's package `time` reads and prints them.

/// What a unit is in nanoseconds; both signs for "micro" are known.
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];
const MOST: u64 = 1 << 63;

/// `time.ParseDuration`, in nanoseconds.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    let mut rest = unsigned;
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let (part, after) = part(rest)?;
        sum = sum.checked_add(part).filter(|sum| *sum <= MOST)?;
        rest = after;
    }
    if unsigned.is_empty() {
        return None;
    }
    if text.starts_with('-') { 0_i64.checked_sub_unsigned(sum) } else { i64::try_from(sum).ok() }
}

/// A number with its unit, and what follows.
fn part(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = rest.strip_prefix('.').map_or(("", rest), digits);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = rest.find(|letter: char| letter == '.' || letter.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(end)?;
    let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let whole = whole.checked_mul(*unit).filter(|whole| *whole <= MOST)?;
    Some((whole.checked_add(of_fraction(fraction, *unit)).filter(|sum| *sum <= MOST)?, rest))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Digits that would overflow are dropped, as Go drops them.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as Go does")]
fn of_fraction(digits: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1.0_f64);
    for digit in digits.chars().filter_map(|digit| digit.to_digit(10)) {
        if value > (MOST - 1) / 10 {
            break;
        }
        value = value * 10 + u64::from(digit);
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

/// `Duration.String`.
pub(crate) fn show(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let all = nanoseconds.unsigned_abs();
    let below = |unit: u64| {
        let fraction = format!("{:0width$}", all % unit, width = unit.ilog10() as usize);
        let fraction = fraction.trim_end_matches('0');
        if unit == 1 || fraction.is_empty() { String::new() } else { format!(".{fraction}") }
    };
    match all {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{all}ns"),
        1_000..1_000_000 => format!("{sign}{}{}µs", all / 1_000, below(1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}{}ms", all / 1_000_000, below(1_000_000)),
        _ => {
            let seconds = all / 1_000_000_000;
            let (hours, minutes) = (seconds / 3_600, seconds / 60);
            let hour = if hours > 0 { format!("{hours}h") } else { String::new() };
            let minute = if minutes > 0 { format!("{}m", minutes % 60) } else { String::new() };
            format!("{sign}{hour}{minute}{}{}s", seconds % 60, below(1_000_000_000))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_come_back_in_gos_words() {
        let shown = |text| parse(text).map(show);
        for (text, wanted) in [
            ("0", "0s"),
            ("90m", "1h30m0s"),
            ("1.5h", "1h30m0s"),
            ("300ms", "300ms"),
            ("1500us", "1.5ms"),
            ("-1m1ns", "-1m0.000000001s"),
            (".5s", "500ms"),
            ("1.us", "1µs"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(wanted), "{text}");
        }
        for refused in ["", "5", "1d", "s", "1 s", "--1s", "9223372036854775808ns", ".s", "-"] {
            assert_eq!(parse(refused), None, "{refused}");
        }
        assert_eq!(parse("-9223372036854775808ns"), Some(i64::MIN));
    }
}
