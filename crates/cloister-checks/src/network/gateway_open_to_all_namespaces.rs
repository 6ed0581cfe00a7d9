//! # What it does
//! Finds listeners of Gateways that let routes of every namespace attach.
//!
//! # Why it matters
//! Each team, and whoever took one over, may put its own workload behind a host
//! name of others and receive what people send there.
//!
//! # What to do
//! Use `from: Same`, or `from: Selector` with the namespaces that may.
//!
//! # References
//! GDPR Art. 25(2). Gateway API, `RouteNamespaces`.

use cloister_inventory::Selector;
use cloister_model::{Place, Severity};

use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "gateway-open-to-all-namespaces",
    title: "Gateway takes routes of every namespace",
    severity: Severity::Medium,
    needs: &[],
    run: Run::Resource(&["Gateway", "ListenerSet", "XListenerSet.gateway.networking.x-k8s.io"], |gateway, findings| {
        for listener in gateway.root.items_at("spec/listeners") {
            let selector = || listener.at("allowedRoutes/namespaces/selector");
            let open = match listener.str_at("allowedRoutes/namespaces/from") {
                Some("All") => true,
                Some("Selector") => selector().is_some_and(|node| Selector::Labels(node).is_everything()),
                _ => false,
            };
            if open {
                let name = listener.str_at("name").unwrap_or("");
                findings
                    .report(Place::of(gateway, listener).at("allowedRoutes/namespaces/from"))
                    .message(format!(
                        "listener \"{name}\" of {} \"{}\" takes routes of every namespace",
                        gateway.kind, gateway.name
                    ))
                    .fix(
                        "allowedRoutes:\n  namespaces:\n    from: Selector\n    selector:\n      \
                             matchLabels: {kubernetes.io/metadata.name: NAMESPACE}",
                    );
            }
        }
    }),
};
