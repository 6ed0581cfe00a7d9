//! Some rows of one column.

use std::io;

use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};

use crate::broken;
use crate::cell::Meaning;

/// A longer list is cut: 4 MiB.
const LONGEST: usize = 4 << 20;
/// So many rows are read at once.
pub const ROWS: usize = 1024;

/// A column, and what was read of it.
pub struct Column {
    /// Its name: those of its groups before it, with dots.
    pub name: String,
    reader: ColumnReader,
    meaning: Meaning,
    most_defined: i16,
    listed: bool,
    defined: Vec<i16>,
    repeated: Vec<i16>,
    values: Values,
    /// The next level, and the next value.
    level: usize,
    value: usize,
}

enum Values {
    Truths(Vec<bool>),
    Numbers(Vec<i64>, u32),
    Fractions(Vec<f64>),
    Bytes(Vec<ByteArray>),
    /// Nothing that is looked at.
    Others,
}

impl Column {
    pub fn new(descriptor: &ColumnDescPtr, reader: ColumnReader) -> Column {
        Column {
            name: name(descriptor),
            reader,
            meaning: Meaning::of(descriptor),
            most_defined: descriptor.max_def_level(),
            listed: descriptor.max_rep_level() > 0,
            defined: Vec::new(),
            repeated: Vec::new(),
            values: Values::Others,
            level: 0,
            value: 0,
        }
    }

    /// Reads up to [`ROWS`] rows; says how many there are.
    pub fn read(&mut self) -> io::Result<usize> {
        (self.level, self.value) = (0, 0);
        self.defined.clear();
        self.repeated.clear();
        let levels = (&mut self.defined, &mut self.repeated);
        let (rows, values) = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => {
                read(reader, levels).map(|(rows, all)| (rows, Values::Truths(all)))
            }
            ColumnReader::Int32ColumnReader(reader) => read(reader, levels)
                .map(|(rows, all)| (rows, Values::Numbers(all.into_iter().map(i64::from).collect(), 32))),
            ColumnReader::Int64ColumnReader(reader) => {
                read(reader, levels).map(|(rows, all)| (rows, Values::Numbers(all, 64)))
            }
            ColumnReader::FloatColumnReader(reader) => read(reader, levels)
                .map(|(rows, all)| (rows, Values::Fractions(all.into_iter().map(f64::from).collect()))),
            ColumnReader::DoubleColumnReader(reader) => {
                read(reader, levels).map(|(rows, all)| (rows, Values::Fractions(all)))
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                read(reader, levels).map(|(rows, all)| (rows, Values::Bytes(all)))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => read(reader, levels)
                .map(|(rows, all)| (rows, Values::Bytes(all.into_iter().map(ByteArray::from).collect()))),
            ColumnReader::Int96ColumnReader(reader) => read(reader, levels).map(|(rows, _)| (rows, Values::Others)),
        }?;
        self.values = values;
        Ok(rows)
    }

    /// The next row's cell: a value, a list of them, or nothing where there is none.
    pub fn cell(&mut self, out: &mut String) {
        if !self.listed {
            return self.one(out);
        }
        out.push('[');
        let (first, begin) = (self.level, out.len());
        let mut rest = String::new();
        while self.level == first || self.repeated.get(self.level).is_some_and(|level| *level > 0) {
            let room = out.len() - begin < LONGEST;
            let to = if room { &mut *out } else { &mut rest };
            if self.level > first {
                to.push(',');
            }
            self.one(to);
            rest.clear();
        }
        out.push(']');
    }

    fn one(&mut self, out: &mut String) {
        let defined = self.most_defined == 0 || self.defined.get(self.level) == Some(&self.most_defined);
        self.level += 1;
        if !defined {
            return out.push_str("null");
        }
        let at = self.value;
        self.value += 1;
        match &self.values {
            Values::Truths(all) => out.push_str(if all.get(at) == Some(&true) { "true" } else { "false" }),
            Values::Numbers(all, bits) => self.meaning.number(all.get(at).copied().unwrap_or(0), *bits, out),
            Values::Fractions(all) => match all.get(at).filter(|value| value.is_finite()) {
                Some(value) => out.push_str(&value.to_string()),
                None => out.push_str("null"),
            },
            Values::Bytes(all) => match all.get(at) {
                Some(bytes) => self.meaning.bytes(bytes.data(), out),
                None => out.push_str("null"),
            },
            Values::Others => out.push_str("null"),
        }
    }
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    (defined, repeated): (&mut Vec<i16>, &mut Vec<i16>),
) -> io::Result<(usize, Vec<T::T>)> {
    let mut values = Vec::new();
    // Its errors may hold values.
    let read = reader.read_records(ROWS, Some(defined), Some(repeated), &mut values);
    read.map(|(rows, ..)| (rows, values)).map_err(|_| broken("a page is not what it says"))
}

/// The name of a column: without the groups that lists and maps are made of.
fn name(column: &ColumnDescriptor) -> String {
    const MADE_OF: [&str; 7] = ["list", "element", "item", "array", "array_element", "bag", "key_value"];
    let parts = column.path().parts();
    let list = column.max_rep_level() > 0 && column.converted_type() != ConvertedType::MAP;
    let own = parts.iter().enumerate().filter(|(at, part)| *at == 0 || !list || !MADE_OF.contains(&part.as_str()));
    own.map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(".")
}
