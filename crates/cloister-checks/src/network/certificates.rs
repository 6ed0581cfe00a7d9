//! TLS Secrets, the certificates in them, and the entry points that present them.

use cloister_certificate::{Bundle, Certificate, read, read_base64};
use cloister_inventory::{Inventory, Selector};
use cloister_model::{Place, Resource};

use super::cert_manager::maker;
use crate::Findings;
use crate::data::secret_references::made_later;

/// A certificate as it stands in a Secret of TLS.
#[derive(Debug)]
pub(super) struct Kept<'a> {
    /// Where.
    pub(super) place: Place<'a>,
    /// What was read of it.
    pub(super) bundle: Bundle,
}

/// Keys by which a Secret holds a certificate (`kubernetes.io/tls`), encoded and as text.
const KEYS: [(&str, bool); 2] = [("data/tls.crt", true), ("stringData/tls.crt", false)];

/// The certificate of a Secret; `None` where there is none, it is left out, or a template fills it in.
pub(super) fn kept(secret: &Resource) -> Option<Kept<'_>> {
    KEYS.iter().find_map(|(path, encoded)| {
        let text = secret.root.str_at(path).filter(|text| !text.trim().is_empty() && !text.contains("{{"))?;
        let bundle = if *encoded { read_base64(text) } else { read(text.as_bytes()) };
        Some(Kept { place: Place::whole(secret).at(path), bundle })
    })
}

/// Whether cert-manager made it, and so renews it.
pub(super) fn is_renewed(secret: &Resource) -> bool {
    secret.annotation("cert-manager.io/certificate-name").is_some()
}

/// What to call a certificate: by its first name, since subjects are often empty.
pub(super) fn title(certificate: &Certificate) -> String {
    certificate.names.first().map_or_else(|| certificate.subject.clone(), ToString::to_string)
}

/// An entry point that presents the certificate of a Secret.
#[derive(Debug)]
pub(super) struct Use<'a> {
    /// Where the Secret is named.
    pub(super) place: Place<'a>,
    /// Its namespace.
    pub(super) namespace: &'a str,
    /// Its name.
    pub(super) secret: &'a str,
    /// The hosts that it is presented for.
    pub(super) hosts: Vec<&'a str>,
}

impl<'a> Use<'a> {
    /// The Secret, where the input has it.
    pub(super) fn found(&self, findings: &Findings<'a>) -> Option<&'a Resource> {
        findings.inventory().get("Secret", self.namespace, self.secret)
    }

    /// The server's own certificate, where it can be read.
    pub(super) fn leaf(&self, findings: &Findings<'a>) -> Option<Certificate> {
        kept(self.found(findings)?)?.bundle.certificates.into_iter().next()
    }

    /// The Certificate of cert-manager that makes the Secret, where the Secret itself is not in the input.
    pub(super) fn maker(&self, findings: &Findings<'a>) -> Option<&'a Resource> {
        let absent = self.found(findings).is_none();
        absent.then(|| maker(findings.inventory(), self.namespace, self.secret)).flatten()
    }

    /// Whether an operator will make the Secret: one of cert-manager's own resources, or its annotation (ingress-shim).
    pub(super) fn is_made_later(&self, findings: &Findings<'a>) -> bool {
        let asks = |key: &str| self.place.resource.annotation(key).is_some();
        let shim = ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme"]
            .into_iter()
            .any(asks);
        shim || made_later(findings.inventory(), self.namespace, self.secret)
    }
}

/// Kinds whose Secrets [`uses`] finds.
pub(super) const USERS: &[&str] = &["Ingress", "Gateway", ISTIO];
const ISTIO: &str = "Gateway.networking.istio.io";

/// The Secrets that an Ingress or a Gateway names.
pub(super) fn uses<'a>(resource: &'a Resource, inventory: &'a Inventory) -> Vec<Use<'a>> {
    match (&*resource.kind, resource.group()) {
        ("Ingress", _) => of_ingress(resource),
        (_, "networking.istio.io") => of_istio(resource, inventory),
        _ => of_gateway(resource),
    }
}

/// Istio's gateways read Secrets in the namespace of their own pods, wherever the Gateway is. Without those pods in the
/// input nothing is told.
fn of_istio<'a>(gateway: &'a Resource, inventory: &'a Inventory) -> Vec<Use<'a>> {
    let Some(labels) = gateway.root.at("spec/selector").filter(|it| !it.entries().is_empty()) else {
        return Vec::new();
    };
    let mut namespaces: Vec<&str> =
        inventory.pods().filter(|pod| Selector::Map(labels).matches(pod.labels())).map(|pod| pod.namespace()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let mut found = Vec::new();
    for server in gateway.root.items_at("spec/servers") {
        let hosts = server.strs_at("hosts").map(|host| host.rsplit('/').next().unwrap_or(host));
        let hosts: Vec<&str> = hosts.filter(|host| *host != "*").collect();
        let presents = matches!(server.str_at("tls/mode"), Some("SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL"));
        let place = Place::of(gateway, server).at("tls/credentialName");
        let named = place.node.as_str().filter(|name| presents && place.missing.is_empty() && is_plain(name));
        // Other sources than Secrets of this namespace are named by a scheme.
        let Some(secret) = named.filter(|name| !name.contains("://")) else { continue };
        found.extend(namespaces.iter().map(|namespace| Use { place, namespace, secret, hosts: hosts.clone() }));
    }
    found
}

fn of_ingress(ingress: &Resource) -> Vec<Use<'_>> {
    let entries = ingress.root.items_at("spec/tls").iter();
    entries
        .filter_map(|entry| {
            let secret = entry.str_at("secretName").filter(|name| is_plain(name))?;
            let mut hosts: Vec<&str> = entry.strs_at("hosts").collect();
            if hosts.is_empty() {
                hosts = ingress.root.items_at("spec/rules").iter().filter_map(|rule| rule.str_at("host")).collect();
            }
            let place = Place::of(ingress, entry).at("secretName");
            Some(Use { place, namespace: ingress.namespace_or_default(), secret, hosts })
        })
        .collect()
}

fn of_gateway(gateway: &Resource) -> Vec<Use<'_>> {
    let mut found = Vec::new();
    for listener in gateway.root.items_at("spec/listeners") {
        for reference in listener.items_at("tls/certificateRefs") {
            let core = matches!(reference.str_at("group"), None | Some(""))
                && reference.str_at("kind").is_none_or(|it| it == "Secret");
            let Some(secret) = reference.str_at("name").filter(|name| core && is_plain(name)) else { continue };
            let namespace = reference.str_at("namespace").unwrap_or_else(|| gateway.namespace_or_default());
            let place = Place::of(gateway, reference).at("name");
            found.push(Use { place, namespace, secret, hosts: listener.str_at("hostname").into_iter().collect() });
        }
    }
    found
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains("{{")
}
