//! What an endpoint really serves: versions and suites of TLS, its certificate, and what it answers to nobody in
//! particular. Connects to what it is told and to nothing else, one connection at a time, reads only, and keeps no body.
//!
//! ```text
//! tls::hello  one ClientHello, by hand          pure
//! tls::answer what a server says to it          pure
//! wire        connections, counted and bounded
//! handshakes  which versions, suites, groups    asks with hello, reads with answer
//! session     a whole handshake, by rustls      for the chain of TLS 1.3, and for HTTP
//! anonymous   what is answered without proof
//! findings    what that means                   pure
//! ```
#![allow(clippy::disallowed_methods, reason = "below the I/O line: this crate connects, and asks the clock")]

mod anonymous;
mod endpoint;
mod findings;
mod handshakes;
mod http;
mod report;
mod session;
pub mod tls;
mod wire;

pub use anonymous::{Access, Answer};
pub use endpoint::{Endpoint, Kind};
pub use findings::Finding;
pub use report::{Chain, Demand, Document, Order, Plain, Report, Tls, Version, Voice};
pub use wire::Limits;

use wire::Wire;

/// Asks one endpoint everything. Never fails: what could not be learned says why.
#[must_use]
pub fn probe(endpoint: &Endpoint, limits: &Limits, now: jiff::Timestamp) -> Report {
    let mut wire = Wire::new(endpoint, limits);
    let mut report = Report::new(endpoint);
    match wire.resolve() {
        Ok(address) => report.address = Some(address.to_string()),
        Err(why) => {
            report.unreached = Some(why);
            return report;
        }
    }
    if let Err(why) = wire.reach() {
        report.unreached = Some(why);
        return report;
    }
    report.tls = handshakes::survey(&mut wire);
    let session = report.tls.is_some().then(|| session::open(&mut wire));
    if let (Some(tls), Some(session)) = (&mut report.tls, &session) {
        tls.complete(session, endpoint);
    }
    report.plain = http::plain(&mut wire, report.tls.is_some());
    anonymous::ask(&mut wire, &mut report);
    report.connections = wire.opened();
    report.cut_short = wire.cut_short();
    report.findings = findings::of(&report, now);
    report
}
