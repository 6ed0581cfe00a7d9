//! # What it does
//! Finds API servers that extend the time limit of requests over its default, or take
//! it away.
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

/// A duration of Go, such as `1m30s`, in seconds.
fn seconds(duration: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut rest = duration;
    while !rest.is_empty() {
        let (number, after) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(unit_end)?;
        let scale = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * scale;
        rest = next;
    }
    Some(total)
}

pub(crate) const CHECK: Check = Check {
    name: "api-server-long-request-timeout",
    title: "API server lets requests last longer than a minute",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| {
            let Some(timeout) = flags.value("--request-timeout") else { return Verdict::Holds };
            match seconds(&timeout) {
                Some(seconds) if seconds > 0.0 && seconds <= 60.0 => Verdict::Holds,
                _ => flags.fault("--request-timeout", "- --request-timeout=60s"),
            }
        });
    }),
};
