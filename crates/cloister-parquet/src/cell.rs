//! Values, written as JSON.

use std::fmt::Write as _;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::schema::types::ColumnDescriptor;

/// Of a longer text the beginning is told: 1 MiB.
const LONGEST: usize = 1 << 20;

/// What numbers of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Themselves.
    Plain,
    /// Numbers without a sign.
    Unsigned,
    /// Numbers with so many digits behind the point.
    Decimal(u32),
    /// Days since 1970.
    Day,
    /// So many parts of a second since 1970.
    Instant(i64),
}

impl Meaning {
    pub fn of(column: &ColumnDescriptor) -> Meaning {
        match column.logical_type_ref() {
            Some(LogicalType::Timestamp(timestamp)) => {
                return Meaning::Instant(match timestamp.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                });
            }
            Some(LogicalType::Date) => return Meaning::Day,
            _ => {}
        }
        match column.converted_type() {
            ConvertedType::DATE => Meaning::Day,
            ConvertedType::TIMESTAMP_MILLIS => Meaning::Instant(1_000),
            ConvertedType::TIMESTAMP_MICROS => Meaning::Instant(1_000_000),
            ConvertedType::DECIMAL => Meaning::Decimal(u32::try_from(column.type_scale()).unwrap_or(0)),
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                Meaning::Unsigned
            }
            _ => Meaning::Plain,
        }
    }

    /// A number of this meaning; `bits` is how many it is written in.
    pub fn number(self, value: i64, bits: u32, out: &mut String) {
        let _ = match self {
            Meaning::Plain => write!(out, "{value}"),
            Meaning::Unsigned if bits == 32 => write!(out, "{}", value & 0xFFFF_FFFF),
            Meaning::Unsigned => write!(out, "{}", value.cast_unsigned()),
            Meaning::Decimal(0) => write!(out, "{value}"),
            Meaning::Decimal(scale) => decimal(i128::from(value), scale, out),
            Meaning::Day => quoted(day(value), out),
            Meaning::Instant(parts) => quoted(instant(value, parts), out),
        };
    }

    /// Bytes: text, or a number in as many as it takes.
    pub fn bytes(self, bytes: &[u8], out: &mut String) {
        if let Meaning::Decimal(scale) = self {
            let sign = if bytes.first().is_some_and(|first| *first >= 0x80) { -1 } else { 0 };
            let value = bytes.iter().fold(sign, |value: i128, byte| value << 8 | i128::from(*byte));
            let _ = if bytes.len() <= 16 { decimal(value, scale, out) } else { write!(out, "null") };
            return;
        }
        let head = bytes.get(..LONGEST).unwrap_or(bytes);
        match std::str::from_utf8(head) {
            Ok(value) => text(value, out),
            Err(error) if error.error_len().is_none() => {
                let valid = head.get(..error.valid_up_to()).and_then(|head| std::str::from_utf8(head).ok());
                text(valid.unwrap_or(""), out);
            }
            // What is no text is nothing to search.
            Err(_) => out.push_str("null"),
        }
    }
}

/// A text in quotes.
pub fn text(value: &str, out: &mut String) {
    out.push('"');
    for letter in value.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push(' '),
            letter => out.push(letter),
        }
    }
    out.push('"');
}

fn quoted(value: Option<String>, out: &mut String) -> std::fmt::Result {
    match value {
        Some(value) => write!(out, "\"{value}\""),
        None => write!(out, "null"),
    }
}

fn decimal(value: i128, scale: u32, out: &mut String) -> std::fmt::Result {
    let Some(one) = 10i128.checked_pow(scale).filter(|one| *one > 1) else { return write!(out, "{value}") };
    let sign = if value < 0 { "-" } else { "" };
    let (value, one) = (value.unsigned_abs(), one.unsigned_abs());
    write!(out, "{sign}{}.{:0width$}", value / one, value % one, width = scale as usize)
}

/// A day of the Gregorian calendar, by days since 1970 (Howard Hinnant, `civil_from_days`).
fn day(days: i64) -> Option<String> {
    // Four digits for the year.
    (-719_528..2_932_897).contains(&days).then_some(())?;
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    Some(format!("{:04}-{month:02}-{date:02}", year + era * 400 + i64::from(month <= 2)))
}

fn instant(value: i64, parts: i64) -> Option<String> {
    let seconds = value.div_euclid(parts);
    let of_day = seconds.rem_euclid(86_400);
    let day = day(seconds.div_euclid(86_400))?;
    Some(format!("{day}T{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_people_read_them() {
        let number = |meaning: Meaning, value, bits| {
            let mut out = String::new();
            meaning.number(value, bits, &mut out);
            out
        };
        assert_eq!(number(Meaning::Day, 0, 32), "\"1970-01-01\"");
        assert_eq!(number(Meaning::Day, 5_174, 32), "\"1984-03-02\"");
        assert_eq!(number(Meaning::Day, -1, 32), "\"1969-12-31\"");
        assert_eq!(number(Meaning::Day, 11_016, 32), "\"2000-02-29\"");
        assert_eq!(number(Meaning::Day, i64::MAX, 64), "null");
        assert_eq!(number(Meaning::Instant(1_000), 447_030_000_500, 64), "\"1984-03-01T23:00:00Z\"");
        assert_eq!(number(Meaning::Unsigned, -1, 32), "4294967295");
        assert_eq!(number(Meaning::Decimal(2), -5, 32), "-0.05");
        assert_eq!(number(Meaning::Decimal(0), 86_095_742_719, 64), "86095742719");
        let mut out = String::new();
        Meaning::Decimal(1).bytes(&[0xff, 0x85], &mut out);
        Meaning::Plain.bytes("a\"\\\n\u{1}ä".as_bytes(), &mut out);
        Meaning::Plain.bytes(&[0xff, 0], &mut out);
        assert_eq!(out, "-12.3\"a\\\"\\\\\\n ä\"null");
    }
}
