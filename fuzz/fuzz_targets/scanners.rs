//! Any bytes as a report of another scanner: no panic, limits hold, every result has its subject, and what was read can be
//! put in order, given a scope, written and read again.
#![no_main]

use cloister_scanners::{Limits, Part, read};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { bytes: 1 << 16, values: 5_000, results: 50 };

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = read(bytes, LIMITS) else { return };
    let results = |parts: &[Part]| parts.iter().map(|part| part.results.len()).sum::<usize>();
    let all = results(&report.parts);
    assert!(all <= LIMITS.results && report.faults.len() <= 50);
    for part in &report.parts {
        assert!(part.results.iter().all(|one| part.subject(one).is_some() && !one.id.is_empty()));
        let mut sorted = part.clone();
        sorted.sort();
        let mut again = sorted.clone();
        again.sort();
        assert_eq!(again, sorted, "order is one");
        let written = serde_json::to_vec(&sorted).unwrap_or_default();
        assert_eq!(serde_json::from_slice::<Part>(&written).ok(), Some(sorted), "written and read again");
    }
    let scoped = report.of_scope("all");
    assert_eq!(results(&scoped.parts), all, "a scope loses nothing");
});
