//! Identity of a finding over time: lines may move, items of lists may change
//! their order, and the finding stays the same.

use std::sync::Arc;

use cloister_model::Finding;
use sha2::{Digest, Sha256};

/// The first 64 bits of a SHA-256 over what the finding is about. Equal findings have the same.
pub fn of(finding: &Finding) -> Arc<str> {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update(text.as_bytes());
        hash.update([0]);
    };
    part(&finding.check);
    if let Some(resource) = &finding.resource {
        // The version of an API is no part of what an object is.
        part(resource.api_version.split_once('/').map_or("", |(group, _)| group));
        part(&resource.kind);
        part(resource.namespace.as_deref().unwrap_or(""));
        part(&resource.name);
    }
    part(finding.container.as_deref().unwrap_or(""));
    for step in finding.pointer.split('/') {
        // Positions in lists move when a neighbour comes or goes.
        part(if step.bytes().all(|byte| byte.is_ascii_digit()) { "*" } else { step });
    }
    let bits = hash.finalize().iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    format!("{bits:016x}").into()
}
