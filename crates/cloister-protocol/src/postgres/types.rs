//! Values in PostgreSQL's binary form, as text: the types that hold what people enter (src/include/catalog/pg_type.dat
//! and the `*send` functions of src/backend/utils/adt).

use std::fmt::Write;

use crate::input::Input;

/// 2000-01-01, from which PostgreSQL counts days, in days since 1970-01-01.
const EPOCH: i64 = 10_957;
const DAY: i64 = 86_400_000_000;

/// Longer values of types that are put into words are handed on as they are.
const WORDS: usize = 16 << 10;

/// How the bytes of a value become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// They are text.
    AsIs,
    /// Text behind a byte with the version (jsonb).
    BehindVersion,
    /// They must be whole, and are put into words.
    Words(u32),
}

/// Turns one value into text, piece by piece.
#[derive(Debug)]
pub(crate) struct Decoder {
    way: Way,
    kept: Vec<u8>,
    open: bool,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder::new(0, false)
    }
}

impl Decoder {
    /// For a value of a type, in text or in binary form.
    pub(crate) fn new(oid: u32, binary: bool) -> Decoder {
        let way = match oid {
            _ if !binary => Way::AsIs,
            3802 => Way::BehindVersion,
            _ if known(oid) || element(oid).is_some() => Way::Words(oid),
            _ => Way::AsIs,
        };
        Decoder { way, kept: Vec::new(), open: false }
    }

    /// The next piece; `last`: the value is whole.
    pub(crate) fn push(&mut self, bytes: &[u8], last: bool, out: &mut dyn FnMut(&[u8], bool)) {
        let mut open = self.open;
        self.decode(bytes, last, &mut |bytes, last| {
            if open || last || !bytes.is_empty() {
                out(bytes, last);
                open = !last;
            }
        });
        self.open = open;
    }

    /// The value was cut short: whether a piece of it was handed on.
    pub(crate) fn cut_short(&mut self) -> bool {
        self.kept.clear();
        std::mem::take(&mut self.open)
    }

    fn decode(&mut self, bytes: &[u8], last: bool, out: &mut dyn FnMut(&[u8], bool)) {
        match self.way {
            Way::AsIs => out(bytes, last),
            Way::BehindVersion if bytes.is_empty() => out(bytes, last),
            Way::BehindVersion => {
                self.way = Way::AsIs;
                out(bytes.get(1..).unwrap_or_default(), last);
            }
            Way::Words(_) if self.kept.len() + bytes.len() > WORDS => {
                self.way = Way::AsIs;
                out(&std::mem::take(&mut self.kept), false);
                out(bytes, last);
            }
            Way::Words(oid) => {
                self.kept.extend_from_slice(bytes);
                if last {
                    each(oid, &std::mem::take(&mut self.kept), out);
                }
            }
        }
    }

    pub(crate) fn held(&self) -> usize {
        self.kept.capacity()
    }
}

fn known(oid: u32) -> bool {
    matches!(
        oid,
        16 | 20 | 21 | 23 | 26 | 700 | 701 | 829 | 774 | 650 | 869 | 1082 | 1083 | 1114 | 1184 | 1266 | 1700 | 2950
    )
}

/// The type of the elements of an array.
fn element(oid: u32) -> Option<u32> {
    Some(match oid {
        1000 => 16,
        1005 => 21,
        1007 => 23,
        1016 => 20,
        1021 => 700,
        1022 => 701,
        1009 | 1015 | 1014 | 1002 | 1003 => 25,
        199 => 114,
        3807 => 3802,
        1182 => 1082,
        1115 => 1114,
        1185 => 1184,
        1231 => 1700,
        2951 => 2950,
        1041 => 869,
        _ => return None,
    })
}

fn each(oid: u32, bytes: &[u8], out: &mut dyn FnMut(&[u8], bool)) {
    if let Some(of) = element(oid) {
        if array(of, bytes, out).is_none() {
            out(bytes, true);
        }
        return;
    }
    match words(oid, bytes) {
        Some(text) => out(text.as_bytes(), true),
        None => out(bytes, true),
    }
}

/// Each element by itself.
fn array(of: u32, bytes: &[u8], out: &mut dyn FnMut(&[u8], bool)) -> Option<()> {
    let mut input = Input::new(bytes);
    let dimensions = input.u32().filter(|count| *count <= 6)?;
    input.take(8)?;
    input.take(8 * usize::try_from(dimensions).ok()?)?;
    while input.len() > 0 {
        let Ok(length) = usize::try_from(input.i32()?) else { continue };
        let value = input.take(length)?;
        match words(of, value) {
            Some(text) => out(text.as_bytes(), true),
            None => out(if of == 3802 { value.get(1..)? } else { value }, true),
        }
    }
    Some(())
}

