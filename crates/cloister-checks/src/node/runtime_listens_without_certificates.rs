//! # What it does
//! Finds Docker daemons that listen on the network without asking for certificates: an address with `tcp://` in `hosts`,
//! and no `tlsverify`. Loopback counts too: every pod of the host's network reaches it.
//!
//! # Why it matters
//! Whoever reaches the port starts a container with the whole disk in it, and so owns the node and all data on it.
//!
//! # What to do
//! Take the address away, or set `tlsverify` with an authority of its own.
//!
//! # References
//! NIST SP 800-190 section 4.4.3. GDPR Art. 32(1)(b). Docker, "Protect the Docker daemon socket".

use cloister_model::Severity;

use super::files::FACTS;
use super::runtimes::{each, settings, words};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "runtime-listens-without-certificates",
    title: "the container runtime takes orders from the network without asking who gives them",
    severity: Severity::Critical,
    needs: &[Need::NodeFacts],
    run: Run::Resource(FACTS, |resource, findings| {
        each(resource, findings, |file, content, findings| {
            if content.bool_at("tlsverify") == Some(true) {
                return;
            }
            let addresses = settings(file, content, "hosts").into_iter().flat_map(|(node, place)| words(node, place));
            for (address, place) in addresses.filter(|(address, _)| address.starts_with("tcp://")) {
                findings.report(place).message(format!("Docker listens on {address} without tlsverify"));
            }
        });
    }),
};
