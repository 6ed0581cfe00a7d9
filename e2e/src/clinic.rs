//! The clinic of `examples/`, running on a real node from images made here.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{Cluster, Image};

/// Images that answer HTTP on port 8080.
const PAGES: [&str; 7] = [
    "registry.clinic.example/frontend:2.3.0",
    "registry.clinic.example/api:1.4.2",
    "registry.clinic.example/worker:1.4.2",
    "registry.clinic.example/billing:3.0.1",
    "registry.clinic.example/reporting:0.9.1",
    "registry.clinic.example/mirror/fluent-bit:3.1.9",
    "registry.insight-vendor.example/collector:latest",
];

/// Images that take connections on a port, as a database would.
const STORES: [(&str, &str); 4] = [
    ("registry.clinic.example/mirror/postgres:16.4", "5432"),
    ("docker.io/library/redis:7.4-alpine", "6379"),
    ("docker.io/library/mariadb:latest", "3306"),
    ("docker.io/library/mongo:6.0", "27017"),
];

/// What the pages tell of a patient who was made up: an account with its check digits, and a password.
const PATIENT: &[u8] = b"#!/bin/sh\nprintf 'Content-Type: application/json\\r\\n\\r\\n'\n\
    echo '{\"name\": \"Wilhelmine Quendelmoor\", \"iban\": \"DE68370400440077001122\", \"password\": \"hunter2hunter2\"}'\n";

/// The folder that the clinic's event store keeps on its node.
const ON_THE_NODE: &str = "/srv/clinic-events";

/// What must be up, as arguments of `kubectl`.
const READY: [&[&str]; 8] = [
    &["wait", "--for=condition=Available", "deployments", "--all", "--namespace=clinic"],
    &["wait", "--for=condition=Available", "deployments", "--all", "--namespace=billing"],
    &["wait", "--for=condition=Available", "deployments", "--all", "--namespace=analytics"],
    &["wait", "--for=condition=Available", "deployments", "--all", "--namespace=clinic-ops"],
    &["rollout", "status", "statefulset/patients-db", "--namespace=clinic-data"],
    &["rollout", "status", "statefulset/events", "--namespace=analytics"],
    &["rollout", "status", "daemonset/log-shipper", "--namespace=clinic-ops"],
    &["wait", "--for=jsonpath={.status.ready}=1", "job/yearly-report", "--namespace=clinic-data"],
];

/// `examples/` of this repository.
pub fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// The clinic while it runs. Its namespaces go with the cluster; dropping this removes what it left on the machine.
#[derive(Debug)]
pub struct Clinic(());

impl Clinic {
    /// Applies `examples/clinic/k8s` and waits until its pods run.
    ///
    /// # Errors
    /// The API server refused an object, or a pod did not become ready.
    pub fn start(cluster: &Cluster) -> Result<Clinic> {
        let clinic = Clinic(());
        import(cluster)?;
        let kubectl = cluster.kubectl()?;
        kubectl.apply(&volumes(cluster.folder())?)?;
        kubectl.apply(&examples().join("clinic/k8s"))?;
        for what in READY {
            let arguments = [what, &["--timeout=180s"]].concat();
            let pods = || kubectl.run(&["get", "pods,events", "--all-namespaces"]).unwrap_or_default();
            kubectl.run(&arguments).with_context(pods)?;
        }
        Ok(clinic)
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        // Empty unless somebody else used it: what is not ours stays.
        let _ = fs::remove_dir(ON_THE_NODE);
    }
}

fn import(cluster: &Cluster) -> Result<()> {
    for reference in PAGES {
        let image = Image::busybox(reference, &["httpd", "-f", "-p", "8080", "-h", "/www"])?;
        let image = image.with_file("www/index.html", 0o644, b"the clinic\n")?;
        cluster.import(image.with_file("www/cgi-bin/patient", 0o755, PATIENT)?.as_entrypoint())?;
    }
    for (reference, port) in STORES {
        let listen = ["nc", "-ll", "-p", port, "-e", "/bin/true"];
        cluster.import(Image::busybox(reference, &listen)?.as_entrypoint())?;
    }
    Ok(())
}

/// Volumes for the clinic's claims, in place of a cloud's.
fn volumes(folder: &Path) -> Result<PathBuf> {
    let volume = |name: &str, class: &str, mode: &str, size: &str| {
        let path = folder.join("volumes").join(name);
        format!(
            "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: {name}}}\nspec: {{storageClassName: {class}, \
             accessModes: [{mode}], capacity: {{storage: {size}}}, \
             hostPath: {{path: \"{}\", type: DirectoryOrCreate}}}}\n",
            path.display()
        )
    };
    let text = volume("patients", "clinic-encrypted", "ReadWriteOnce", "20Gi")
        + &volume("exports", "clinic-standard", "ReadWriteMany", "5Gi");
    let file = folder.join("volumes.yaml");
    fs::write(&file, text).context("failed to write the volumes")?;
    Ok(file)
}
