//! # What it does
//! Finds Ingresses that send requests to a Service, or to a port of one, that is
//! not in their namespace.
//!
//! # Why it matters
//! The site answers with an error, and whoever may create a Service of that name
//! later receives what people send (a dangling name can be taken over).
//!
//! # What to do
//! Write the name and port of a Service of the same namespace, or delete the path.
//!
//! # References
//! GDPR Art. 32(1)(b). Kubernetes API, `IngressServiceBackend`.

use cloister_model::{Node, Place, Resource, Severity};

use super::ingresses::{self, Backend};
use super::services;
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "ingress-backend-missing",
    title: "Ingress sends requests to a Service that is not there",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Inventory(&["Ingress", "Service"], |findings| {
        let inventory = findings.inventory();
        for ingress in inventory.of_kind("Ingress").filter(|ingress| ingresses::is_ours(ingress)) {
            let namespace = ingress.namespace_or_default();
            for backend in ingresses::backends(ingress) {
                let service = inventory.get("Service", namespace, backend.service);
                let wrong = problem(ingress, &backend, service);
                if findings.examine(wrong.is_some())
                    && let Some((place, message)) = wrong
                {
                    findings.report(place).message(message);
                }
            }
        }
    }),
};

fn problem<'a>(
    ingress: &'a Resource,
    backend: &Backend<'a>,
    service: Option<&Resource>,
) -> Option<(Place<'a>, String)> {
    let name = backend.service;
    let namespace = ingress.namespace_or_default();
    let Some(service) = service else {
        let message =
            format!("Ingress \"{}\" sends requests to Service {name}, which namespace {namespace} lacks", ingress.name);
        return Some((backend.place, message));
    };
    let port = backend.port?;
    // An ExternalName may leave its ports out.
    let ports = services::ports(service);
    if ports.is_empty() || ports.iter().any(|own| is_port(own, port)) {
        return None;
    }
    let wanted = port.scalar().unwrap_or_default();
    let message = format!(
        "Ingress \"{}\" sends requests to port {wanted} of Service {name}, which has no such port",
        ingress.name
    );
    Some((Place::of(ingress, port), message))
}

fn is_port(own: &Node, wanted: &Node) -> bool {
    match wanted.as_int() {
        Some(number) => own.int_at("port") == Some(number),
        None => own.str_at("name") == wanted.as_str(),
    }
}
