//! # What it does
//! Finds listeners of Gateways (Gateway API and Istio) that serve plain HTTP. A
//! listener that only sends callers on to HTTPS is fine.
//!
//! # Why it matters
//! Everything between the person and the cluster, passwords and health data
//! included, can be read and changed on the way.
//!
//! # What to do
//! Use `protocol: HTTPS` with a certificate; on port 80 leave only a route that
//! redirects to HTTPS.
//!
//! # References
//! GDPR Art. 32(1)(a). Gateway API, `Listener.protocol`. Istio, `ServerTLSSettings.httpsRedirect`.

use cloister_model::{Node, Place, Resource, Severity};

use super::routes;
use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "gateway-without-tls",
    title: "Gateway serves plain HTTP",
    severity: Severity::High,
    needs: &[],
    run: Run::Resource(
        &["Gateway", "ListenerSet", "XListenerSet.gateway.networking.x-k8s.io", "Gateway.networking.istio.io"],
        |gateway, findings| {
            if gateway.group() == "networking.istio.io" {
                return istio(gateway, findings);
            }
            for listener in gateway.root.items_at("spec/listeners") {
                if listener.str_at("protocol") == Some("HTTP") && serves(findings, gateway, listener) {
                    let name = listener.str_at("name").unwrap_or("");
                    findings
                        .report(Place::of(gateway, listener).at("protocol"))
                        .message(format!(
                            "listener \"{name}\" of {} \"{}\" serves plain HTTP",
                            gateway.kind, gateway.name
                        ))
                        .fix("protocol: HTTPS\ntls:\n  certificateRefs:\n    - {name: NAME-OF-SECRET}");
                }
            }
        },
    ),
};

/// Whether the listener does more than redirect: by its routes or, where none
/// was read, unless the same Gateway has TLS beside it.
fn serves(findings: &Findings<'_>, gateway: &Resource, listener: &Node) -> bool {
    let mut attached = routes::routes_of(findings, gateway, listener).peekable();
    if attached.peek().is_some() {
        return attached.any(|route| !routes::only_redirects(route));
    }
    let tls = |other: &Node| matches!(other.str_at("protocol"), Some("HTTPS" | "TLS"));
    !gateway.root.items_at("spec/listeners").iter().any(tls)
}

fn istio(gateway: &Resource, findings: &mut Findings<'_>) {
    let out = gateway.root.str_at("spec/selector/istio").is_some_and(|name| name.contains("egress"));
    if out {
        return findings.not_applicable();
    }
    for server in gateway.root.items_at("spec/servers") {
        let plain = matches!(server.str_at("port/protocol"), Some("HTTP" | "HTTP2" | "GRPC"));
        if plain && server.bool_at("tls/httpsRedirect") != Some(true) {
            let name = server.str_at("port/name").unwrap_or("");
            findings
                .report(Place::of(gateway, server).at("port/protocol"))
                .message(format!("server \"{name}\" of Gateway \"{}\" serves plain HTTP", gateway.name))
                .fix("tls:\n  httpsRedirect: true");
        }
    }
}
