//! Topics by their number, as later versions call them.

use std::collections::HashMap;

use super::REMEMBERED;
use crate::Sink;

/// The names that answers told for numbers.
#[derive(Debug, Default)]
pub(super) struct Topics {
    names: HashMap<[u8; 16], String>,
}

/// What stands before a number where a name is not known: no name holds a colon.
const UNNAMED: &str = "id:";

impl Topics {
    pub(super) fn learn(&mut self, number: [u8; 16], name: &[u8], sink: &mut dyn Sink) {
        // Nothing has the number zero, and what is asked for by its number may be told without a name.
        if number == [0; 16] || name.is_empty() {
            return;
        }
        let name = String::from_utf8_lossy(name).into_owned();
        sink.named(&written(&number), &name);
        if self.names.len() < REMEMBERED || self.names.contains_key(&number) {
            self.names.insert(number, name);
        }
    }

    /// The name of a topic, as this connection or another told it; else its number, as Kafka writes it.
    pub(super) fn name(&self, number: &[u8; 16], sink: &mut dyn Sink) -> String {
        if let Some(name) = self.names.get(number) {
            return name.clone();
        }
        let written = written(number);
        sink.name_of(&written).unwrap_or_else(|| format!("{UNNAMED}{written}"))
    }

    pub(super) fn held(&self) -> usize {
        self.names.len() * 96
    }
}

/// Base64 for URLs (RFC 4648 section 5) without padding, as `kafka-topics` shows it.
fn written(number: &[u8; 16]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // Of 22 signs of six bits, the last has two.
    let bits = u128::from_be_bytes(*number);
    let sign = |at: u32| {
        let six = if at == 21 { (bits << 4) & 0x30 } else { bits >> (122 - 6 * at) & 0x3f };
        SIGNS.get(six as usize).copied().map_or('A', char::from)
    };
    (0..22).map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    #[test]
    fn numbers_are_written_as_kafka_writes_them() {
        // The first is that of Kafka's own topic of metadata.
        assert_eq!(written(&1_u128.to_be_bytes()), "AAAAAAAAAAAAAAAAAAAAAQ");
        assert_eq!(written(&[0xff; 16]), "_____________________w");
        assert_eq!(written(b"0123456789abcdef"), "MDEyMzQ1Njc4OWFiY2RlZg");
    }

    #[test]
    fn what_was_not_named_is_told_by_its_number() {
        let mut sink = Transcript::default();
        let mut topics = Topics::default();
        assert_eq!(topics.name(&1_u128.to_be_bytes(), &mut sink), "id:AAAAAAAAAAAAAAAAAAAAAQ");
        topics.learn(1_u128.to_be_bytes(), b"people", &mut sink);
        assert_eq!(topics.name(&1_u128.to_be_bytes(), &mut sink), "people");
        // Another connection asks what this one learnt.
        assert_eq!(Topics::default().name(&1_u128.to_be_bytes(), &mut sink), "people");
    }
}
