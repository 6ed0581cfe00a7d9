//! Bundles of a log that is written meanwhile.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::Bundle;
use crate::Verifier;
use crate::folder::{Fault, Snapshot, at};
use crate::verify::With;

/// So often it is tried.
const TRIES: u32 = 10;
/// An erasure that is under way has so long to come to its end, each time.
const PAUSE: Duration = Duration::from_millis(300);

/// Writes a bundle by `once`, and checks it as an auditor will: what came of it, and whether it holds.
///
/// Appending does not disturb it. While something is being erased, a head may say so of what is still there, or say nothing yet
/// of what is gone: then it is written again from the next head. A bundle that does not hold in the end is of a log that
/// does not.
pub fn steadily<T, E: From<Fault>>(
    (log, verifier): (&Path, &Verifier),
    to: &Path,
    mut once: impl FnMut(&Snapshot) -> Result<T, E>,
) -> Result<(T, bool), E> {
    if to.symlink_metadata().is_ok() {
        return Err(Fault::Exists(to.to_owned()).into());
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let snapshot = Snapshot::take(log, verifier)?;
        let done = once(&snapshot);
        let holds = done.is_ok() && holds(to, verifier).map_err(at(to))?;
        if holds || tries == TRIES {
            return done.map(|done| (done, holds));
        }
        if to.exists() {
            fs::remove_dir_all(to).map_err(at(to))?;
        }
        if Snapshot::take(log, verifier)?.note() == snapshot.note() {
            std::thread::sleep(PAUSE);
        }
    }
}

fn holds(bundle: &Path, verifier: &Verifier) -> std::io::Result<bool> {
    let with = With { key: verifier, witnesses: &[], older: &[] };
    Ok(Bundle::open(bundle)?.check(with, |_, _, _| {}).outcome.holds())
}
