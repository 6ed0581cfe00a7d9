//! `networking.k8s.io/v1`, Ingress: rules by host and path, and the default backend.

use cloister_model::{Node, Place, Resource};

use super::annotations::{self, Told};
use super::controllers::{Class, Controller};
use super::front::{Front, Through, Tls};
use super::guard::Guard;
use super::hosts::certifies;
use super::lead::{Backend, Ways};
use super::nowhere::Reason;
use super::service::Wanted;
use super::{alb, gce};

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    for ingress in ways.inventory.of_kind("Ingress") {
        one(ways, ingress);
    }
}

/// What is true of all paths of an Ingress.
struct Served<'a> {
    ingress: &'a Resource,
    controller: Option<Controller>,
    through: Through,
    told: Told,
}

fn one<'a>(ways: &mut Ways<'_, 'a>, ingress: &'a Resource) {
    let class = Class::of(ingress, ways.inventory);
    if let Some(reason) = unserved(ways, &class) {
        let front = Ways::front(ingress, "spec/ingressClassName");
        return ways.dead(&front, reason);
    }
    let named = class.name.is_some() || class.resource.is_some();
    let controller = class.controller().or_else(|| ways.seen.only().filter(|_| !named));
    let (through, reach) = ways.through(controller);
    let mut told = annotations::told(ingress, controller, ways.inventory);
    told.guard = told.guard.and(&reach);
    if controller == Some(Controller::Alb) {
        alb::by_class(class.resource, ways.inventory, &mut told);
    }
    let served = Served { ingress, controller, through, told };
    for rule in ingress.root.items_at("spec/rules") {
        of_rule(ways, &served, rule);
    }
    if let Some((default, path)) = default_backend(ingress) {
        let front = served.front(Place::whole(ingress).at(path), None, None);
        to(ways, &served, front, default);
    }
}

impl<'a> Ways<'_, 'a> {
    /// Who brings a controller's requests, and to whom it is open.
    pub(super) fn through(&mut self, controller: Option<Controller>) -> (Through, Guard) {
        let Some(controller) = controller else { return (Through::Unseen, Guard::open()) };
        if controller.is_of_cloud() {
            return (Through::Cloud, Guard::open());
        }
        if let Some(known) = self.served.get(&controller) {
            return known.clone();
        }
        let pods = self.seen.pods(controller);
        let served = match pods.is_empty() {
            true => (Through::Unseen, Guard::open()),
            false => (Through::Pods(pods.clone()), self.reach(&pods)),
        };
        self.served.insert(controller, served.clone());
        served
    }
}

/// Why no controller takes it. Files need not hold every class.
fn unserved<'a>(ways: &Ways<'_, 'a>, class: &Class<'a>) -> Option<Reason<'a>> {
    if !ways.inventory.inputs().cluster || class.resource.is_some() {
        return None;
    }
    match class.name {
        Some(name) => class.by_field.then_some(Reason::NoClass(name)),
        None => Some(Reason::ClassMissing),
    }
}

fn default_backend(ingress: &Resource) -> Option<(&Node, &'static str)> {
    let paths = ["spec/defaultBackend", "spec/backend"];
    paths.into_iter().find_map(|path| Some((ingress.root.at(path)?, path)))
}

fn of_rule<'a>(ways: &mut Ways<'_, 'a>, served: &Served<'a>, rule: &'a Node) {
    let host = rule.str_at("host").filter(|host| !host.is_empty());
    let paths = rule.items_at("http/paths");
    for path in paths {
        let Some(backend) = path.get("backend") else { continue };
        let place = Place::of(served.ingress, path).at("backend");
        let front = served.front(place, host, path.str_at("path").filter(|path| !path.is_empty()));
        to(ways, served, front, backend);
    }
    // A host without paths goes to the default backend.
    if let Some((default, _)) = default_backend(served.ingress).filter(|_| paths.is_empty()) {
        let front = served.front(Place::of(served.ingress, rule).at("host"), host, None);
        to(ways, served, front, default);
    }
}

fn to<'a>(ways: &mut Ways<'_, 'a>, served: &Served<'a>, mut front: Front<'a>, backend: &'a Node) {
    let (name, port) = match backend.get("service") {
        Some(service) => (service.str_at("name"), service.at("port/number").or_else(|| service.at("port/name"))),
        // Versions before networking.k8s.io/v1.
        None => (backend.str_at("serviceName"), backend.get("servicePort")),
    };
    let Some(name) = name else {
        let kind = backend.str_at("resource/kind").unwrap_or("nothing");
        let what = format!("{kind} {}", backend.str_at("resource/name").unwrap_or_default());
        return ways.dead(&front, Reason::OtherKind(what.trim_end().to_owned()));
    };
    if port.and_then(Node::as_str) == Some("use-annotation") {
        let what = format!("the action \"{name}\" of an annotation of {}", Controller::Alb.as_str());
        return ways.dead(&front, Reason::OtherKind(what));
    }
    let namespace = served.ingress.namespace_or_default();
    let service = ways.inventory.get("Service", namespace, name);
    if let Some(service) = service.filter(|_| served.controller == Some(Controller::Gce)) {
        gce::by_service(service, port, ways.inventory, &mut front.guard);
    }
    ways.lead(&front, Backend { namespace, service: name, port: port.map_or(Wanted::All, Wanted::Own) });
}

impl<'a> Served<'a> {
    fn front(&self, place: Place<'a>, host: Option<&'a str>, path: Option<&'a str>) -> Front<'a> {
        let tls = self.tls(host);
        let listens = match (&self.told.listens, tls) {
            (Some(ports), _) => ports.clone(),
            (None, Tls::None) => vec![80],
            (None, Tls::Optional) => vec![80, 443],
            (None, _) => vec![443],
        };
        let mut guard = self.told.guard.clone();
        if tls == Tls::PassedThrough {
            // What is not decrypted cannot be asked for anything.
            guard.asked.clear();
        }
        Front { place, host, path, listens, tls, guard, through: self.through.clone() }
    }

    fn tls(&self, host: Option<&str>) -> Tls {
        if let Some(tls) = self.told.tls {
            return tls;
        }
        let covers = |entry: &Node| {
            entry.items_at("hosts").is_empty()
                || host.is_some_and(|host| entry.strs_at("hosts").any(|pattern| certifies(pattern, host)))
        };
        let has_certificate = self.told.certificate || self.ingress.root.items_at("spec/tls").iter().any(covers);
        match (has_certificate, self.told.plain_too, self.told.encrypts_anew) {
            (false, ..) => Tls::None,
            (true, true, _) => Tls::Optional,
            (true, false, true) => Tls::Reencrypted,
            (true, false, false) => Tls::Terminated,
        }
    }
}
