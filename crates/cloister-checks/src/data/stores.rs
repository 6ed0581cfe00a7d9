//! Databases among the containers, and where they keep their data.

use cloister_inventory::{Container, Pod};
use cloister_model::Node;
use cloister_register::recognise::{Engine, MARKS};

use crate::Findings;

/// Whether a container is the store that its pod was recognised as.
pub(crate) fn is_store(container: &Container<'_>, findings: &Findings<'_>) -> bool {
    const NAMES: [&str; 20] = [
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
    super::tls::is_image_of(container.image(), &NAMES)
        || findings.store(container.pod.resource).is_some()
            && container.is_lasting()
            && container.pod.containers().count() == 1
}

/// The volumes on which a store's data folder lies.
pub(crate) fn data_volumes<'a>(pod: &Pod<'a>, engine: Engine) -> Vec<&'a Node> {
    let folders: Vec<&str> =
        MARKS.iter().filter(|marks| marks.engine == engine).flat_map(|marks| marks.folders.iter().copied()).collect();
    if pod.containers().any(|container| has_no_data_role(&container)) {
        return Vec::new();
    }
    let mut found: Vec<&'a Node> = Vec::new();
    for container in pod.containers().filter(Container::is_lasting) {
        let paths = container
            .node
            .items_at("volumeMounts")
            .iter()
            .filter_map(|mount| Some((mount, mount.str_at("mountPath")?)));
        let holds = |path: &str| folders.iter().any(|folder| is_within(path, folder) || is_within(folder, path));
        // The deepest mount is where the data end up: `/bitnami/x/data` before `/bitnami/x`.
        let deepest = paths.filter(|(_, path)| holds(path)).max_by_key(|(_, path)| path.len());
        let name = deepest.and_then(|(mount, _)| mount.str_at("name"));
        let volume = pod.volumes().iter().find(|volume| name.is_some() && volume.str_at("name") == name);
        found.extend(volume);
    }
    found
}

/// Nodes of a search cluster that only pass on what others hold.
fn has_no_data_role(container: &Container<'_>) -> bool {
    container.env().any(|(name, entry)| {
        name.ends_with("NODE_ROLES") && !entry.str_at("value").is_some_and(|roles| roles.contains("data"))
    })
}

fn is_within(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.trim_end_matches('/').strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
