//! What a tag makes of a scalar, as Go's yaml.v2 decides it.

use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use cloister_model::Value;
use saphyr_parser::{ScalarStyle, Tag};

use crate::{Interner, scalar};

const CORE: &str = "tag:yaml.org,2002:";

/// The tag in full: `tag:yaml.org,2002:int` for `!!int`, `!x` for `!x`.
fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

/// Whether a scalar is the merge key: the word alone, without quotes or with its own tag.
pub fn is_merge(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> bool {
    let merges = match tag {
        None => style == ScalarStyle::Plain,
        Some(tag) => full(tag).strip_prefix(CORE) == Some("merge"),
    };
    text == "<<" && merges
}

/// The value of a scalar; the reason, if its tag forbids what it holds.
pub fn value(text: &str, style: ScalarStyle, tag: Option<&Tag>, interner: &mut Interner) -> Result<Value, String> {
    let Some(tag) = tag else {
        let plain = style == ScalarStyle::Plain;
        return Ok(if plain { scalar::resolve(text, interner) } else { Value::Text(interner.get(text)) });
    };
    let tag = full(tag);
    let own = |interner: &mut Interner| Ok(Value::Text(interner.get(text)));
    // Tags that are nobody's business here leave the text as it stands.
    let Some(name) = tag.strip_prefix(CORE) else { return own(interner) };
    let meant = scalar::meaning(text);
    match (name, meant) {
        ("bool", Some(value @ Value::Bool(_)))
        | ("int", Some(value @ Value::Int(_)))
        | ("null", Some(value @ Value::Null)) => Ok(value),
        ("float", Some(value @ Value::Float(_))) if !scalar::is_integer(text) => Ok(value),
        ("float", Some(Value::Int(value))) => Ok(Value::Float(value as f64)),
        // Beyond 63 bits an integer is kept as a float.
        ("int", Some(value @ Value::Float(_))) if scalar::is_integer(text) => Ok(value),
        ("timestamp", _) if is_date(text) => own(interner),
        ("bool" | "int" | "float" | "null" | "timestamp", _) => Err(format!("this is no value of the type !!{name}")),
        ("binary", _) => match decoded(text) {
            Some(bytes) => Ok(Value::Text(interner.get(&readable(&bytes)))),
            None => Err("what is tagged !!binary is no base64".to_owned()),
        },
        _ => own(interner),
    }
}

/// Bytes as JSON shows them: what is no UTF-8 becomes one mark for each byte.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// A date, and perhaps a time behind it: what the numbers come to is left to others.
fn is_date(text: &str) -> bool {
    let (date, rest) = text.split_at_checked(text.find(['T', 't', ' ']).unwrap_or(text.len())).unwrap_or((text, ""));
    let parts: Vec<&str> = date.split('-').collect();
    let numeric = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let is_day = matches!(&*parts, [year, month, day] if year.len() == 4 && month.len() <= 2 && day.len() <= 2);
    let most = |(part, most): (&&str, u32)| part.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number));
    is_day
        && parts.iter().all(numeric)
        && parts.iter().skip(1).zip([12, 31]).all(most)
        && (rest.is_empty() || rest.contains(':'))
        // A zone is told behind `T` only.
        && !rest.strip_prefix(' ').is_some_and(|time| time.contains([' ', '+', '-', 'Z']))
}

/// Base64 as Go's standard encoding: padded, whatever the last bits.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// The bytes of base64; line breaks count for nothing.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: &str, text: &str) -> Result<Value, String> {
        let tag = Tag { handle: CORE.to_owned(), suffix: tag.to_owned() };
        value(text, ScalarStyle::SingleQuoted, Some(&tag), &mut Interner::default())
    }

    #[test]
    fn a_tag_asks_for_its_type_whatever_the_quotes() {
        assert_eq!(read("int", "0x10"), Ok(Value::Int(16)));
        assert_eq!(read("float", "3"), Ok(Value::Float(3.0)));
        assert_eq!(read("bool", "yes"), Ok(Value::Bool(true)));
        assert_eq!(read("str", "yes"), Ok(Value::Text("yes".into())));
        assert_eq!(read("binary", "aGVsbG8="), Ok(Value::Text("hello".into())));
        for (tag, text) in [
            ("int", "web"),
            ("int", "09"),
            ("bool", "1"),
            ("null", "x"),
            ("binary", "a"),
            ("binary", "a=b="),
            ("timestamp", "1"),
        ] {
            assert!(read(tag, text).is_err(), "{tag} {text}");
        }
    }
}
