//! # What it does
//! Finds StorageClasses and PersistentVolumes whose reclaim policy does not go with
//! what the register says of the stores on them: `Retain` without a retention
//! period, `Delete` without a backup; and `Retain` where no register says anything.
//!
//! # Why it matters
//! A volume that is kept holds personal data that nobody remembers (Art. 5(1)(e)); one
//! that is deleted by accident takes the only copy along (Art. 32(1)(c)).
//!
//! # What to do
//! Write `reclaimPolicy: Retain`, state `spec.retention` of the store in the register,
//! and delete released volumes by it.
//!
//! # References
//! GDPR Art. 5(1)(e), 17.

use cloister_model::{Place, Resource, Severity};
use cloister_register::PersonalDataStore;

use crate::{Check, Findings, Run};

pub(crate) const CHECK: Check = Check {
    name: "reclaim-policy-undeclared",
    title: "volumes are kept or deleted against what the register says",
    severity: Severity::Low,
    needs: &[],
    run: Run::Resource(&["StorageClass", "PersistentVolume"], |resource, findings| {
        let (path, default) = match &*resource.kind {
            "StorageClass" => ("reclaimPolicy", "Delete"),
            _ => ("spec/persistentVolumeReclaimPolicy", "Retain"),
        };
        let place = Place::whole(resource).at(path);
        let policy = resource.root.str_at(path).unwrap_or(default);
        let stores = stores_on(resource, findings);
        if policy == "Retain" && findings.register().stores().is_empty() {
            findings.report(place).message(format!(
                "volumes of {} \"{}\" are kept after their claim, and nothing says for how long",
                resource.kind, resource.name
            ));
        }
        if let Some(store) = stores.iter().find(|store| policy == "Retain" && !store.retention().is_stated()) {
            findings.report(place).severity(Severity::Medium).message(format!(
                "volumes of store \"{}\" are kept after release, and the register states no retention for it",
                store.name()
            ));
        } else if let Some(store) = stores.iter().find(|store| policy == "Delete" && !store.backup().is_stated()) {
            findings.report(place).severity(Severity::Medium).message(format!(
                "volumes of store \"{}\" are deleted with their claim, and the register states no backup for it",
                store.name()
            ));
        }
    }),
};

/// The stores whose claims are of this class, or bound to this volume's class.
fn stores_on<'a>(resource: &Resource, findings: &Findings<'a>) -> Vec<&'a PersonalDataStore<'a>> {
    let class = if &*resource.kind == "StorageClass" {
        Some(&*resource.name)
    } else {
        resource.root.str_at("spec/storageClassName")
    };
    let Some(class) = class.filter(|class| !class.is_empty()) else { return Vec::new() };
    let register = findings.register();
    let on_class = |workload: &Resource| {
        let templates = workload.root.items_at("spec/volumeClaimTemplates").iter();
        let own = templates.filter_map(|claim| claim.str_at("spec/storageClassName"));
        own.into_iter().any(|name| name == class) || claims(workload, findings).any(|name| name == class)
    };
    register
        .stores()
        .iter()
        .filter(|store| register.workloads_of_store(store).iter().any(|workload| on_class(workload.resource)))
        .collect()
}

/// The classes of the claims that a workload's pods name.
fn claims<'a>(workload: &Resource, findings: &Findings<'a>) -> impl Iterator<Item = &'a str> {
    let inventory = findings.inventory();
    let namespace = workload.namespace_or_default().to_owned();
    let pods = inventory
        .pods_in(&namespace)
        .filter(|pod| pod.resource.name == workload.name && pod.resource.kind == workload.kind);
    let names: Vec<&str> = pods
        .flat_map(|pod| pod.volumes())
        .filter_map(|volume| volume.str_at("persistentVolumeClaim/claimName"))
        .collect();
    names.into_iter().filter_map(move |name| {
        inventory.get("PersistentVolumeClaim", &namespace, name)?.root.str_at("spec/storageClassName")
    })
}
