//! Measures a log in a new folder below the one that is named: `evidence-load FOLDER ENTRIES`. Prints a line of JSON.

use std::path::Path;

use anyhow::{Context, Result};
use cloister_e2e_evidence::load::load;
use serde_json::json;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("evidence-load FOLDER ENTRIES")?;
    let count = arguments.next().context("evidence-load FOLDER ENTRIES")?.parse()?;
    let scratch = tempfile::tempdir_in(Path::new(&folder))?;
    let it = load(scratch.path(), count)?;
    println!(
        "{}",
        json!({
            "entries": it.entries, "append": it.append.as_secs_f64(), "raw": it.raw.as_secs_f64(), "heads": it.heads,
            "proof": it.proof.as_secs_f64(), "slowestProof": it.slowest_proof.as_secs_f64(),
            "verify": it.verify.as_secs_f64(), "peak": it.peak, "bytes": it.bytes,
        })
    );
    Ok(())
}
