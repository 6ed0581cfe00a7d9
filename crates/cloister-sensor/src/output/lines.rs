//! JSON documents, one a line.

use std::io::{self, Write};

use serde::Serialize;

/// Writes them at once, so that a reader never sees half a line.
///
/// # Errors
/// Nobody is there to read it, or the disk is full.
pub fn write<T: Serialize>(writer: &mut (impl Write + ?Sized), documents: &[T]) -> io::Result<()> {
    let mut text = Vec::new();
    for document in documents {
        serde_json::to_writer(&mut text, document)?;
        text.push(b'\n');
    }
    writer.write_all(&text)?;
    writer.flush()
}
