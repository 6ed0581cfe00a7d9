//! What users rely on of `cloister audit policy explain` and `cloister harden audit-policy`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::path::Path;

use cloister_audit::policy::Explanation;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::schema::{keeps_to, plain, published};
use support::{Ended, cloister, ended, folder};

const POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    users: [\"system:kube-proxy\"]
  - level: Request
    resources:
      - group: \"\"
        resources: [configmaps]
  - level: Metadata
    namespaces: [clinic]
";

fn explain(arguments: &[&str]) -> Ended {
    let dir = folder(&[("policy.yaml", POLICY)]);
    ended(cloister().current_dir(dir.path()).args(["audit", "policy", "explain", "policy.yaml"]).args(arguments))
}

fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Explanation>();
    schema.insert("title".into(), "What an audit policy writes of a request".into());
    plain(schema.to_value())
}

#[test]
fn a_request_is_explained_rule_by_rule() {
    let pods = explain(&["list", "pods", "--as", "ann", "-n", "clinic"]);
    assert_eq!(
        pods.out,
        "Metadata: list pods in namespace \"clinic\"
  by       rule 3 (policy.yaml:11)
  stages   ResponseComplete
  bodies   none
  not by   rule 1 (policy.yaml:6): the user is none of its users
  not by   rule 2 (policy.yaml:8): the resource is none of its resources
"
    );
    assert_eq!(pods.exit, 0);
    let nothing = explain(&["list", "pods", "--as", "ann", "-n", "shop"]);
    assert!(nothing.out.contains("no rule matches, and then nothing is written"), "{}", nothing.out);
    assert_eq!(nothing.exit, 1);
    let failed = explain(&["create", "cm", "--unauthenticated", "-n", "shop"]);
    assert!(failed.out.contains("stages   ResponseStarted\n"), "{}", failed.out);
    assert!(failed.out.contains("bodies   none\n"), "{}", failed.out);
}

#[test]
fn what_the_server_refuses_is_told_with_its_line() {
    let dir =
        folder(&[("p.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: metadata\n  resource: []\n")]);
    let file = dir.path().join("p.yaml");
    let refused =
        ended(cloister().args(["audit", "policy", "explain"]).arg(&file).args(["get", "pods", "--as", "ann"]));
    assert!(
        refused.errors.contains("p.yaml:4: the API server refuses this policy: metadata is no level"),
        "{refused:?}"
    );
    assert!(refused.errors.contains("p.yaml:5: no such field"), "{refused:?}");
    assert_eq!(refused.exit, 2);
    let none = ended(cloister().args(["audit", "policy", "explain", "-", "get", "pods", "--as", "ann"]));
    assert_eq!(none.exit, 2);
    assert!(none.errors.contains("holds no audit policy") || none.errors.contains("nothing was read"), "{none:?}");
}

#[test]
fn the_published_schema_is_that_of_the_answer() {
    published("audit-policy.json", &schema(), std::env::var_os("CLOISTER_GENERATE").is_some());
    for question in [&["get", "pods", "web", "--as", "ann"][..], &["get", "/healthz", "--as", "system:kube-proxy"]] {
        let answer = explain(&[question, &["-o", "json"]].concat());
        keeps_to(&serde_json::from_str(&answer.out).unwrap(), &schema());
    }
}

#[test]
fn the_policy_for_the_clinic_names_its_namespaces_and_how_to_bring_it_in() {
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    let written = ended(cloister().args(["harden", "audit-policy"]).arg(&clinic));
    assert_eq!(written.exit, 0, "{}", written.errors);
    assert!(written.out.contains("      - \"clinic-data\"\n"), "{}", written.out);
    assert!(written.errors.contains("--audit-policy-file="), "{}", written.errors);
    let dir = folder(&[("policy.yaml", &written.out)]);
    let explained = |question: &[&str]| {
        let file = dir.path().join("policy.yaml");
        ended(cloister().args(["audit", "policy", "explain"]).arg(file).args(question).args(["--as", "ann"])).out
    };
    assert!(explained(&["get", "secrets", "-n", "clinic-data"]).starts_with("Metadata: "));
    assert!(explained(&["create", "rolebindings", "-n", "clinic-data"]).starts_with("Request: "));
    assert!(explained(&["get", "/healthz"]).starts_with("None: "));
}
