//! Ways out: the addresses outside of the cluster that workloads reach, and the names that manifests give such places.

use std::sync::Arc;

use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource};
use foldhash::HashMap;

use crate::addresses::AddressSet;
use crate::alike::Alike;
use crate::classes::{Match, Sort};
use crate::endpoints::Endpoint;
use crate::network::Network;
use crate::policy::Direction;
use crate::rows::{Rows, Verdicts};
use crate::verdict::Verdict;

/// What workloads reach outside of the cluster.
#[derive(Debug)]
pub struct Exit {
    /// Their classes, in order: all that reach the same addresses on the same ports.
    pub classes: Arc<[usize]>,
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
    /// By the classes that reach the same, and by what is open to them.
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
        let mut asked = Asked { network: self, verdicts: Verdicts::default(), known: HashMap::default() };
        let rows = self.rows(Direction::Egress, &mut asked.verdicts);
        let outside = self.classes.iter().enumerate().filter(|(_, class)| matches!(class.sort, Sort::Outside(_)));
        let outside: Vec<usize> = outside.map(|(number, _)| number).collect();
        let mut ways: HashMap<(Option<usize>, [Match; 2]), Ways> = HashMap::default();
        let mut alike = Alike::default();
        for (number, class) in self.classes.iter().enumerate().filter(|(_, class)| class.is_pod()) {
            // Where its own addresses lie tells only by which families it has some.
            let key = (rows.of.get(number).copied(), self.families_of(class));
            let found = ways.entry(key).or_insert_with(|| asked.ways(number, &outside, &rows));
            alike.add(found.clone(), number);
        }
        let of = |(ways, classes): (Ways, Vec<usize>)| {
            let classes: Arc<[usize]> = classes.into();
            let exit = |(addresses, verdict): &(AddressSet, Verdict)| Exit {
                classes: classes.clone(),
                addresses: addresses.clone(),
                verdict: verdict.clone(),
            };
            ways.iter().map(exit).collect::<Vec<_>>()
        };
        Exits { exits: alike.groups.into_iter().flat_map(of).collect(), names: names(inventory) }
    }
}

/// Addresses by what is open on them.
type Ways = Arc<[(AddressSet, Verdict)]>;

/// Verdicts on addresses outside, looked up in rows.
struct Asked<'n, 'a> {
    network: &'n Network<'a>,
    verdicts: Verdicts,
    /// By what the policies say for each family, and which families are possible.
    known: HashMap<([u32; 2], [Match; 2]), u32>,
}

impl Asked<'_, '_> {
    /// Addresses outside that a class reaches, by what is open.
    fn ways(&mut self, class: usize, outside: &[usize], rows: &Rows) -> Ways {
        let mut reached: HashMap<u32, Vec<usize>> = HashMap::default();
        for to in outside {
            if let Some(verdict) = self.verdict(class, *to, rows) {
                reached.entry(verdict).or_default().push(*to);
            }
        }
        let network = self.network;
        let found = reached.into_iter().filter_map(|(verdict, classes)| {
            let verdict = (**self.verdicts.get(verdict)?).clone();
            let members = classes.iter().flat_map(|class| network.members(*class));
            let own = members.filter_map(|it| match network.endpoint(*it) {
                Some(Endpoint::Outside(addresses)) => Some(addresses),
                _ => None,
            });
            (!verdict.is_closed()).then(|| (AddressSet::joined(own), verdict))
        });
        let mut found: Vec<(AddressSet, Verdict)> = found.collect();
        found.sort_by(|(_, one), (_, other)| (&one.allow, &one.deny).cmp(&(&other.allow, &other.deny)));
        found.into()
    }

    fn verdict(&mut self, class: usize, to: usize, rows: &Rows) -> Option<u32> {
        let said = rows.said(class, to)?;
        let (from, to) = (self.network.classes.get(class)?, self.network.classes.get(to)?);
        let sides = (said, self.network.families(from, to));
        if let Some(number) = self.known.get(&sides) {
            return Some(*number);
        }
        let [v4, v6] = said.map(|number| self.verdicts.get(number).map_or_else(Verdict::closed, |it| (**it).clone()));
        let number = self.verdicts.number(self.network.joined(from, to, v4, || v6));
        self.known.insert(sides, number);
        Some(number)
    }
}

impl Exit {
    /// Whether every port of every address of the internet is open.
    pub fn is_unrestricted(&self) -> bool {
        let private = AddressSet::private();
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
