//! # What it does
//! Finds Ingresses with TLS that also answer over plain HTTP: the redirect is
//! switched off, or the controller has none unless it is asked for.
//!
//! # Why it matters
//! The first request, with its cookies and its form, may go out unencrypted,
//! and whoever stands between can keep it that way.
//!
//! # What to do
//! Switch the redirect on. For paths that must answer over HTTP, write an
//! Ingress of their own.
//!
//! # References
//! GDPR Art. 32(1)(a). RFC 6797, section 2.3.1.

use cloister_model::{Place, Resource, Severity};

use super::ingresses::{self, annotation_place};
use crate::{Check, Run};

/// Annotations that switch a redirect off, which is on by default.
const OFF: [&str; 6] = [
    "nginx.ingress.kubernetes.io/ssl-redirect",
    "ingress.kubernetes.io/ssl-redirect",
    "haproxy.org/ssl-redirect",
    "haproxy-ingress.github.io/ssl-redirect",
    "nginx.org/redirect-to-https",
    "ingress.kubernetes.io/force-ssl-redirect",
];

pub(crate) const CHECK: Check = Check {
    name: "ingress-plain-http-allowed",
    title: "Ingress with TLS answers over plain HTTP too",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Ingress"], |ingress, findings| {
        let has_tls = !ingress.root.items_at("spec/tls").is_empty() || ingresses::has_certificate_elsewhere(ingress);
        if !ingresses::is_ours(ingress) || !has_tls {
            return findings.not_applicable();
        }
        if let Some((place, fix)) = plain(ingress) {
            let message = format!("Ingress \"{}\" answers over plain HTTP as well", ingress.name);
            findings.report(place).message(message).fix(format!("metadata:\n  annotations:\n    {fix}"));
        }
    }),
};

/// Where plain HTTP is allowed, and the annotation that forbids it.
fn plain(ingress: &Resource) -> Option<(Place<'_>, String)> {
    let annotations = Place::whole(ingress).at("metadata/annotations");
    let missing = |key: &str, value: &str| Some((annotations, format!("{key}: \"{value}\"")));
    if ingresses::is_alb(ingress) {
        let key = "alb.ingress.kubernetes.io/ssl-redirect";
        let open = ingresses::alb_listens(ingress, "HTTP") && ingress.annotation(key).is_none();
        let place = annotation_place(ingress, "alb.ingress.kubernetes.io/listen-ports").unwrap_or(annotations);
        return open.then(|| (place, format!("{key}: \"443\"")));
    }
    if ingresses::is_gce(ingress) {
        let key = "kubernetes.io/ingress.allow-http";
        let redirects = ingress.annotation("networking.gke.io/v1beta1.FrontendConfig").is_some();
        let open = ingress.annotation(key) != Some("false") && !redirects;
        return open.then(|| missing(key, "false")).flatten();
    }
    if ingresses::is_application_gateway(ingress) {
        let key = "appgw.ingress.kubernetes.io/ssl-redirect";
        return (ingress.annotation(key) != Some("true")).then(|| missing(key, "true")).flatten();
    }
    let forced = ingress.annotation("nginx.ingress.kubernetes.io/force-ssl-redirect") == Some("true");
    let off = OFF
        .iter()
        .find(|key| ingress.annotation(key).is_some_and(|value| matches!(value.trim(), "false" | "False" | "FALSE")))?;
    let place = annotation_place(ingress, off).filter(|_| !forced)?;
    Some((place, format!("{off}: \"true\"")))
}
