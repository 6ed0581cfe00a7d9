//! OpenShift's Route (`route.openshift.io/v1`).

use cloister_model::{Node, Place, Resource};

use super::controllers::Controller;
use super::front::{Front, Tls};
use super::lead::{Backend, Ways};
use super::nowhere::Reason;
use super::service::Wanted;

/// Annotations that hold the addresses that may come; the newer name first.
const LISTS: [&str; 2] = ["haproxy.router.openshift.io/ip_allowlist", "haproxy.router.openshift.io/ip_whitelist"];
/// Of the entries of a list the router takes so many; with more it takes none.
const MOST: usize = 61;

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    let (through, reach) = ways.through(Some(Controller::OpenShift));
    for route in ways.inventory.of_kind("Route.route.openshift.io") {
        let mut front = Ways::front(route, "spec/to");
        (front.through, front.guard) = (through.clone(), reach.clone());
        front.host = route.root.str_at("spec/host").filter(|host| !host.is_empty());
        front.path = route.root.str_at("spec/path").filter(|path| !path.is_empty());
        let admitted = route.root.items_at("status/ingress").iter();
        if admitted.clone().count() > 0 && admitted.clone().all(refused) {
            ways.dead(&front, Reason::NotAttached("no router admits the route".to_owned()));
            continue;
        }
        tls(route, &mut front);
        allowed(route, &mut front);
        targets(ways, &front, route);
    }
}

fn refused(ingress: &Node) -> bool {
    let condition = ingress.items_at("conditions").iter().find(|it| it.str_at("type") == Some("Admitted"));
    condition.is_some_and(|it| it.str_at("status") == Some("False"))
}

/// `spec.tls.termination`, and what becomes of requests in the clear.
fn tls(route: &Resource, front: &mut Front<'_>) {
    let tls = route.root.at("spec/tls");
    let plain = tls.and_then(|tls| tls.str_at("insecureEdgeTerminationPolicy")) == Some("Allow");
    let termination = tls.and_then(|tls| tls.str_at("termination"));
    front.tls = match termination.map(str::to_ascii_lowercase).as_deref() {
        Some("edge" | "reencrypt") if plain => Tls::Optional,
        Some("edge") => Tls::Terminated,
        Some("reencrypt") => Tls::Reencrypted,
        Some("passthrough") => Tls::PassedThrough,
        _ => Tls::None,
    };
    front.listens = match front.tls {
        Tls::None => vec![80],
        Tls::Optional => vec![80, 443],
        _ => vec![443],
    };
}

/// Separated by spaces. A list that is too long, or of which an entry cannot be read, is not applied.
fn allowed(route: &Resource, front: &mut Front<'_>) {
    let Some(list) = LISTS.iter().find_map(|key| route.annotation(key)) else { return };
    let blocks: Vec<&str> = list.split_whitespace().collect();
    let readable = blocks.iter().all(|text| super::guard::block(text).is_some());
    if !blocks.is_empty() && blocks.len() <= MOST && readable {
        front.guard.only(blocks);
    }
}

fn targets<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, route: &'a Resource) {
    let wanted = route.root.at("spec/port/targetPort").map_or(Wanted::All, Wanted::Target);
    let all = route.root.at("spec/to").into_iter().chain(route.root.items_at("spec/alternateBackends"));
    for target in all {
        let front = Front { place: Place::of(route, target), ..front.clone() };
        let name = target.str_at("name").unwrap_or_default();
        if let Some(kind) = target.str_at("kind").filter(|kind| *kind != "Service" && !kind.is_empty()) {
            ways.dead(&front, Reason::OtherKind(format!("{kind} {name}")));
        } else if target.int_at("weight") == Some(0) {
            ways.dead(&front, Reason::NoWeight(name.to_owned()));
        } else {
            ways.lead(&front, Backend { namespace: route.namespace_or_default(), service: name, port: wanted });
        }
    }
}
