//! # What it does
//! Finds pods and containers that run as a user id between 1 and 9999.
//!
//! # Why it matters
//! Low ids are given to people and services of the node. A process that leaves its
//! container with such an id owns the files of that user there.
//!
//! # What to do
//! Set `runAsUser` to an id from 10000 up, or give the pod a user namespace of its
//! own with `hostUsers: false`.
//!
//! # References
//! GDPR Art. 32(1)(b). Id 0 is the subject of `runs-as-root-user`. Pods with `hostUsers:
//! false` are exempt, since their ids mean nothing on the node.

use cloister_model::{Node, Severity};

use super::levels::{Level, in_user_namespace, levels};
use crate::{Check, Run};

/// The first id that node images leave alone by convention.
const FIRST_FREE: i64 = 10_000;

pub(crate) const CHECK: Check = Check {
    name: "low-user-id",
    title: "runs as a user id that the node may give to someone else",
    severity: Severity::Info,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        let chosen = |level: &Level<'_>| level.field("runAsUser").and_then(Node::as_int);
        if in_user_namespace(pod) || levels(pod).all(|level| chosen(&level).is_none()) {
            return findings.not_applicable();
        }
        for level in levels(pod).filter(|level| level.takes_effect("runAsUser")) {
            if let Some(id) = chosen(&level).filter(|id| (1..FIRST_FREE).contains(id)) {
                level
                    .report(findings, "securityContext/runAsUser")
                    .message(format!("{} runs as user {id}, which the node may give to someone else", level.who()))
                    .fix("securityContext:\n  runAsUser: 10001");
            }
        }
    }),
};
