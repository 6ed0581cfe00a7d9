//! What the AWS Load Balancer Controller reads: annotations ("Ingress annotations"), and IngressClassParams.

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::annotations::{Told, value};
use super::controllers::Controller;
use super::guard::Proof;

pub(super) fn by_annotations(ingress: &Resource, told: &mut Told) {
    let own = |rest: &str| value(ingress, Controller::Alb, rest);
    // Without a scheme it is for the cloud's own networks.
    if own("scheme") != Some("internet-facing") {
        told.guard.internal();
    }
    if own("security-groups").is_some() {
        told.guard.perhaps("security groups of AWS");
    } else if let Some(list) = own("inbound-cidrs").filter(|list| !list.trim().is_empty()) {
        told.guard.only(list.split(','));
    }
    if own("security-group-prefix-lists").is_some() {
        told.guard.perhaps("prefix lists of AWS");
    }
    if own("wafv2-acl-arn").or_else(|| own("wafv2-acl-name")).or_else(|| own("waf-acl-id")).is_some() {
        told.guard.perhaps("a firewall of AWS");
    }
    let signs_on = matches!(own("auth-type"), Some("oidc" | "cognito"));
    if signs_on && own("auth-on-unauthenticated-request") != Some("allow") {
        told.guard.ask(Proof::SignOn);
    }
    if own("jwt-validation").is_some() {
        told.guard.ask(Proof::Token);
    }
    if own("mutual-authentication").is_some_and(|text| text.contains("\"verify\"")) {
        told.guard.ask(Proof::ClientCertificate);
    }
    listens(own("listen-ports"), own("certificate-arn").is_some(), told);
    told.plain_too &= own("ssl-redirect").is_none();
    told.encrypts_anew = own("backend-protocol").is_some_and(|it| it.eq_ignore_ascii_case("https"));
}

/// `[{"HTTP": 80}, {"HTTPS": 443}]`; without it HTTPS when there is a certificate, otherwise HTTP.
fn listens(written: Option<&str>, certificate: bool, told: &mut Told) {
    let Some(written) = written else {
        told.certificate = certificate;
        return;
    };
    told.certificate = written.contains("\"HTTPS\"");
    told.plain_too = written.contains("\"HTTP\"") && told.certificate;
    let ports: Vec<u16> = written.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
    told.listens = (!ports.is_empty()).then_some(ports);
}

/// What the class's parameters say stands above annotations (`elbv2.k8s.aws/v1beta1`).
pub(super) fn by_class(class: Option<&Resource>, inventory: &Inventory, told: &mut Told) {
    let name = class.and_then(|class| class.root.str_at("spec/parameters/name"));
    let Some(spec) = name
        .and_then(|name| inventory.get_cluster_wide("IngressClassParams.elbv2.k8s.aws", name))
        .and_then(|params| params.root.get("spec"))
    else {
        if let Some(name) = name {
            told.guard.perhaps(format!("IngressClassParams \"{name}\", which are not in the input"));
        }
        return;
    };
    match spec.str_at("scheme") {
        Some("internet-facing") => told.guard.from = crate::AddressSet::everything(),
        Some(_) => told.guard.internal(),
        None => {}
    }
    let cidrs: Vec<&str> = spec.items_at("inboundCIDRs").iter().filter_map(Node::as_str).collect();
    if !cidrs.is_empty() {
        told.guard.only(cidrs);
    }
}
