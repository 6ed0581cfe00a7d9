//! Why a packet is not read on.

use crate::counters::Counters;

/// Why a packet is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Link,
    NotIp,
    Malformed,
    Checksum,
    OtherTransport,
    NestedTooDeep,
}

impl Fault {
    pub(crate) fn count(self, counters: &mut Counters) {
        let counter = match self {
            Fault::Link => &mut counters.link_malformed,
            Fault::NotIp => &mut counters.not_ip,
            Fault::Malformed => &mut counters.malformed,
            Fault::Checksum => &mut counters.checksum,
            Fault::OtherTransport => &mut counters.other_transport,
            Fault::NestedTooDeep => &mut counters.nested_too_deep,
        };
        *counter += 1;
    }
}
