//! What of a store lies in the cluster: its pods, and what they are given.

use std::collections::BTreeSet;

use cloister_inventory::{Inventory, Pod};
use cloister_model::Node;
use cloister_register::{PersonalDataStore, Register, Workload};

/// Replicas beyond these are not told apart by name.
const MOST_REPLICAS: i64 = 100;

/// What lies in one namespace.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Where.
    pub namespace: String,
    /// Kind and name of the workloads.
    pub workloads: BTreeSet<(String, String)>,
    /// Pods whose names are known.
    pub pods: BTreeSet<String>,
    /// The Secrets that the pods are given.
    pub secrets: BTreeSet<String>,
    /// The volume claims that they mount.
    pub claims: BTreeSet<String>,
    /// The volumes that these claims have, where known.
    pub volumes: BTreeSet<String>,
    /// Whether they keep something in a path of their node.
    pub host_paths: bool,
    /// The nodes that they run on, where known.
    pub nodes: BTreeSet<String>,
    /// These workloads only use the store.
    pub uses: bool,
}

/// What lies where: the store's own workloads and those of its backups, then the workloads of activities that use it.
pub fn kept(store: &PersonalDataStore<'_>, register: &Register<'_>, inventory: &Inventory) -> Vec<Kept> {
    let own = register.workloads_of_store(store);
    let namespaces: BTreeSet<&str> = own.iter().map(|workload| workload.namespace()).collect();
    let backups: Vec<&str> = store.backup().value().map(|backup| backup.workloads().items()).unwrap_or_default();
    let is_backup = |workload: &&Workload<'_>| {
        let (kind, name) = (&*workload.resource.kind, &*workload.resource.name);
        let is_named = |written: &&str| **written == *name || written.split_once('/') == Some((kind, name));
        namespaces.contains(workload.namespace()) && backups.iter().any(is_named)
    };
    let mut holding = own.clone();
    holding.extend(register.workloads().iter().filter(is_backup));
    let is_holding =
        |workload: &Workload<'_>| holding.iter().any(|held| std::ptr::eq(held.resource, workload.resource));
    let activities = register.activities_using(store.name());
    let users = activities.into_iter().flat_map(|activity| register.workloads_of_activity(activity));
    // Other stores of the same activity do not open this one.
    let is_user = |workload: &&Workload<'_>| !is_holding(workload) && register.stores_of(workload.resource).is_empty();
    let users: Vec<&Workload<'_>> = users.filter(is_user).collect();
    let mut all = collect(&holding, inventory, false);
    all.extend(collect(&users, inventory, true));
    all
}

/// What lies where of workloads that hold data.
pub fn kept_by(workloads: &[&Workload<'_>], inventory: &Inventory) -> Vec<Kept> {
    collect(workloads, inventory, false)
}

fn collect(workloads: &[&Workload<'_>], inventory: &Inventory, uses: bool) -> Vec<Kept> {
    let namespaces: BTreeSet<&str> = workloads.iter().map(|workload| workload.namespace()).collect();
    let of_namespace = |namespace: &str| {
        let mut kept = Kept { namespace: namespace.to_owned(), uses, ..Kept::default() };
        workloads.iter().filter(|workload| workload.namespace() == namespace).for_each(|workload| kept.add(workload));
        kept.add_running(inventory);
        kept.add_volumes(inventory);
        kept
    };
    namespaces.into_iter().map(of_namespace).collect()
}

impl Kept {
    /// Whether there is something to be had by objects of storage.
    pub(super) fn has_volumes(&self) -> bool {
        !self.uses && (self.host_paths || !self.claims.is_empty())
    }

    fn add(&mut self, workload: &Workload<'_>) {
        let resource = workload.resource;
        self.workloads.insert((resource.kind.to_string(), resource.name.to_string()));
        match &*resource.kind {
            "Pod" => drop(self.pods.insert(resource.name.to_string())),
            "StatefulSet" => {
                let replicas = resource.root.int_at("spec/replicas").unwrap_or(1).clamp(0, MOST_REPLICAS);
                self.pods.extend((0..replicas).map(|ordinal| format!("{}-{ordinal}", resource.name)));
                let claims = resource.root.items_at("spec/volumeClaimTemplates").iter();
                let names = claims.filter_map(|claim| claim.str_at("metadata/name"));
                let each = names
                    .flat_map(|name| (0..replicas).map(move |ordinal| format!("{name}-{}-{ordinal}", resource.name)));
                self.claims.extend(each);
            }
            _ => {}
        }
        workload.pods.iter().for_each(|pod| self.add_pod(pod));
    }

    fn add_pod(&mut self, pod: &Pod<'_>) {
        self.nodes.extend(pod.spec.str_at("nodeName").map(str::to_owned));
        for volume in pod.volumes() {
            let projected =
                volume.items_at("projected/sources").iter().filter_map(|source| source.str_at("secret/name"));
            self.secrets.extend(volume.str_at("secret/secretName").into_iter().chain(projected).map(str::to_owned));
            self.claims.extend(volume.str_at("persistentVolumeClaim/claimName").map(str::to_owned));
            self.host_paths |= volume.get("hostPath").is_some();
        }
        for container in pod.containers() {
            let whole = container.node.items_at("envFrom").iter().filter_map(|source| source.str_at("secretRef/name"));
            let one = container.env().filter_map(|(_, entry)| entry.str_at("valueFrom/secretKeyRef/name"));
            self.secrets.extend(whole.chain(one).map(str::to_owned));
        }
    }

    /// Pods of a cluster that belong to these workloads, by their names.
    fn add_running(&mut self, inventory: &Inventory) {
        let starts: Vec<String> = self.workloads.iter().map(|(_, name)| format!("{name}-")).collect();
        for pod in inventory.of_kind_in("Pod", &self.namespace) {
            if !pod.root.items_at("metadata/ownerReferences").is_empty()
                && starts.iter().any(|start| pod.name.starts_with(start.as_str()))
            {
                self.pods.insert(pod.name.to_string());
                self.nodes.extend(pod.root.str_at("spec/nodeName").map(str::to_owned));
            }
        }
    }

    fn add_volumes(&mut self, inventory: &Inventory) {
        if self.claims.is_empty() {
            return;
        }
        let of_claim = |claim: &&Node| {
            claim.str_at("namespace") == Some(&self.namespace)
                && claim.str_at("name").is_some_and(|name| self.claims.contains(name))
        };
        let bound = inventory
            .of_kind("PersistentVolume")
            .filter(|it| it.root.get("spec/claimRef").as_ref().is_some_and(of_claim));
        self.volumes = bound.map(|volume| volume.name.to_string()).collect();
    }
}
