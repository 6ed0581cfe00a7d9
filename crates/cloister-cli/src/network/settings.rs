//! Settings by which workloads leave connections to databases in the clear.

use std::collections::HashMap;

use cloister_checks::{Context, Entry, entries, run as check};
use cloister_inventory::Inventory;
use cloister_model::ResourceRef;
use cloister_register::Register;
use cloister_transit::Setting;

/// Those of each workload, as the checks say it.
pub fn settings(inventory: &Inventory, register: &Register<'_>) -> HashMap<ResourceRef, Vec<Setting>> {
    let about: Vec<&'static Entry> = entries().filter(|entry| entry.check.name.ends_with("-tls-off")).collect();
    // None of these checks asks which day it is.
    let context = Context { inventory, register, today: jiff::civil::Date::MIN, profile: None };
    let mut said: HashMap<ResourceRef, Vec<Setting>> = HashMap::new();
    for finding in check(&about, &context).into_iter().flat_map(|outcome| outcome.findings) {
        if let Some(resource) = finding.resource {
            let setting = Setting { check: finding.check.to_string(), said: finding.message };
            said.entry(resource).or_default().push(setting);
        }
    }
    said
}
