//! The rules of routes: paths, filters and backends.

use cloister_model::{Node, Resource};

use super::super::front::Front;
use super::super::guard::{Guard, Proof};
use super::super::lead::{Backend, Ways};
use super::super::nowhere::Reason;
use super::super::service::Wanted;
use super::super::{gce, kong, traefik};
use super::{grants, policies};
use crate::behind::number;

/// Follows each rule of a route that hangs from a listener.
pub(super) fn rules<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, route: &'a Resource) {
    let mut front = front.clone();
    policies::of(route, None, ways.inventory, &mut front.guard);
    kong::by_annotations(route, ways.inventory, &mut front.guard);
    for rule in route.root.items_at("spec/rules") {
        let mut front = front.at(rule);
        policies::of(route, rule.str_at("name"), ways.inventory, &mut front.guard);
        filters(ways, route, rule, &mut front.guard);
        for path in paths(rule) {
            front.path = path;
            backends(ways, &front, route, rule);
        }
    }
}

/// The paths that a rule matches; every one where it names none.
fn paths(rule: &Node) -> Vec<Option<&str>> {
    let matches = rule.items_at("matches").iter();
    let mut paths: Vec<Option<&str>> =
        matches.map(|it| it.str_at("path/value").or_else(|| it.str_at("method/service"))).collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.is_empty() { vec![None] } else { paths }
}

/// What filters ask of callers.
fn filters(ways: &Ways<'_, '_>, route: &Resource, rule: &Node, guard: &mut Guard) {
    for filter in rule.items_at("filters") {
        if filter.str_at("type") == Some("ExternalAuth") {
            guard.ask(Proof::ExternalService);
        }
        let Some((kind, name)) = filter.str_at("extensionRef/kind").zip(filter.str_at("extensionRef/name")) else {
            continue;
        };
        match kind {
            "Middleware" => traefik::by_filter(route.namespace_or_default(), name, ways.inventory, guard),
            // NGINX Gateway Fabric's, and Envoy Gateway's, which asks nothing.
            "AuthenticationFilter" => guard.ask(Proof::Password),
            "HTTPRouteFilter" | "SnippetsFilter" => {}
            _ => guard.perhaps(format!("filter {kind} \"{name}\"")),
        }
    }
}

/// Backends, and those that get a copy of each request.
fn backends<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, route: &'a Resource, rule: &'a Node) {
    let mirrors = |node: &'a Node| node.items_at("filters").iter().filter_map(|it| it.at("requestMirror/backendRef"));
    for reference in mirrors(rule) {
        to(ways, front, route, reference);
    }
    for reference in rule.items_at("backendRefs") {
        if reference.int_at("weight") == Some(0) {
            let name = reference.str_at("name").unwrap_or_default().to_owned();
            ways.dead(&front.at(reference), Reason::NoWeight(name));
            continue;
        }
        to(ways, front, route, reference);
        mirrors(reference).for_each(|mirror| to(ways, front, route, mirror));
    }
}

fn to<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, route: &'a Resource, reference: &'a Node) {
    let mut front = front.at(reference);
    let name = reference.str_at("name").unwrap_or_default();
    let (group, kind) = (reference.str_at("group").unwrap_or_default(), reference.str_at("kind").unwrap_or("Service"));
    let namespace = reference.str_at("namespace").unwrap_or_else(|| route.namespace_or_default());
    if !grants::allow(ways.inventory, route, namespace, (group, kind, name)) {
        return ways.dead(&front, Reason::NotGranted(namespace));
    }
    if !group.is_empty() || kind != "Service" {
        return ways.dead(&front, Reason::OtherKind(format!("{kind} {name}")));
    }
    if let Some(service) = ways.inventory.get("Service", namespace, name) {
        gce::by_policy(service, ways.inventory, &mut front.guard);
        kong::by_annotations(service, ways.inventory, &mut front.guard);
    }
    let port = reference.get("port").and_then(number).map_or(Wanted::All, Wanted::Number);
    ways.lead(&front, Backend { namespace, service: name, port });
}
