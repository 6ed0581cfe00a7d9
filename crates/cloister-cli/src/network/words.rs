//! What a user calls the ends of a connection, and its port.

use std::net::IpAddr;

use cloister_network::{AddressSet, Endpoint, Network, PortSet, Protocol};

use crate::way_out::{did_you_mean, failure};

/// The word for everything outside that is no private network.
const INTERNET: &str = "internet";
/// The endpoints that are meant.
pub fn endpoints(word: &str, network: &Network<'_>) -> anyhow::Result<Vec<usize>> {
    if word == INTERNET {
        let private = AddressSet::private();
        return Ok(outside(network, |addresses| !addresses.is_subset(&private)));
    }
    let addresses = word.parse::<IpAddr>().map(AddressSet::one).ok().or_else(|| AddressSet::parse_cidr(word).ok());
    if let Some(addresses) = addresses {
        return Ok(of_addresses(&addresses, network));
    }
    let found: Vec<usize> = numbered(network).filter(|(_, it)| is_called(it, word)).map(|(number, _)| number).collect();
    match found.as_slice() {
        [] => Err(unknown(word, network)),
        [_] => Ok(found),
        several => {
            let names = several.iter().filter_map(|number| network.endpoint(*number)).map(Endpoint::name);
            let names = names.take(5).collect::<Vec<_>>().join(", ");
            Err(failure(format!("\"{word}\" is the name of several"), format!("name one of {names}")))
        }
    }
}

fn numbered<'n>(network: &'n Network<'_>) -> impl Iterator<Item = (usize, &'n Endpoint<'n>)> {
    network.endpoints().iter().enumerate()
}

fn outside(network: &Network<'_>, is_meant: impl Fn(&AddressSet) -> bool) -> Vec<usize> {
    let meant = |endpoint: &Endpoint<'_>| matches!(endpoint, Endpoint::Outside(addresses) if is_meant(addresses));
    numbered(network).filter(|(_, endpoint)| meant(endpoint)).map(|(number, _)| number).collect()
}

/// Pods and nodes that have these addresses, and the outside where none has.
fn of_addresses(addresses: &AddressSet, network: &Network<'_>) -> Vec<usize> {
    let has = |own: &AddressSet| !own.is_disjoint(addresses);
    let inside = numbered(network).filter(|(_, endpoint)| match endpoint {
        Endpoint::Workload(workload) => workload.addresses.as_ref().is_some_and(has),
        Endpoint::Node(node) => has(&node.addresses),
        Endpoint::Outside(_) => false,
    });
    let inside: Vec<usize> = inside.map(|(number, _)| number).collect();
    if inside.is_empty() { outside(network, has) } else { inside }
}

/// `namespace/name[Kind]`, `namespace/name`, `name`; kinds in any case.
fn is_called(endpoint: &Endpoint<'_>, word: &str) -> bool {
    let (name, kind) = match word.strip_suffix(']').and_then(|word| word.split_once('[')) {
        Some((name, kind)) => (name, Some(kind)),
        None => (word, None),
    };
    let is_kind = |own: &str| kind.is_none_or(|kind| kind.eq_ignore_ascii_case(own));
    match endpoint {
        Endpoint::Workload(workload) => {
            let named = match name.split_once('/') {
                Some((namespace, name)) => namespace == workload.namespace && name == workload.name,
                None => name == workload.name,
            };
            (named && is_kind(workload.kind)) || endpoint.name() == word
        }
        Endpoint::Node(node) => name == &*node.resource.name && is_kind("Node"),
        Endpoint::Outside(_) => endpoint.name() == word,
    }
}

fn unknown(word: &str, network: &Network<'_>) -> anyhow::Error {
    let names: Vec<String> = network.endpoints().iter().filter_map(Endpoint::workload).map(short).collect();
    let bare = names.iter().filter_map(|name| name.split_once('/')).map(|(_, name)| name);
    let near = did_you_mean(word, names.iter().map(String::as_str).chain(bare));
    let help = near.unwrap_or_else(|| "name a workload as NAMESPACE/NAME, an address, or internet".to_owned());
    failure(format!("no workload is called \"{word}\""), help)
}

fn short(workload: &cloister_network::Workload<'_>) -> String {
    format!("{}/{}", workload.namespace, workload.name)
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
