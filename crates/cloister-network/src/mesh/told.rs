//! Whom policies tell apart: callers that a workload's policies do not name are alike to it, so that what the mesh does
//! with them is asked once.

use cloister_inventory::Selector;
use cloister_model::{Node, Resource};
use foldhash::HashMap;

use super::{Membership, Mesh, authorization, client, waypoint};
use crate::classes::Class;
use crate::endpoints::Workload;

/// Which callers a workload tells apart.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Those that policies name, by their number in the mesh, in order.
    named: Vec<usize>,
    /// It tells addresses apart.
    pub(crate) addresses: bool,
    /// It may tell everybody apart: waypoints and the settings of callers have a say.
    pub(crate) everybody: bool,
}

impl Told {
    /// Whether a caller of this number is told apart from others.
    pub(crate) fn names(&self, caller: usize) -> bool {
        self.everybody || self.named.binary_search(&caller).is_ok()
    }

    /// The callers that policies name, in order.
    pub(crate) fn named(&self) -> &[usize] {
        &self.named
    }
}

/// A member of the mesh as others see it.
struct Caller<'a> {
    namespace: &'a str,
    account: &'a str,
    membership: Membership,
}

/// All members, by their number in the mesh.
pub(crate) struct Callers<'n, 'a> {
    mesh: &'n Mesh<'n, 'a>,
    all: Vec<Option<Caller<'a>>>,
    namespaces: HashMap<&'a str, Vec<usize>>,
    /// DestinationRules that tell callers to speak something else than mutual TLS.
    rules: Vec<&'a Resource>,
}

