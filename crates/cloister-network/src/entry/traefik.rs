//! Traefik: middlewares and TLS options that annotations name, and routes of its own kinds (`traefik.io/v1alpha1`).

use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource};

use super::annotations::{Told, value};
use super::controllers::Controller;
use super::front::{Front, Through, Tls};
use super::guard::{Guard, Proof};
use super::lead::{Backend, Ways, named};
use super::nowhere::Reason;
use super::service::Wanted;

/// Chains may name chains; so deep nobody goes.
const DEEPEST: usize = 8;

/// Kinds of both groups that Traefik had.
const MIDDLEWARE: [&str; 2] = ["Middleware.traefik.io", "Middleware.traefik.containo.us"];
const TLS_OPTION: [&str; 2] = ["TLSOption.traefik.io", "TLSOption.traefik.containo.us"];
const ROUTES: [&str; 6] = [
    "IngressRoute.traefik.io",
    "IngressRoute.traefik.containo.us",
    "IngressRouteTCP.traefik.io",
    "IngressRouteTCP.traefik.containo.us",
    "IngressRouteUDP.traefik.io",
    "IngressRouteUDP.traefik.containo.us",
];

pub(super) fn by_annotations(ingress: &Resource, inventory: &Inventory, told: &mut Told) {
    let own = |rest: &str| value(ingress, Controller::Traefik, rest);
    for full in own("router.middlewares").unwrap_or_default().split(',').map(str::trim).filter(|it| !it.is_empty()) {
        match full.strip_suffix("@kubernetescrd").and_then(|full| prefixed(inventory, MIDDLEWARE, full)) {
            Some(middleware) => by_middleware(middleware, inventory, &mut told.guard, DEEPEST),
            None => told.guard.perhaps(format!("middleware \"{full}\", which is not in the input")),
        }
    }
    if let Some(full) = own("router.tls.options") {
        match full.strip_suffix("@kubernetescrd").and_then(|full| prefixed(inventory, TLS_OPTION, full)) {
            Some(options) => by_tls_option(options, &mut told.guard),
            None => told.guard.perhaps(format!("TLS options \"{full}\", which are not in the input")),
        }
    }
    told.certificate = own("router.tls") == Some("true") || own("router.tls.certresolver").is_some();
    // Whether its entry point redirects, only Traefik's own arguments tell; a router with TLS answers TLS only.
    if told.certificate {
        told.tls = Some(Tls::Terminated);
    }
}

