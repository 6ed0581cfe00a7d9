//! Settings by which workloads leave connections to databases in the clear, or encrypt them.

use std::collections::HashMap;

use cloister_checks::{Context, Demanded, Entry, demands, entries, run as check};
use cloister_inventory::Inventory;
use cloister_model::ResourceRef;
use cloister_register::Register;
use cloister_transit::{Does, Setting};

/// Those of each workload, as the checks say it.
pub fn settings(inventory: &Inventory, register: &Register<'_>) -> HashMap<ResourceRef, Vec<Setting>> {
    let about: Vec<&'static Entry> = entries().filter(|entry| entry.check.name.ends_with("-tls-off")).collect();
    // None of these checks asks which day it is.
    let context = Context { inventory, register, today: jiff::civil::Date::MIN, profile: None };
    let mut said: HashMap<ResourceRef, Vec<Setting>> = HashMap::new();
    for finding in check(&about, &context).into_iter().flat_map(|outcome| outcome.findings) {
        if let Some(resource) = finding.resource {
            let (check, does) = (finding.check.to_string(), Does::LeavesClear);
            let setting = Setting { check, said: finding.message, does };
            said.entry(resource).or_default().push(setting);
        }
    }
    for workload in inventory.pods().map(|pod| pod.resource) {
        let demands = demands(workload).into_iter().map(|demand| Setting {
            check: demand.check.to_owned(),
            said: demand.said,
            does: match demand.of {
                Demanded::Calls(hosts) => Does::AsksFor(hosts),
                Demanded::Takes => Does::TakesAlone,
                Demanded::Offers => Does::Offers,
            },
        });
        let mut demands = demands.peekable();
        if demands.peek().is_some() {
            said.entry(workload.reference()).or_default().extend(demands);
        }
    }
    said
}
