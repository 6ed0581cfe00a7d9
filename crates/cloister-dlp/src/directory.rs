//! Which address is whose: pods, Services and nodes of an inventory, with what the register says of their workloads.

use std::net::IpAddr;
use std::sync::Arc;

use cloister_inventory::{Inventory, Selector};
use cloister_model::Resource;
use cloister_register::{DataCategory, Register};
use foldhash::{HashMap, HashMapExt};

use crate::names::Names;
use crate::outside::{Organisation, organisations, owned};
use crate::party::{Outside, Party, is_private};
use crate::traits::{Activity, Store, activities, keeps_logs, stores};

/// A workload, as far as it matters on the wire.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its namespace.
    pub namespace: Arc<str>,
    /// For reports: `clinic/api[Deployment]`.
    pub name: Arc<str>,
    /// The activities that select it, by number.
    pub activities: Vec<u32>,
    /// Those, and the activities that use the stores that it is.
    pub purposes: Vec<u32>,
    /// The declared stores that it is, by number.
    pub stores: Vec<u32>,
    /// It is recognised as a store, declared or not.
    pub keeps: bool,
    /// It collects or keeps logs.
    pub logs: bool,
}

/// Who has which address, and what the register says of everybody.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    pub(crate) workloads: Vec<Workload>,
    pub(crate) activities: Vec<Activity>,
    pub(crate) stores: Vec<Store>,
    pub(crate) organisations: Vec<Organisation>,
    own_hosts: Vec<String>,
    addresses: HashMap<IpAddr, Party>,
}

/// Links between owners are followed for so many steps.
const OWNERS: usize = 6;

impl Directory {
    /// What an inventory and its register tell.
    pub fn of(inventory: &Inventory, register: &Register<'_>) -> Directory {
        let mut directory = Directory {
            activities: activities(register),
            stores: stores(register),
            organisations: organisations(register),
            own_hosts: register.organisation().map(|it| owned(&it.hosts())).unwrap_or_default(),
            workloads: register.workloads().iter().map(|it| workload(it.resource, register)).collect(),
            addresses: HashMap::new(),
        };
        let numbers: HashMap<*const Resource, u32> = register
            .workloads()
            .iter()
            .zip(0..)
            .map(|(it, number)| (std::ptr::from_ref(it.resource), number))
            .collect();
        directory.add_nodes(inventory);
        directory.add_services(inventory, &numbers);
        directory.add_pods(inventory, &numbers);
        directory
    }

    fn add_nodes(&mut self, inventory: &Inventory) {
        for node in inventory.of_kind("Node") {
            let addresses = node.root.items_at("status/addresses").iter().filter_map(|it| it.str_at("address"));
            let party = Party::Node(node.name.clone());
            self.addresses.extend(addresses.filter_map(|it| Some((it.parse().ok()?, party.clone()))));
        }
    }

    /// An address of a Service is that of the workload behind it, where there is one.
    fn add_services(&mut self, inventory: &Inventory, numbers: &HashMap<*const Resource, u32>) {
        for service in inventory.of_kind("Service") {
            let Some(selector) = service.root.at("spec/selector").filter(|it| !it.is_empty()) else { continue };
            let pods = inventory.pods_selected(service.namespace_or_default(), Selector::Map(selector));
            let workload = pods.into_iter().find_map(|pod| numbers.get(&std::ptr::from_ref(pod.resource)));
            let Some(workload) = workload else { continue };
            for address in service_addresses(service) {
                self.addresses.insert(address, Party::Workload(*workload));
            }
        }
    }

