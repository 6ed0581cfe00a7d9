//! Names of hosts as the resolver of a pod reads them ("DNS for Services and Pods"; search list of `ClusterFirst`).

use std::net::IpAddr;

use cloister_model::Resource;

use super::services::Services;

/// What a name means.
#[derive(Debug)]
pub(super) enum Meant<'a> {
    /// A Service; `bare` where it is called by its name alone.
    Service { service: &'a Resource, bare: bool },
    /// It has the form of a Service's name, and there is none.
    NoService,
    /// An address.
    Address(IpAddr),
    /// A name of the internet, as far as its form tells.
    Public,
    /// Nothing that is connected to.
    Nothing,
}

impl<'a> Services<'_, 'a> {
    /// What a host means to the pods of a namespace.
    pub(super) fn meant(&self, host: &str, namespace: &str) -> Meant<'a> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return self.address(address);
        }
        let parts: Vec<&str> = host.split('.').collect();
        if host == "localhost" || parts.iter().any(|part| part.is_empty()) {
            return Meant::Nothing;
        }
        let get = |namespace: &str, name: &str| self.inventory.get("Service", namespace, name);
        let is_cluster = parts.get(2..).is_some_and(|rest| rest.iter().take(2).any(|part| *part == "svc"));
        let found = match parts.as_slice() {
            [name] => get(namespace, name),
            [one, other] => get(other, one).or_else(|| get(namespace, other).filter(|it| is_of_pod(it))),
            [name, namespace, "svc", ..] => get(namespace, name),
            [_, name, namespace, "svc", ..] | [_, name, namespace] => get(namespace, name),
            _ => None,
        };
        let service_of = |service| Meant::Service { service, bare: parts.len() == 1 };
        let in_known = matches!(parts.as_slice(), [_, space] | [_, _, space] if self.is_namespace(space));
        match found {
            Some(service) => service_of(service),
            None if parts.len() == 1 || is_cluster || in_known || host.ends_with(".cluster.local") => Meant::NoService,
            None if is_public(&parts) => Meant::Public,
            None => Meant::Nothing,
        }
    }

    fn is_namespace(&self, name: &str) -> bool {
        self.inventory.namespaces().any(|(it, _)| it == name)
    }

    fn address(&self, address: IpAddr) -> Meant<'a> {
        if address.is_loopback() || address.is_unspecified() || address.is_multicast() {
            return Meant::Nothing;
        }
        let text = address.to_string();
        let mut services = self.inventory.of_kind("Service");
        let own = services.find(|it| it.root.str_at("spec/clusterIP") == Some(&*text));
        own.map_or(Meant::Address(address), |service| Meant::Service { service, bare: false })
    }
}

/// Pods of a headless Service have names below its own.
fn is_of_pod(service: &Resource) -> bool {
    super::services::is_headless(service)
}

/// A top level domain of letters, and at least one label before it.
fn is_public(parts: &[&str]) -> bool {
    let last = parts.last().copied().unwrap_or_default();
    let letters = last.len() > 1 && last.chars().all(|it| it.is_ascii_alphabetic());
    letters && parts.len() > 1 && !["local", "localdomain", "svc", "cluster", "internal"].contains(&last)
}
