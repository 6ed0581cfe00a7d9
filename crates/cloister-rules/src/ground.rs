//! What the rules take for granted of a cluster: passed in, from the register and the inventory.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::str::FromStr;

use cloister_inventory::Inventory;
use cloister_register::Register;
use serde::{Deserialize, Serialize};

/// The group that every authoriser lets through.
const MASTERS: &str = "system:masters";

/// What is known of a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ground {
    /// Namespaces that hold personal data, and who says so (`store "patients"`). Where there is none, rules about them
    /// are not judged.
    pub personal: BTreeMap<String, String>,
    /// The cluster's own networks: of its pods and nodes. Where there is none, rules about outside are not judged.
    pub inside: Vec<Network>,
    /// Break-glass accounts, beside whoever is in `system:masters`.
    pub break_glass: BTreeSet<String>,
}

impl Ground {
    /// From what is in an inventory: stores and activities of the register and where they run, stores that are recognised,
    /// and the networks of nodes.
    pub fn of(inventory: &Inventory) -> Ground {
        let (register, _) = Register::from_inventory(inventory);
        Ground::standing(inventory, &register)
    }

    /// The same with the register that is read already.
    pub fn standing(inventory: &Inventory, register: &Register<'_>) -> Ground {
        let declared = register.namespaces_with_personal_data().into_iter();
        let mut personal: BTreeMap<String, String> =
            declared.map(|(namespace, says)| (namespace.to_owned(), says)).collect();
        for workload in register.workloads() {
            if let Some(found) = register.recognised(workload.resource) {
                let says = || format!("{} looks like {}", workload.resource.name, found.engine.meaning());
                personal.entry(workload.namespace().to_owned()).or_insert_with(says);
            }
        }
        let nodes = inventory.of_kind("Node").flat_map(|node| {
            let pods = node.root.strs_at("spec/podCIDRs").chain(node.root.str_at("spec/podCIDR"));
            let own = node.root.items_at("status/addresses").iter().filter_map(|address| address.str_at("address"));
            // Names of hosts are among the addresses.
            pods.chain(own).filter_map(|text| text.parse().ok())
        });
        Ground { personal, inside: nodes.collect(), break_glass: BTreeSet::new() }
    }

    /// Who says that a namespace holds personal data.
    pub fn personal(&self, namespace: &str) -> Option<&str> {
        self.personal.get(namespace).map(String::as_str)
    }

    /// Whether an account is for emergencies.
    pub(crate) fn is_break_glass<'g>(&self, user: &str, mut groups: impl Iterator<Item = &'g str>) -> bool {
        self.break_glass.contains(user) || groups.any(|group| group == MASTERS)
    }

    /// Whether any of these addresses lies outside; what is no address does.
    pub(crate) fn is_outside<'g>(&self, mut addresses: impl Iterator<Item = &'g str>) -> bool {
        addresses.any(|address| {
            let address = address.parse::<IpAddr>().map(|address| address.to_canonical());
            !address.is_ok_and(|address| self.inside.iter().any(|network| network.holds(address)))
        })
    }
}

/// A network: `10.244.0.0/16`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    address: IpAddr,
    length: u32,
}

impl Network {
    /// Whether an address is in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let rest = 32_u32.saturating_sub(self.length);
                (network.to_bits() ^ address.to_bits()).checked_shr(rest).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let rest = 128_u32.saturating_sub(self.length);
                (network.to_bits() ^ address.to_bits()).checked_shr(rest).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let wrong = || format!("\"{text}\" is no network: write it as 10.244.0.0/16, or an address");
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Ok(most), |length| length.parse().map_err(|_| wrong()))?;
        if length > most { Err(wrong()) } else { Ok(Network { address, length }) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |network: &str, address: &str| network.parse::<Network>().unwrap().holds(address.parse().unwrap());
        assert!(holds("10.244.0.0/16", "10.244.3.4") && !holds("10.244.0.0/16", "10.245.0.1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("10.0.0.1", "10.0.0.1") && !holds("10.0.0.1", "10.0.0.2"));
        assert!(holds("fd00::/8", "fd12::1") && !holds("fd00::/8", "fe80::1") && holds("::/0", "::1"));
        for none in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/x", "a"] {
            assert!(none.parse::<Network>().is_err(), "{none}");
        }
    }

    #[test]
    fn one_address_outside_is_enough_and_what_is_none_is_outside() {
        let ground = Ground { inside: vec!["10.0.0.0/8".parse().unwrap()], ..Ground::default() };
        assert!(!ground.is_outside(["10.1.2.3", "::ffff:10.1.1.1"].into_iter()));
        assert!(ground.is_outside(["10.1.2.3", "192.0.2.1"].into_iter()));
        assert!(ground.is_outside(["x"].into_iter()));
    }
}
