//! Ingresses, in the version of today and in those of old, and what their
//! controllers read from annotations.

use cloister_model::{Node, Place, Resource};

/// Where an Ingress sends requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backend<'a> {
    /// The Service's name.
    pub(super) service: &'a str,
    /// Where that name stands.
    pub(super) place: Place<'a>,
    /// The port, by number or by name.
    pub(super) port: Option<&'a Node>,
}

/// Whether the Ingress is one that people answer for: not the short-lived one
/// by which a certificate is proved, nor the cluster's own.
pub(super) fn is_ours(ingress: &Resource) -> bool {
    let solver = ingress.label("acme.cert-manager.io/http01-solver") == Some("true");
    !solver && !crate::system::is_system_resource(ingress)
}

/// Every Service that an Ingress names; backends of other kinds are left out.
pub(super) fn backends(ingress: &Resource) -> Vec<Backend<'_>> {
    let spec = Place::whole(ingress).at("spec");
    let default =
        ["defaultBackend", "backend"].into_iter().map(|key| spec.at(key)).filter(|place| place.missing.is_empty());
    let paths = spec.node.items_at("rules").iter().flat_map(|rule| rule.items_at("http/paths"));
    let paths = paths.map(|path| Place::of(ingress, path).at("backend")).filter(|place| place.missing.is_empty());
    default.chain(paths).filter_map(backend).collect()
}

fn backend(place: Place<'_>) -> Option<Backend<'_>> {
    let (name, port) = match place.node.get("service") {
        Some(service) => {
            let port = service.at("port/number").or_else(|| service.at("port/name"));
            (place.at("service/name"), port)
        }
        None => (place.at("serviceName"), place.node.get("servicePort")),
    };
    let service = name.node.as_str().filter(|_| name.missing.is_empty())?;
    // AWS's controller finds such "Services" among its annotations.
    let elsewhere = port.and_then(Node::as_str) == Some("use-annotation");
    (!elsewhere).then_some(Backend { service, place: name, port })
}

/// The class as the field or the older annotation says.
pub(super) fn class(ingress: &Resource) -> &str {
    ingress
        .root
        .str_at("spec/ingressClassName")
        .or_else(|| ingress.annotation("kubernetes.io/ingress.class"))
        .unwrap_or("")
}

/// The place of an annotation's value.
pub(super) fn annotation_place<'a>(resource: &'a Resource, key: &str) -> Option<Place<'a>> {
    let node = resource.root.at("metadata/annotations")?.get(key)?;
    Some(Place::of(resource, node))
}

/// The first of several annotations that is there.
pub(super) fn first_annotation<'k>(resource: &Resource, keys: &[&'k str]) -> Option<&'k str> {
    keys.iter().find(|key| resource.annotation(key).is_some()).copied()
}

/// Whether AWS's load balancer controller serves the Ingress.
pub(super) fn is_alb(ingress: &Resource) -> bool {
    let annotations = ingress.root.entries_at("metadata/annotations");
    class(ingress) == "alb" || annotations.iter().any(|entry| entry.key.starts_with("alb.ingress.kubernetes.io/"))
}

/// Whether Google's controller serves the Ingress.
pub(super) fn is_gce(ingress: &Resource) -> bool {
    matches!(class(ingress), "gce" | "gce-internal")
}

/// Whether Azure's application gateway serves the Ingress.
pub(super) fn is_application_gateway(ingress: &Resource) -> bool {
    matches!(class(ingress), "azure-application-gateway" | "azure/application-gateway")
}

/// Whether the Ingress is for internal networks only, as far as it says so.
pub(super) fn is_internal(ingress: &Resource) -> bool {
    let private = ingress.annotation("appgw.ingress.kubernetes.io/use-private-ip") == Some("true");
    // Without a scheme, AWS's controller makes an internal load balancer.
    let internal_alb =
        is_alb(ingress) && ingress.annotation("alb.ingress.kubernetes.io/scheme") != Some("internet-facing");
    private || internal_alb || class(ingress) == "gce-internal"
}

/// Whether AWS's controller opens this protocol, by its `listen-ports`; without
/// them HTTPS when there is a certificate, otherwise HTTP.
pub(super) fn alb_listens(ingress: &Resource, protocol: &str) -> bool {
    match ingress.annotation("alb.ingress.kubernetes.io/listen-ports") {
        Some(ports) => ports.contains(&format!("\"{protocol}\"")),
        None => {
            let certificate = ingress.annotation("alb.ingress.kubernetes.io/certificate-arn").is_some();
            certificate == (protocol == "HTTPS")
        }
    }
}

/// Annotations by which a controller takes a certificate from elsewhere than `spec.tls`.
const CERTIFICATES: [&str; 5] = [
    "alb.ingress.kubernetes.io/certificate-arn",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/managed-certificates",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "kubernetes.azure.com/tls-cert-keyvault-uri",
];

/// Whether the controller has a certificate for all hosts, whatever `spec.tls` says.
pub(super) fn has_certificate_elsewhere(ingress: &Resource) -> bool {
    first_annotation(ingress, &CERTIFICATES).is_some()
        || is_alb(ingress) && alb_listens(ingress, "HTTPS")
        || ingress.annotation("traefik.ingress.kubernetes.io/router.tls") == Some("true")
        || ingress.annotation("traefik.ingress.kubernetes.io/router.tls.certresolver").is_some()
        || ingress.annotation("nginx.ingress.kubernetes.io/ssl-passthrough") == Some("true")
}

/// Whether some entry of `spec.tls` speaks for `host`; an entry without hosts
/// speaks for all that its certificate holds.
pub(super) fn tls_covers(ingress: &Resource, host: &str) -> bool {
    ingress.root.items_at("spec/tls").iter().any(|entry| {
        let hosts = entry.items_at("hosts");
        hosts.is_empty() || host.is_empty() || entry.strs_at("hosts").any(|pattern| host_matches(pattern, host))
    })
}

/// Whether a name with a leading `*.` stands for `host`: for one label, as in certificates.
fn host_matches(pattern: &str, host: &str) -> bool {
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(domain), Some((_, rest))) => domain.eq_ignore_ascii_case(rest),
        _ => false,
    }
}
