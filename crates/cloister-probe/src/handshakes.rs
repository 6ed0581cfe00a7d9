//! Which versions, suites and groups a server takes: what it chose is left out of the next offer, until it refuses.

use crate::report::{Demand, Order, Tls, Version, Voice};
use crate::tls::hello::Hello;
use crate::tls::{GROUPS, Protocol, group, suites};
use crate::wire::{Outcome, Wire};

/// Everything that hellos can show; `None` where no TLS is spoken.
pub(crate) fn survey(wire: &mut Wire<'_>) -> Option<Tls> {
    let mut tls = Tls {
        versions: Vec::new(),
        chains: Vec::new(),
        protocol: None,
        client_certificate: Demand::NotAsked,
        unfinished: None,
    };
    let mut speaks = false;
    for protocol in Protocol::ALL {
        let (version, spoke) = version(wire, protocol, &mut tls);
        speaks |= spoke;
        tls.versions.push(version);
    }
    speaks.then_some(tls)
}

/// One version, and whether TLS was spoken at all.
fn version(wire: &mut Wire<'_>, protocol: Protocol, tls: &mut Tls) -> (Version, bool) {
    let mut asked = Asked { wire, protocol, groups: GROUPS.iter().map(|(id, _)| *id).collect() };
    let mut found = Version {
        protocol,
        accepted: Voice::Yes,
        why: None,
        suites: Vec::new(),
        order: None,
        groups: Vec::new(),
        prime_bits: None,
    };
    let (chosen, end) = asked.suites();
    if chosen.is_empty() {
        let alerted = matches!(&end, Outcome::Refused(how) if how.starts_with("alert"));
        (found.accepted, found.why) = match end {
            Outcome::Refused(how) => (Voice::No, Some(how)),
            Outcome::Unknown(why) => (Voice::Unknown, Some(why)),
            Outcome::Accepted(_) => (Voice::Unknown, None),
        };
        return (found, alerted);
    }
    if let Outcome::Unknown(why) = end {
        found.why = Some(format!("there may be more suites: {why}"));
    }
    found.order = asked.order(&chosen);
    found.groups = asked.groups(&chosen).into_iter().map(group).collect();
    if protocol < Protocol::Tls13 {
        asked.flights(&chosen, tls);
        found.prime_bits = asked.prime(&chosen);
    }
    found.suites = chosen.into_iter().map(suites::name).collect();
    (found, true)
}

struct Asked<'w, 'e> {
    wire: &'w mut Wire<'e>,
    protocol: Protocol,
    groups: Vec<u16>,
}

impl Asked<'_, '_> {
    fn ask(&mut self, suites: &[u16], groups: &[u16], whole: bool) -> Outcome {
        let host = self.wire.endpoint().host.as_str();
        let name = host.parse::<std::net::IpAddr>().is_err().then_some(host);
        self.wire.ask(&Hello { version: self.protocol, suites, groups, name }, whole)
    }

    /// The suites in the order in which they were chosen, and how it ended.
    fn suites(&mut self) -> (Vec<u16>, Outcome) {
        let groups = self.groups.clone();
        let mut left = suites::offered(self.protocol == Protocol::Tls13);
        let mut chosen = Vec::new();
        loop {
            match self.ask(&left, &groups, false) {
                Outcome::Accepted(flight) => {
                    left.retain(|id| *id != flight.suite);
                    chosen.push(flight.suite);
                }
                end => return (chosen, end),
            }
            if left.is_empty() {
                return (chosen, Outcome::Refused("nothing is left".to_owned()));
            }
        }
    }

    /// Offered the other way round, a server with a preference of its own chooses the same again.
    fn order(&mut self, chosen: &[u16]) -> Option<Order> {
        let reversed: Vec<u16> = chosen.iter().rev().copied().collect();
        if reversed.len() < 2 {
            return None;
        }
        let groups = self.groups.clone();
        match self.ask(&reversed, &groups, false) {
            Outcome::Accepted(flight) if chosen.first() == Some(&flight.suite) => Some(Order::Server),
            Outcome::Accepted(flight) if reversed.first() == Some(&flight.suite) => Some(Order::Client),
            _ => None,
        }
    }

    fn groups(&mut self, chosen: &[u16]) -> Vec<u16> {
        let modern = self.protocol == Protocol::Tls13;
        let curves: Vec<u16> =
            chosen.iter().copied().filter(|id| modern || suites::name(*id).starts_with("TLS_ECDH")).collect();
        let mut left = self.groups.clone();
        let mut found = Vec::new();
        if self.protocol == Protocol::Ssl3 || curves.is_empty() {
            return found;
        }
        while let Some(group) = self.another(&curves, &left, &found) {
            left.retain(|id| *id != group);
            found.push(group);
        }
        found
    }

    /// One more group. Those that are known stay at the end of the offer at first: a server whose certificate lies on a
    /// curve must be offered that curve (RFC 8422 section 5.1), whichever it chooses.
    fn another(&mut self, suites: &[u16], left: &[u16], found: &[u16]) -> Option<u16> {
        let both: Vec<u16> = left.iter().chain(found).copied().collect();
        [both.as_slice(), left].into_iter().take(1 + usize::from(!found.is_empty())).find_map(|offer| {
            match self.ask(suites, offer, true) {
                Outcome::Accepted(flight) => flight.group.filter(|group| left.contains(group)),
                _ => None,
            }
        })
    }

    /// A whole flight for each kind of key, since a server may have a certificate for each.
    fn flights(&mut self, chosen: &[u16], tls: &mut Tls) {
        let groups = self.groups.clone();
        for kind in ["_ECDSA_", "RSA_", "_DSS_"] {
            let of_kind: Vec<u16> = chosen.iter().copied().filter(|id| suites::name(*id).contains(kind)).collect();
            if of_kind.is_empty() {
                continue;
            }
            if let Outcome::Accepted(flight) = self.ask(&of_kind, &groups, true) {
                tls.add(&flight.certificates, &self.wire.endpoint().host);
                if flight.asks_client {
                    tls.client_certificate = Demand::Asked;
                }
            }
        }
    }

    fn prime(&mut self, chosen: &[u16]) -> Option<usize> {
        let classic: Vec<u16> = chosen.iter().copied().filter(|id| suites::name(*id).starts_with("TLS_DH")).collect();
        if classic.is_empty() {
            return None;
        }
        let groups = self.groups.clone();
        match self.ask(&classic, &groups, true) {
            Outcome::Accepted(flight) => flight.prime,
            _ => None,
        }
    }
}
