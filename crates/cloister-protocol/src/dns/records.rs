//! Records: what they say, and which names lead to which addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use simple_dns::Packet;
use simple_dns::rdata::RData;

use crate::message::{MessageId, Place, Sink};

/// As many aliases as are followed.
const ALIASES: usize = 16;

/// Tells the records of an answer, one record each.
pub(super) fn tell(id: MessageId, packet: &Packet<'_>, sink: &mut dyn Sink) {
    let records = packet.answers.iter().chain(&packet.name_servers).chain(&packet.additional_records);
    for record in records {
        let (first, second) = values(&record.rdata);
        let Some((place, value)) = first else { continue };
        sink.value(id, Place::Field("owner"), record.name.to_string().as_bytes(), true);
        sink.value(id, Place::Field(place), value.as_bytes(), true);
        if let Some((place, value)) = second {
            sink.value(id, Place::Field(place), value.as_bytes(), true);
        }
        sink.record(id);
    }
    resolve(packet, sink);
}

/// A value and what it is.
type Value = Option<(&'static str, String)>;

/// What a record says that names somebody or something.
fn values(data: &RData<'_>) -> (Value, Value) {
    let value = match data {
        RData::A(a) => ("address", Ipv4Addr::from(a.address).to_string()),
        RData::AAAA(a) => ("address", Ipv6Addr::from(a.address).to_string()),
        RData::CNAME(name) => ("alias", name.0.to_string()),
        RData::PTR(name) => ("pointer", name.0.to_string()),
        RData::NS(name) => ("server", name.0.to_string()),
        RData::MX(mx) => ("exchange", mx.exchange.to_string()),
        RData::SRV(srv) => ("service", srv.target.to_string()),
        RData::TXT(txt) => ("text", text(txt)),
        RData::SVCB(svcb) => ("service", svcb.target.to_string()),
        RData::HTTPS(https) => ("service", https.0.target.to_string()),
        // The mailbox of whoever answers for the zone: its first label is the part before the sign.
        RData::SOA(soa) => {
            return (Some(("server", soa.mname.to_string())), Some(("mailbox", soa.rname.to_string())));
        }
        RData::RP(person) => ("mailbox", person.mbox.to_string()),
        _ => return (None, None),
    };
    (Some(value), None)
}

fn text(txt: &simple_dns::rdata::TXT<'_>) -> String {
    let mut text = Vec::new();
    for (name, value) in txt.iter_raw() {
        text.extend_from_slice(name);
        if let Some(value) = value {
            text.push(b'=');
            text.extend_from_slice(value);
        }
        text.push(b' ');
    }
    String::from_utf8_lossy(&text).trim_end().to_owned()
}

/// Tells which names lead to an address: its own, and those of which it is an alias.
fn resolve(packet: &Packet<'_>, sink: &mut dyn Sink) {
    for record in &packet.answers {
        let address = match &record.rdata {
            RData::A(a) => IpAddr::V4(Ipv4Addr::from(a.address)),
            RData::AAAA(a) => IpAddr::V6(Ipv6Addr::from(a.address)),
            _ => continue,
        };
        let mut name = &record.name;
        for _ in 0..ALIASES {
            sink.resolved(&name.to_string(), address, record.ttl);
            let alias = packet.answers.iter().find(|other| matches!(&other.rdata, RData::CNAME(to) if to.0 == *name));
            match alias {
                Some(alias) => name = &alias.name,
                None => break,
            }
        }
    }
}
