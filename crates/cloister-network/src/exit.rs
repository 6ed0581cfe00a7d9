//! Ways out: the addresses outside of the cluster that workloads reach, and the names that manifests give such places.

use std::collections::BTreeMap;

use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource};

use crate::addresses::AddressSet;
use crate::classes::Sort;
use crate::endpoints::Endpoint;
use crate::network::Network;
use crate::verdict::Verdict;

/// What workloads that no rule tells apart reach outside of the cluster.
#[derive(Debug)]
pub struct Exit {
    /// Their class.
    pub class: usize,
    /// The addresses.
    pub addresses: AddressSet,
    /// What policies say of them; the same for each.
    pub verdict: Verdict,
}

/// A name that stands for a place outside, and that only a name server could resolve.
#[derive(Clone, Copy, Debug)]
pub struct ExternalName<'a> {
    /// Where it is written.
    pub place: Place<'a>,
    /// The name, or a pattern of names.
    pub name: &'a str,
    /// Whether a policy names it, which is then not evaluated; a Service otherwise.
    pub by_policy: bool,
}

/// All ways out.
#[derive(Debug, Default)]
pub struct Exits<'a> {
    /// By class, and by what is open.
    pub exits: Vec<Exit>,
    /// Names of places outside.
    pub names: Vec<ExternalName<'a>>,
}

/// Lists of names in policies: the kind, the lists of rules, the list in a rule, and the fields of a name; an empty one
/// is the item itself.
const NAMES: [(&str, &[&str], &str, &[&str]); 7] = [
    ("CiliumNetworkPolicy.cilium.io", &["spec/egress"], "toFQDNs", &["matchName", "matchPattern"]),
    ("CiliumClusterwideNetworkPolicy.cilium.io", &["spec/egress"], "toFQDNs", &["matchName", "matchPattern"]),
    ("NetworkPolicy.projectcalico.org", &["spec/egress"], "destination/domains", &[""]),
    ("GlobalNetworkPolicy.projectcalico.org", &["spec/egress"], "destination/domains", &[""]),
    ("ClusterNetworkPolicy", &["spec/egress"], "to", &["domainNames"]),
    ("AdminNetworkPolicy", &["spec/egress"], "to", &["domainNames"]),
    ("EgressFirewall.k8s.ovn.org", &["spec/egress"], "to", &["dnsName"]),
];

impl<'a> Network<'a> {
    /// What workloads reach outside, and the names of places there.
    pub fn exits(&self, inventory: &'a Inventory) -> Exits<'a> {
        let pods = self.classes.iter().enumerate().filter(|(_, class)| class.is_pod());
        let exits = pods.flat_map(|(number, _)| self.exits_of(number)).collect();
        Exits { exits, names: names(inventory) }
    }

    /// Addresses outside that a class reaches, by what is open.
    fn exits_of(&self, class: usize) -> Vec<Exit> {
        let mut by_ports: BTreeMap<_, (AddressSet, Verdict)> = BTreeMap::new();
        let Some(from) = self.classes.get(class) else { return Vec::new() };
        for to in self.classes.iter().filter(|it| matches!(it.sort, Sort::Outside(_))) {
            let verdict = self.between_classes(from, to);
            if verdict.is_closed() {
                continue;
            }
            let known = by_ports.entry((verdict.allow.clone(), verdict.deny.clone()));
            let (addresses, _) = known.or_insert_with(|| (AddressSet::default(), verdict));
            let members = to.members.iter().filter_map(|member| self.endpoint(*member));
            for own in members.filter_map(|it| if let Endpoint::Outside(own) = it { Some(own) } else { None }) {
                *addresses = addresses.union(own);
            }
        }
        by_ports.into_values().map(|(addresses, verdict)| Exit { class, addresses, verdict }).collect()
    }
}

impl Exit {
    /// Whether every port of every address of the internet is open.
    pub fn is_unrestricted(&self) -> bool {
        let private = crate::entry::private();
        let whole = crate::Family::ALL
            .iter()
            .any(|family| AddressSet::all_of(*family).difference(&private).is_subset(&self.addresses));
        whole && self.verdict.allowed().is_everything()
    }
}

fn names(inventory: &Inventory) -> Vec<ExternalName<'_>> {
    let mut found = Vec::new();
    for service in inventory.of_kind("Service").filter(|it| it.root.str_at("spec/type") == Some("ExternalName")) {
        if let Some(node) = service.root.at("spec/externalName") {
            found.extend(node.as_str().map(|name| ExternalName {
                place: Place::of(service, node),
                name,
                by_policy: false,
            }));
        }
    }
    for (kind, rules, list, fields) in NAMES {
        for policy in inventory.of_kind(kind) {
            let rules = rules.iter().flat_map(|path| policy.root.items_at(path));
            let items = rules.flat_map(|rule| match rule.at(list) {
                Some(node) if node.is_map() => std::slice::from_ref(node),
                Some(node) => node.items(),
                None => &[],
            });
            found.extend(items.flat_map(|item| of_item(policy, item, fields)));
        }
    }
    found
}

fn of_item<'a>(policy: &'a Resource, item: &'a Node, fields: &[&str]) -> Vec<ExternalName<'a>> {
    let nodes = fields.iter().filter_map(|field| if field.is_empty() { Some(item) } else { item.get(field) });
    let nodes = nodes.flat_map(|node| if node.items().is_empty() { std::slice::from_ref(node) } else { node.items() });
    let name =
        |node: &'a Node| Some(ExternalName { place: Place::of(policy, node), name: node.as_str()?, by_policy: true });
    nodes.filter_map(name).collect()
}
