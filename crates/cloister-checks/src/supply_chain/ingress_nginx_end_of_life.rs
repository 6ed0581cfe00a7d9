//! # What it does
//! Finds the ingress-nginx controller of the Kubernetes project, which was retired.
//!
//! # Why it matters
//! It stands at the edge of the cluster, decrypts all traffic, may read the Secrets
//! of every namespace, and gets no more fixes since March 2026.
//!
//! # What to do
//! Move to a controller of the Gateway API, or to an ingress controller that is
//! maintained.
//!
//! # References
//! GDPR Art. 32(1)(b), 32(1)(d). Kubernetes blog, "Ingress NGINX Retirement" (November
//! 2025). CVE-2025-1974. The controller of F5 (`nginx/nginx-ingress`) is another program.

use cloister_inventory::{Container, Image};
use cloister_model::{Node, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "ingress-nginx-end-of-life",
    title: "the retired ingress-nginx controller runs",
    severity: Severity::High,
    needs: &[],
    run: Run::Pod(|pod, findings| {
        for container in pod.containers().filter(is_controller) {
            findings
                .report(container.at("image"))
                .message(format!("container \"{}\" is the retired ingress-nginx controller", container.name()))
                .container(container.name());
        }
    }),
};

/// By its image, in whichever mirror, or by the program and options it alone has.
fn is_controller(container: &Container<'_>) -> bool {
    let names = ["ingress-nginx/controller", "ingress-nginx/controller-chroot", "nginx-ingress-controller"];
    let path = Image::parse(container.image()).map(|image| image.name()).unwrap_or_default();
    let image = names.iter().any(|name| path.strip_suffix(name).is_some_and(|before| before.ends_with('/')));
    let words = ["/nginx-ingress-controller", "--controller-class=k8s.io/ingress-nginx"];
    image || container.words().filter_map(Node::as_str).any(|word| words.contains(&word))
}