    fn add_pods(&mut self, inventory: &Inventory, numbers: &HashMap<*const Resource, u32>) {
        for pod in inventory.of_kind("Pod") {
            let over = matches!(pod.root.str_at("status/phase"), Some("Succeeded" | "Failed"));
            if over || pod.root.bool_at("spec/hostNetwork") == Some(true) {
                continue;
            }
            let workload = chain(inventory, pod).find_map(|owner| numbers.get(&std::ptr::from_ref(owner)));
            let Some(workload) = workload else { continue };
            let several = pod.root.items_at("status/podIPs").iter().filter_map(|it| it.str_at("ip"));
            for address in several.chain(pod.root.str_at("status/podIP")).filter_map(|it| it.parse().ok()) {
                self.addresses.insert(address, Party::Workload(*workload));
            }
        }
    }

    /// Whose address this is. `host` is the name by which it was called (SNI, Host), where that is known; `called` says
    /// that it is the end that was called.
    pub fn party(&self, address: IpAddr, host: &str, called: bool, names: &Names, time: u64) -> Party {
        let address = address.to_canonical();
        if let Some(party) = self.addresses.get(&address) {
            return party.clone();
        }
        if is_private(address) {
            return Party::Inside(address);
        }
        let said = Some(host).filter(|host| called && is_host(host)).map(|host| Arc::from(host.to_ascii_lowercase()));
        let name = said.or_else(|| names.of(address, time).cloned());
        Party::Outside(Outside { address, name: name.filter(|_| called), called })
    }

    /// A workload by its number.
    pub fn workload(&self, number: u32) -> Option<&Workload> {
        self.workloads.get(usize::try_from(number).ok()?)
    }

    /// The workload that a party is.
    pub fn workload_of(&self, party: &Party) -> Option<&Workload> {
        self.workload(party.workload()?)
    }

    /// What the register knows of somebody outside, by name.
    pub fn organisation(&self, outside: &Outside) -> Option<&Organisation> {
        let name = outside.name.as_deref()?;
        self.organisations.iter().find(|it| it.has(name))
    }

    /// The hosts of a Processor or an external store, as the register writes them.
    pub fn hosts_of(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.organisations.iter().filter(move |it| it.name == name);
        named.flat_map(|it| it.hosts.iter().map(String::as_str))
    }

    /// Whether a host outside is our own.
    pub fn is_own(&self, outside: &Outside) -> bool {
        let covers = |name: &str| self.own_hosts.iter().any(|own| cloister_register::hosts::covers(own, name));
        outside.name.as_deref().is_some_and(covers)
    }

    /// How a party is called in reports. Who called from outside has no name: its address is personal data.
    pub fn name(&self, party: &Party) -> Arc<str> {
        match party {
            Party::Workload(number) => self.workload(*number).map_or_else(|| "a workload".into(), |it| it.name.clone()),
            Party::Node(name) => format!("node {name}").into(),
            Party::Inside(address) => address.to_string().into(),
            Party::Outside(Outside { called: false, .. }) => "clients outside".into(),
            Party::Outside(outside) => match &outside.name {
                Some(name) => crate::mask::masked_name(name).into(),
                None => outside.address.to_string().into(),
            },
        }
    }

    /// The names of activities.
    pub fn activity_names(&self, numbers: &[u32]) -> Vec<Arc<str>> {
        numbers.iter().filter_map(|number| self.activity(*number)).map(|it| it.name.clone()).collect()
    }

    /// The names of stores.
    pub fn store_names(&self, numbers: &[u32]) -> Vec<Arc<str>> {
        numbers.iter().filter_map(|number| self.store(*number)).map(|it| it.name.clone()).collect()
    }

    pub(crate) fn activity(&self, number: u32) -> Option<&Activity> {
        self.activities.get(usize::try_from(number).ok()?)
    }

    pub(crate) fn store(&self, number: u32) -> Option<&Store> {
        self.stores.get(usize::try_from(number).ok()?)
    }

    /// Whether any of `left` may share data with any of `right` (Art. 6(4)).
    pub(crate) fn compatible(&self, left: &[u32], right: &[u32]) -> bool {
        let may =
            |one: &u32| self.activity(*one).is_some_and(|it| right.iter().any(|other| it.compatible.contains(other)));
        left.iter().any(may)
    }

