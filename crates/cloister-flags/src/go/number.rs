//! Numbers and booleans, as Go's package `strconv` reads and prints them.

/// `strconv.ParseBool`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// `strconv.ParseInt(text, 0, bits)`, or `ParseUint` for what has no sign.
pub(crate) fn integer(text: &str, bits: u32, signed: bool) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) if signed => (text.starts_with('-'), digits),
        Some(_) => return None,
        None => (false, text),
    };
    let magnitude = i128::from(unsigned(digits)?);
    let value = if negative { -magnitude } else { magnitude };
    let bits = if signed { bits - 1 } else { bits };
    let limit = 1_i128 << bits;
    (value < limit && value >= if signed { -limit } else { 0 }).then_some(value)
}

/// `strconv.ParseUint(text, 10, bits)`: no base, no sign, no underscores.
pub(crate) fn decimal_digits(text: &str, bits: u32) -> Option<i128> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value: i128 = if digits { text.parse().ok()? } else { return None };
    (value < 1_i128 << bits).then_some(value)
}

/// `strconv.Atoi`: base ten, with a sign.
pub(crate) fn atoi(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn unsigned(text: &str) -> Option<u64> {
    let prefixed = |prefix: char| {
        let rest = text.strip_prefix('0')?.strip_prefix([prefix, prefix.to_ascii_uppercase()])?;
        (!rest.is_empty()).then_some(rest)
    };
    let (base, digits) = if let Some(digits) = prefixed('b') {
        (2, digits)
    } else if let Some(digits) = prefixed('o') {
        (8, digits)
    } else if let Some(digits) = prefixed('x') {
        (16, digits)
    } else if let Some(digits) = text.strip_prefix('0') {
        (8, digits)
    } else {
        (10, text)
    };
    if text.is_empty() || (text.contains('_') && !underscores_fit(text)) {
        return None;
    }
    digits.chars().filter(|digit| *digit != '_').try_fold(0_u64, |value, digit| {
        value.checked_mul(u64::from(base))?.checked_add(u64::from(digit.to_digit(base)?))
    })
}

/// Whether each underscore stands between digits, the prefix of a base being one.
fn underscores_fit(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let base = text.strip_prefix('0').and_then(|rest| rest.strip_prefix(['b', 'B', 'o', 'O', 'x', 'X']));
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let mut before = if base.is_some() { '0' } else { '^' };
    for digit in base.unwrap_or(text).chars() {
        let is_digit = digit.is_ascii_digit() || (hexadecimal && digit.is_ascii_hexdigit());
        before = match digit {
            _ if is_digit => '0',
            '_' if before == '0' => '_',
            _ if digit == '_' || before == '_' => return false,
            _ => '!',
        };
    }
    before != '_'
}

/// `strconv.ParseFloat`; none for what is out of range, and for hexadecimal ones, which no manual uses.
pub(crate) fn decimal(text: &str, short: bool) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if let word @ ("inf" | "infinity" | "nan") = unsigned.to_ascii_lowercase().as_str() {
        // A sign before "nan" is none of Go's.
        let valid = word != "nan" || unsigned.len() == text.len();
        return valid.then(|| text.parse().ok()).flatten();
    }
    // The rest Rust reads alike, but for other words that are no numbers to Go, and for underscores.
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b'_');
    if unsigned.is_empty() || !unsigned.bytes().all(plain) || (text.contains('_') && !underscores_fit(text)) {
        return None;
    }
    let digits = text.replace('_', "");
    let value = if short { f64::from(digits.parse::<f32>().ok()?) } else { digits.parse().ok()? };
    value.is_finite().then_some(value)
}

/// `strconv.FormatFloat(value, 'g', -1, …)`.
pub(crate) fn show_decimal(value: f64, short: bool) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        }
        .to_owned();
    }
    #[allow(clippy::cast_possible_truncation, reason = "it was rounded to 32 bits when it was read")]
    let scientific = if short { format!("{:e}", value as f32) } else { format!("{value:e}") };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    // Go counts six digits for this decision, however many there are.
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs());
    }
    #[allow(clippy::cast_possible_truncation, reason = "as above")]
    if short { (value as f32).to_string() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_know_bases_underscores_and_limits() {
        let int = |text| integer(text, 32, true);
        assert_eq!(int("0x1F"), Some(31));
        assert_eq!(int("010"), Some(8));
        assert_eq!(int("-0b11"), Some(-3));
        assert_eq!(int("1_000"), Some(1000));
        assert_eq!(int("-2147483648"), Some(-2_147_483_648));
        for refused in ["2147483648", "", "-", "1__0", "_1", "1_", "08", "1e3", " 1", "0x"] {
            assert_eq!(int(refused), None, "{refused}");
        }
        assert_eq!(integer("+1", 32, false), None);
        assert_eq!(integer("18446744073709551615", 64, false), Some(i128::from(u64::MAX)));
    }

    #[test]
    fn decimals_are_printed_in_gos_shortest_form() {
        let shown = |text, short| decimal(text, short).map(|value| show_decimal(value, short));
        assert_eq!(shown("20", true).as_deref(), Some("20"));
        assert_eq!(shown("1000000", true).as_deref(), Some("1e+06"));
        assert_eq!(shown("0.1", true).as_deref(), Some("0.1"));
        assert_eq!(shown("0.00001", false).as_deref(), Some("1e-05"));
        assert_eq!(shown("1234567.5", false).as_deref(), Some("1.2345675e+06"));
        assert_eq!(shown("1_0.5", false).as_deref(), Some("10.5"));
        assert_eq!(shown("-Inf", false).as_deref(), Some("-Inf"));
        for refused in ["", "x", "1e400", "+nan", ".", "1e"] {
            assert_eq!(decimal(refused, false), None, "{refused}");
        }
    }
}
