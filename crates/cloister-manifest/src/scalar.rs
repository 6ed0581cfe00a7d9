//! What an unquoted word means to Kubernetes, which reads YAML 1.1 as Go's
//! yaml.v2 does (by way of sigs.k8s.io/yaml): `yes` is true, `0o17` and `017`
//! are 15, a date stays a string.

use cloister_model::Value;

use crate::Interner;

/// The value of a plain (unquoted) scalar.
pub fn resolve(text: &str, interner: &mut Interner) -> Value {
    meaning(text).unwrap_or_else(|| Value::Text(interner.get(text)))
}

/// What a word means other than itself.
pub fn meaning(text: &str) -> Option<Value> {
    // Most words cannot be one of these: their first letter tells.
    if text.starts_with(|first: char| first.is_ascii_alphabetic())
        && (text.len() > "false".len() || !text.starts_with(['n', 'N', 'y', 'Y', 't', 'T', 'o', 'O', 'f', 'F']))
    {
        return None;
    }
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(f64::NEG_INFINITY),
        _ if text.starts_with('.') => Value::Float(float(&separated(text)?)?),
        _ if text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-')) => number(text)?,
        _ => return None,
    })
}

/// Behind a leading point, underscores may only separate digits.
fn separated(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let mut underscores = text.match_indices('_');
    underscores.all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))).then(|| text.replace('_', ""))
}

/// Underscores count for nothing in what starts like a number.
fn number(text: &str) -> Option<Value> {
    let plain: String = text.chars().filter(|&c| c != '_').collect();
    integer(&plain).or_else(|| float(&plain).map(Value::Float)).or_else(|| signed_binary(&plain))
}

/// `-0b-1`: yaml.v2 hands what follows `0b` to Go's parser, which takes one more sign.
fn signed_binary(text: &str) -> Option<Value> {
    let (sign, digits) = match text.strip_prefix("-0b") {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix("0b")?),
    };
    i64::from_str_radix(&format!("{sign}{digits}"), 2).ok().map(Value::Int)
}

/// Whether a word is an integer, though perhaps too large to be kept as one.
pub fn is_integer(text: &str) -> bool {
    integer(&text.replace('_', "")).is_some()
}

/// An integer that fits 64 bits; without a sign, also one that needs all 64 of them.
fn integer(text: &str) -> Option<Value> {
    let (signed, negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, true, digits),
        None => (text.starts_with('+'), false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        radix(hex, 16)?
    } else if let Some(binary) = digits.strip_prefix("0b").or_else(|| digits.strip_prefix("0B")) {
        radix(binary, 2)?
    } else if let Some(octal) = digits.strip_prefix("0o").or_else(|| digits.strip_prefix("0O")) {
        radix(octal, 8)?
    } else if digits.len() > 1 && digits.starts_with('0') {
        radix(digits, 8)?
    } else {
        radix(digits, 10)?
    };
    let value = if negative { -value } else { value };
    match i64::try_from(value) {
        Ok(value) => Some(Value::Int(value)),
        // Beyond 63 bits only the magnitude matters.
        Err(_) => (!signed).then(|| u64::try_from(value).ok()).flatten().map(|value| Value::Float(value as f64)),
    }
}

fn radix(digits: &str, radix: u32) -> Option<i128> {
    let unsigned = digits.starts_with(|first: char| first.is_digit(radix)) && digits.len() <= 64;
    unsigned.then(|| i128::from_str_radix(digits, radix).ok())?
}

/// Go's yaml.v2 pattern: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`. What no
/// float can hold is a word.
fn float(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts = digits.starts_with(|first: char| first.is_ascii_digit())
        || digits.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let allowed = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'));
    let value = (starts && allowed).then(|| text.parse::<f64>().ok())??;
    value.is_finite().then_some(value)
}

/// How a float that is a key is written: with the digits that 32 bits need, as Go's `%g`.
pub fn float_key(value: f64) -> String {
    let value = value as f32;
    if !value.is_finite() {
        let word = if value.is_nan() {
            ".nan"
        } else if value > 0.0 {
            ".inf"
        } else {
            "-.inf"
        };
        return word.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        return value.to_string();
    }
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        resolve(text, &mut Interner::default())
    }

    #[test]
    fn words_are_read_as_yaml_1_1() {
        assert_eq!(read("yes"), Value::Bool(true));
        assert_eq!(read("Off"), Value::Bool(false));
        assert_eq!(read("~"), Value::Null);
        assert_eq!(read("yEs"), Value::Text("yEs".into()));
    }

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        assert_eq!(read("0644"), Value::Int(420));
        assert_eq!(read("0o644"), Value::Int(420));
        assert_eq!(read("-0x10"), Value::Int(-16));
        assert_eq!(read("1_000"), Value::Int(1000));
        assert_eq!(read("1e3"), Value::Float(1000.0));
        assert_eq!(read("0.5"), Value::Float(0.5));
        assert_eq!(read(".5_0e3"), Value::Float(500.0));
        assert_eq!(read("9223372036854775808"), Value::Float(9_223_372_036_854_775_808.0));
        assert_eq!(read("0xffffffffffffffff"), Value::Float(18_446_744_073_709_551_615.0));
        for text in [
            "1e400",
            "._5",
            ".1_",
            ".5e_3",
            "+0xffffffffffffffff",
            "1.2.3",
            "10.0.0.0/8",
            "2024-01-01",
            "500m",
            "-",
            "1e",
            "+",
            "0b2",
            "12:30",
        ] {
            assert_eq!(read(text), Value::Text(text.into()), "{text}");
        }
    }

    #[test]
    fn float_keys_are_written_as_go_writes_them() {
        let keys = [0.5, 1e21, 1.234_567_891e8, 1e-5, f64::NEG_INFINITY].map(float_key);
        assert_eq!(keys, ["0.5", "1e+21", "1.2345679e+08", "1e-05", "-.inf"]);
    }
}
