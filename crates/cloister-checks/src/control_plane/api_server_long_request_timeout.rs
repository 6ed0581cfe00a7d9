//! # What it does
//! Finds API servers that extend the time limit of requests over its default, or set it
//! to zero: that takes no limit away, but every request is then over before it begins,
//! and the server answers nothing.
//!
//! # Why it matters
//! Requests that last long hold memory and connections; a few clients can exhaust the
//! API server.
//!
//! # What to do
//! Remove `--request-timeout`, or set it to a minute or less.
//!
//! # References
//! CIS 1.2.20. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, Verdict, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-long-request-timeout",
    title: "API server's time limit for requests is above a minute, or zero",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| match flags.seconds("--request-timeout") {
            Some(seconds) if seconds > 0.0 && seconds <= 60.0 => Verdict::Holds,
            _ => flags.fault("--request-timeout", "- --request-timeout=60s"),
        });
    }),
};
