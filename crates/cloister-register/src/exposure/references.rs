//! The things that a workload uses: whoever gets at them gets at its data.

use cloister_inventory::{Container, Pod};
use cloister_model::Node;

use crate::workload::Workload;

/// Kind and name of each thing that the workload uses. All live in its
/// namespace, except storage classes.
pub(crate) fn references(workload: &Workload<'_>) -> Vec<(&'static str, String)> {
    let mut used = Vec::new();
    for pod in &workload.pods {
        of_pod(pod, &mut used);
    }
    for claim in workload.resource.root.items_at("spec/volumeClaimTemplates") {
        push(&mut used, "StorageClass", claim.str_at("spec/storageClassName"));
        // Claims of a StatefulSet are called CLAIM-SET-ORDINAL.
        if let Some(name) = claim.str_at("metadata/name") {
            let replicas = workload.resource.root.int_at("spec/replicas").unwrap_or(1).clamp(0, MOST_REPLICAS);
            for ordinal in 0..replicas {
                used.push(("PersistentVolumeClaim", format!("{name}-{}-{ordinal}", workload.resource.name)));
            }
        }
    }
    used
}

/// Beyond this many replicas the claims of one StatefulSet are not told apart.
const MOST_REPLICAS: i64 = 100;

fn of_pod(pod: &Pod<'_>, used: &mut Vec<(&'static str, String)>) {
    used.push(("ServiceAccount", pod.service_account().to_owned()));
    for secret in pod.spec.items_at("imagePullSecrets") {
        push(used, "Secret", secret.str_at("name"));
    }
    for volume in pod.volumes() {
        of_volume(volume, used);
        for source in volume.items_at("projected/sources") {
            push(used, "ConfigMap", source.str_at("configMap/name"));
            push(used, "Secret", source.str_at("secret/name"));
        }
    }
    pod.containers().for_each(|container| of_container(&container, used));
}

fn of_volume(volume: &Node, used: &mut Vec<(&'static str, String)>) {
    push(used, "ConfigMap", volume.str_at("configMap/name"));
    push(used, "Secret", volume.str_at("secret/secretName"));
    push(used, "PersistentVolumeClaim", volume.str_at("persistentVolumeClaim/claimName"));
    push(used, "StorageClass", volume.str_at("ephemeral/volumeClaimTemplate/spec/storageClassName"));
}

fn of_container(container: &Container<'_>, used: &mut Vec<(&'static str, String)>) {
    for source in container.node.items_at("envFrom") {
        push(used, "ConfigMap", source.str_at("configMapRef/name"));
        push(used, "Secret", source.str_at("secretRef/name"));
    }
    for (_, entry) in container.env() {
        push(used, "ConfigMap", entry.str_at("valueFrom/configMapKeyRef/name"));
        push(used, "Secret", entry.str_at("valueFrom/secretKeyRef/name"));
    }
}

fn push(used: &mut Vec<(&'static str, String)>, kind: &'static str, name: Option<&str>) {
    if let Some(name) = name {
        used.push((kind, name.to_owned()));
    }
}
