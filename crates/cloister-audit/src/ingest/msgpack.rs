//! MessagePack, as far as the forward protocol has it: values as JSON, nothing believed about lengths.
//! Source: the MessagePack specification.

use serde_json::{Map, Number, Value};

/// Lists and maps in each other.
const DEEPEST: usize = 64;

/// Why a value is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It goes on behind what is there.
    Short,
    /// It is no MessagePack, or not what is expected.
    Wrong,
}

/// A place in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Pack<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What begins here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Head<'a> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    /// Text or bytes, which shippers mix up.
    Text(&'a [u8]),
    List(usize),
    Map(usize),
    /// An extension, such as a time.
    Extension,
}

impl<'a> Pack<'a> {
    pub fn new(bytes: &'a [u8]) -> Pack<'a> {
        Pack { bytes, at: 0 }
    }

    /// How much was taken.
    pub fn taken(&self) -> usize {
        self.at
    }

    pub fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn bytes(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(count).ok_or(Fault::Short)?;
        let taken = self.bytes.get(self.at..end).ok_or(Fault::Short)?;
        self.at = end;
        Ok(taken)
    }

    /// A number of so many bytes, the highest first.
    fn number(&mut self, count: usize) -> Result<u64, Fault> {
        Ok(self.bytes(count)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn length(&mut self, count: usize) -> Result<usize, Fault> {
        usize::try_from(self.number(count)?).map_err(|_| Fault::Wrong)
    }

    fn text(&mut self, size: usize) -> Result<Head<'a>, Fault> {
        let length = self.length(size)?;
        Ok(Head::Text(self.bytes(length)?))
    }

    fn extension(&mut self, length: usize) -> Result<Head<'a>, Fault> {
        self.bytes(length.checked_add(1).ok_or(Fault::Wrong)?)?;
        Ok(Head::Extension)
    }

    /// Takes a scalar as a whole, and of a list or map how many parts follow.
    pub fn head(&mut self) -> Result<Head<'a>, Fault> {
        let first = *self.bytes(1)?.first().ok_or(Fault::Short)?;
        let low = |mask: u8| usize::from(first & mask);
        Ok(match first {
            0x00..=0x7f => Head::Unsigned(u64::from(first)),
            0xe0..=0xff => Head::Signed(i64::from(first.cast_signed())),
            0x80..=0x8f => Head::Map(low(0x0f)),
            0x90..=0x9f => Head::List(low(0x0f)),
            0xa0..=0xbf => Head::Text(self.bytes(low(0x1f))?),
            0xc0 => Head::Nil,
            0xc2 | 0xc3 => Head::Bool(first == 0xc3),
            0xc4 | 0xd9 => self.text(1)?,
            0xc5 | 0xda => self.text(2)?,
            0xc6 | 0xdb => self.text(4)?,
            0xc7..=0xc9 => {
                let length = self.length(1 << (first - 0xc7))?;
                self.extension(length)?
            }
            0xd4..=0xd8 => self.extension(1 << (first - 0xd4))?,
            0xca => Head::Float(f64::from(f32::from_bits(u32::try_from(self.number(4)?).map_err(|_| Fault::Wrong)?))),
            0xcb => Head::Float(f64::from_bits(self.number(8)?)),
            0xcc..=0xcf => Head::Unsigned(self.number(1 << (first - 0xcc))?),
            0xd0..=0xd3 => {
                let count = 1 << (first - 0xd0);
                let unused = 64 - 8 * u32::try_from(count).map_err(|_| Fault::Wrong)?;
                Head::Signed((self.number(count)? << unused).cast_signed() >> unused)
            }
            0xdc => Head::List(self.length(2)?),
            0xdd => Head::List(self.length(4)?),
            0xde => Head::Map(self.length(2)?),
            0xdf => Head::Map(self.length(4)?),
            0xc1 => return Err(Fault::Wrong),
        })
    }

    /// A whole value as JSON.
    pub fn value(&mut self) -> Result<Value, Fault> {
        self.value_at(0)
    }

    fn value_at(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > DEEPEST {
            return Err(Fault::Wrong);
        }
        Ok(match self.head()? {
            Head::Nil | Head::Extension => Value::Null,
            Head::Bool(value) => Value::Bool(value),
            Head::Unsigned(number) => Value::from(number),
            Head::Signed(number) => Value::from(number),
            Head::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
            Head::Text(text) => Value::String(String::from_utf8_lossy(text).into_owned()),
            Head::List(count) => {
                // Each part has a byte at least, so that a length that lies ends soon.
                Value::Array((0..count).map(|_| self.value_at(depth + 1)).collect::<Result<_, _>>()?)
            }
            Head::Map(count) => {
                let mut map = Map::new();
                for _ in 0..count {
                    let Head::Text(key) = self.head()? else { return Err(Fault::Wrong) };
                    map.insert(String::from_utf8_lossy(key).into_owned(), self.value_at(depth + 1)?);
                }
                Value::Object(map)
            }
        })
    }
}