/// One that is called `NAMESPACE-NAME`.
fn prefixed<'a>(inventory: &'a Inventory, kinds: [&'static str; 2], full: &str) -> Option<&'a Resource> {
    let fits = |it: &&Resource| {
        full.strip_prefix(it.namespace_or_default()).and_then(|rest| rest.strip_prefix('-')) == Some(&*it.name)
    };
    kinds.into_iter().find_map(|kind| inventory.of_kind(kind).find(fits))
}

/// One by namespace and name.
fn either<'a>(inventory: &'a Inventory, kinds: [&'static str; 2], namespace: &str, name: &str) -> Option<&'a Resource> {
    kinds.into_iter().find_map(|kind| named(inventory, kind, namespace, name))
}

/// What a middleware asks of callers.
pub(super) fn by_middleware(middleware: &Resource, inventory: &Inventory, guard: &mut Guard, depth: usize) {
    let Some(spec) = middleware.root.get("spec") else { return };
    for list in ["ipAllowList", "ipWhiteList"].into_iter().filter_map(|field| spec.get(field)) {
        guard.only(list.strs_at("sourceRange"));
    }
    let proofs = [
        ("basicAuth", Proof::Password),
        ("digestAuth", Proof::Password),
        ("forwardAuth", Proof::ExternalService),
        ("jwt", Proof::Token),
        ("oidc", Proof::SignOn),
        ("apiKey", Proof::ApiKey),
        ("ldap", Proof::Password),
    ];
    let asked = proofs.into_iter().filter(|(field, _)| spec.get(field).is_some());
    asked.for_each(|(_, proof)| guard.ask(proof));
    if let Some(plugin) = spec.entries_at("plugin").first() {
        guard.perhaps(format!("plugin \"{}\"", plugin.key));
    }
    for next in spec.items_at("chain/middlewares").iter().filter(|_| depth > 0) {
        by_reference(middleware.namespace_or_default(), next, inventory, guard, depth - 1);
    }
}

/// A middleware that a route or chain names.
fn by_reference(namespace: &str, node: &Node, inventory: &Inventory, guard: &mut Guard, depth: usize) {
    let Some(name) = node.str_at("name") else { return };
    let namespace = node.str_at("namespace").unwrap_or(namespace);
    match either(inventory, MIDDLEWARE, namespace, name) {
        Some(middleware) => by_middleware(middleware, inventory, guard, depth),
        None => guard.perhaps(format!("middleware \"{name}\", which is not in the input")),
    }
}

/// A middleware by namespace and name, as a filter of a Gateway's route names one.
pub(super) fn by_filter(namespace: &str, name: &str, inventory: &Inventory, guard: &mut Guard) {
    match either(inventory, MIDDLEWARE, namespace, name) {
        Some(middleware) => by_middleware(middleware, inventory, guard, DEEPEST),
        None => guard.perhaps(format!("middleware \"{name}\", which is not in the input")),
    }
}

fn by_tls_option(options: &Resource, guard: &mut Guard) {
    if options.root.str_at("spec/clientAuth/clientAuthType") == Some("RequireAndVerifyClientCert") {
        guard.ask(Proof::ClientCertificate);
    }
}

pub(super) fn find(ways: &mut Ways<'_, '_>) {
    let (through, reach) = ways.through(Some(Controller::Traefik));
    let inventory = ways.inventory;
    for route in ROUTES.into_iter().flat_map(|kind| inventory.of_kind(kind)) {
        one(ways, route, &through, &reach);
    }
}

fn one<'a>(ways: &mut Ways<'_, 'a>, resource: &'a Resource, through: &Through, reach: &Guard) {
    let inventory = ways.inventory;
    let namespace = resource.namespace_or_default();
    let tls = resource.root.at("spec/tls").filter(|it| !it.is_null());
    for rule in resource.root.items_at("spec/routes") {
        let mut front = Front::new(Place::of(resource, rule));
        front.through = through.clone();
        front.guard = reach.clone();
        let text = rule.str_at("match").unwrap_or_default();
        let host = argument(text, "Host(").or_else(|| argument(text, "HostSNI(")).filter(|host| *host != "*");
        (front.host, front.path) = (host, argument(text, "PathPrefix(").or_else(|| argument(text, "Path(")));
        front.tls = match tls {
            Some(tls) if tls.bool_at("passthrough") == Some(true) => Tls::PassedThrough,
            Some(_) => Tls::Terminated,
            None if &*resource.kind == "IngressRoute" => Tls::None,
            None => Tls::Unknown,
        };
        if let Some(list) = argument(text, "ClientIP(") {
            front.guard.only([list]);
        }
        for middleware in rule.items_at("middlewares") {
            by_reference(namespace, middleware, inventory, &mut front.guard, DEEPEST);
        }
        if let Some((options, name)) = tls.and_then(|tls| Some((tls.get("options")?, tls.str_at("options/name")?))) {
            match either(inventory, TLS_OPTION, options.str_at("namespace").unwrap_or(namespace), name) {
                Some(options) => by_tls_option(options, &mut front.guard),
                None => front.guard.perhaps(format!("TLS options \"{name}\", which are not in the input")),
            }
        }
        rule.items_at("services").iter().for_each(|service| to(ways, &front, namespace, service));
    }
}

fn to<'a>(ways: &mut Ways<'_, 'a>, front: &Front<'a>, namespace: &'a str, service: &'a Node) {
    let front = front.at(service);
    let Some(name) = service.str_at("name") else { return };
    if service.str_at("kind").is_some_and(|kind| kind != "Service") {
        return ways.dead(&front, Reason::OtherKind(format!("TraefikService {name}")));
    }
    let port = service.get("port").map_or(Wanted::All, Wanted::Own);
    let namespace = service.str_at("namespace").unwrap_or(namespace);
    ways.lead(&front, Backend { namespace, service: name, port });
}

/// The first argument of a matcher: ``Host(`a.example`)``.
fn argument<'t>(rule: &'t str, matcher: &str) -> Option<&'t str> {
    let (before, after) = rule.split_once(matcher)?;
    // `!Host(…)` says where it does not lead; `HostHeader(` and the like are others.
    if before.ends_with(|it: char| it == '!' || it.is_alphanumeric()) {
        return None;
    }
    let quote = after.chars().next().filter(|it| matches!(it, '`' | '"' | '\''))?;
    after.split(quote).nth(1)
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn hosts_and_paths_stand_in_the_rule() {
        let rule = "Host(`a.example.com`) && (PathPrefix(`/api`) || Path(\"/x\"))";
        assert_eq!(argument(rule, "Host("), Some("a.example.com"));
        assert_eq!(argument(rule, "PathPrefix("), Some("/api"));
        assert_eq!(argument(rule, "Path("), Some("/x"));
        assert_eq!(argument("!Host(`a.example.com`)", "Host("), None);
        assert_eq!(argument("HostSNI(`*`)", "Host("), None);
    }
}
