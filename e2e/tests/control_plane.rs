//! The harness itself: does a real control plane answer as one does?

#![allow(clippy::disallowed_methods)] // tests of programs read and write files

use std::time::Duration;

use cloister_e2e::{ControlPlane, wait_for};

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: example.com/web}]}
";

#[test]
fn pod_security_admission_judges_and_the_audit_log_tells() {
    let plane = ControlPlane::start().unwrap();
    plane.create_namespace("strict", &[("pod-security.kubernetes.io/enforce", "baseline")]).unwrap();
    let pod = |privileged: bool| {
        format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"a"}},"spec":{{"containers":
            [{{"name":"a","image":"a","securityContext":{{"privileged":{privileged}}}}}]}}}}"#
        )
    };
    let pods = "/api/v1/namespaces/strict/pods?dryRun=All";
    assert_eq!(plane.api().post(pods, &pod(false)).unwrap().status, 201);
    let refused = plane.api().post(pods, &pod(true)).unwrap();
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("privileged (container"), "{}", refused.body);
    let audit = std::fs::read_to_string(plane.audit_log()).unwrap();
    assert!(audit.contains("cloister-admin"));
}

#[test]
fn rights_are_real() {
    let plane = ControlPlane::start().unwrap();
    let visitor = plane.api_as("visitor", &["visitors"]).unwrap();
    assert_eq!(visitor.get("/api/v1/secrets").unwrap().status, 403);
    let kubeconfig = plane.kubeconfig_as("visitor", &["visitors"]).unwrap();
    assert!(kubeconfig.is_file());
    let kubectl = plane.kubectl().unwrap();
    kubectl.run(&["create", "clusterrole", "pod-reader", "--verb=list", "--resource=pods"]).unwrap();
    kubectl.run(&["create", "clusterrolebinding", "visitors", "--clusterrole=pod-reader", "--group=visitors"]).unwrap();
    // The authoriser learns of a binding through its own watch, a moment later.
    let allowed = || (visitor.get("/api/v1/pods").unwrap().status == 200).then_some(());
    wait_for("the new right", Duration::from_secs(30), allowed).unwrap();
    assert_eq!(visitor.get("/api/v1/secrets").unwrap().status, 403);
}

#[test]
fn controllers_make_pods_of_an_applied_deployment() {
    let plane = ControlPlane::start().unwrap().with_controller_manager().unwrap();
    plane.create_namespace("shop", &[]).unwrap();
    let file = plane.folder().join("deployment.yaml");
    std::fs::write(&file, DEPLOYMENT).unwrap();
    let kubectl = plane.kubectl().unwrap();
    kubectl.apply(&file).unwrap();
    kubectl.run(&["wait", "--namespace=shop", "--for=create", "pod", "--selector=app=web", "--timeout=60s"]).unwrap();
    assert!(kubectl.raw("/api/v1/namespaces/shop/pods").unwrap().contains("\"ownerReferences\""));
}
