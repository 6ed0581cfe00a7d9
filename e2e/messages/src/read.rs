//! Recordings, read whole and cut.

use anyhow::{Result, ensure};
use cloister_protocol::transcript::{Message, Transcript};
use cloister_protocol::{Circumstances, Limits, Session, Transport};

use crate::proxy::Recording;

/// The most that a reader may hold of these conversations: a window of Zstandard is the largest.
const HELD: usize = 4 << 20;

/// Reads a recording in pieces of at most so many bytes.
pub(crate) fn read(recording: &Recording, port: u16, piece: usize) -> Result<Transcript> {
    let circumstances = Circumstances { transport: Transport::Tcp, port, whole: true };
    let mut session = Session::new(circumstances, Limits::default());
    let mut transcript = Transcript::default();
    for (side, said) in recording {
        for part in said.chunks(piece) {
            session.push(*side, part, &mut transcript);
            ensure!(session.held() < HELD, "the reader holds {} bytes", session.held());
        }
    }
    session.close(&mut transcript);
    ensure!(transcript.is_closed(), "something stays open");
    Ok(transcript)
}

/// All messages of all recordings; cut otherwise they must be the same.
pub(crate) fn messages(recordings: &[Recording], port: u16) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    for recording in recordings {
        let whole = read(recording, port, usize::MAX)?;
        for piece in [1, 7, 100, 1460] {
            ensure!(read(recording, port, piece)? == whole, "pieces of {piece} bytes tell something else");
        }
        ensure!(whole.troubles.is_empty(), "troubles: {:?}", whole.troubles);
        messages.extend(whole.messages.into_values());
    }
    Ok(messages)
}
