//! What `cloister harden audit-policy` writes, in a real server: does the log hold what the policy promises?

use anyhow::{Context, Result, ensure};
use cloister_audit::policy::{AuditPolicy, Level};
use cloister_inventory::{Inputs, Inventory};
use cloister_register::Register;

use super::server;
use crate::{ControlPlane, Options};

/// A clinic: a store of health data, and something else.
const CLINIC: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: patients-db, namespace: clinic-data}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: postgres}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: site}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: cloister.dev/v1alpha1
kind: PersonalDataStore
metadata: {name: patients}
spec: {dataCategories: [health], selector: {namespaces: [clinic-data]}}
";

/// Method, path, body, and the level at which it must be written: all of them by an administrator.
const PROMISES: [(&str, &str, &str, Level); 14] = [
    ("GET", "/api/v1/namespaces/clinic-data/secrets", "", Level::Metadata),
    ("GET", "/api/v1/secrets", "", Level::Metadata),
    ("POST", "/api/v1/namespaces/site/secrets", SECRET, Level::Metadata),
    ("GET", "/api/v1/namespaces/clinic-data/pods", "", Level::Metadata),
    ("GET", "/api/v1/namespaces/clinic-data/pods/x/exec?command=id", "", Level::Metadata),
    ("GET", "/api/v1/namespaces/site/pods/x/exec?command=id", "", Level::Metadata),
    ("POST", "/api/v1/namespaces/site/configmaps", CONFIG_MAP, Level::Metadata),
    ("DELETE", "/api/v1/namespaces/clinic-data/persistentvolumeclaims/x", "", Level::Metadata),
    ("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/clinic-data/roles", ROLE, Level::Request),
    ("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", ROLE, Level::Request),
    ("GET", "/apis/apps/v1/deployments", "", Level::Metadata),
    ("GET", "/metrics", "", Level::Metadata),
    ("GET", "/healthz", "", Level::None),
    ("GET", "/readyz", "", Level::None),
];
const SECRET: &str =
    r#"{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "PLANTED"}}"#;
const CONFIG_MAP: &str =
    r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "PLANTED"}}"#;
const ROLE: &str =
    r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}}"#;

/// How many requests were sent, and how many are written as promised.
pub fn ask() -> Result<(usize, usize)> {
    let text = written()?;
    let plane = ControlPlane::start_with(&Options { audit_policy: Some(text), ..Options::default() })?;
    for namespace in ["clinic-data", "site"] {
        plane.create_namespace(namespace, &[])?;
    }
    for (index, (method, path, body, _)) in PROMISES.iter().enumerate() {
        let client = plane.api().with_header("Audit-ID", &server::mark(index));
        client.send(method, path, "application/json", body)?;
    }
    let expected: Vec<usize> = PROMISES.iter().map(|(.., level)| usize::from(*level != Level::None)).collect();
    let seen = server::log(&plane, &expected)?;
    let kept = |(index, (.., level)): &(usize, &(&str, &str, &str, Level))| {
        let seen = super::found(&seen, *index);
        let silent = seen.lines.is_empty() && *level == Level::None;
        let kept = silent || (!seen.lines.is_empty() && seen.lines.iter().all(|(_, written)| written == level));
        if !kept {
            println!("audit-policy: promised {level}, written {seen:?}");
        }
        kept
    };
    let log = std::fs::read_to_string(plane.audit_log()).context("failed to read the audit log")?;
    ensure!(
        !log.contains("PLANTED") && !log.contains("UExBTlRFR"),
        "the log holds the content of a Secret or ConfigMap"
    );
    Ok((PROMISES.len(), PROMISES.iter().enumerate().filter(kept).count()))
}

fn written() -> Result<String> {
    let inventory = Inventory::new(super::read(CLINIC), Inputs { files: true, ..Inputs::default() });
    let (register, _) = Register::from_inventory(&inventory);
    let text = cloister_harden::audit_policy::write(&register);
    let resources = super::read(&text);
    let resource = resources.first().context("what we write is no resource")?;
    ensure!(AuditPolicy::new(resource).faults().is_empty(), "what we write would be refused");
    Ok(text)
}
