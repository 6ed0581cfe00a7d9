//! Recordings, read whole and cut.

use anyhow::{Result, ensure};
use cloister_protocol::transcript::{Message, Transcript};
use cloister_protocol::{Circumstances, Limits, Session, Transport};

use crate::proxy::Recording;

/// The most that a reader may hold of these conversations: a window of Zstandard is the largest.
const HELD: usize = 4 << 20;

/// Reads a recording in pieces of at most so many bytes; what connections before it told may be known.
fn read(recording: &Recording, circumstances: Circumstances, piece: usize, before: &Transcript) -> Result<Transcript> {
    let mut session = Session::new(circumstances, Limits::default());
    let mut transcript = Transcript::default();
    transcript.named.clone_from(&before.named);
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

/// What each connection tells; cut otherwise it must be the same.
pub(crate) fn streams(recordings: &[Recording], port: u16) -> Result<Vec<Transcript>> {
    let circumstances = Circumstances { transport: Transport::Tcp, port, whole: true };
    let mut transcripts = Vec::new();
    let mut before = Transcript::default();
    for recording in recordings {
        let whole = read(recording, circumstances, usize::MAX, &before)?;
        for piece in [1, 7, 100, 1460] {
            let cut = read(recording, circumstances, piece, &before)?;
            if cut != whole && std::env::var_os("CLOISTER_MESSAGES").is_some() {
                println!("{cut:#?}\nand whole\n{whole:#?}");
            }
            ensure!(cut == whole, "pieces of {piece} bytes tell something else");
        }
        ensure!(whole.troubles.is_empty(), "troubles: {:?}", whole.troubles);
        before.named.extend(whole.named.clone());
        transcripts.push(whole);
    }
    Ok(transcripts)
}

/// What each pair of ends tells in datagrams, which nobody cuts.
pub(crate) fn datagrams(recordings: &[Recording], port: u16) -> Result<Vec<Transcript>> {
    let circumstances = Circumstances { transport: Transport::Udp, port, whole: true };
    let mut transcripts = Vec::new();
    for recording in recordings {
        let read = read(recording, circumstances, usize::MAX, &Transcript::default())?;
        ensure!(read.troubles.is_empty(), "troubles: {:?}", read.troubles);
        transcripts.push(read);
    }
    Ok(transcripts)
}

/// All messages of all recordings.
pub(crate) fn messages(recordings: &[Recording], port: u16) -> Result<Vec<Message>> {
    let transcripts = streams(recordings, port)?;
    Ok(transcripts.into_iter().flat_map(|transcript| transcript.messages.into_values()).collect())
}

/// Writes messages down, where somebody wants to look at them.
pub(crate) fn show(messages: &[Message]) {
    if std::env::var_os("CLOISTER_MESSAGES").is_none() {
        return;
    }
    for message in messages {
        println!(
            "{:?} {:?} {} {} -> {:?}",
            message.id, message.side, message.operation, message.target, message.answers
        );
        for (place, value) in &message.values {
            let text = String::from_utf8_lossy(value);
            println!("    {place} = {:?}", text.chars().take(100).collect::<String>());
        }
    }
}
