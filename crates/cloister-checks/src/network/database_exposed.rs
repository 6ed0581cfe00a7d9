//! # What it does
//! Finds databases and other stores (declared in the register, or recognised by
//! image, port, variables and volumes) that a load balancer, a node port, an
//! Ingress or a route opens to the outside.
//!
//! # Why it matters
//! One guessed password, or one flaw of the database, and all it holds is public.
//!
//! # What to do
//! Use a Service of `type: ClusterIP`; let only the workloads that need it come,
//! by a network policy. For administration use a port-forward.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). MITRE ATT&CK T1190, "Exploit Public-Facing Application".

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use cloister_inventory::Pod;
use cloister_model::Severity;

use super::exposures::{self, KINDS};
use crate::{Check, Context, Run};

pub(crate) const CHECK: Check = Check {
    name: "database-exposed",
    title: "database can be reached from outside the cluster",
    severity: Severity::Critical,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let context = findings.context();
        let stores = context.inventory.pods().filter(|pod| store(context, pod).is_some()).count();
        let mut open = HashSet::new();
        let mut known = HashMap::new();
        for (service, pods, ways) in exposures::exposed(context.inventory) {
            let first = || pods.iter().find_map(|pod| Some((pod.resource, store(context, pod)?)));
            let Some((resource, what)) = known.entry(Rc::as_ptr(&pods)).or_insert_with(first) else { continue };
            if open.insert(std::ptr::from_ref(*resource)) {
                findings.examine(true);
            }
            for way in ways {
                findings
                    .report(way.place)
                    .message(format!("{} opens {what} to the outside by Service \"{}\"", way.phrase, service.name))
                    .fix("spec:\n  type: ClusterIP");
            }
        }
        for _ in open.len()..stores {
            findings.examine(false);
        }
    }),
};

/// What the store is called, if the pod is one.
fn store(context: &Context<'_>, pod: &Pod<'_>) -> Option<String> {
    let declared = context.register.stores_of(pod.resource);
    if let Some(store) = declared.first() {
        return Some(format!("the store {}", store.name()));
    }
    let recognised = context.register.recognised(pod.resource)?;
    Some(format!("the {} store {}", recognised.engine.meaning(), pod.resource.name))
}
