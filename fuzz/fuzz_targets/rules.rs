//! Any bytes as what is sent, and as rules: no panic, what was taken is what was handed out, and judging twice gives the same.
#![no_main]

use std::sync::Arc;

use cloister_audit::ingest::{Limits, Sent, event_list, json_lines, message};
use cloister_rules::{Ground, Judge, Rules};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { bytes: 1 << 16, events: 50 };

fuzz_target!(|bytes: &[u8]| {
    let mut own = Rules::none();
    if let Ok(text) = std::str::from_utf8(bytes) {
        own.read("fuzz.yaml", text);
    }
    let ground = Arc::new(Ground { personal: [("shop".to_owned(), "x".to_owned())].into(), ..Ground::default() });
    let rules = Arc::new(if own.all().is_empty() { Rules::builtin() } else { own });
    let judge = || {
        let mut judge = Judge::new(Arc::clone(&rules), Arc::clone(&ground));
        let mut found = Vec::new();
        for read in [event_list, json_lines] {
            let mut seen = 0;
            let taken = read(bytes, LIMITS, &mut |sent| {
                if let Sent::Event(event, _) = sent {
                    seen += 1;
                    found.extend(judge.judge(event));
                }
            });
            assert!(taken.is_err() || taken == taken.map(|taken| cloister_audit::ingest::Taken { events: seen, ..taken }));
        }
        let told = message(bytes, LIMITS, &mut |sent| {
            if let Sent::Event(event, _) = sent {
                found.extend(judge.judge(event));
            }
        });
        assert!(!matches!(told, Ok(Some(message)) if message.length > bytes.len()));
        found
    };
    assert_eq!(judge(), judge(), "judging depends on something else");
});
