//! # What it does
//! Finds templates of agent-sandbox whose sandboxes may send to anywhere: without a
//! policy, with rules that name no destination or the whole internet, or with the
//! controller's default, which is the whole internet too.
//!
//! # Why it matters
//! A sandbox runs what a model or a user wrote. What it is given to work on, personal
//! data included, can leave for any address, and to any country, in one request.
//!
//! # What to do
//! Leave `networkPolicyManagement: Managed`; list the destinations that the task needs
//! in `networkPolicy.egress`, or none: `egress: []`.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). agent-sandbox, "SandboxTemplate".

use std::collections::BTreeMap;

use cloister_inventory::{Inventory, Pod};
use cloister_model::{Node, Place, Severity};

use super::cidr::Cidr;
use super::isolation::{Home, Isolation, kinds_with};
use super::policies::Direction;
use super::sandboxes::{Management, TEMPLATE, management};
use crate::{Check, Findings, Run};

const FIX: &str = "networkPolicyManagement: Managed\nnetworkPolicy:\n  egress: []";

/// Kinds that an isolation of one's own is read from, and the templates.
const KINDS: &[&str] = kinds_with![TEMPLATE];

/// A peer without an end: empty, or all addresses of a family whatever it excepts.
fn is_anywhere(peer: &Node) -> bool {
    let selects = peer.get("podSelector").is_some() || peer.get("namespaceSelector").is_some();
    let block = peer.str_at("ipBlock/cidr").and_then(Cidr::parse);
    !selects && block.is_none_or(Cidr::is_everything)
}

/// The rule that lets everything out, or the list where it is no list.
fn open_rule(egress: &Node) -> Option<&Node> {
    if egress.is_map() {
        return Some(egress);
    }
    egress.items().iter().find(|rule| {
        let peers = rule.items_at("to");
        peers.is_empty() || peers.iter().any(is_anywhere)
    })
}

fn judge(findings: &mut Findings<'_>) {
    let inventory = findings.inventory();
    let isolation = Isolation::of(inventory);
    let mut homes: BTreeMap<&str, Home<'_>> = BTreeMap::new();
    for template in inventory.of_kind(TEMPLATE) {
        let whole = Place::whole(template);
        let mut report = |place: Place<'_>, severity, what: &str| {
            let message = format!("sandboxes of \"{}\" may send to anywhere: {what}", template.name);
            findings.examine(true);
            findings.report(place).severity(severity).message(message).fix(FIX);
        };
        let managed = match management(template) {
            Management::Managed => true,
            Management::Unmanaged => false,
            Management::Unknown => {
                report(whole.at("spec/networkPolicyManagement"), Severity::High, "the API server refuses this word");
                continue;
            }
        };
        if !managed {
            let home = homes
                .entry(template.namespace_or_default())
                .or_insert_with(|| Home::of(inventory, template.namespace_or_default()));
            let pods: Vec<Pod<'_>> = Inventory::pods_of(template).collect();
            if !pods.is_empty() && pods.iter().all(|pod| isolation.isolates(home, pod, Direction::Egress)) {
                findings.examine(false);
            } else {
                report(whole.at("spec/networkPolicyManagement"), Severity::High, "no policy stands for them");
            }
            continue;
        }
        let policy = template.root.at("spec/networkPolicy");
        let egress = policy.and_then(|policy| policy.get("egress"));
        match (policy, egress.and_then(open_rule)) {
            (None, _) => report(whole.at("spec/networkPolicy"), Severity::Medium, "the default is the whole internet"),
            (_, Some(rule)) => report(Place::of(template, rule), Severity::High, "a rule names no end"),
            _ => {
                findings.examine(false);
            }
        }
    }
}

pub(crate) const CHECK: Check = Check {
    name: "sandbox-egress-unrestricted",
    title: "sandbox may send to anywhere",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(KINDS, judge),
};
