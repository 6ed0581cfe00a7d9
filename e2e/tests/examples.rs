//! The examples: one service in three forms, accepted by a real API server and running on a real node.

#![allow(clippy::disallowed_methods, clippy::unwrap_used)] // tests of programs read files and run programs

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use cloister_e2e::clinic::{Clinic, examples};
use cloister_e2e::{Cluster, ControlPlane, json};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_source::{HelmOptions, Request};

/// Kind, namespace and name, with the object as JSON: marks and the order of keys do not count.
type Objects = BTreeMap<(String, String, String), serde_json::Value>;

fn objects(text: &str) -> Objects {
    let parsed = parse(text, &Origin::File("objects.yaml".into()), 1, &mut Interner::default());
    assert_eq!(parsed.diagnostics, []);
    let mut objects = Objects::new();
    for resource in &parsed.resources {
        let namespace = resource.namespace.as_deref().unwrap_or("").to_owned();
        let key = (resource.kind.to_string(), namespace, resource.name.to_string());
        assert!(objects.insert(key.clone(), json(&resource.root)).is_none(), "{key:?} is there twice");
    }
    objects
}

fn plain() -> Objects {
    let mut text = String::new();
    for entry in std::fs::read_dir(examples().join("clinic/k8s")).unwrap() {
        text += "---\n";
        text += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
        text += "\n";
    }
    objects(&text)
}

fn rendered(program: &str, arguments: &[&str], path: &Path) -> Objects {
    let output = Command::new(cloister_tools::path(program).unwrap()).args(arguments).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    objects(&String::from_utf8(output.stdout).unwrap())
}

#[track_caller]
fn assert_same(rendered: &Objects) {
    let plain = plain();
    assert_eq!(plain.keys().collect::<Vec<_>>(), rendered.keys().collect::<Vec<_>>());
    for (key, object) in &plain {
        assert_eq!(rendered.get(key), Some(object), "{key:?}");
    }
}

#[test]
fn the_chart_gives_the_plain_objects() {
    assert_same(&rendered("helm", &["template", "clinic"], &examples().join("clinic-chart")));
}

#[test]
fn the_overlay_gives_the_plain_objects() {
    assert_same(&rendered("kubectl", &["kustomize"], &examples().join("clinic-kustomize/overlays/production")));
}

/// What a scan reads of this, with the real helm and kubectl.
fn scanned(target: &Path, values: &[&Path], set: &[&str]) -> Objects {
    let request = Request {
        targets: vec![target.to_owned()],
        helm: HelmOptions {
            program: Some(cloister_tools::path("helm").unwrap()),
            values: values.iter().map(|path| path.to_path_buf()).collect(),
            set: set.iter().map(ToString::to_string).collect(),
            namespace: None,
        },
        kubectl: Some(cloister_tools::path("kubectl").unwrap()),
    };
    let read = cloister_source::read(&request, &|_| {});
    assert_eq!(read.diagnostics, []);
    let named = |resource: &Resource| {
        let namespace = resource.namespace.as_deref().unwrap_or("").to_owned();
        ((resource.kind.to_string(), namespace, resource.name.to_string()), json(&resource.root))
    };
    read.resources.iter().map(named).collect()
}

#[test]
fn a_scan_reads_chart_package_and_overlay_alike() {
    let (chart, folder) = (examples().join("clinic-chart"), tempfile::tempdir().unwrap());
    assert_same(&scanned(&chart, &[], &[]));
    assert_same(&scanned(&examples().join("clinic-kustomize/overlays/production"), &[], &[]));
    let helm = cloister_tools::path("helm").unwrap();
    let packed =
        Command::new(helm).arg("package").arg(&chart).arg("--destination").arg(folder.path()).output().unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let package = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).next().unwrap();
    assert_same(&scanned(&package, &[], &[]));
}

#[test]
fn a_scan_renders_with_the_values_that_are_given() {
    let (chart, folder) = (examples().join("clinic-chart"), tempfile::tempdir().unwrap());
    let values = folder.path().join("values.yaml");
    std::fs::write(&values, "frontend: {replicas: 7}\n").unwrap();
    let frontend = ("Deployment".to_owned(), "clinic".to_owned(), "frontend".to_owned());
    let replicas = |objects: Objects| objects[&frontend]["spec"]["replicas"].clone();
    assert_eq!(replicas(scanned(&chart, &[&values], &[])), 7);
    assert_eq!(replicas(scanned(&chart, &[&values], &["frontend.replicas=8"])), 8, "as helm does, --set counts more");
}

#[test]
fn a_real_api_server_takes_every_object_as_written() {
    let plane = ControlPlane::start().unwrap();
    let kubectl = plane.kubectl().unwrap();
    let applied = kubectl.apply(&examples().join("clinic/k8s")).unwrap();
    assert_eq!(applied.lines().filter(|line| line.ends_with(" created")).count(), plain().len(), "{applied}");
    // Strict validation refuses misspelt and doubled fields, which a plain apply may let pass.
    kubectl
        .run(&[
            "apply",
            "--dry-run=server",
            "--validate=strict",
            "--filename",
            &examples().join("clinic/k8s").to_string_lossy(),
        ])
        .unwrap();
}

#[test]
fn the_clinics_pods_run() {
    let cluster = Cluster::start().unwrap();
    let clinic = Clinic::start(&cluster).unwrap();
    let kubectl = cluster.kubectl().unwrap();
    let answer =
        ["exec", "--namespace=clinic", "deployment/frontend", "--", "wget", "-q", "-O", "-", "http://127.0.0.1:8080/"];
    assert_eq!(kubectl.run(&answer).unwrap(), "the clinic\n");
    drop(cluster);
    drop(clinic);
    assert!(!Path::new("/srv/clinic-events").exists(), "the clinic leaves nothing on the machine");
}
