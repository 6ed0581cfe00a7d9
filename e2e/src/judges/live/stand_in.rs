//! Stand-ins for what manifests name and no test has: images that answer on the ports their pods open, and volumes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{Cluster, Image};

/// Kinds whose pods are to run at once.
const RUNNING: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];

/// Imports an image for every one that a running workload names: a shell that serves HTTP on each port.
pub fn images(cluster: &Cluster, objects: &[Value]) -> Result<usize> {
    let mut ports: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for object in objects.iter().filter(|object| RUNNING.contains(&text(object, "/kind"))) {
        for container in items(object, "/spec/template/spec/containers") {
            let known = ports.entry(full_name(text(container, "/image"))).or_default();
            known.extend(items(container, "/ports").filter_map(|port| port.get("containerPort")?.as_u64()));
        }
    }
    let count = ports.len();
    for (name, ports) in ports {
        let serve: String = ports.iter().map(|port| format!("httpd -f -p {port} -h /www &\n")).collect();
        // The shell waits for ever, also where there is no port to serve.
        let script = format!("#!/bin/sh\n{serve}while true; do sleep 3600; done\n");
        let image = Image::busybox(&name, &["/bin/stand-in"])?
            .with_fixed_command()
            .with_file("bin/stand-in", 0o755, script.as_bytes())?
            .with_file("www/index.html", 0o644, b"a stand-in\n")?;
        cluster.import(image).with_context(|| format!("failed to import {name}"))?;
    }
    Ok(count)
}

/// Makes a volume for every claim, of its class; gives their names.
pub fn volumes(cluster: &Cluster, objects: &[Value]) -> Result<Vec<String>> {
    let mut claims: Vec<&Value> =
        objects.iter().filter(|object| text(object, "/kind") == "PersistentVolumeClaim").collect();
    for object in objects.iter().filter(|object| text(object, "/kind") == "StatefulSet") {
        let replicas = object.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(1);
        for _ in 0..replicas {
            claims.extend(items(object, "/spec/volumeClaimTemplates"));
        }
    }
    let mut names = Vec::new();
    for (number, claim) in claims.into_iter().enumerate() {
        let name = format!("stand-in-{number}");
        let path = cluster.folder().join(&name);
        fs::create_dir(&path).context("failed to create a volume's folder")?;
        // Whoever a pod runs as may write there.
        let everyone = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        fs::set_permissions(&path, everyone).context("failed to open a volume's folder")?;
        let volume = json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
            "spec": {
                "capacity": {"storage": "1Ti"},
                "accessModes": claim.pointer("/spec/accessModes"),
                "storageClassName": claim.pointer("/spec/storageClassName"),
                "hostPath": {"path": path},
            },
        });
        cluster.api().post("/api/v1/persistentvolumes", &volume.to_string())?.success()?;
        names.push(name);
    }
    Ok(names)
}

/// Folders of the machine that a node will make for the pods of these objects; dropping this removes them again.
pub struct HostFolders(Vec<PathBuf>);

impl HostFolders {
    /// Those that do not exist yet.
    pub fn of(objects: &[Value]) -> Self {
        let volumes = objects.iter().flat_map(|object| items(object, "/spec/template/spec/volumes"));
        let made = volumes.filter(|volume| text(volume, "/hostPath/type") == "DirectoryOrCreate");
        let paths = made.map(|volume| PathBuf::from(text(volume, "/hostPath/path")));
        Self(paths.filter(|path| !path.exists()).collect())
    }
}

impl Drop for HostFolders {
    fn drop(&mut self) {
        for path in &self.0 {
            // Never more than the empty folder that was made.
            let _ = fs::remove_dir(path);
        }
    }
}

/// The name that a node looks for: with its registry.
fn full_name(image: &str) -> String {
    match image.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) => image.to_owned(),
        Some(_) => format!("docker.io/{image}"),
        None => format!("docker.io/library/{image}"),
    }
}

pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::full_name;

    #[test]
    fn short_names_are_those_of_the_default_registry() {
        assert_eq!(full_name("mongo:6.0"), "docker.io/library/mongo:6.0");
        assert_eq!(full_name("grafana/loki:3"), "docker.io/grafana/loki:3");
        assert_eq!(full_name("registry.clinic.example/api:1"), "registry.clinic.example/api:1");
    }
}