fn words(oid: u32, bytes: &[u8]) -> Option<String> {
    let mut input = Input::new(bytes);
    let text = match oid {
        16 => if input.u8()? == 0 { "f" } else { "t" }.to_owned(),
        20 => i64::from_be_bytes(input.array()?).to_string(),
        21 => i16::from_be_bytes(input.array()?).to_string(),
        23 => input.i32()?.to_string(),
        26 => input.u32()?.to_string(),
        700 => f32::from_be_bytes(input.array()?).to_string(),
        701 => f64::from_be_bytes(input.array()?).to_string(),
        829 | 774 => hex(input.some(8), 1, ':'),
        650 | 869 => address(&mut input)?,
        1082 => date(i64::from(input.i32()?))?,
        1083 | 1266 => time(i64::from_be_bytes(input.array()?)),
        1114 | 1184 => {
            let micros = i64::from_be_bytes(input.array()?);
            format!("{} {}", date(micros.div_euclid(DAY))?, time(micros.rem_euclid(DAY)))
        }
        1700 => numeric(&mut input)?,
        2950 => {
            let bytes = input.take(16)?;
            let mut text = hex(bytes, 16, '-');
            for at in [20, 16, 12, 8] {
                text.insert(at, '-');
            }
            text
        }
        _ => return None,
    };
    Some(text)
}

/// Bytes in hexadecimal, with a mark between groups.
fn hex(bytes: &[u8], group: usize, mark: char) -> String {
    let mut text = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % group == 0 {
            text.push(mark);
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn address(input: &mut Input<'_>) -> Option<String> {
    let [family, bits, _, length] = input.array()?;
    let bytes = input.take(length.into())?;
    let text = match (family, bytes) {
        (2, &[a, b, c, d]) => std::net::Ipv4Addr::new(a, b, c, d).to_string(),
        (3, bytes) => std::net::Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).to_string(),
        _ => return None,
    };
    let whole = usize::from(bits) == bytes.len() * 8;
    Some(if whole { text } else { format!("{text}/{bits}") })
}

/// A day as `2000-01-31`, by Howard Hinnant's `civil_from_days`.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn date(days: i64) -> Option<String> {
    // Infinity is the largest number.
    if days.abs() > 2_000_000_000 {
        return None;
    }
    let (year, month, day) = civil(days + EPOCH);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn time(micros: i64) -> String {
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{hours:02}:{minutes:02}:{seconds:02}");
    if fraction > 0 {
        let _ = write!(text, ".{fraction:06}");
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}

/// Groups of four decimal digits, with the weight of the first (numeric_send).
fn numeric(input: &mut Input<'_>) -> Option<String> {
    let [count, weight, sign, scale] = [input.u16()?, input.u16()?, input.u16()?, input.u16()?];
    let weight = i32::from(weight.cast_signed());
    let digits: Vec<u16> = (0..count).map_while(|_| input.u16()).collect();
    if digits.len() != usize::from(count) || !matches!(sign, 0 | 0x4000) || weight.abs() > 4096 || scale > 4096 {
        return None;
    }
    let group = |at: i32| usize::try_from(weight - at).ok().and_then(|index| digits.get(index)).copied().unwrap_or(0);
    let mut text = String::from(if sign == 0 { "" } else { "-" });
    if weight < 0 {
        text.push('0');
    }
    for at in (0..=weight).rev() {
        let _ = if at == weight { write!(text, "{}", group(at)) } else { write!(text, "{:04}", group(at)) };
    }
    if scale > 0 {
        text.push('.');
        let mut fraction = String::new();
        for at in 1..=i32::from(scale.div_ceil(4)) {
            let _ = write!(fraction, "{:04}", group(-at));
        }
        fraction.truncate(scale.into());
        text.push_str(&fraction);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(oid: u32, bytes: &[u8]) -> Vec<String> {
        let mut values = Vec::new();
        let mut decoder = Decoder::new(oid, true);
        for byte in bytes {
            decoder.push(&[*byte], false, &mut |bytes, _| values.push(String::from_utf8_lossy(bytes).into_owned()));
        }
        decoder.push(b"", true, &mut |bytes, _| values.push(String::from_utf8_lossy(bytes).into_owned()));
        values
    }

    #[test]
    fn days_and_times_before_and_after_2000() {
        assert_eq!(decoded(1082, &(-1_i32).to_be_bytes()), ["1999-12-31"]);
        assert_eq!(decoded(1082, &8825_i32.to_be_bytes()), ["2024-02-29"]);
        assert_eq!(decoded(1114, &(-1_500_000_i64).to_be_bytes()), ["1999-12-31 23:59:58.5"]);
        assert_eq!(decoded(1082, &i32::MAX.to_be_bytes()).len(), 1);
    }

    #[test]
    fn numbers_of_any_size() {
        let numeric =
            |parts: &[u16]| decoded(1700, &parts.iter().flat_map(|part| part.to_be_bytes()).collect::<Vec<_>>());
        assert_eq!(numeric(&[3, 1, 0, 2, 12, 3456, 7800]), ["123456.78"]);
        assert_eq!(numeric(&[1, 0xffff, 0x4000, 4, 25]), ["-0.0025"]);
        assert_eq!(numeric(&[1, 2, 0, 0, 9]), ["900000000"]);
    }
}
