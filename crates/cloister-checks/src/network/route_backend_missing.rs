//! # What it does
//! Finds routes of the Gateway API that send traffic to a Service, or to a port of
//! one, that is not there, or that lies in another namespace without its leave
//! (a ReferenceGrant).
//!
//! # Why it matters
//! Callers get errors, and whoever may create a Service of that name later
//! receives what people send.
//!
//! # What to do
//! Write the name, namespace and port of a Service that is there; for another
//! namespace, add a ReferenceGrant there.
//!
//! # References
//! GDPR Art. 32(1)(b). Gateway API, `BackendObjectReference` and `ReferenceGrant`.

use cloister_inventory::Inventory;
use cloister_model::{Place, Resource, Severity};

use super::routes::{self, ROUTES, Target};
use super::services;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "route-backend-missing",
    title: "route sends traffic to a Service that is not there",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(
        &["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "Service", "ReferenceGrant"],
        |findings| {
            let inventory = findings.inventory();
            for route in ROUTES.iter().flat_map(|kind| inventory.of_kind(kind)) {
                for target in routes::targets(route) {
                    let wrong = problem(inventory, route, &target);
                    if findings.examine(wrong.is_some())
                        && let Some((place, what)) = wrong
                    {
                        findings
                            .report(place)
                            .message(format!("{} \"{}\" sends traffic to {what}", route.kind, route.name));
                    }
                }
            }
        },
    ),
};

fn problem<'a>(inventory: &Inventory, route: &Resource, target: &Target<'a>) -> Option<(Place<'a>, String)> {
    let Target { namespace, name, .. } = *target;
    let Some(service) = inventory.get("Service", namespace, name) else {
        return Some((target.place, format!("Service {name}, which namespace {namespace} lacks")));
    };
    if namespace != route.namespace_or_default() && !is_granted(inventory, route, target) {
        return Some((target.place, format!("Service {name} of namespace {namespace}, which grants it no access")));
    }
    let port = target.port?;
    let known = services::ports(service).iter().any(|own| own.int_at("port") == port.as_int());
    let wanted = port.scalar().unwrap_or_default();
    (!known).then(|| {
        (Place::of(target.place.resource, port), format!("port {wanted} of Service {name}, which has no such port"))
    })
}

/// Whether a ReferenceGrant of the Service's namespace lets this route in.
fn is_granted(inventory: &Inventory, route: &Resource, target: &Target<'_>) -> bool {
    inventory.of_kind_in("ReferenceGrant", target.namespace).any(|grant| {
        let from = grant.root.items_at("spec/from").iter().any(|from| {
            from.str_at("kind") == Some(&*route.kind)
                && from.str_at("group") == Some(route.group())
                && from.str_at("namespace") == Some(route.namespace_or_default())
        });
        let to =
            grant.root.items_at("spec/to").iter().any(|to| {
                to.str_at("kind") == Some("Service") && to.str_at("name").is_none_or(|name| name == target.name)
            });
        from && to
    })
}
