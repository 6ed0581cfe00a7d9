//! What controllers read from the annotations of an Ingress.

use cloister_inventory::Inventory;
use cloister_model::Resource;

use super::controllers::Controller;
use super::front::Tls;
use super::guard::{Guard, Proof};
use super::lead::named;
use super::{alb, gce, kong, traefik};

/// What an Ingress tells its controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) guard: Guard,
    /// How it is encrypted, whatever `spec.tls` says.
    pub(super) tls: Option<Tls>,
    /// There is a certificate that `spec.tls` does not name.
    pub(super) certificate: bool,
    /// Requests in the clear are answered, not sent on to HTTPS.
    pub(super) plain_too: bool,
    /// The way to the workload is encrypted too.
    pub(super) encrypts_anew: bool,
    /// The ports that callers come to.
    pub(super) listens: Option<Vec<u16>>,
}

impl Told {
    fn nothing() -> Told {
        let (tls, listens) = (None, None);
        Told { guard: Guard::open(), tls, certificate: false, plain_too: false, encrypts_anew: false, listens }
    }
}

/// Controllers that read annotations.
const READERS: [Controller; 9] = [
    Controller::Nginx,
    Controller::NginxInc,
    Controller::Traefik,
    Controller::HaProxy,
    Controller::HaProxyIngress,
    Controller::Alb,
    Controller::Gce,
    Controller::Kong,
    Controller::ApplicationGateway,
];

/// What this controller reads. Where it is not known which one serves, each annotation may count.
pub(super) fn told(ingress: &Resource, controller: Option<Controller>, inventory: &Inventory) -> Told {
    if let Some(controller) = controller {
        return by(ingress, controller, inventory);
    }
    let mut told = Told::nothing();
    for controller in READERS {
        // Without annotations of theirs, some of these would still have defaults.
        if !mentions(ingress, controller) {
            continue;
        }
        let its = by(ingress, controller, inventory);
        if !its.guard.is_open() {
            told.guard.perhaps(format!("annotations, if {} serves it", controller.as_str()));
        }
        told.certificate |= its.certificate;
        told.tls = told.tls.or(its.tls);
    }
    told
}

/// Starts of the keys that a controller reads.
fn prefixes(controller: Controller) -> &'static [&'static str] {
    match controller {
        Controller::Nginx => &["nginx.ingress.kubernetes.io/"],
        Controller::NginxInc => &["nginx.org/", "nginx.com/"],
        Controller::Traefik => &["traefik.ingress.kubernetes.io/"],
        Controller::HaProxy => &["haproxy.org/", "ingress.kubernetes.io/"],
        Controller::HaProxyIngress => &["haproxy-ingress.github.io/", "ingress.kubernetes.io/"],
        Controller::Alb => &["alb.ingress.kubernetes.io/"],
        Controller::Gce => &["networking.gke.io/", "kubernetes.io/ingress.", "ingress.gcp.kubernetes.io/"],
        Controller::Kong => &["konghq.com/"],
        Controller::ApplicationGateway => &["appgw.ingress.kubernetes.io/"],
        Controller::Contour => &["projectcontour.io/", "ingress.kubernetes.io/"],
        Controller::OpenShift => &["route.openshift.io/", "haproxy.router.openshift.io/"],
        Controller::Istio | Controller::Cilium => &[],
    }
}

fn mentions(ingress: &Resource, controller: Controller) -> bool {
    let annotations = ingress.root.entries_at("metadata/annotations");
    annotations.iter().any(|it| prefixes(controller).iter().any(|prefix| it.key.starts_with(prefix)))
}

/// The value of one of a controller's annotations, by the rest of its key.
pub(super) fn value<'r>(resource: &'r Resource, controller: Controller, rest: &str) -> Option<&'r str> {
    prefixes(controller).iter().find_map(|prefix| resource.annotation(&format!("{prefix}{rest}")))
}

fn by(ingress: &Resource, controller: Controller, inventory: &Inventory) -> Told {
    let mut told = Told::nothing();
    match controller {
        Controller::Nginx => nginx(ingress, inventory, &mut told),
        Controller::NginxInc => nginx_inc(ingress, inventory, &mut told),
        Controller::Traefik => traefik::by_annotations(ingress, inventory, &mut told),
        Controller::HaProxy => haproxy(ingress, &mut told),
        Controller::HaProxyIngress => haproxy_ingress(ingress, &mut told),
        Controller::Alb => alb::by_annotations(ingress, &mut told),
        Controller::Gce => gce::by_annotations(ingress, &mut told),
        Controller::Kong => kong::by_annotations(ingress, inventory, &mut told.guard),
        Controller::ApplicationGateway => application_gateway(ingress, &mut told),
        Controller::Contour | Controller::OpenShift | Controller::Istio | Controller::Cilium => {}
    }
    told
}

fn is(value: Option<&str>, wanted: &str) -> bool {
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted))
}

