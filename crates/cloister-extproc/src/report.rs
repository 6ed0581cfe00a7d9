//! What was found, a line of JSON for each leak that is new or grew, and what could not be done.

use std::collections::BTreeMap;
use std::io::Write;

use cloister_extproc::{Office, Undone};

/// What was told before.
#[derive(Default)]
pub struct Report {
    undone: BTreeMap<Undone, u64>,
}

impl Report {
    /// Writes findings to standard output, and what could not be done to standard error.
    pub fn write(&mut self, office: &Office) {
        let mut out = std::io::stdout().lock();
        for finding in office.changed() {
            let line = serde_json::to_string(&finding).unwrap_or_default();
            if writeln!(out, "{line}").is_err() {
                eprintln!("warning: findings cannot be written to standard output");
                break;
            }
        }
        for (why, count) in office.undone() {
            let told = self.undone.entry(why).or_default();
            if count > *told {
                eprintln!("warning: {} times: {}", count - *told, why.told());
                *told = count;
            }
        }
    }
}
