//! The volumes in which a recognised store keeps its data.

use cloister_inventory::Pod;
use cloister_model::Node;
use cloister_register::{Engine, recognise};

/// The volumes that the store's own container mounts, or `None` when the pod is
/// no store that keeps data.
pub(crate) fn data_volumes<'a>(pod: &Pod<'a>) -> Option<(Engine, Vec<&'a Node>)> {
    let recognised = recognise::pod(pod)?;
    if matches!(recognised.engine, Engine::Redis | Engine::Valkey | Engine::Memcached | Engine::Nats) {
        return None;
    }
    let folders: Vec<&str> = recognise::MARKS
        .iter()
        .filter(|marks| marks.engine == recognised.engine)
        .flat_map(|marks| marks.folders.iter().copied())
        .collect();
    let mounted = pod.containers().flat_map(|container| container.node.items_at("volumeMounts").iter());
    let names: Vec<&str> = mounted
        .filter(|mount| {
            let path = mount.str_at("mountPath").unwrap_or("").trim_end_matches('/');
            folders.iter().any(|folder| {
                path == *folder || path.starts_with(&format!("{folder}/")) || folder.starts_with(&format!("{path}/"))
            })
        })
        .filter_map(|mount| mount.str_at("name"))
        .collect();
    let volumes = pod.volumes().iter().filter(|volume| volume.str_at("name").is_some_and(|name| names.contains(&name)));
    Some((recognised.engine, volumes.collect()))
}
