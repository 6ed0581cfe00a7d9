//! Whether a route hangs from a listener, and for which hosts.

use cloister_model::{Node, Resource};

use super::super::hosts::intersection;
use super::super::lead::Ways;
use super::listeners::{Listener, admits};
use super::{GROUP, Gateway};
use crate::behind::number;

/// One of a route's `parentRefs`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parent<'a> {
    pub(super) kind: &'a str,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    section: Option<&'a str>,
    port: Option<u16>,
}

impl<'a> Parent<'a> {
    /// `None` for what is no Gateway: a Service means traffic inside of the cluster.
    pub(super) fn of(route: &'a Resource, node: &'a Node) -> Option<Parent<'a>> {
        let kind = node.str_at("kind").unwrap_or("Gateway");
        let ours =
            node.str_at("group").is_none_or(|group| group == GROUP) && ["Gateway", "ListenerSet"].contains(&kind);
        ours.then_some(Parent {
            kind,
            namespace: node.str_at("namespace").unwrap_or_else(|| route.namespace_or_default()),
            name: node.str_at("name")?,
            section: node.str_at("sectionName"),
            port: node.get("port").and_then(number),
        })
    }

    fn is(&self, resource: &Resource) -> bool {
        self.kind == &*resource.kind
            && self.name == &*resource.name
            && self.namespace == resource.namespace_or_default()
    }

    /// Whether the Gateway, or a ListenerSet of it, is meant.
    pub(super) fn is_in(&self, gateway: &Gateway<'_>) -> bool {
        self.is(gateway.resource) || gateway.listeners.iter().any(|listener| self.is(listener.holder))
    }

    /// Whether this listener is meant: all of the parent, unless it names one.
    pub(super) fn names(&self, listener: &Listener<'_>) -> bool {
        self.is(listener.holder)
            && self.section.is_none_or(|section| listener.name == Some(section))
            && self.port.is_none_or(|port| listener.port == Some(port))
    }
}

/// The hosts for which a route hangs from a listener (`None` for every host); why it does not otherwise.
pub(super) fn hosts<'a>(
    ways: &Ways<'_, 'a>,
    listener: &Listener<'a>,
    route: &'a Resource,
) -> Result<Vec<Option<&'a str>>, String> {
    let called = listener.name.unwrap_or_default();
    if !takes_kind(listener, &route.kind) {
        return Err(format!("listener {called} takes no {}", route.kind));
    }
    let allowed = listener.node.at("allowedRoutes/namespaces");
    let admitted = match allowed {
        Some(allowed) => admits(ways, allowed, "Same", listener.holder, route),
        None => listener.holder.namespace_or_default() == route.namespace_or_default(),
    };
    if !admitted {
        return Err(format!("listener {called} takes no routes of namespace {}", route.namespace_or_default()));
    }
    let own: Vec<&'a str> = route.root.items_at("spec/hostnames").iter().filter_map(Node::as_str).collect();
    let by_host = matches!(listener.protocol, "HTTP" | "HTTPS" | "TLS") && !route.kind.starts_with("TCP");
    match listener.hostname.filter(|_| by_host) {
        None if own.is_empty() => Ok(vec![None]),
        None => Ok(own.into_iter().map(Some).collect()),
        Some(hostname) if own.is_empty() => Ok(vec![Some(hostname)]),
        Some(hostname) => {
            let shared: Vec<_> = own.into_iter().filter_map(|it| intersection(hostname, it)).map(Some).collect();
            let none = || format!("listener {called} is for {hostname}, which none of its hosts is");
            if shared.is_empty() { Err(none()) } else { Ok(shared) }
        }
    }
}

/// By its protocol, and by the kinds that it names.
fn takes_kind(listener: &Listener<'_>, kind: &str) -> bool {
    let by_protocol = match listener.protocol {
        "HTTP" => matches!(kind, "HTTPRoute" | "GRPCRoute"),
        "HTTPS" => matches!(kind, "HTTPRoute" | "GRPCRoute") || listener.passes_through() && kind == "TLSRoute",
        "TLS" => kind == "TLSRoute" || kind == "TCPRoute" && !listener.passes_through(),
        "TCP" => kind == "TCPRoute",
        "UDP" => kind == "UDPRoute",
        // Protocols of an implementation's own.
        _ => true,
    };
    let named = listener.node.items_at("allowedRoutes/kinds");
    let is_named = |it: &Node| it.str_at("kind") == Some(kind) && it.str_at("group").is_none_or(|group| group == GROUP);
    by_protocol && (named.is_empty() || named.iter().any(is_named))
}
