//! What an unquoted word means to Kubernetes, which reads YAML 1.1 as Go's
//! yaml.v2 does (by way of sigs.k8s.io/yaml): `yes` is true, `0o17` and `017`
//! are 15, a date stays a string.

use cloister_model::Value;

use crate::Interner;

/// The value of a plain (unquoted) scalar.
pub fn resolve(text: &str, interner: &mut Interner) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let numeric = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'));
    let number = if numeric { number(text) } else { None };
    number.unwrap_or_else(|| Value::Text(interner.get(text)))
}

fn number(text: &str) -> Option<Value> {
    let plain: String = text.chars().filter(|&c| c != '_').collect();
    if let Some(value) = integer(&plain) {
        return Some(Value::Int(value));
    }
    float(&plain).map(Value::Float)
}

fn integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
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
    i64::try_from(if negative { -value } else { value }).ok()
}

fn radix(digits: &str, radix: u32) -> Option<i128> {
    let unsigned = digits.starts_with(|first: char| first.is_digit(radix)) && digits.len() <= 64;
    unsigned.then(|| i128::from_str_radix(digits, radix).ok())?
}

/// Go's yaml.v2 pattern: `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn float(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts = digits.starts_with(|first: char| first.is_ascii_digit())
        || digits.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let allowed = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'));
    (starts && allowed).then(|| text.parse::<f64>().ok())?
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
        assert_eq!(read("9223372036854775808"), Value::Float(9_223_372_036_854_775_808.0));
        for text in ["1.2.3", "10.0.0.0/8", "2024-01-01", "500m", "-", "1e", "+", "0b2", "12:30"] {
            assert_eq!(read(text), Value::Text(text.into()), "{text}");
        }
    }
}
