//! DNS: questions, answers, and the names and addresses in them.

use anyhow::Result;
use cloister_protocol::transcript::Message;

use super::counted;
use crate::comparison::Comparison;
use crate::tshark::{Capture, Counted, count};

/// What of a message is compared, and what tshark calls it.
const FIELDS: [(&str, &str); 13] = [
    ("name", "dns.qry.name"),
    ("address", "dns.a"),
    ("address", "dns.aaaa"),
    ("alias", "dns.cname"),
    ("server", "dns.ns"),
    ("exchange", "dns.mx.mail_exchange"),
    ("pointer", "dns.ptr.domain_name"),
    ("service", "dns.srv.target"),
    ("service", "dns.svcb.targetname"),
    ("server", "dns.soa.mname"),
    ("mailbox", "dns.soa.rname"),
    ("status", "dns.flags.rcode"),
    ("truncated", "dns.flags.truncated"),
];

/// What tshark reads.
pub(crate) fn dns(capture: &Capture<'_>) -> Result<Counted> {
    let fields: Vec<&str> = FIELDS.iter().map(|(_, field)| *field).collect();
    let mut counted = Counted::new();
    for row in capture.fields("dns", &fields)? {
        for ((what, field), values) in FIELDS.iter().zip(row) {
            let meant = |value: &&String| *field != "dns.flags.truncated" || value.as_str() == "1";
            values.iter().filter(meant).for_each(|value| count(&mut counted, format!("{what} {value}")));
        }
    }
    Ok(counted)
}

/// Beside ours.
pub(crate) fn dns_beside(messages: &[Message], theirs: Vec<Counted>) -> Vec<Comparison> {
    let mut all = Counted::new();
    for (what, number) in theirs.into_iter().flatten() {
        *all.entry(what).or_default() += number;
    }
    let ours = counted(messages, |message| {
        let told = message.values.iter().filter_map(|(place, value)| {
            let place = place.strip_prefix("field:").filter(|place| !matches!(*place, "owner" | "text"))?;
            Some(format!("{place} {}", String::from_utf8_lossy(value)))
        });
        let status = message.status.map(|status| format!("status {status}"));
        let cut = (message.ended != Some(true)).then(|| "truncated 1".to_owned());
        told.chain(status).chain(cut).collect()
    });
    vec![Comparison::new("names, addresses, outcomes", ours, all)]
}
