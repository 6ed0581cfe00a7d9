//! Sessions read from what was said, whole and cut anywhere.
#![allow(dead_code, clippy::unwrap_used)]

use cloister_protocol::transcript::Transcript;
use cloister_protocol::{Circumstances, Limits, Session, Side, Transport};

/// What one side said at a time.
pub type Turn<'a> = (Side, &'a [u8]);

pub const STREAM: Circumstances = Circumstances { transport: Transport::Tcp, port: 0, whole: true };

/// Reads what was said, in pieces of at most `piece` bytes.
pub fn read_in(circumstances: Circumstances, turns: &[Turn<'_>], piece: usize) -> Transcript {
    let mut session = Session::new(circumstances, Limits::default());
    let mut transcript = Transcript::default();
    for (side, said) in turns {
        for part in said.chunks(piece) {
            session.push(*side, part, &mut transcript);
        }
    }
    session.close(&mut transcript);
    assert!(transcript.is_closed(), "something stays open: {transcript:#?}");
    transcript
}

/// Reads what was said, and the same in small pieces and cut once at every byte: nothing differs.
pub fn read(circumstances: Circumstances, turns: &[Turn<'_>]) -> Transcript {
    let whole = read_in(circumstances, turns, usize::MAX);
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(read_in(circumstances, turns, piece), whole, "in pieces of {piece}");
    }
    for (index, (side, said)) in turns.iter().enumerate() {
        for cut in 1..said.len().min(600) {
            let (first, second) = said.split_at(cut);
            let mut cut_turns = turns.to_vec();
            cut_turns.splice(index..=index, [(*side, first), (*side, second)]);
            assert_eq!(read_in(circumstances, &cut_turns, usize::MAX), whole, "turn {index} cut at {cut}");
        }
    }
    whole
}

/// A transcript as text: a line for each message, and below it one for each value.
pub fn rendered(transcript: &Transcript) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let first = transcript.messages.keys().next().map_or(0, |id| id.0);
    for message in transcript.messages.values() {
        let side = if message.side == Side::Client { "client" } else { "server" };
        write!(text, "{} {side} {}", message.id.0 - first, message.operation).unwrap();
        for (name, value) in [("", &message.target), ("host=", &message.host)] {
            if !value.is_empty() {
                write!(text, " {name}{value}").unwrap();
            }
        }
        if let Some(status) = message.status {
            write!(text, " {status}").unwrap();
        }
        if let Some(answers) = message.answers {
            write!(text, " answers {}", answers.0 - first).unwrap();
        }
        text.push_str(if message.ended == Some(true) { "\n" } else { " (not whole)\n" });
        for (index, (place, value)) in message.values.iter().enumerate() {
            writeln!(text, "  {place} = {}", String::from_utf8_lossy(value).escape_debug()).unwrap();
            for _ in message.records.iter().filter(|record| **record == index + 1) {
                text.push_str("  --\n");
            }
        }
    }
    for ((protocol, trouble), count) in &transcript.troubles {
        writeln!(text, "! {protocol:?} {trouble:?} {count}").unwrap();
    }
    text
}

/// What was said is read as `expected`, however it is cut.
#[track_caller]
pub fn reads(turns: &[Turn<'_>], expected: &str) {
    let text = rendered(&read(STREAM, turns));
    let expected: String = expected
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty())
        .map(|line| format!("{}\n", line.strip_prefix("        ").unwrap_or(line)))
        .collect();
    assert_eq!(text, expected, "\n{text}");
}
