//! # What it does
//! Finds containers whose environment or command line connects to Elasticsearch, or
//! serves it, without TLS, or with TLS that the other side may refuse. Connections
//! within the pod (localhost, sockets) do not count.
//!
//! # Why it matters
//! Whoever can read the traffic between two pods reads the personal data in every query
//! and every answer, and often the password first.
//!
//! # What to do
//! Let the server require TLS and let clients verify it, with
//! `xpack.security.http.ssl.enabled: true` and `https://`.
//!
//! # References
//! GDPR Art. 32(1)(a). Elasticsearch Guide, "Security settings"; OpenSearch, "Disabling
//! security".

use cloister_model::Severity;

use super::{engines, tls};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "elasticsearch-tls-off",
    title: "connections to Elasticsearch are not encrypted",
    severity: Severity::High,
    needs: &[],
    run: Run::Container(|container, findings| tls::judge_container(&engines::ELASTICSEARCH, container, findings)),
};
