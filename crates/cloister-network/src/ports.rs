//! Ports of TCP, UDP and SCTP: what a connection is, as far as policies see it.

use crate::intervals::Intervals;

/// The protocols that policies know (`core/v1`, `Protocol`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, where none is named.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// All three.
    pub const ALL: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
            Protocol::Sctp => "SCTP",
        }
    }

    /// The protocol that the API calls so; its words are in capitals.
    pub fn parse(word: &str) -> Option<Protocol> {
        Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == word)
    }
}

/// A set of ports of each protocol, from 1 to 65535.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortSet {
    tcp: Intervals<u16>,
    udp: Intervals<u16>,
    sctp: Intervals<u16>,
}

impl PortSet {
    /// Every port of every protocol.
    pub fn everything() -> PortSet {
        PortSet { tcp: Intervals::everything(), udp: Intervals::everything(), sctp: Intervals::everything() }
    }

    /// These ports of one protocol, both ends in it.
    pub fn range(protocol: Protocol, first: u16, last: u16) -> PortSet {
        PortSet::default().with(protocol, Intervals::between(first, last))
    }

    /// One port.
    pub fn one(protocol: Protocol, port: u16) -> PortSet {
        PortSet::range(protocol, port, port)
    }

    /// Every port of one protocol.
    pub fn all_of(protocol: Protocol) -> PortSet {
        PortSet::default().with(protocol, Intervals::everything())
    }

    fn with(mut self, protocol: Protocol, ports: Intervals<u16>) -> PortSet {
        match protocol {
            Protocol::Tcp => self.tcp = ports,
            Protocol::Udp => self.udp = ports,
            Protocol::Sctp => self.sctp = ports,
        }
        self
    }

    /// The ports of one protocol.
    pub fn of(&self, protocol: Protocol) -> &Intervals<u16> {
        match protocol {
            Protocol::Tcp => &self.tcp,
            Protocol::Udp => &self.udp,
            Protocol::Sctp => &self.sctp,
        }
    }

    /// The protocols of which there is a port, with their ports.
    pub fn protocols(&self) -> impl Iterator<Item = (Protocol, &Intervals<u16>)> {
        Protocol::ALL.into_iter().map(|protocol| (protocol, self.of(protocol))).filter(|(_, ports)| !ports.is_empty())
    }

    fn zip(&self, other: &PortSet, join: impl Fn(&Intervals<u16>, &Intervals<u16>) -> Intervals<u16>) -> PortSet {
        PortSet {
            tcp: join(&self.tcp, &other.tcp),
            udp: join(&self.udp, &other.udp),
            sctp: join(&self.sctp, &other.sctp),
        }
    }

    /// What is in either.
    pub fn union(&self, other: &PortSet) -> PortSet {
        self.zip(other, Intervals::union)
    }

    /// What is in both.
    pub fn intersection(&self, other: &PortSet) -> PortSet {
        self.zip(other, Intervals::intersection)
    }

    /// What is in this and not in the other.
    pub fn difference(&self, other: &PortSet) -> PortSet {
        self.zip(other, Intervals::difference)
    }

    /// What is not in it.
    pub fn complement(&self) -> PortSet {
        PortSet::everything().difference(self)
    }

    /// Whether all of it is in the other.
    pub fn is_subset(&self, other: &PortSet) -> bool {
        Protocol::ALL.into_iter().all(|protocol| self.of(protocol).is_subset(other.of(protocol)))
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        Protocol::ALL.into_iter().all(|protocol| self.of(protocol).is_empty())
    }

    /// Whether every port of every protocol is in it.
    pub fn is_everything(&self) -> bool {
        Protocol::ALL.into_iter().all(|protocol| self.of(protocol).is_everything())
    }

    /// Whether this port is in it.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.of(protocol).contains(port)
    }
}

impl std::fmt::Display for PortSet {
    /// `TCP 80,443,8000-8080, UDP 53`; a protocol of which every port is meant stands alone.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_everything() {
            return out.write_str("all ports");
        }
        if self.is_empty() {
            return out.write_str("nothing");
        }
        for (number, (protocol, ports)) in self.protocols().enumerate() {
            let between = if number == 0 { "" } else { ", " };
            if ports.is_everything() {
                write!(out, "{between}{}", protocol.as_str())?;
                continue;
            }
            let range = |(first, last)| if first == last { format!("{first}") } else { format!("{first}-{last}") };
            let ranges: Vec<String> = ports.iter().map(range).collect();
            write!(out, "{between}{} {}", protocol.as_str(), ranges.join(","))?;
        }
        Ok(())
    }
}