    /// Whether an activity declares a category; `None` where none of them states any.
    pub(crate) fn activities_declare(&self, numbers: &[u32], category: DataCategory) -> Option<bool> {
        declare(numbers.iter().filter_map(|it| self.activity(*it)).map(|it| it.categories.as_deref()), category)
    }

    /// The same of stores.
    pub(crate) fn stores_declare(&self, numbers: &[u32], category: DataCategory) -> Option<bool> {
        declare(numbers.iter().filter_map(|it| self.store(*it)).map(|it| it.categories.as_deref()), category)
    }
}

fn declare<'c>(lists: impl Iterator<Item = Option<&'c [DataCategory]>>, category: DataCategory) -> Option<bool> {
    let mut stated = lists.flatten().peekable();
    stated.peek()?;
    Some(stated.flatten().any(|declared| declared.covers(category)))
}

fn workload(resource: &Resource, register: &Register<'_>) -> Workload {
    let namespace = resource.namespace_or_default();
    let numbers = |names: Vec<&str>, all: &[&str]| -> Vec<u32> {
        let place = |name: &str| all.iter().position(|known| *known == name).and_then(|at| u32::try_from(at).ok());
        names.into_iter().filter_map(place).collect()
    };
    let all: Vec<&str> = register.activities().iter().map(|it| it.name()).collect();
    let all_stores: Vec<&str> = register.stores().iter().map(|it| it.name()).collect();
    let activities: Vec<&str> = register.activities_of(resource).iter().map(|it| it.name()).collect();
    let stores: Vec<&str> = register.stores_of(resource).iter().map(|it| it.name()).collect();
    let using = stores.iter().flat_map(|store| register.activities_using(store)).map(|it| it.name());
    let purposes = activities.iter().copied().chain(using).collect();
    Workload {
        namespace: namespace.into(),
        name: format!("{namespace}/{}[{}]", resource.name, resource.kind).into(),
        activities: numbers(activities, &all),
        purposes: numbers(purposes, &all),
        keeps: !stores.is_empty() || register.recognised(resource).is_some(),
        stores: numbers(stores, &all_stores),
        logs: keeps_logs(resource),
    }
}

/// A pod and its controllers, up to the last that the inventory knows.
fn chain<'a>(inventory: &'a Inventory, pod: &'a Resource) -> impl Iterator<Item = &'a Resource> {
    let owner = |resource: &&'a Resource| {
        let references = resource.root.items_at("metadata/ownerReferences");
        let controller = references.iter().find(|it| it.bool_at("controller") == Some(true)).or(references.first())?;
        let (kind, name) = (controller.str_at("kind")?, controller.str_at("name")?);
        // Operators' kinds have their group's name.
        let group = controller.str_at("apiVersion")?.split_once('/').map_or("", |(group, _)| group);
        let kind = if group.contains('.') { format!("{kind}.{group}") } else { kind.to_owned() };
        inventory.get(&kind, resource.namespace_or_default(), name)
    };
    let mut all: Vec<&Resource> = std::iter::successors(Some(pod), owner).take(OWNERS).collect();
    all.reverse();
    all.into_iter()
}

fn service_addresses(service: &Resource) -> impl Iterator<Item = IpAddr> {
    let one = service.root.str_at("spec/clusterIP").into_iter();
    let several = service.root.strs_at("spec/clusterIPs").chain(service.root.strs_at("spec/externalIPs"));
    let balancers = service.root.items_at("status/loadBalancer/ingress").iter().filter_map(|it| it.str_at("ip"));
    one.chain(several).chain(balancers).filter_map(|it| it.parse().ok())
}

/// Whether it is a name, and no address.
fn is_host(host: &str) -> bool {
    let letters = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    (1..=253).contains(&host.len()) && host.chars().all(letters) && host.parse::<IpAddr>().is_err()
}
