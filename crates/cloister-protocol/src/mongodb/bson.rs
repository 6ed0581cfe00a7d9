//! BSON (bsonspec.org, version 1.1), element by element.

use std::fmt::Write;

use crate::input::{Input, Step};
use crate::postgres::civil;
use crate::sql::NAME;

/// A document or an array that is open.
#[derive(Debug)]
struct Level {
    /// Where it ends, counted from the beginning of the outermost.
    end: u64,
    array: bool,
    name: String,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// A document or an array begins.
    Open,
    /// It ends.
    Close,
    /// The next piece of a value; `last`: it is whole.
    Value(&'a [u8], bool),
    /// A value that says nothing by itself: an identifier of an object, a truth, null.
    Other,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// The length of a document.
    #[default]
    Length,
    Element,
    /// A value of a type.
    Begin(u8),
    /// So many bytes of a value, and so many behind it that belong to it.
    Bytes(u64, u64),
    Skip(u64),
    Done,
}

/// Reads one document.
#[derive(Debug, Default)]
pub(super) struct Bson {
    levels: Vec<Level>,
    state: State,
    at: u64,
    array: bool,
    name: String,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    levels: &'a [Level],
    /// Its own name.
    pub(super) name: &'a str,
}

impl At<'_> {
    /// How many documents and arrays it is in.
    pub(super) fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The name of what is open at a depth, from 1: what stands within the outermost.
    pub(super) fn above(&self, depth: usize) -> &str {
        self.levels.get(depth).map(|level| level.name.as_str()).unwrap_or_default()
    }

    /// Names joined by dots, from a depth on; without numbers of arrays, and without operators.
    pub(super) fn path(&self, from: usize) -> String {
        let mut path = String::new();
        let mut above_is_array =
            from.checked_sub(1).and_then(|at| self.levels.get(at)).is_some_and(|level| level.array);
        let names = self.levels.iter().skip(from).map(|level| (level.name.as_str(), level.array));
        for (name, array) in names.chain([(self.name, false)]) {
            if !above_is_array && !name.starts_with('$') {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            above_is_array = array;
        }
        path
    }
}

impl Bson {
    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    pub(super) fn at(&self) -> At<'_> {
        At { levels: &self.levels, name: &self.name }
    }

    /// Takes the next token.
    pub(super) fn step(&mut self, input: &mut Input<'_>, depth: usize, out: &mut dyn FnMut(At<'_>, Event<'_>)) -> Step {
        let before = input.len();
        let step = self.token(input, depth, out);
        self.at += (before - input.len()) as u64;
        if self.levels.last().is_some_and(|level| self.at > level.end) {
            return Step::Strange;
        }
        step
    }

    fn token(&mut self, input: &mut Input<'_>, depth: usize, out: &mut dyn FnMut(At<'_>, Event<'_>)) -> Step {
        match self.state {
            State::Length => {
                let Some(length) = input.i32_le() else { return Step::Wait };
                let Ok(length @ 5..) = u64::try_from(length) else { return Step::Strange };
                let end = self.at + length;
                if self.levels.len() >= depth || self.levels.last().is_some_and(|level| end >= level.end) {
                    return Step::Strange;
                }
                out(self.at(), Event::Open);
                let name = std::mem::take(&mut self.name);
                self.levels.push(Level { end, array: self.array, name });
                self.state = State::Element;
            }
            State::Element => {
                let Some(kind) = input.rest().first() else { return Step::Wait };
                if *kind == 0 {
                    input.u8();
                    return self.close(out);
                }
                let mut look = *input;
                look.u8();
                let Some(name) = look.until(0) else { return Step::Wait };
                self.name.clear();
                self.name.push_str(&String::from_utf8_lossy(name.get(..name.len().min(NAME)).unwrap_or_default()));
                self.state = State::Begin(*kind);
                *input = look;
            }
            State::Begin(kind) => return self.value(kind, input, out),
            State::Bytes(left, behind) => {
                let bytes = input.some(left);
                let left = left - bytes.len() as u64;
                if bytes.is_empty() && left > 0 {
                    return Step::Wait;
                }
                self.state = State::Bytes(left, behind);
                out(self.at(), Event::Value(bytes, left == 0));
                if left == 0 {
                    self.state = State::Skip(behind);
                }
            }
            State::Skip(0) => self.state = State::Element,
            State::Skip(left) => {
                let taken = input.some(left).len() as u64;
                if taken == 0 {
                    return Step::Wait;
                }
                self.state = State::Skip(left - taken);
            }
            State::Done => return Step::Strange,
        }
        Step::Again
    }

