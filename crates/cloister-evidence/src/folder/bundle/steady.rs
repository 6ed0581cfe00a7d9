//! Bundles of a log that is written meanwhile.

use std::path::Path;
use std::time::Duration;

use super::Contents;
use crate::Verifier;
use crate::folder::{Fault, Snapshot};
use crate::verify::With;

/// So often it is tried.
const TRIES: u32 = 10;
/// An erasure that is under way has so long to come to its end, each time.
const PAUSE: Duration = Duration::from_millis(300);

/// Makes a bundle by `once`, and checks it as an auditor will: what is in it, and whether it holds.
///
/// Appending does not disturb it. While something is being erased, a head may say so of what is still there, or say nothing yet
/// of what is gone: then it is made again from the next head. A bundle that does not hold in the end is of a log that
/// does not.
pub fn steadily(
    (log, verifier): (&Path, &Verifier),
    mut once: impl FnMut(&Snapshot) -> Result<Contents, Fault>,
) -> Result<(Contents, bool), Fault> {
    let mut tries = 0;
    loop {
        tries += 1;
        let snapshot = Snapshot::take(log, verifier)?;
        let made = once(&snapshot);
        let holds = made.as_ref().is_ok_and(|made| holds(made, verifier));
        // What is too long does not become shorter, and what cannot be drawn not easier.
        if holds || tries == TRIES || matches!(made, Err(Fault::Large(_) | Fault::Report(_))) {
            return made.map(|made| (made, holds));
        }
        if Snapshot::take(log, verifier)?.note() == snapshot.note() {
            std::thread::sleep(PAUSE);
        }
    }
}

fn holds(made: &Contents, verifier: &Verifier) -> bool {
    let with = With { key: verifier, witnesses: &[], older: &[] };
    made.bundle().check(with, |_, _, _| {}).outcome.holds()
}
