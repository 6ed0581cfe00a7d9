//! Needs that texts declare.

use std::collections::BTreeSet;

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::block::Block;
use super::keys::Says;
use super::mention::{Mention, mentions};
use super::names::Meant;
use super::services::{Behind, Services};
use super::texts::{Sort, Text, of_container, of_volumes};
use super::{End, Needs, Why};
use crate::behind::number;
use crate::endpoints::Workload;
use crate::ports::{PortSet, Protocol};

/// Finds them. Returns the workloads that need names.
pub(super) fn find(services: &Services<'_, '_>, needs: &mut Needs) -> BTreeSet<usize> {
    let mut named = BTreeSet::new();
    for (number, workload) in services.workloads() {
        let about = workload.to_string();
        for pod in Inventory::pods_of(workload.resource) {
            let mut texts: Vec<Text<'_>> = Vec::new();
            for container in pod.containers() {
                texts.extend(of_container(&container, services.inventory, &about, needs));
            }
            texts.extend(of_volumes(&pod, services.inventory));
            let mut reader = Reader { services, number, workload, needs, named: false };
            texts.iter().for_each(|text| reader.read(text));
            if reader.named {
                named.insert(number);
            }
            ask_for_api_server(&pod, services.inventory, &about, needs);
        }
    }
    named
}

/// Who runs under an account of its own with its token may want the API server.
fn ask_for_api_server(pod: &cloister_inventory::Pod<'_>, inventory: &Inventory, about: &str, needs: &mut Needs) {
    let account = pod.service_account();
    if account == "default" {
        return;
    }
    let stored = inventory.get("ServiceAccount", pod.namespace(), account);
    let own = pod.spec.bool_at("automountServiceAccountToken");
    let mounted = own.or_else(|| stored.and_then(|it| it.root.bool_at("automountServiceAccountToken")));
    if mounted != Some(false) {
        let words = "it runs as a service account of its own, with its token: does it call the API server? \
                     Only the cluster knows that address; add it as a flow, or take the token away";
        needs.ask(about, words, pod.at("serviceAccountName").location());
    }
}

struct Reader<'r, 'n, 'a> {
    services: &'r Services<'n, 'a>,
    number: usize,
    workload: &'n Workload<'a>,
    needs: &'r mut Needs,
    /// It calls somebody by name.
    named: bool,
}

impl<'a> Reader<'_, '_, 'a> {
    fn read(&mut self, text: &Text<'a>) {
        for mention in mentions(&text.text, text.name.as_deref()) {
            match self.services.meant(&mention.host, self.workload.namespace) {
                Meant::Service { service, bare } if !bare || is_meant(&mention, text) => {
                    self.service(service, &mention, text, bare);
                }
                Meant::NoService if is_sure(&mention) => {
                    let words = format!("{} names \"{}\", and there is no such Service", text.called, mention.host);
                    self.ask(words, &mention, text);
                }
                Meant::Address(address) if is_sure(&mention) => self.address(address, &mention, text),
                Meant::Public if is_outside(&mention, text) => self.public(&mention.host, mention.port, &mention, text),
                _ => {}
            }
        }
    }

    fn service(&mut self, service: &'a Resource, mention: &Mention, text: &Text<'a>, bare: bool) {
        let all = service.root.items_at("spec/ports");
        let has = |port: u16| all.iter().any(|it| it.get("port").and_then(number) == Some(port));
        // What a scheme usually has counts only where the Service has it.
        let port = mention.port.filter(|port| !mention.usual || has(*port));
        let wanted = |node: &Node| port.is_none_or(|port| node.get("port").and_then(number) == Some(port));
        let behind = self.services.behind(service, wanted, port);
        self.named |= mention.host.parse::<std::net::IpAddr>().is_err();
        if let Some(name) = behind.name {
            return self.external(name, port, mention, text);
        }
        let found = !behind.workloads.is_empty() || behind.addresses.iter().any(|(_, ports)| !ports.is_empty());
        if !found {
            return self.ask(nothing_behind(service, port, text), mention, text);
        }
        let itself = behind.workloads.iter().any(|(number, _)| *number == self.number);
        // A name that is also its own says little: "frontend" is how the frontend calls itself.
        if itself && bare && mention.port.is_none() {
            return;
        }
        self.add(behind, mention, text);
    }

