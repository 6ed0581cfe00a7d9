//! `cloister register init` from a live cluster: the same draft as from the files that were applied to it.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that runs programs")]

mod support;

use std::process::{Command, Output};
use std::time::Duration;

use cloister_e2e::clinic::examples;
use cloister_e2e::{ControlPlane, wait_for};
use support::program;

fn init(arguments: &[&str]) -> Output {
    Command::new(program("cloister")).args(["register", "init"]).args(arguments).output().unwrap()
}

fn draft(arguments: &[&str]) -> String {
    let output = init(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_cluster_is_drafted_as_its_files_are() {
    let plane = ControlPlane::start().unwrap();
    let (manifests, kubectl) = (examples().join("clinic/k8s"), plane.kubectl().unwrap());
    kubectl.apply(&manifests).unwrap();
    let (kubeconfig, files) = (plane.kubeconfig(), draft(&[manifests.to_str().unwrap()]));
    let live = ["--kubeconfig", kubeconfig.to_str().unwrap()];
    assert!(files.contains("kind: PersonalDataStore") && files.contains("cloister.dev/guess"));
    assert_eq!(draft(&live), files);
    // One namespace, by the context that the kubeconfig names.
    let context = kubectl.run(&["config", "current-context"]).unwrap();
    let one = draft(&[&live[..], &["--context", context.trim(), "--namespace", "billing"]].concat());
    assert!(one.contains("name: invoices-db") && !one.contains("patients-db"), "{one}");
    // What a register beside the cluster holds already is left out.
    let register = examples().join("clinic/register.yaml");
    let rest = draft(&[&live[..], &[register.to_str().unwrap()]].concat());
    assert!(!rest.contains("name: patients-db\n") && rest.len() < files.len() / 2, "{rest}");
}

#[test]
fn what_may_not_be_listed_is_told() {
    let plane = ControlPlane::start().unwrap();
    let kubectl = plane.kubectl().unwrap();
    kubectl.apply(&examples().join("clinic/k8s")).unwrap();
    let workloads = "--resource=pods,deployments.apps,services,ingresses.networking.k8s.io";
    kubectl.run(&["create", "clusterrole", "reader", "--verb=list", workloads]).unwrap();
    kubectl.run(&["create", "clusterrolebinding", "readers", "--clusterrole=reader", "--group=readers"]).unwrap();
    let reader = plane.api_as("reader", &["readers"]).unwrap();
    let allowed = || (reader.get("/apis/apps/v1/deployments").unwrap().status == 200).then_some(());
    wait_for("the right to list", Duration::from_secs(30), allowed).unwrap();
    let kubeconfig = plane.kubeconfig_as("reader", &["readers"]).unwrap();
    let output = init(&["--kubeconfig", kubeconfig.to_str().unwrap()]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("grant the verb list on statefulsets.apps"), "{told}");
    assert!(!told.contains("secrets"), "a draft reads no Secrets: {told}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("name: invoices-db"), "the rest is drafted");

    let gone = plane.folder().join("gone");
    std::fs::write(&gone, "apiVersion: v1\nkind: Config\n").unwrap();
    let output = init(&["--kubeconfig", gone.to_str().unwrap()]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && told.contains("help: "), "{told}");
}
