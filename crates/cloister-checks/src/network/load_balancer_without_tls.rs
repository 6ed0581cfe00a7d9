//! # What it does
//! Finds public load balancers that carry plain HTTP: a port for HTTP without one
//! for HTTPS, or a port for HTTPS that goes to a plain one, while no annotation
//! names a certificate.
//!
//! # Why it matters
//! Everything between the person and the cluster, passwords and health data
//! included, can be read and changed on the way.
//!
//! # What to do
//! Put an Ingress or a Gateway with TLS before the workload, or name the
//! certificate in the cloud's annotation.
//!
//! # References
//! GDPR Art. 32(1)(a).

use cloister_model::{Node, Place, Resource, Severity};

use super::services;
use crate::{Check, Run};

/// Annotations that name a certificate for the load balancer itself.
const CERTIFICATES: [&str; 11] = [
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert",
    "service.beta.kubernetes.io/do-loadbalancer-certificate-id",
    "service.beta.kubernetes.io/do-loadbalancer-certificate-name",
    "service.beta.kubernetes.io/do-loadbalancer-tls-passthrough",
    "service.beta.kubernetes.io/oci-load-balancer-tls-secret",
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-cert-id",
    "service.beta.kubernetes.io/scw-loadbalancer-certificate-ids",
    "service.beta.kubernetes.io/linode-loadbalancer-port-443",
    "load-balancer.hetzner.cloud/http-certificates",
    "load-balancer.hetzner.cloud/http-managed-certificate-name",
    "kubernetes.civo.com/loadbalancer-certificate",
];

/// How AWS's load balancer speaks to the pods: by these words, without TLS.
const BACKEND: &str = "service.beta.kubernetes.io/aws-load-balancer-backend-protocol";

pub(crate) const CHECK: Check = Check {
    name: "load-balancer-without-tls",
    title: "public load balancer carries plain HTTP",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(&["Service"], |service, findings| {
        if !services::is_ours(service) || !services::is_public_load_balancer(service) {
            return findings.not_applicable();
        }
        if CERTIFICATES.iter().any(|key| service.annotation(key).is_some()) {
            return;
        }
        if let Some(port) = plain_port(service) {
            findings.report(Place::of(service, port).at("port")).message(format!(
                "load balancer \"{}\" carries plain HTTP on port {}",
                service.name,
                services::port_name(port)
            ));
        }
    }),
};

/// The first port that carries plain HTTP.
fn plain_port(service: &Resource) -> Option<&Node> {
    let ports = services::ports(service);
    let plain_backend = matches!(service.annotation(BACKEND), Some("http"));
    // Beside a port for HTTPS, the one for HTTP is there to redirect.
    let secure = |port: &&Node| is_https(port);
    match ports.iter().find(secure) {
        Some(port) => (plain_backend || goes_to_plain(port)).then_some(port),
        None => ports.iter().find(|port| is_http(port)),
    }
}

fn is_https(port: &Node) -> bool {
    let named = |path: &str| port.str_at(path).is_some_and(|word| word.starts_with("https") || word.starts_with("tls"));
    named("appProtocol") || named("name") || matches!(port.int_at("port"), Some(443 | 8443))
}

fn is_http(port: &Node) -> bool {
    let named =
        |path: &str| port.str_at(path).is_some_and(|word| word.starts_with("http") && !word.starts_with("https"));
    named("appProtocol") || named("name") || matches!(port.int_at("port"), Some(80 | 8000 | 8080 | 8888))
}

/// A port called HTTPS whose target is the usual plain one.
fn goes_to_plain(port: &Node) -> bool {
    matches!(port.int_at("targetPort"), Some(80 | 8000 | 8080)) || port.str_at("targetPort") == Some("http")
}
