//! What is said on standard error: one line each, and never a reason to end. Nobody may be there to read it.

use std::io::Write;

use cloister_model::clean;

/// Something that ends the program, or a part of its work.
pub fn error(text: &str) {
    say("error", text);
}

/// Something that the program works around.
pub fn warning(text: &str) {
    say("warning", text);
}

/// Something that has become good again.
pub fn note(text: &str) {
    say("note", text);
}

fn say(level: &str, text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{level}: {}", clean(text));
}
