//! # What it does
//! Finds API servers without the plug-in EventRateLimit.
//!
//! # Why it matters
//! One faulty or hostile client can fill the store with events until the cluster stands
//! still.
//!
//! # What to do
//! Add `EventRateLimit` to `--enable-admission-plugins`, and its limits in
//! `--admission-control-config-file`.
//!
//! # References
//! CIS 1.2.9. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-event-rate-limit",
    title: "API server takes events without a limit",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_plugin("EventRateLimit"));
    }),
};
