//! Values in MySQL's binary form, as text, and numbers of variable length ("Protocol Basics" in its documentation).

use crate::input::Input;

/// What stands where a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// None.
    Null,
    /// A short one, in words.
    Words(String),
    /// So many bytes, which follow.
    Long(u64),
}

/// A number of variable length; `Some(None)` for NULL.
pub(super) fn length(input: &mut Input<'_>) -> Option<Option<u64>> {
    let mut look = *input;
    let length = match look.u8()? {
        0xfb => None,
        0xfc => Some(u64::from(look.u16_le()?)),
        0xfd => Some(u64::from(u32::from_le_bytes({
            let [a, b, c] = look.array()?;
            [a, b, c, 0]
        }))),
        0xfe => Some(look.u64_le()?),
        short => Some(u64::from(short)),
    };
    *input = look;
    Some(length)
}

/// Text with its length before it.
pub(super) fn text<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let mut look = *input;
    let count = length(&mut look)??;
    let text = look.take(usize::try_from(count).ok()?)?;
    *input = look;
    Some(text)
}

/// The value of a type, or how long it is.
pub(super) fn value(kind: u8, unsigned: bool, input: &mut Input<'_>) -> Option<Value> {
    let mut look = *input;
    let value = match kind {
        1 => {
            let byte = look.u8()?;
            Value::Words(if unsigned { byte.to_string() } else { byte.cast_signed().to_string() })
        }
        2 | 13 => {
            let number = look.u16_le()?;
            Value::Words(if unsigned { number.to_string() } else { number.cast_signed().to_string() })
        }
        3 | 9 => {
            let number = look.u32_le()?;
            Value::Words(if unsigned { number.to_string() } else { number.cast_signed().to_string() })
        }
        8 => {
            let number = look.u64_le()?;
            Value::Words(if unsigned { number.to_string() } else { number.cast_signed().to_string() })
        }
        4 => Value::Words(f32::from_le_bytes(look.array()?).to_string()),
        5 => Value::Words(f64::from_le_bytes(look.array()?).to_string()),
        6 => Value::Null,
        7 | 10 | 12 => {
            let count = look.u8()?;
            Value::Words(date(&mut Input::new(look.take(count.into())?)))
        }
        11 => {
            let count = look.u8()?;
            Value::Words(time(&mut Input::new(look.take(count.into())?)))
        }
        _ => length(&mut look)?.map_or(Value::Null, Value::Long),
    };
    *input = look;
    Some(value)
}

fn date(input: &mut Input<'_>) -> String {
    let Some(year) = input.u16_le() else { return "0000-00-00".to_owned() };
    let [month, day] = input.array().unwrap_or_default();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match input.array() {
        Some([hour, minute, second]) => format!("{date} {hour:02}:{minute:02}:{second:02}{}", fraction(input)),
        None => date,
    }
}

fn time(input: &mut Input<'_>) -> String {
    let (Some(negative), Some(days)) = (input.u8(), input.u32_le()) else { return "00:00:00".to_owned() };
    let [hour, minute, second] = input.array().unwrap_or_default();
    let hours = u64::from(days) * 24 + u64::from(hour);
    let sign = if negative == 1 { "-" } else { "" };
    format!("{sign}{hours:02}:{minute:02}:{second:02}{}", fraction(input))
}

fn fraction(input: &mut Input<'_>) -> String {
    input.u32_le().map(|micros| format!(".{micros:06}")).unwrap_or_default()
}
