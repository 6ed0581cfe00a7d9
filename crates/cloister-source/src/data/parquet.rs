//! Parquet: its rows as JSON lines, so that columns are told by their names.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::errors::ParquetError;
use parquet::file::reader::SerializedFileReader;
use parquet::record::reader::RowIter;

/// A reader of JSON lines over the rows of a file.
pub struct Rows {
    rows: RowIter<'static>,
    ready: Vec<u8>,
    given: usize,
}

impl Rows {
    /// Reads the end of the file, which says what is in it.
    pub fn new(file: File) -> io::Result<Rows> {
        let rows = guarded(|| Ok(RowIter::from_file_into(Box::new(SerializedFileReader::new(file)?))))?;
        Ok(Rows { rows, ready: Vec::new(), given: 0 })
    }
}

/// What others' code makes of bytes from anywhere: an error, and never the end of the program.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> io::Result<T> {
    let broken = || io::Error::other("it is broken Parquet");
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| broken())?.map_err(|_| broken())
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            let Some(row) = guarded(|| self.rows.next().transpose())? else { return Ok(0) };
            self.ready = row.to_json_value().to_string().into_bytes();
            self.ready.push(b'\n');
            self.given = 0;
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}
