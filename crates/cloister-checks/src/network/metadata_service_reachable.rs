//! # What it does
//! Finds egress rules of NetworkPolicies whose `ipBlock` holds the address of the
//! cloud's metadata service, 169.254.169.254 (fd00:ec2::254), on its port.
//!
//! # Why it matters
//! The metadata service hands the node's own cloud credentials to whoever asks;
//! with them an attacker leaves the pod for the whole account.
//!
//! # What to do
//! Add the address to `except`, or write narrower blocks.
//!
//! # References
//! GDPR Art. 32(1)(b). MITRE ATT&CK T1552.005, "Cloud Instance Metadata API".

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cloister_model::{Node, Place, Severity};

use super::cidr::Cidr;
use super::policies::{self, Direction};
use crate::{Check, Run};

const METADATA: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))];

pub(crate) const CHECK: Check = Check {
    name: "metadata-service-reachable",
    title: "network policy opens the cloud's metadata service",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["NetworkPolicy"], |policy, findings| {
        if !policies::is_ours(policy) || !policies::isolates(policy, Direction::Egress) {
            return findings.not_applicable();
        }
        let rules = policies::rules(policy, Direction::Egress).iter().filter(|rule| policies::reaches_port(rule, 80));
        for peer in rules.flat_map(|rule| rule.items_at("to")) {
            let Some(address) = METADATA.into_iter().find(|address| block_holds(peer, *address)) else { continue };
            findings
                .report(Place::of(policy, peer).at("ipBlock/cidr"))
                .message(format!("policy \"{}\" lets traffic out to the metadata service ({address})", policy.name))
                .fix(format!("except:\n  - {address}/{}", if address.is_ipv4() { 32 } else { 128 }));
        }
    }),
};

fn block_holds(peer: &Node, address: IpAddr) -> bool {
    let holds = |cidr: &str| Cidr::parse(cidr).is_some_and(|block| block.contains(address));
    peer.str_at("ipBlock/cidr").is_some_and(holds)
        && !peer.at("ipBlock").is_some_and(|block| block.strs_at("except").any(holds))
}
