//! # What it does
//! Finds controller managers without a key file for tokens of service accounts.
//!
//! # Why it matters
//! Without a set key, tokens cannot be tied to one that is kept safe and rotated.
//!
//! # What to do
//! Set `--service-account-private-key-file`.
//!
//! # References
//! CIS 1.3.4. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{CONTROLLER_MANAGER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "controller-manager-without-account-key",
    title: "controller manager has no key to sign service account tokens",
    severity: Severity::Low,
    needs: &[Need::Program(CONTROLLER_MANAGER)],
    run: Run::Inventory(PODS, |findings| {
        examine(CONTROLLER_MANAGER, findings, |flags| flags.needs(&["--service-account-private-key-file"]));
    }),
};
