//! `cloister network generate`: what users rely on, and the published schema of flows.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use cloister_network::flows::Flow;
use schemars::generate::SchemaSettings;
use support::schema::{plain, published};
use support::{cloister, folder};

const SHOP: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i, env: [{name: DB_HOST, value: db}]}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
";

fn run(arguments: &[&str]) -> (String, String, i32) {
    let output = cloister().args(["network", "generate"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

#[test]
fn the_published_schema_is_that_of_the_type() {
    let mut schema = SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<Flow>();
    schema.insert("title".into(), "A flow for cloister network generate, one a line".into());
    published("flow.json", &plain(schema.to_value()), std::env::var_os("CLOISTER_GENERATE").is_some());
}

#[test]
fn policies_are_written_proven_and_allow_what_is_declared() {
    let folder = folder(&[("shop.yaml", SHOP)]);
    let shop = folder.path().join("shop.yaml");
    let out = folder.path().join("policies");
    let (text, said, code) = run(&["--from", shop.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert!(text.contains("name: default-deny") && text.contains("port: 5432"), "{text}");
    assert!(text.contains("variable DB_HOST") && text.contains("shop.yaml:5"), "{text}");
    assert!(said.contains("proven: 2 wanted connections work, nothing else does"), "{said}");
    let (text, said, code) = run(&["--from", shop.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!((text.as_str(), code), ("", 0), "{said}");
    let can = |from: &str, to: &str, port: &str| {
        let mut command = cloister();
        command.args(["network", "can", from, to, port, "--from"]).args([&shop, &out]);
        command.output().unwrap().status.code().unwrap()
    };
    assert_eq!([can("shop/web", "shop/db", "5432"), can("shop/db", "shop/web", "80")], [0, 1]);
    // What is there already would be applied, too.
    let (_, said, code) = run(&["--from", shop.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert!(code == 2 && said.contains("is there already"), "{code} {said}");
}

#[test]
fn a_broken_line_of_flows_costs_only_itself() {
    let flows = "{\n{\"source\": \"shop/db\", \"destination\": \"shop/web\", \"port\": 8080}\n";
    let folder = folder(&[("shop.yaml", SHOP), ("flows.jsonl", flows)]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (text, said, code) = run(&["--from", &path("shop.yaml"), "--flows", &path("flows.jsonl"), "--declared=false"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("flows.jsonl:1: no JSON"), "{said}");
    assert!(text.contains("port: 8080") && !text.contains("5432"), "{text}");
}

#[test]
fn what_no_policy_can_open_is_told_with_what_is_in_the_way() {
    let apart =
        SHOP.replace("value: db", "value: db.data").replace("name: db, namespace: shop", "name: db, namespace: data")
            + "---
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {k8s.ovn.org/primary-user-defined-network: ''}}
---
apiVersion: k8s.ovn.org/v1
kind: UserDefinedNetwork
metadata: {name: own, namespace: data}
spec: {topology: Layer2, layer2: {role: Primary}}
";
    let folder = folder(&[("shop.yaml", &apart)]);
    let (text, said, code) = run(&["--from", folder.path().join("shop.yaml").to_str().unwrap()]);
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(code == 0 && text.contains("name: default-deny"), "{said}");
    let why = "impossible, whatever policies say, since their namespaces have primary networks of their own";
    assert!(flat.contains(why), "{said}");
    assert!(flat.contains("shop/web[Deployment] to data/db[StatefulSet] on TCP 5432"), "{said}");
    assert!(!said.contains("wanted, and closed"), "{said}");
}
