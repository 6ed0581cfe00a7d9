//! # What it does
//! Finds settings of entry points that allow TLS 1.0 or 1.1, or ciphers long
//! broken: annotations of Ingresses and load balancers, the ConfigMap of
//! ingress-nginx, Traefik's TLSOption and Istio's Gateway.
//!
//! # Why it matters
//! Encryption that can be broken is none: Art. 32(1) asks for the state of the art.
//!
//! # What to do
//! Allow TLS 1.2 and 1.3 only, with the controller's default ciphers.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 8996, "Deprecating TLS 1.0 and TLS 1.1". RFC 7465, "Prohibiting RC4".

use cloister_model::{Node, Place, Resource, Severity};

use super::ingresses::annotation_place;
use crate::{Check, Findings, Run};

/// Annotations and ConfigMap keys that hold protocols, ciphers or a policy's name.
const SETTINGS: [&str; 9] = [
    "nginx.ingress.kubernetes.io/ssl-ciphers",
    "nginx.ingress.kubernetes.io/ssl-protocols",
    "nginx.org/ssl-ciphers",
    "nginx.org/ssl-protocols",
    "haproxy-ingress.github.io/ssl-options",
    "haproxy-ingress.github.io/ssl-ciphers",
    "alb.ingress.kubernetes.io/ssl-policy",
    "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy",
    "ingress.kubernetes.io/ssl-ciphers",
];

/// Keys by which ingress-nginx's own ConfigMap sets TLS for all its hosts.
const CONFIG_KEYS: [&str; 2] = ["ssl-protocols", "ssl-ciphers"];

/// Ciphers that nobody should offer; a `!` before one takes it away.
const CIPHERS: [&str; 8] = ["RC4", "3DES", "DES-CBC3", "EXPORT", "aNULL", "eNULL", "NULL-SHA", "MD5"];

/// AWS's policies that still allow TLS 1.0 or 1.1.
const POLICIES: [&str; 8] = [
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-2015-05",
    "ELBSecurityPolicy-TLS-1-0-2015-04",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-FS-1-1-2019-08",
    "ELBSecurityPolicy-TLS13-1-0-2021-06",
    "ELBSecurityPolicy-TLS13-1-1-2021-06",
];

pub(crate) const CHECK: Check = Check {
    name: "ingress-weak-tls",
    title: "entry point allows outdated TLS",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(
        &[
            "Ingress",
            "Service",
            "ConfigMap",
            "TLSOption.traefik.io",
            "TLSOption.traefik.containo.us",
            "Gateway.networking.istio.io",
        ],
        |resource, findings| match &*resource.kind {
            "Ingress" | "Service" => annotations(resource, findings),
            "ConfigMap" => config_map(resource, findings),
            "TLSOption" => {
                let place = Place::whole(resource).at("spec/minVersion");
                let old = matches!(place.node.as_str(), Some("VersionTLS10" | "VersionTLS11"));
                report(findings, place, old);
            }
            _ => {
                for server in resource.root.items_at("spec/servers") {
                    for suite in server.items_at("tls/cipherSuites").iter().filter(|suite| is_weak(suite)) {
                        report(findings, Place::of(resource, suite), true);
                    }
                    let place = Place::of(resource, server).at("tls/minProtocolVersion");
                    let old = matches!(place.node.as_str(), Some("TLSV1_0" | "TLSV1_1"));
                    report(findings, place, old);
                }
            }
        },
    ),
};

fn report(findings: &mut Findings<'_>, place: Place<'_>, bad: bool) {
    if bad {
        let value = place.node.as_str().unwrap_or("").to_owned();
        let message = format!("{} \"{}\" allows outdated TLS: {value}", place.resource.kind, place.resource.name);
        findings.report(place).message(message);
    }
}

fn annotations(resource: &Resource, findings: &mut Findings<'_>) {
    let is_service = &*resource.kind == "Service";
    if is_service && super::services::kind_of(resource) != "LoadBalancer" {
        return findings.not_applicable();
    }
    for key in SETTINGS {
        if let Some(place) = annotation_place(resource, key) {
            report(findings, place, is_weak(place.node));
        }
    }
}

/// Only ingress-nginx's own ConfigMap has these keys.
fn config_map(resource: &Resource, findings: &mut Findings<'_>) {
    let settings: Vec<Place<'_>> = CONFIG_KEYS
        .iter()
        .filter_map(|key| resource.root.get("data")?.get(key))
        .map(|node| Place::of(resource, node))
        .collect();
    if settings.is_empty() {
        return findings.not_applicable();
    }
    settings.into_iter().for_each(|place| report(findings, place, is_weak(place.node)));
}

fn is_weak(node: &Node) -> bool {
    let text = node.as_str().unwrap_or("");
    let protocol = |word: &str| matches!(word, "SSLv2" | "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.1");
    let cipher = |word: &str| {
        !word.starts_with(['!', '-'])
            && CIPHERS.iter().any(|weak| word.split('-').any(|part| part == *weak) || word.contains(weak))
    };
    POLICIES.contains(&text)
        || text.split([' ', ':', ',', ';']).any(|word| protocol(word) || cipher(word))
        || text.contains("ssl-min-ver TLSv1.0")
}
