//! # What it does
//! Finds `ipBlock` peers that hold every address, `0.0.0.0/0` or `::/0`, without
//! an exception.
//!
//! # Why it matters
//! The rule looks like a restriction and is none: everyone on the internet may
//! come in, or data may leave to anywhere.
//!
//! # What to do
//! Write the blocks that are needed. Where the internet must be reachable, except
//! the private ranges and the metadata service, and say which ports.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). Kubernetes API, `IPBlock`.

use cloister_model::{Place, Severity};

use super::cidr::Cidr;
use super::policies::{self, Direction};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "ip-block-whole-internet",
    title: "network policy names every address there is",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["NetworkPolicy"], |policy, findings| {
        if !policies::is_ours(policy) {
            return findings.not_applicable();
        }
        for (direction, rule) in policies::all_rules(policy) {
            for peer in policies::peers(rule, direction).unwrap_or_default() {
                let Some(cidr) = peer.str_at("ipBlock/cidr") else { continue };
                let whole = Cidr::parse(cidr).is_some_and(Cidr::is_everything);
                if !whole || !peer.items_at("ipBlock/except").is_empty() {
                    continue;
                }
                let way = match direction {
                    Direction::Ingress => "lets every address in",
                    Direction::Egress => "lets traffic out to every address",
                };
                findings
                    .report(Place::of(policy, peer).at("ipBlock/cidr"))
                    .message(format!("policy \"{}\" {way} ({cidr})", policy.name))
                    .fix("ipBlock:\n  cidr: 203.0.113.0/24 # the block that is needed");
            }
        }
    }),
};
