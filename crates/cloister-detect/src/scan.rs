//! Everything together: texts, fields and masking.

use crate::detection::{Confidence, Detection};
use crate::engine::Stream;

/// What is recognised in a text, in order and without overlap. Each line is
/// judged for itself; a private key reaches over its lines.
pub fn scan(text: &str) -> Vec<Detection> {
    Stream::whole("", text)
}

/// What is recognised in the value of a field, of an environment variable or of
/// an argument, whose name helps to tell.
pub fn scan_field(name: &str, value: &str) -> Vec<Detection> {
    Stream::whole(name, value)
}

/// The text with everything masked that was recognised in it, but for addresses of machines of which nothing says that
/// they lead to a person: who reads what is wrong has to know where.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    let machine = |one: &Detection| one.kind == "ip-address" && one.confidence == Confidence::Possible;
    for detection in scan(text).into_iter().filter(|one| !machine(one)) {
        masked.push_str(text.get(end..detection.offset).unwrap_or(""));
        masked.push_str(&detection.masked);
        end = detection.end();
    }
    masked.push_str(text.get(end..).unwrap_or(""));
    masked
}
