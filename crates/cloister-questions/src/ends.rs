//! What people call the ends of a connection.

use std::net::IpAddr;

use cloister_network::{AddressSet, Endpoint, Network};

use crate::{Wrong, did_you_mean};

/// The word for everything outside that is no private network.
const INTERNET: &str = "internet";
/// The endpoints that are meant.
pub fn endpoints(word: &str, network: &Network<'_>) -> Result<Vec<usize>, Wrong> {
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
            Err(Wrong::new(format!("\"{word}\" is the name of several"), format!("name one of {names}")))
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

fn unknown(word: &str, network: &Network<'_>) -> Wrong {
    let names: Vec<String> = network.endpoints().iter().filter_map(Endpoint::workload).map(short).collect();
    let bare = names.iter().filter_map(|name| name.split_once('/')).map(|(_, name)| name);
    let near = did_you_mean(word, names.iter().map(String::as_str).chain(bare));
    let help = near.unwrap_or_else(|| "name a workload as NAMESPACE/NAME, an address, or internet".to_owned());
    Wrong::new(format!("no workload is called \"{word}\""), help)
}

fn short(workload: &cloister_network::Workload<'_>) -> String {
    format!("{}/{}", workload.namespace, workload.name)
}
