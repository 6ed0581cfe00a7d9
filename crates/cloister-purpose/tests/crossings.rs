//! Who crosses, and who does not.
#![allow(clippy::unwrap_used, reason = "tests")]

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_network::{Network, Options};
use cloister_purpose::{Crossing, Crossings, crossings};
use cloister_register::Register;

fn workload(name: &str, container: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{template: {{metadata: \
         {{labels: {{app: {name}, part: {name}}}}}, spec: {{containers: [{{name: c, {container}}}]}}}}}}\n"
    )
}

fn document(kind: &str, name: &str, spec: &str) -> String {
    format!("---\napiVersion: cloister.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n")
}

/// `web` uses the store `db`, `mail` is of another purpose, `cron` of none.
fn base() -> String {
    [
        workload("db", "image: i, ports: [{containerPort: 5432}]"),
        workload("web", "image: i"),
        workload("mail", "image: i"),
        workload("cron", "image: i"),
        document("PersonalDataStore", "customers", "selector: {names: [db]}"),
        document("ProcessingActivity", "orders", "stores: [customers], selector: {names: [web]}"),
    ]
    .concat()
}

fn letters(more: &str) -> String {
    document("ProcessingActivity", "letters", &format!("{more}selector: {{names: [mail]}}"))
}

/// Those of another purpose, and those of none, with the ports that they reach.
fn found(text: &str) -> (Vec<String>, Vec<String>) {
    let origin = Origin::File("test.yaml".into());
    let parsed = parse(text, &origin, 1, &mut Interner::default());
    let inventory = Inventory::new(parsed.resources, Inputs::default());
    let network = Network::new(&inventory, &Options::default());
    let (register, _) = Register::from_inventory(&inventory);
    let Crossings { crossed, purposeless, .. } = crossings(&network, &inventory, &register);
    let told = |all: Vec<Crossing<'_, '_>>| {
        let one = |it: Crossing<'_, '_>| {
            let name = network.endpoint(it.source).unwrap().workload().unwrap().name;
            format!("{name} {}", it.ports)
        };
        all.into_iter().map(one).collect::<Vec<_>>()
    };
    (told(crossed), told(purposeless))
}

#[test]
fn those_of_another_purpose_and_of_none_are_told_apart() {
    let (crossed, purposeless) = found(&(base() + &letters("")));
    assert_eq!(crossed, ["mail TCP 5432"], "on the port that the store serves");
    assert_eq!(purposeless, ["cron TCP 5432"]);
}

#[test]
fn compatible_purposes_and_parts_of_the_store_do_not_cross() {
    let compatible = "compatibleWith: [{activity: orders, reference: the contract}], ";
    assert_eq!(found(&(base() + &letters(compatible))).0, [""; 0]);
    let part = document("PersonalDataStore", "customers", "selector: {names: [db, mail]}");
    let whole = base().replace(&document("PersonalDataStore", "customers", "selector: {names: [db]}"), &part);
    assert_eq!(found(&(whole + &letters(""))).0, [""; 0]);
}

#[test]
fn what_policies_close_does_not_cross() {
    let policy = |ports: &str| {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: db, namespace: shop}}\nspec: \
             {{podSelector: {{matchLabels: {{app: db}}}}, ingress: [{{from: [{{podSelector: {{}}}}], ports: [{ports}]}}]}}\n"
        )
    };
    let all = base() + &letters("");
    assert_eq!(found(&(all.clone() + &policy("{port: 5432}"))).0, ["mail TCP 5432"]);
    assert_eq!(found(&(all + &policy("{port: 9187}"))).0, [""; 0]);
}