/// kubernetes/ingress-nginx, "Annotations" and "ConfigMap".
fn nginx(ingress: &Resource, inventory: &Inventory, told: &mut Told) {
    let own = |rest: &str| value(ingress, Controller::Nginx, rest);
    let global = |key: &str| inventory.of_kind("ConfigMap").find_map(|map| map.root.get("data")?.str_at(key));
    let satisfied_by_any = is(own("satisfy"), "any");
    let list = own("allowlist-source-range").or_else(|| own("whitelist-source-range"));
    if !satisfied_by_any && let Some(list) = list.or_else(|| global("whitelist-source-range")) {
        told.guard.only(list.split(','));
    }
    if let Some(list) = own("denylist-source-range") {
        told.guard.without(list.split(','));
    }
    let global_auth = !is(own("enable-global-auth"), "false") && global("global-auth-url").is_some();
    if own("auth-url").is_some_and(|url| !url.is_empty()) || global_auth {
        told.guard.ask(Proof::ExternalService);
    }
    if own("auth-type").is_some() && own("auth-secret").is_some() {
        told.guard.ask(Proof::Password);
    }
    if own("auth-tls-secret").is_some() && own("auth-tls-verify-client").is_none_or(|it| it == "on") {
        told.guard.ask(Proof::ClientCertificate);
    }
    if is(own("ssl-passthrough"), "true") {
        told.tls = Some(Tls::PassedThrough);
    }
    told.plain_too = is(own("ssl-redirect"), "false") && !is(own("force-ssl-redirect"), "true");
    told.encrypts_anew = own("backend-protocol").is_some_and(|it| matches!(it, "HTTPS" | "GRPCS"));
    if own("configuration-snippet").or_else(|| own("server-snippet")).is_some_and(|it| it.contains("deny ")) {
        told.guard.perhaps("a snippet of its configuration");
    }
}

/// nginx/kubernetes-ingress: annotations, and Policies that they name.
fn nginx_inc(ingress: &Resource, inventory: &Inventory, told: &mut Told) {
    let own = |rest: &str| value(ingress, Controller::NginxInc, rest);
    if own("basic-auth-secret").is_some() {
        told.guard.ask(Proof::Password);
    }
    if own("jwt-key").is_some() {
        told.guard.ask(Proof::Token);
    }
    told.plain_too = is(own("redirect-to-https"), "false") || is(own("ssl-redirect"), "false");
    told.encrypts_anew = own("ssl-services").is_some();
    for name in own("policies").unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let (namespace, name) = name.split_once('/').unwrap_or((ingress.namespace_or_default(), name));
        match named(inventory, "Policy.k8s.nginx.org", namespace, name) {
            Some(policy) => by_policy(policy, &mut told.guard),
            None => told.guard.perhaps(format!("Policy \"{name}\", which is not in the input")),
        }
    }
}

/// `k8s.nginx.org/v1`, Policy.
fn by_policy(policy: &Resource, guard: &mut Guard) {
    let Some(spec) = policy.root.get("spec") else { return };
    if spec.at("accessControl/allow").is_some() {
        guard.only(spec.strs_at("accessControl/allow"));
    }
    guard.without(spec.strs_at("accessControl/deny"));
    let proofs = [
        ("jwt", Proof::Token),
        ("basicAuth", Proof::Password),
        ("oidc", Proof::SignOn),
        ("apiKey", Proof::ApiKey),
        ("ingressMTLS", Proof::ClientCertificate),
        ("externalAuth", Proof::ExternalService),
    ];
    let asked = proofs.into_iter().filter(|(field, _)| spec.get(field).is_some_and(|it| !it.is_null()));
    asked.for_each(|(_, proof)| guard.ask(proof));
}

/// haproxytech/kubernetes-ingress.
fn haproxy(ingress: &Resource, told: &mut Told) {
    let own = |rest: &str| value(ingress, Controller::HaProxy, rest);
    if let Some(list) = own("allow-list").or_else(|| own("whitelist")) {
        told.guard.only(list.split(','));
    }
    if let Some(list) = own("deny-list").or_else(|| own("blacklist")) {
        told.guard.without(list.split(','));
    }
    if own("auth-type").is_some() && own("auth-secret").is_some() {
        told.guard.ask(Proof::Password);
    }
    if own("client-ca").is_some() && !is(own("client-crt-optional"), "true") {
        told.guard.ask(Proof::ClientCertificate);
    }
    if is(own("ssl-passthrough"), "true") {
        told.tls = Some(Tls::PassedThrough);
    }
    told.plain_too = is(own("ssl-redirect"), "false");
    told.encrypts_anew = is(own("server-ssl"), "true");
}

/// jcmoraisjr/haproxy-ingress.
fn haproxy_ingress(ingress: &Resource, told: &mut Told) {
    let own = |rest: &str| value(ingress, Controller::HaProxyIngress, rest);
    if let Some(list) = own("allowlist-source-range").or_else(|| own("whitelist-source-range")) {
        told.guard.only(list.split(','));
    }
    if let Some(list) = own("denylist-source-range") {
        told.guard.without(list.split(','));
    }
    if own("auth-url").is_some() {
        told.guard.ask(Proof::ExternalService);
    }
    if own("oauth").is_some() {
        told.guard.ask(Proof::SignOn);
    }
    if own("auth-secret").is_some() {
        told.guard.ask(Proof::Password);
    }
    let verified = own("auth-tls-verify-client").is_none_or(|it| it == "on");
    if own("auth-tls-secret").is_some() && verified && !is(own("auth-tls-strict"), "false") {
        told.guard.ask(Proof::ClientCertificate);
    }
    if is(own("ssl-passthrough"), "true") {
        told.tls = Some(Tls::PassedThrough);
    }
    told.plain_too = is(own("ssl-redirect"), "false");
    let anew = own("backend-protocol").is_some_and(|it| it.ends_with("-ssl") || it == "grpcs");
    told.encrypts_anew = anew || is(own("secure-backends"), "true");
}

/// Azure/application-gateway-kubernetes-ingress.
fn application_gateway(ingress: &Resource, told: &mut Told) {
    let own = |rest: &str| value(ingress, Controller::ApplicationGateway, rest);
    if is(own("use-private-ip"), "true") {
        told.guard.internal();
    }
    if own("waf-policy-for-path").is_some() {
        told.guard.perhaps("a firewall policy of Azure");
    }
    told.certificate = own("appgw-ssl-certificate").is_some();
    told.plain_too = !is(own("ssl-redirect"), "true");
    told.encrypts_anew = is(own("backend-protocol"), "https");
}
