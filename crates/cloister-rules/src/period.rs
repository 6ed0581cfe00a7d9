//! Lengths of time, as rules write them.

/// A year.
const LONGEST: i64 = 366 * 86_400;

/// `30s`, `10m`, `1h` or `7d` as microseconds; `0s` is none at all.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = is_number.then(|| number.parse().ok()).flatten()?;
    number.checked_mul(seconds).filter(|seconds| *seconds <= LONGEST).map(|seconds| seconds * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn lengths_have_a_number_and_a_unit() {
        assert_eq!(parse("10m"), Some(600_000_000));
        assert_eq!(parse("7d"), Some(7 * 86_400_000_000));
        for none in ["", "m", "10", "-1m", "+1m", "1.5h", "10 m", "10w", "367d", "99999999999999999999s", "1ä"] {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
