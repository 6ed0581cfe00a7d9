//! The signed head, and those that others have seen.

use super::{Evidence, Outcome, Seen, With, left_out};
use crate::tree::{consistency, verify_consistency};
use crate::{BrokenNote, Checkpoint, Note, Tile, Tiles, Verifier};

/// The head of what is checked: without one that is signed, nothing else means anything.
pub(super) fn own<E: Evidence>(evidence: &E, key: &Verifier, outcome: &mut Outcome) -> Option<Checkpoint> {
    let read = evidence.checkpoint().map_err(|error| error.to_string()).and_then(|text| signed(&text, key));
    read.map(|(_, head)| head).map_err(|what| outcome.fault("checkpoint", what)).ok()
}

/// A head that the log has signed.
pub(super) fn signed(text: &str, key: &Verifier) -> Result<(Note, Checkpoint), String> {
    let note = Note::read(text).map_err(|error| error.to_string())?;
    note.verify(key).map_err(|error| match error {
        BrokenNote::Unsigned => format!("is not signed by this key, {}", key.name()),
        error => error.to_string(),
    })?;
    let head: Checkpoint = note.text().parse().map_err(|error: crate::NoCheckpoint| error.to_string())?;
    if head.origin == key.name() { Ok((note, head)) } else { Err("is the head of another log".to_owned()) }
}

/// Heads that were seen before, and those of witnesses: the log must go on from each of them.
pub(super) fn others<E: Evidence>(evidence: &E, with: With<'_>, head: &Checkpoint, outcome: &mut Outcome) {
    for (name, text) in with.older {
        match signed(text, with.key).and_then(|(_, older)| goes_on(evidence, &older, head).map(|()| older)) {
            Ok(older) => outcome.older.push(Seen { by: name.clone(), size: older.size, time: None }),
            Err(what) => outcome.fault(name, what),
        }
    }
    if with.witnesses.is_empty() {
        return;
    }
    let mut notes = evidence.witnessed().unwrap_or_else(|error| {
        outcome.fault("witness", error.to_string());
        Vec::new()
    });
    notes.extend(evidence.checkpoint().ok().map(|text| ("checkpoint".to_owned(), text)));
    for witness in with.witnesses {
        of_witness(evidence, with.key, witness, (&notes, head), outcome);
    }
}

fn of_witness<E: Evidence>(
    evidence: &E,
    key: &Verifier,
    witness: &Verifier,
    (notes, head): (&[(String, String)], &Checkpoint),
    outcome: &mut Outcome,
) {
    let mut is_seen = false;
    for (name, text) in notes {
        let time = match Note::read(text).map(|note| note.verify(witness)) {
            Ok(Ok(time)) => time,
            Ok(Err(BrokenNote::Forged)) => {
                is_seen = true;
                outcome.fault(name, format!("the signature of {} does not fit the text", witness.name()));
                continue;
            }
            _ => continue,
        };
        is_seen = true;
        match signed(text, key).and_then(|(_, seen)| goes_on(evidence, &seen, head).map(|()| seen)) {
            Ok(seen) => outcome.witnesses.push(Seen { by: witness.name().to_owned(), size: seen.size, time }),
            Err(what) => outcome.fault(name, what),
        }
    }
    if !is_seen {
        outcome.fault("witness", format!("{} has signed no head that is here", witness.name()));
    }
}

/// Whether the log with this head goes on from an older one.
pub(super) fn goes_on<E: Evidence>(evidence: &E, older: &Checkpoint, head: &Checkpoint) -> Result<(), String> {
    if older.size > head.size {
        return Err(format!(
            "the log was cut: it had {} entries when this head was signed, and has {}",
            older.size, head.size
        ));
    }
    let read = |tile: Tile| evidence.tile(tile).and_then(|bytes| bytes.ok_or_else(left_out));
    let path = consistency(&Tiles { size: head.size, from: read }, older.size, head.size)
        .map_err(|error| format!("{error}: whether the log goes on from this head cannot be told"))?;
    verify_consistency((older.size, older.root), (head.size, head.root), &path).map_err(|_| {
        format!(
            "the log was forked: the same key has signed other entries among the first {} than it has now",
            older.size
        )
    })
}
