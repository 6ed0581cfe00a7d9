//! Sessions read from what was said, whole and cut anywhere.
#![allow(dead_code)]

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
