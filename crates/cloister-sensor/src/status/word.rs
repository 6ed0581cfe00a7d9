//! What one sensor says of one policy.

use cloister_dlp::document::Finding;
use serde_json::{Value, json};

use super::room::cut;

/// The word of the sensor on `node`: the generation that is in force there, what it found, and what it did not understand,
/// in `room` bytes.
pub fn word(node: &str, generation: i64, findings: &[&Finding], fault: Option<&str>, room: usize) -> Value {
    let mut word = json!({ "name": node, "observedGeneration": generation, "findings": findings.len() });
    let last = findings.iter().map(|it| seconds(&it.last)).max();
    if let Value::Object(word) = &mut word {
        word.extend(last.map(|it| ("lastFinding".to_owned(), Value::from(it))));
        word.extend(fault.map(|it| ("fault".to_owned(), Value::from(cut(it, room)))));
    }
    word
}

/// The field manager of a node's word. The API server takes 128 characters; names of nodes may have 253.
pub fn manager(node: &str) -> String {
    const PREFIX: &str = "cloister-sensor-";
    const ROOM: usize = 128 - PREFIX.len();
    if node.len() <= ROOM {
        return format!("{PREFIX}{node}");
    }
    let hash = hash(node);
    let start: String = node.chars().take(ROOM - 17).collect();
    format!("{PREFIX}{start}-{hash:016x}")
}

/// FNV-1a: the same in every process and version.
pub fn hash(name: &str) -> u64 {
    let next = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(0xcbf2_9ce4_8422_2325, next)
}

/// A time without parts of a second, as the API server writes it.
fn seconds(time: &str) -> String {
    format!("{}Z", time.split(['.', 'Z']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::manager;

    #[test]
    fn managers_differ_and_fit() {
        assert_eq!(manager("node-1"), "cloister-sensor-node-1");
        let long = |end: &str| manager(&format!("{}{end}", "n".repeat(240)));
        assert_eq!(long("a").len(), 128);
        assert_ne!(long("a"), long("b"));
    }
}
