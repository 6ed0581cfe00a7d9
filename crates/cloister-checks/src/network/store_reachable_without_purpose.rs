//! # What it does
//! Finds stores of the register that workloads reach to which no processing activity applies, as all policies together
//! decide.
//!
//! # Why it matters
//! Personal data may be used for stated purposes only. What has none and reaches the data all the same will use them
//! one day, and nobody answers for it.
//!
//! # What to do
//! Keep the workload out by a NetworkPolicy of the store; or, where it has a purpose, select it by a ProcessingActivity.
//!
//! # References
//! GDPR Art. 5(1)(b), 25(2).

use cloister_model::{Place, Severity};

use super::reach::{self, Callers, KINDS};
use crate::{Check, Need, Run};

pub(crate) const CHECK: Check = Check {
    name: "store-reachable-without-purpose",
    title: "store can be reached by workloads without a purpose",
    severity: Severity::High,
    needs: &[Need::Register],
    run: Run::Inventory(KINDS, |findings| {
        let (inventory, register) = (findings.inventory(), findings.register());
        let stores: Vec<_> = inventory.pods().filter(|pod| !register.stores_of(pod.resource).is_empty()).collect();
        if stores.is_empty() {
            return;
        }
        let reach = findings.reach();
        let callers = Callers::of(findings);
        let mut said = Vec::new();
        for pod in stores.into_iter().filter(|pod| !reach.is_decided_elsewhere(pod.namespace())) {
            let mut strangers = callers.of_workload(pod.resource);
            strangers.retain(|number| {
                let workload = reach.network.endpoint(*number).and_then(|it| it.workload());
                workload.is_some_and(|workload| {
                    register.activities_of(workload.resource).is_empty()
                        && register.stores_of(workload.resource).is_empty()
                })
            });
            let name = register.stores_of(pod.resource).first().map(|store| store.name()).unwrap_or_default();
            let bad = (!strangers.is_empty()).then(|| {
                let who = reach::names(&reach.network, &strangers);
                format!("the store {name} can be reached by workloads without a purpose: {who}")
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
