//! # What it does
//! Finds stores that workloads of other namespaces reach on the ports that they serve, as all policies together decide
//! (and Istio's, where it is in force). Workloads of activities that use the store are not counted.
//!
//! # Why it matters
//! Whoever may run a pod in any of these namespaces stands before the store, with one password between: access is not
//! limited to what each purpose needs.
//!
//! # What to do
//! Isolate the store by a NetworkPolicy that lets only the workloads in that use it; `cloister network explain` tells
//! which rule lets a connection through.
//!
//! # References
//! GDPR Art. 25(2), 32(1)(b). Kubernetes documentation, "Network Policies".

use std::collections::HashMap;

use cloister_model::{Place, Severity};

use super::reach::{self, Callers, KINDS};
use crate::{Check, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-reachable-from-other-namespaces",
    title: "store can be reached from other namespaces",
    severity: Severity::High,
    needs: &[],
    run: Run::Inventory(KINDS, |findings| {
        let context = findings.context();
        let register = context.register;
        let stores: Vec<_> =
            context.inventory.pods().filter_map(|pod| Some((reach::store(context, &pod)?, pod))).collect();
        if stores.is_empty() {
            return;
        }
        let mut said = Vec::new();
        let reach = findings.reach();
        let callers = Callers::of(findings);
        // One that reaches many stores is looked up once.
        let mut purposes: HashMap<usize, Vec<&str>> = HashMap::new();
        for (name, pod) in stores.into_iter().filter(|(_, pod)| !reach.is_decided_elsewhere(pod.namespace())) {
            let declared = register.stores_of(pod.resource);
            let using = declared.iter().flat_map(|store| register.activities_using(store.name()));
            let using: Vec<&str> = using.map(|activity| activity.name()).collect();
            let mut strangers = callers.of_workload(pod.resource);
            strangers.retain(|number| {
                let workload = reach.network.endpoint(*number).and_then(|it| it.workload());
                workload.filter(|workload| workload.namespace != pod.namespace()).is_some_and(|workload| {
                    let activities = || register.activities_of(workload.resource);
                    let own = purposes
                        .entry(*number)
                        .or_insert_with(|| activities().iter().map(|activity| activity.name()).collect());
                    !own.iter().any(|activity| using.contains(activity))
                })
            });
            let bad = (!strangers.is_empty()).then(|| {
                let who = reach::names(&reach.network, &strangers);
                format!("{name} can be reached from other namespaces: by {who}")
            });
            said.push((pod.resource, bad));
        }
        for (resource, bad) in said {
            if findings.examine(bad.is_some())
                && let Some(message) = bad
            {
                findings.report(Place::whole(resource)).message(message);
            }
        }
    }),
};
