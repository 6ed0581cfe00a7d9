//! JSON documents, one a line.

use std::io::Write;

use serde::Serialize;

/// Writes them at once, so that a reader never sees half a line.
pub fn write<T: Serialize>(writer: &mut (impl Write + ?Sized), documents: &[T]) {
    let mut text = Vec::new();
    for document in documents {
        if serde_json::to_writer(&mut text, document).is_ok() {
            text.push(b'\n');
        }
    }
    // Nobody may be there to read it.
    let _ = writer.write_all(&text);
    let _ = writer.flush();
}
