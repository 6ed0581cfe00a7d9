//! Databases among the containers, and where they keep their data.

use cloister_inventory::{Container, Pod};
use cloister_model::Node;
use cloister_register::recognise::{self, Engine, MARKS};

/// Whether a container is the store that its pod was recognised as.
pub(crate) fn is_store(container: &Container<'_>) -> bool {
    let names = [
        "postgres",
        "postgis",
        "timescale",
        "mysql",
        "mariadb",
        "percona",
        "mongo",
        "redis",
        "valkey",
        "kafka",
        "elasticsearch",
        "opensearch",
        "rabbitmq",
        "cassandra",
        "neo4j",
        "couchdb",
        "clickhouse",
        "influxdb",
        "minio",
        "zookeeper",
    ];
    super::tls::is_image_of(container.image(), &names)
        || recognise::pod(&container.pod)
            .is_some_and(|_| container.is_lasting() && container.pod.containers().count() == 1)
}

/// The volumes on which a store's data folder lies.
pub(crate) fn data_volumes<'a>(pod: &Pod<'a>, engine: Engine) -> Vec<&'a Node> {
    let folders: Vec<&str> =
        MARKS.iter().filter(|marks| marks.engine == engine).flat_map(|marks| marks.folders.iter().copied()).collect();
    let mut found: Vec<&'a Node> = Vec::new();
    for container in pod.containers().filter(Container::is_lasting) {
        for mount in container.node.items_at("volumeMounts") {
            let Some(path) = mount.str_at("mountPath") else { continue };
            let holds = folders.iter().any(|folder| is_within(path, folder) || is_within(folder, path));
            let volume = pod.volumes().iter().find(|volume| volume.str_at("name") == mount.str_at("name"));
            if let Some(volume) =
                volume.filter(|volume| holds && !found.iter().any(|other| std::ptr::eq(*other, *volume)))
            {
                found.push(volume);
            }
        }
    }
    found
}

fn is_within(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.trim_end_matches('/').strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
