//! # What it does
//! Finds API servers without the plug-in AlwaysPullImages.
//!
//! # Why it matters
//! A pod then starts from an image that another pulled, without the credentials for it;
//! an image from a private registry is open to every tenant of the node.
//!
//! # What to do
//! Add `AlwaysPullImages` to `--enable-admission-plugins`.
//!
//! # References
//! CIS 1.2.11. GDPR Art. 32(1)(b).

use cloister_model::Severity;

use super::flags::{API_SERVER, PODS, examine};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "api-server-without-always-pull",
    title: "API server lets pods start from images that lie on the node",
    severity: Severity::Low,
    needs: &[Need::Program(API_SERVER)],
    run: Run::Inventory(PODS, |findings| {
        examine(API_SERVER, findings, |flags| flags.needs_plugin("AlwaysPullImages"));
    }),
};