    fn add(&mut self, behind: Behind<'a>, mention: &Mention, text: &Text<'a>) {
        for (workload, ports) in behind.workloads {
            let why = self.why(mention, text, "");
            self.needs.need(End::Workload(self.number), End::Workload(workload), ports, why);
        }
        for (address, ports) in behind.addresses {
            let Ok(address) = address.parse() else { continue };
            let why = self.why(mention, text, "");
            self.needs.need(End::Workload(self.number), End::Outside(Block::one(address)), ports, why);
        }
    }

    /// ExternalName: an alias of another name.
    fn external(&mut self, name: &str, port: Option<u16>, mention: &Mention, text: &Text<'a>) {
        match self.services.meant(name, self.workload.namespace) {
            Meant::Service { service, bare: false } => {
                let wanted = |node: &Node| port.is_none_or(|port| node.get("port").and_then(number) == Some(port));
                let behind = self.services.behind(service, wanted, port);
                self.add(behind, mention, text);
            }
            Meant::Public => self.public(name, port.or(mention.port), mention, text),
            _ => self.ask(format!("{} leads to \"{name}\", which cannot be followed", text.called), mention, text),
        }
    }

    fn address(&mut self, address: std::net::IpAddr, mention: &Mention, text: &Text<'a>) {
        let Some(port) = mention.port else {
            return self.ask(format!("{} names {address} without a port", text.called), mention, text);
        };
        let why = self.why(mention, text, "");
        let ports = PortSet::one(Protocol::Tcp, port);
        self.needs.need(End::Workload(self.number), End::Outside(Block::one(address)), ports, why);
    }

    fn public(&mut self, host: &str, port: Option<u16>, mention: &Mention, text: &Text<'a>) {
        self.named = true;
        let Some(port) = port else {
            let words = format!("{} names {host} without a port, so that nothing is opened for it", text.called);
            return self.ask(words, mention, text);
        };
        let why = self.why(mention, text, &format!(" ({host})"));
        for block in Block::public() {
            let ports = PortSet::one(Protocol::Tcp, port);
            self.needs.need(End::Workload(self.number), End::Outside(block), ports, why.clone());
        }
        self.needs.note(
            "a NetworkPolicy knows no names: what is needed outside by name is opened to every public address on that port",
        );
    }

    fn why(&self, mention: &Mention, text: &Text<'a>, more: &str) -> Why {
        let place = text.place.line(mention.at.0, mention.at.1);
        Why::at(format!("{}{more}", text.called), &place)
    }

    fn ask(&mut self, words: String, mention: &Mention, text: &Text<'a>) {
        let place = text.place.line(mention.at.0, mention.at.1);
        self.needs.ask(self.workload.to_string(), words, place.location());
    }
}

fn nothing_behind(service: &Resource, port: Option<u16>, text: &Text<'_>) -> String {
    match port {
        Some(port) => format!("{} names port {port} of Service {}, which leads nowhere", text.called, service.name),
        None => format!("{} names Service {}, behind which there is nothing", text.called, service.name),
    }
}

/// Whether a bare word that is also a Service's name is meant as an address.
fn is_meant(mention: &Mention, text: &Text<'_>) -> bool {
    if mention.scheme.is_some() || mention.says == Says::Address {
        return true;
    }
    let written = mention.port.is_some() && !mention.usual;
    match mention.says {
        Says::Other => false,
        _ => written || (mention.whole && text.sort == Sort::Variable),
    }
}

/// Whether something that is not in the input is surely an address.
fn is_sure(mention: &Mention) -> bool {
    let address = mention.says == Says::Address;
    mention.scheme.as_deref().is_some_and(is_network) || (address && (mention.port.is_some() || mention.whole))
}

/// Files are full of links that nobody follows: there, the name of the setting must say that it is an address.
fn is_outside(mention: &Mention, text: &Text<'_>) -> bool {
    if mention.says == Says::Other {
        return false;
    }
    match text.sort {
        Sort::File => mention.says == Says::Address && is_sure(mention),
        _ => is_sure(mention),
    }
}

fn is_network(scheme: &str) -> bool {
    !["file", "unix", "urn", "classpath", "docker", "oci", "data", "vscode"].contains(&scheme)
}