impl<'n, 'a> Callers<'n, 'a> {
    pub(crate) fn of(mesh: &'n Mesh<'n, 'a>, classes: &[Class<'a>]) -> Callers<'n, 'a> {
        let count = classes.iter().map(|class| class.mesh).max().unwrap_or(0).saturating_add(1);
        let mut callers = Callers {
            mesh,
            all: std::iter::repeat_with(|| None).take(count).collect(),
            namespaces: HashMap::default(),
            rules: client::rules_that_switch_off(mesh),
        };
        for class in classes.iter().filter(|class| class.mesh > 0) {
            let Some(slot @ None) = callers.all.get_mut(class.mesh) else { continue };
            let first = class.members.first().and_then(|first| Some((*first, mesh.workload(*first)?)));
            let Some((first, workload)) = first else { continue };
            let (namespace, account) = (workload.namespace, client::account(workload));
            *slot = Some(Caller { namespace, account, membership: mesh.membership(first) });
            callers.namespaces.entry(namespace).or_default().push(class.mesh);
        }
        callers
    }

    /// How many numbers there are, that of nobody included.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// How callers of this number are in the mesh.
    pub(crate) fn membership(&self, number: usize) -> Membership {
        self.all.get(number).and_then(Option::as_ref).map_or(Membership::None, |it| it.membership)
    }

    /// A caller of each way to be in the mesh that this workload does not name.
    pub(crate) fn unnamed(&self, told: &Told, but: usize) -> Vec<usize> {
        let mut seen: Vec<Membership> = Vec::new();
        let mut found = Vec::new();
        for (number, caller) in self.all.iter().enumerate().filter_map(|(number, it)| Some((number, it.as_ref()?))) {
            if seen.len() == [Membership::Sidecar, Membership::Ambient].len() {
                break;
            }
            if number != but && !seen.contains(&caller.membership) && !told.names(number) {
                seen.push(caller.membership);
                found.push(number);
            }
        }
        found
    }

    /// Whom a workload tells apart.
    pub(crate) fn told_by(&self, endpoint: usize) -> Told {
        let Some(workload) = self.mesh.workload(endpoint) else { return Told::default() };
        let mut told = Told { everybody: self.has_own_ways(endpoint, workload), ..Told::default() };
        told.addresses = told.everybody;
        for policy in self.mesh.policies(authorization::KIND, workload) {
            for rule in policy.root.items_at("spec/rules") {
                self.read(rule, policy.namespace_or_default(), &mut told);
            }
        }
        told.named.sort_unstable();
        told.named.dedup();
        told
    }

    /// Whether a waypoint stands before a workload, or callers may be told to speak to it in the clear.
    fn has_own_ways(&self, endpoint: usize, workload: &Workload<'a>) -> bool {
        let by_waypoint = self.mesh.membership(endpoint) == Membership::Ambient;
        by_waypoint && waypoint::named(self.mesh, workload).iter().any(|(_, waypoint)| waypoint.is_some())
            || !self.rules.is_empty() && self.is_spoken_of(workload)
    }

    fn is_spoken_of(&self, workload: &Workload<'a>) -> bool {
        let services = self.mesh.inventory.of_kind_in("Service", workload.namespace);
        let mut behind = services.filter(|service| {
            service.root.at("spec/selector").is_some_and(|it| Selector::Map(it).matches(&workload.labels))
        });
        behind.any(|service| self.rules.iter().any(|rule| client::names(rule, service)))
    }

    /// What a rule asks of who calls: its sources, and conditions on them.
    fn read(&self, rule: &Node, home: &str, told: &mut Told) {
        for field in rule.items_at("from").iter().filter_map(|from| from.get("source")).flat_map(Node::entries) {
            let name = field.key.strip_prefix("not").unwrap_or(&field.key).to_ascii_lowercase();
            let values = || field.node.items().iter().filter_map(Node::as_str);
            match name.as_str() {
                "principals" => values().for_each(|value| self.principal(value, told)),
                "namespaces" => values().for_each(|value| self.namespace(value, told)),
                "serviceaccounts" => values().for_each(|value| self.account(value, home, told)),
                "ipblocks" => told.addresses = true,
                // Of all members the same is true (trust domains), or it is asked of requests.
                _ => {}
            }
        }
        for condition in rule.items_at("when") {
            let values = || condition.strs_at("values").chain(condition.strs_at("notValues"));
            match condition.str_at("key") {
                Some("source.principal") => values().for_each(|value| self.principal(value, told)),
                Some("source.namespace") => values().for_each(|value| self.namespace(value, told)),
                Some("source.ip") => told.addresses = true,
                _ => {}
            }
        }
    }

    fn namespace(&self, value: &str, told: &mut Told) {
        match value {
            "*" => {}
            _ if value.contains('*') => {
                let fits = |caller: &Caller<'a>| super::matching::any(&[value], caller.namespace);
                self.search(fits, told);
            }
            _ => told.named.extend(self.namespaces.get(value).into_iter().flatten()),
        }
    }

    fn principal(&self, value: &str, told: &mut Told) {
        let is = |caller: &Caller<'a>| {
            super::matching::any(&[value], &super::matching::principal((caller.namespace, caller.account)))
        };
        let namespace = value.strip_prefix("cluster.local/ns/").and_then(|rest| rest.split_once('/'));
        match namespace {
            _ if value == "*" => {}
            Some((namespace, _)) if !value.contains('*') => self.within(namespace, is, told),
            _ => self.search(is, told),
        }
    }

    fn account(&self, value: &str, home: &str, told: &mut Told) {
        let (namespace, account) = value.split_once('/').unwrap_or((home, value));
        self.within(namespace, |caller| caller.account == account, told);
    }

    fn within(&self, namespace: &str, fits: impl Fn(&Caller<'a>) -> bool, told: &mut Told) {
        let numbers = self.namespaces.get(namespace).into_iter().flatten();
        told.named.extend(numbers.filter(|number| self.all.get(**number).and_then(Option::as_ref).is_some_and(&fits)));
    }

    fn search(&self, fits: impl Fn(&Caller<'a>) -> bool, told: &mut Told) {
        let all = self.all.iter().enumerate();
        told.named.extend(all.filter(|(_, it)| it.as_ref().is_some_and(&fits)).map(|(number, _)| number));
    }
}
