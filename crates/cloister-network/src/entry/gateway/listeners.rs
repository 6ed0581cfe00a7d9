//! Listeners of Gateways and ListenerSets.

use cloister_inventory::Selector;
use cloister_model::{Node, Place, Resource};

use super::super::front::{Front, Tls};
use super::super::guard::Proof;
use super::super::lead::Ways;
use super::super::nowhere::Reason;
use super::grants;
use crate::behind::number;

/// A listener.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listener<'a> {
    /// The Gateway or ListenerSet that it stands in.
    pub(super) holder: &'a Resource,
    pub(super) node: &'a Node,
    pub(super) name: Option<&'a str>,
    pub(super) hostname: Option<&'a str>,
    pub(super) port: Option<u16>,
    pub(super) protocol: &'a str,
}

/// The listeners of a Gateway or ListenerSet that work.
pub(super) fn of<'a>(ways: &mut Ways<'_, 'a>, holder: &'a Resource) -> Vec<Listener<'a>> {
    let mut listeners = Vec::new();
    for node in holder.root.items_at("spec/listeners") {
        let listener = Listener {
            holder,
            node,
            name: node.str_at("name"),
            hostname: node.str_at("hostname").filter(|it| !it.is_empty()),
            port: node.get("port").and_then(number),
            protocol: node.str_at("protocol").unwrap_or("HTTP"),
        };
        match listener.ungranted(ways) {
            Some(namespace) => {
                let front = Front { host: listener.hostname, ..Front::new(Place::of(holder, node)) };
                ways.dead(&front, Reason::CertificateNotGranted(namespace));
            }
            None => listeners.push(listener),
        }
    }
    listeners
}

/// Whether a ListenerSet names this Gateway.
pub(super) fn hangs_from(set: &Resource, gateway: &Resource) -> bool {
    let parent = |field: &str| set.root.at("spec/parentRef").and_then(|it| it.str_at(field));
    parent("kind").is_none_or(|kind| kind == "Gateway")
        && parent("name") == Some(&*gateway.name)
        && parent("namespace").unwrap_or_else(|| set.namespace_or_default()) == gateway.namespace_or_default()
}

/// `spec.allowedListeners.namespaces`: none, unless it says so.
pub(super) fn is_allowed(ways: &Ways<'_, '_>, set: &Resource, gateway: &Resource) -> bool {
    let allowed = gateway.root.at("spec/allowedListeners/namespaces");
    allowed.is_some_and(|allowed| admits(ways, allowed, "None", gateway, set))
}

/// Whether `namespaces` (`from` and `selector`) of `holder` admit a resource's namespace.
pub(super) fn admits(
    ways: &Ways<'_, '_>,
    namespaces: &Node,
    default: &str,
    holder: &Resource,
    resource: &Resource,
) -> bool {
    let name = resource.namespace_or_default();
    match namespaces.str_at("from").unwrap_or(default) {
        "All" => true,
        "Same" => holder.namespace_or_default() == name,
        "Selector" => namespaces.get("selector").is_some_and(|selector| {
            let namespace = ways.network.namespaces.get(name);
            namespace.is_some_and(|it| Selector::Labels(selector).matches(&it.labels))
        }),
        _ => false,
    }
}

impl<'a> Listener<'a> {
    fn terminates(&self) -> bool {
        matches!(self.protocol, "HTTPS" | "TLS") && self.node.str_at("tls/mode") != Some("Passthrough")
    }

    /// Whether it passes TLS on as it is.
    pub(super) fn passes_through(&self) -> bool {
        matches!(self.protocol, "HTTPS" | "TLS") && !self.terminates()
    }

    /// The namespace of a certificate that it may not use, where none of its certificates is left.
    fn ungranted(&self, ways: &Ways<'_, 'a>) -> Option<&'a str> {
        let references = self.node.items_at("tls/certificateRefs");
        let refused = |reference: &'a Node| {
            let namespace = reference.str_at("namespace")?;
            let kind = reference.str_at("kind").unwrap_or("Secret");
            let group = reference.str_at("group").unwrap_or_default();
            let to = (group, kind, reference.str_at("name").unwrap_or_default());
            (!grants::allow(ways.inventory, self.holder, namespace, to)).then_some(namespace)
        };
        let mut all = references.iter().filter(|_| self.terminates()).map(refused);
        let first = all.next()??;
        all.all(|it| it.is_some()).then_some(first)
    }

    /// What it says of encryption and of certificates of callers (`spec.tls.frontend`, and the field of v1.2).
    pub(super) fn dress(&self, gateway: &'a Resource, front: &mut Front<'a>) {
        front.listens = self.port.into_iter().collect();
        front.tls = match self.protocol {
            "HTTP" => Tls::None,
            "HTTPS" | "TLS" if self.passes_through() => Tls::PassedThrough,
            "HTTPS" | "TLS" => Tls::Terminated,
            _ => Tls::Unknown,
        };
        if front.tls != Tls::Terminated {
            return;
        }
        let frontend = gateway.root.at("spec/tls/frontend");
        let per_port = frontend.map(|it| it.items_at("perPort")).unwrap_or_default().iter();
        let mut per_port = per_port.filter(|it| it.get("port").and_then(number) == self.port);
        let validation = match per_port.next() {
            Some(of_port) => of_port.at("tls/validation"),
            None => frontend.and_then(|it| it.at("default/validation")),
        };
        let validation = validation.or_else(|| self.node.at("tls/frontendValidation"));
        if validation.is_some_and(|it| it.is_map() && it.str_at("mode") != Some("AllowInsecureFallback")) {
            front.guard.ask(Proof::ClientCertificate);
        }
    }
}
