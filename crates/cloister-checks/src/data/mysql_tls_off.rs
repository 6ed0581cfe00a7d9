//! # What it does
//! Finds containers whose environment or command line connects to MySQL, or serves it,
//! without TLS, or with TLS that the other side may refuse. Connections within the pod
//! (localhost, sockets) do not count.
//!
//! # Why it matters
//! Whoever can read the traffic between two pods reads the personal data in every query
//! and every answer, and often the password first.
//!
//! # What to do
//! Let the server require TLS and let clients verify it, with
//! `sslMode=VERIFY_IDENTITY`.
//!
//! # References
//! GDPR Art. 32(1)(a). MySQL Connector/J, "sslMode"; MySQL Reference Manual, "Using
//! Encrypted Connections".

use cloister_model::Severity;

use super::{engines, tls};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "mysql-tls-off",
    title: "connections to MySQL are not encrypted",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| tls::judge_container(&engines::MYSQL, container, findings)),
};