    fn close(&mut self, out: &mut dyn FnMut(At<'_>, Event<'_>)) -> Step {
        let Some(level) = self.levels.pop() else { return Step::Strange };
        if self.at + 1 != level.end {
            return Step::Strange;
        }
        self.name = level.name;
        self.state = if self.levels.is_empty() { State::Done } else { State::Element };
        out(self.at(), Event::Close);
        Step::Again
    }

    fn value(&mut self, kind: u8, input: &mut Input<'_>, out: &mut dyn FnMut(At<'_>, Event<'_>)) -> Step {
        let mut look = *input;
        let Some(next) = self.begin(kind, &mut look) else { return Step::Wait };
        *input = look;
        match next {
            Begun::Words(text) => {
                self.state = State::Element;
                out(self.at(), Event::Value(text.as_bytes(), true));
            }
            Begun::Bytes(length, behind) => self.state = State::Bytes(length, behind),
            Begun::Other(length) => {
                self.state = State::Skip(length);
                out(self.at(), Event::Other);
            }
            Begun::Open(array) => {
                self.array = array;
                self.state = State::Length;
            }
            Begun::Strange => return Step::Strange,
        }
        Step::Again
    }

    fn begin(&self, kind: u8, look: &mut Input<'_>) -> Option<Begun> {
        let length = |length: i32, least: u64| u64::try_from(length).ok().filter(|length| *length >= least);
        Some(match kind {
            0x01 => Begun::Words(f64::from_le_bytes(look.array()?).to_string()),
            // Text, code, a symbol: the length counts the byte that ends it.
            0x02 | 0x0d | 0x0e => {
                length(look.i32_le()?, 1).map_or(Begun::Strange, |length| Begun::Bytes(length - 1, 1))
            }
            0x03 => Begun::Open(false),
            0x04 => Begun::Open(true),
            0x05 => {
                let count = length(look.i32_le()?, 0);
                match (look.u8()?, count) {
                    (3 | 4, Some(16)) => Begun::Words(uuid(look.take(16)?)),
                    (_, Some(count)) => Begun::Bytes(count, 0),
                    (_, None) => Begun::Strange,
                }
            }
            0x06 | 0x0a | 0x7f | 0xff => Begun::Other(0),
            0x07 => Begun::Other(12),
            0x08 => Begun::Other(1),
            0x09 => Begun::Words(date(i64::from_le_bytes(look.array()?))),
            0x0b => {
                let pattern = String::from_utf8_lossy(look.until(0)?).into_owned();
                look.until(0)?;
                Begun::Words(pattern)
            }
            0x0f => length(look.i32_le()?, 4).map_or(Begun::Strange, |length| Begun::Other(length - 4)),
            0x10 => Begun::Words(look.i32_le()?.to_string()),
            0x11 => Begun::Other(8),
            0x12 => Begun::Words(i64::from_le_bytes(look.array()?).to_string()),
            0x13 => Begun::Words(decimal(u128::from_le_bytes(look.array()?))),
            _ => Begun::Strange,
        })
    }
}

/// What a value begins as.
enum Begun {
    Words(String),
    Bytes(u64, u64),
    Other(u64),
    Open(bool),
    Strange,
}

fn uuid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Milliseconds since 1970.
fn date(millis: i64) -> String {
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (seconds, millis) = (of_day / 1000, of_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    if millis > 0 {
        let _ = write!(text, ".{millis:03}");
    }
    text
}

/// Decimal128 of IEEE 754, with a binary integer.
fn decimal(bits: u128) -> String {
    let sign = if bits >> 127 == 1 { "-" } else { "" };
    let combination = bits >> 122 & 0x1f;
    if combination >= 0x1e {
        return if combination == 0x1e { format!("{sign}Infinity") } else { "NaN".to_owned() };
    }
    // Larger ones are not canonical, and mean zero.
    let (exponent, digits) =
        if combination >> 3 == 3 { (bits >> 111 & 0x3fff, 0) } else { (bits >> 113 & 0x3fff, bits & ((1 << 113) - 1)) };
    let exponent = i32::try_from(exponent).unwrap_or_default() - 6176;
    let text = digits.to_string();
    match usize::try_from(-exponent) {
        Ok(0) => format!("{sign}{text}"),
        Ok(places) if places < 40 => {
            let padded = format!("{text:0>width$}", width = places + 1);
            let (whole, fraction) = padded.split_at_checked(padded.len() - places).unwrap_or_default();
            format!("{sign}{whole}.{fraction}")
        }
        _ => format!("{sign}{text}E{exponent}"),
    }
}
