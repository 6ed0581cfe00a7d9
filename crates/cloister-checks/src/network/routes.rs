//! Routes of the Gateway API and the Gateways that they hang from.

use cloister_model::{Node, Place, Resource};

use crate::Findings;

/// The kinds of routes.
pub(super) const ROUTES: &[&str] = &["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

/// A reference of a route to what answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    /// The namespace it is in: the route's, unless it names another.
    pub(super) namespace: &'a str,
    /// The name.
    pub(super) name: &'a str,
    /// The port.
    pub(super) port: Option<&'a Node>,
    /// Where the name stands.
    pub(super) place: Place<'a>,
}

/// Every Service that a route sends requests to, mirrors included.
pub(super) fn targets(route: &Resource) -> Vec<Target<'_>> {
    let mut references: Vec<&Node> = Vec::new();
    for rule in route.root.items_at("spec/rules") {
        references.extend(rule.items_at("filters").iter().filter_map(|filter| filter.at("requestMirror/backendRef")));
        for reference in rule.items_at("backendRefs") {
            references.push(reference);
            let filters = reference.items_at("filters");
            references.extend(filters.iter().filter_map(|filter| filter.at("requestMirror/backendRef")));
        }
    }
    references.into_iter().filter_map(|reference| target(route, reference)).collect()
}

fn target<'a>(route: &'a Resource, reference: &'a Node) -> Option<Target<'a>> {
    let core = reference.str_at("group").is_none_or(str::is_empty);
    let service = reference.str_at("kind").is_none_or(|kind| kind == "Service");
    let place = Place::of(route, reference).at("name");
    (core && service).then_some(Target {
        namespace: reference.str_at("namespace").unwrap_or_else(|| route.namespace_or_default()),
        name: reference.str_at("name")?,
        port: reference.get("port"),
        place,
    })
}

/// Whether a route hangs from this Gateway or ListenerSet, and from this listener of it.
pub(super) fn hangs_from(route: &Resource, gateway: &Resource, listener: &Node) -> bool {
    route.root.items_at("spec/parentRefs").iter().any(|parent| {
        let kind = parent.str_at("kind").unwrap_or("Gateway");
        let namespace = parent.str_at("namespace").unwrap_or_else(|| route.namespace_or_default());
        let section = parent.str_at("sectionName").is_none_or(|section| listener.str_at("name") == Some(section));
        let port = parent.int_at("port").is_none_or(|port| listener.int_at("port") == Some(port));
        kind == &*gateway.kind
            && parent.str_at("name") == Some(&*gateway.name)
            && namespace == gateway.namespace_or_default()
            && section
            && port
    })
}

/// HTTP and gRPC routes of a listener.
pub(super) fn routes_of<'f, 'a>(
    findings: &'f Findings<'a>,
    gateway: &'f Resource,
    listener: &'f Node,
) -> impl Iterator<Item = &'a Resource> + use<'f, 'a> {
    let routes = findings.attached(gateway.namespace_or_default(), &gateway.name);
    routes.filter(move |route| hangs_from(route, gateway, listener))
}

/// Whether every rule of the route only sends the caller to HTTPS.
pub(super) fn only_redirects(route: &Resource) -> bool {
    let rules = route.root.items_at("spec/rules");
    !rules.is_empty()
        && rules.iter().all(|rule| {
            rule.items_at("filters").iter().any(|filter| filter.str_at("requestRedirect/scheme") == Some("https"))
        })
}
