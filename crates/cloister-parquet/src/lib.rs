//! Parquet as rows of JSON, a line each, read as a stream: what a search for personal data can read.
//!
//! The file is somebody else's. Before its reader may believe a number in it, that is held against the bytes that are
//! there ([`pages`], [`thrift`]): how long lists of the footer are, how large pages become, how many values they hold. No
//! more is held than the open pages of a group of rows and a thousand values of each column. Errors hold no values.

mod batch;
mod cell;
mod pages;
mod rows;
mod thrift;

use std::fs::File;
use std::io;

use parquet::file::reader::ChunkReader;

pub use rows::Rows;

/// The rows of a file.
///
/// # Errors
/// It is no Parquet, or not as it says.
pub fn of_file(file: File) -> io::Result<Rows<File>> {
    Rows::new(file)
}

/// The rows of a file that is held in memory.
///
/// # Errors
/// It is no Parquet, or not as it says.
pub fn of_bytes(bytes: Vec<u8>) -> io::Result<Rows<impl ChunkReader>> {
    Rows::new(bytes::Bytes::from(bytes))
}

/// What is wrong with a file.
fn broken(cause: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause.into())
}

#[cfg(test)]
mod tests;
