//! What cert-manager is asked for: Certificates, who issues them, and the annotations by which Ingresses and Gateways ask.

use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource};

/// Its request for a certificate.
pub(super) const CERTIFICATE: &str = "Certificate.cert-manager.io";
const ISSUER: &str = "Issuer.cert-manager.io";
const CLUSTER_ISSUER: &str = "ClusterIssuer.cert-manager.io";
/// By which an Ingress or a Gateway names its issuer, and that of the whole cluster.
const BY_NAMESPACE: &str = "cert-manager.io/issuer";
const BY_CLUSTER: &str = "cert-manager.io/cluster-issuer";

/// Who is to issue.
pub(super) struct Reference<'a> {
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
    namespace: &'a str,
    pub(super) place: Place<'a>,
}

impl<'a> Reference<'a> {
    /// The issuer that is named; `None` where there is none, or it is another project's.
    pub(super) fn of(resource: &'a Resource) -> Option<Reference<'a>> {
        let namespace = resource.namespace_or_default();
        if is_certificate(resource) {
            let issuer = resource.root.at("spec/issuerRef")?;
            let own = issuer.str_at("group").is_none_or(|group| matches!(group, "" | "cert-manager.io"));
            let name = issuer.str_at("name").filter(|name| own && is_plain(name))?;
            let place = Place::of(resource, issuer).at("name");
            return Some(Reference { kind: issuer.str_at("kind").unwrap_or("Issuer"), name, namespace, place });
        }
        let annotations = resource.root.at("metadata/annotations")?;
        let foreign = resource.annotation("cert-manager.io/issuer-group").is_some_and(|it| it != "cert-manager.io");
        let named = [(BY_CLUSTER, "ClusterIssuer"), (BY_NAMESPACE, "Issuer")].into_iter();
        let mut named = named.filter_map(|(key, kind)| Some((annotations.get(key)?, kind)));
        let (node, kind) = named.next().filter(|_| !foreign)?;
        let kind = resource.annotation("cert-manager.io/issuer-kind").filter(|_| kind == "Issuer").unwrap_or(kind);
        let name = node.as_str().filter(|name| is_plain(name))?;
        Some(Reference { kind, name, namespace, place: Place::of(resource, node) })
    }

    /// The issuer, where the input has it.
    pub(super) fn found(&self, inventory: &'a Inventory) -> Option<&'a Resource> {
        match self.kind {
            "ClusterIssuer" => inventory.get_cluster_wide(CLUSTER_ISSUER, self.name),
            _ => inventory.get(ISSUER, self.namespace, self.name),
        }
    }

    /// Whether issuers are part of the input at all: a cluster's, or any in the files.
    pub(super) fn can_be_told(&self, inventory: &Inventory) -> bool {
        let known = matches!(self.kind, "Issuer" | "ClusterIssuer");
        known && (inventory.inputs().cluster || inventory.has_kind(ISSUER) || inventory.has_kind(CLUSTER_ISSUER))
    }
}

fn is_certificate(resource: &Resource) -> bool {
    &*resource.kind == "Certificate" && resource.group() == "cert-manager.io"
}

/// The Certificate that makes a Secret.
pub(super) fn maker<'a>(inventory: &'a Inventory, namespace: &'a str, secret: &str) -> Option<&'a Resource> {
    inventory.of_kind_in(CERTIFICATE, namespace).find(|it| it.root.str_at("spec/secretName") == Some(secret))
}

/// Whether what is asked for signs itself: its issuer says so, and it is no authority.
pub(super) fn signs_itself(certificate: &Resource, inventory: &Inventory) -> bool {
    let issuer = Reference::of(certificate).and_then(|it| it.found(inventory));
    let authority = certificate.root.at("spec/isCA").and_then(Node::as_bool) == Some(true);
    !authority && issuer.is_some_and(|it| it.root.at("spec/selfSigned").is_some())
}

/// A duration as Go writes it, in whole hours: `2160h`, `2160h0m0s`.
pub(super) fn hours(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut seconds = 0i64;
    while !rest.is_empty() {
        let end = rest.find(|sign: char| !sign.is_ascii_digit()).filter(|end| *end > 0)?;
        let (number, unit) = rest.split_at_checked(end)?;
        let factor = match unit.chars().next()? {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(factor)?)?;
        rest = unit.get(1..)?;
    }
    Some(seconds / 3600)
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains("{{")
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn durations_are_go_s() {
        let all = ["2160h", "2160h0m0s", "90m", "3600s", "1h60m", "1d", "", "h", "1.5h"].map(hours);
        assert_eq!(all, [Some(2160), Some(2160), Some(1), Some(1), Some(2), None, Some(0), None, None]);
    }
}
