//! # What it does
//! Finds Ingresses that everyone may come to: no list of source addresses in the
//! annotations of the controllers we know, or one that holds every address.
//!
//! # Why it matters
//! What only staff or partners use (administration, internal applications) should
//! not answer to the whole internet: nothing public by default.
//!
//! # What to do
//! List the addresses of the clients in the controller's annotation, or put the
//! Ingress on an internal class. For a site that is meant for the public, accept
//! this finding and say so.
//!
//! # References
//! GDPR Art. 25(2).

use cloister_inventory::Inventory;
use cloister_model::{Place, Resource, Severity};

use super::cidr::Cidr;
use super::ingresses;
use crate::{Check, Run};

/// Annotations that hold the allowed addresses themselves.
const LISTS: [&str; 9] = [
    "nginx.ingress.kubernetes.io/whitelist-source-range",
    "nginx.ingress.kubernetes.io/allowlist-source-range",
    "ingress.kubernetes.io/whitelist-source-range",
    "haproxy.org/allow-list",
    "haproxy.org/whitelist",
    "haproxy-ingress.github.io/allowlist-source-range",
    "haproxy-ingress.github.io/whitelist-source-range",
    "alb.ingress.kubernetes.io/inbound-cidrs",
    "traefik.ingress.kubernetes.io/whitelist-source-range",
];

/// Annotations that name something which may hold a list, and that only the
/// cloud or another resource can show.
const ELSEWHERE: [&str; 6] = [
    "alb.ingress.kubernetes.io/security-groups",
    "alb.ingress.kubernetes.io/wafv2-acl-arn",
    "appgw.ingress.kubernetes.io/waf-policy-for-path",
    "nginx.org/policies",
    "konghq.com/plugins",
    "cloud.google.com/armor-config",
];

pub(crate) const CHECK: Check = Check {
    name: "ingress-without-allow-list",
    title: "Ingress takes every source address",
    severity: Severity::Info,
    needs: &[],
    run: Run::Resource(&["Ingress"], |ingress, findings| {
        if !ingresses::is_ours(ingress) || ingresses::is_internal(ingress) {
            return findings.not_applicable();
        }
        let lists = ingresses::first_annotation(ingress, &LISTS);
        let place = match lists {
            Some(key) if holds_everyone(ingress.annotation(key).unwrap_or("")) => {
                ingresses::annotation_place(ingress, key)
            }
            Some(_) => None,
            None if ingresses::first_annotation(ingress, &ELSEWHERE).is_some() => None,
            None if has_middleware(findings.inventory(), ingress) => None,
            None => Some(Place::whole(ingress).at("metadata/annotations")),
        };
        if let Some(place) = place {
            findings
                .report(place)
                .message(format!("Ingress \"{}\" takes requests from every address", ingress.name))
                .fix(
                    "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/whitelist-source-range: 203.0.113.0/24",
                );
        }
    }),
};

fn holds_everyone(list: &str) -> bool {
    list.split([',', ' ', '\n']).any(|range| Cidr::parse(range).is_some_and(Cidr::is_everything))
}

/// Whether one of Traefik's middlewares that the Ingress names holds a list;
/// one that was not read may.
fn has_middleware(inventory: &Inventory, ingress: &Resource) -> bool {
    let named = ingress.annotation("traefik.ingress.kubernetes.io/router.middlewares").unwrap_or("");
    named.split(',').filter_map(|name| name.trim().strip_suffix("@kubernetescrd")).any(|full| {
        let known =
            inventory.of_kind("Middleware.traefik.io").chain(inventory.of_kind("Middleware.traefik.containo.us"));
        let mut fitting = known
            .filter(|resource| format!("{}-{}", resource.namespace_or_default(), resource.name) == full)
            .peekable();
        fitting.peek().is_none()
            || fitting.any(|resource| {
                resource.root.at("spec/ipAllowList").or_else(|| resource.root.at("spec/ipWhiteList")).is_some()
            })
    })
}
