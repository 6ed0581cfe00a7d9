//! # What it does
//! Finds containers whose environment or command line connects to Redis, or serves it,
//! without TLS, or with TLS that the other side may refuse. Connections within the pod
//! (localhost, sockets) do not count.
//!
//! # Why it matters
//! Whoever can read the traffic between two pods reads the personal data in every query
//! and every answer, and often the password first.
//!
//! # What to do
//! Let the server require TLS and let clients verify it, with `rediss://` and the port
//! of `tls-port`.
//!
//! # References
//! GDPR Art. 32(1)(a). Redis documentation, "TLS"; IANA schemes redis and rediss.

use cloister_model::Severity;

use super::{engines, tls};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "redis-tls-off",
    title: "connections to Redis are not encrypted",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| tls::judge_container(&engines::REDIS, container, findings)),
};
