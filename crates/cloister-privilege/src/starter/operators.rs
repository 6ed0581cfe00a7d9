//! Keeping a namespace running without being able to read what its workloads read.

use std::collections::{BTreeMap, BTreeSet};

use cloister_register::Register;

use super::{rule, write_group, write_role};
use crate::rules::Rule;

const ROLE: &str = "cloister:operator";

pub fn write(register: &Register<'_>) -> String {
    let mut text = String::from(
        "# Operating, one namespace at a time: scale, and restart by eviction; add people to cloister:viewers for looking.\n\
         #\n\
         # Left out on purpose: writing pods or their templates, since whoever writes one runs it as any service account\n\
         # of the namespace and mounts any of its Secrets; that is the work of the pipeline that deploys. Left out as\n\
         # well: Secrets, ConfigMaps, and entering pods.\n",
    );
    let namespaces = namespaces(register);
    if namespaces.is_empty() {
        text.push_str("#\n# No workload was found, and so no namespace.\n");
    }
    for (namespace, stores) in &namespaces {
        text.push_str(&reason(stores));
        let (name, group) = (ROLE, format!("cloister:operators:{namespace}"));
        write_role(&mut text, "Role", name, namespace, &rules(stores.is_empty()));
        write_group(&mut text, name, namespace, ("Role", name), &group);
    }
    text
}

/// Namespaces that run something, each with what in it holds or handles personal data.
fn namespaces<'a>(register: &'a Register<'_>) -> BTreeMap<&'a str, BTreeSet<String>> {
    let mut namespaces: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for workload in register.workloads() {
        let stores = namespaces.entry(workload.namespace()).or_default();
        let holds = !register.stores_of(workload.resource).is_empty()
            || !register.activities_of(workload.resource).is_empty()
            || register.recognised(workload.resource).is_some();
        if holds {
            stores.insert(workload.phrase());
        }
    }
    namespaces
}

fn reason(stores: &BTreeSet<String>) -> String {
    let Some(first) = stores.first() else {
        return "# Nothing here is known to hold personal data: its pods' logs may be read.\n".to_owned();
    };
    let more = if stores.len() > 1 { format!(" and {} more", stores.len() - 1) } else { String::new() };
    format!("# No pods/log: {first}{more} may write personal data into it.\n")
}

fn rules(logs: bool) -> Vec<Rule> {
    let mut rules = vec![
        rule("-", "pods/eviction", "create"),
        rule("apps", "deployments/scale statefulsets/scale", "get patch update"),
    ];
    if logs {
        rules.insert(0, rule("-", "pods/log", "get"));
    }
    rules
}
