//! What a user calls the ends of a connection, and its port.

use cloister_network::{Endpoint, Network, PortSet, Protocol};
use cloister_questions::ends;

use crate::way_out::{failure, unanswered};

/// The endpoints that are meant.
pub fn endpoints(word: &str, network: &Network<'_>) -> anyhow::Result<Vec<usize>> {
    ends::endpoints(word, network).map_err(unanswered)
}

/// The ports that are meant; names are those of a destination.
pub fn ports(word: &str, destination: Option<&Endpoint<'_>>) -> anyhow::Result<PortSet> {
    if word == "all" {
        return Ok(PortSet::everything());
    }
    let parts = word.split_once(['/', ':']);
    let (protocol, port) = match parts {
        None => (None, word),
        Some((one, other)) => match (protocol(one), protocol(other)) {
            (Some(protocol), _) => (Some(protocol), other),
            (None, Some(protocol)) => (Some(protocol), one),
            (None, None) => return Err(no_port(word)),
        },
    };
    if parts.is_none()
        && let Some(protocol) = self::protocol(port)
    {
        return Ok(PortSet::all_of(protocol));
    }
    let (first, last) = port.split_once('-').unwrap_or((port, port));
    if let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) {
        let ports = PortSet::range(protocol.unwrap_or(Protocol::Tcp), first, last);
        return if first > 0 && !ports.is_empty() { Ok(ports) } else { Err(no_port(word)) };
    }
    let known = destination.and_then(Endpoint::workload).map(|workload| workload.ports.as_slice()).unwrap_or_default();
    let named = known.iter().filter(|it| it.name == port && protocol.is_none_or(|protocol| protocol == it.protocol));
    let ports = named.fold(PortSet::default(), |all, it| all.union(&PortSet::one(it.protocol, it.port)));
    if ports.is_empty() { Err(no_port(word)) } else { Ok(ports) }
}

fn protocol(word: &str) -> Option<Protocol> {
    Protocol::parse(&word.to_ascii_uppercase())
}

fn no_port(word: &str) -> anyhow::Error {
    failure(
        format!("\"{word}\" is no port"),
        "write 5432, 8000-8080, udp/53, the name of a port of the destination, or all",
    )
}

#[cfg(test)]
mod tests {
    use super::ports;

    #[test]
    fn ports_are_written_in_the_usual_ways() {
        let show = |word| ports(word, None).map(|ports| ports.to_string()).ok();
        assert_eq!(show("5432").as_deref(), Some("TCP 5432"));
        assert_eq!(show("udp/53").as_deref(), Some("UDP 53"));
        assert_eq!(show("53/UDP").as_deref(), Some("UDP 53"));
        assert_eq!(show("sctp:1-3").as_deref(), Some("SCTP 1-3"));
        assert_eq!(show("all").as_deref(), Some("all ports"));
        assert_eq!(show("udp").as_deref(), Some("UDP"));
        for bad in ["0", "65536", "9-8", "tcp/", "http", "x/80", "-1"] {
            assert_eq!(show(bad), None, "{bad}");
        }
    }
}
