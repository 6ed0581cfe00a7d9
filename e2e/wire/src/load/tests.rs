#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use cloister_dlp::Knowledge;
use cloister_dpi::{Inspector, Settings};
use cloister_packet::{Flows, Limits, Link};

use super::{Load, Shape};
use crate::bodies::Coding;

#[test]
fn what_is_sent_is_what_is_found() {
    for coding in [Coding::Plain, Coding::Gzip, Coding::Unsearched] {
        let shape = Shape { flows: 40, exchanges: 3, coding, together: false };
        let mut load = Load::new(shape, 1).unwrap();
        let mut flows = Flows::new(Limits::default());
        let mut inspector = Inspector::new(Arc::new(Knowledge::default()), &Settings::default());
        let mut frame = Vec::new();
        for number in 0.. {
            if number == 20_000 {
                load.run_out();
            }
            frame.clear();
            if !load.put(&mut frame) {
                break;
            }
            assert!(frame.len() <= 1_514, "{}", frame.len());
            flows.push(Link::Ethernet, 1_000_000 + number, &frame, &mut inspector);
        }
        let (sent, seen, counted) = (load.sent(), inspector.statistics(), flows.counters());
        assert!(sent.flows > 200 && (sent.accounts > 50 || coding == Coding::Unsearched), "{sent:?}");
        assert_eq!((counted.frames, counted.finished, counted.checksum), (sent.frames, sent.flows, 0), "{counted:?}");
        let messages: u64 = seen.messages.values().sum();
        let accounts: u64 = seen.values.iter().filter(|it| it.0.as_str() == "bank-details").map(|it| it.1).sum();
        assert_eq!((messages, accounts), (sent.messages, sent.accounts), "{seen:?}");
    }
}
