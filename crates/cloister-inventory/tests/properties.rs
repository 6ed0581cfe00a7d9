//! What holds for every inventory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use cloister_inventory::{Inputs, Inventory, Pod, Selector};
use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use proptest::prelude::*;

fn read(text: &str) -> Vec<Resource> {
    parse(text, &Origin::File("t.yaml".into()), 1, &mut Interner::default()).resources
}

/// Objects that may own each other, in circles too, with and without pods.
fn object() -> impl Strategy<Value = String> {
    let kind =
        prop::sample::select(vec!["Pod", "Deployment", "ReplicaSet", "CronJob", "Rollout", "Namespace", "ConfigMap"]);
    let name = || prop::sample::select(vec!["a", "b", "c"]);
    (kind, name(), name(), prop::option::of(name()), any::<bool>()).prop_map(|(kind, name, namespace, owner, pods)| {
        let owner = owner.map_or(String::new(), |owner| {
            format!("  ownerReferences: [{{kind: ReplicaSet, name: {owner}, controller: true}}]\n")
        });
        let containers = "containers: [{name: app, image: x}]";
        let spec = match (pods, kind) {
            (false, _) => "spec: 7\n".to_owned(),
            (true, "Pod") => format!("spec: {{{containers}}}\n"),
            (true, "CronJob") => format!("spec: {{jobTemplate: {{spec: {{template: {{spec: {{{containers}}}}}}}}}}}\n"),
            (true, _) => format!("spec: {{template: {{spec: {{{containers}}}}}}}\n"),
        };
        format!("apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: {namespace}\n{owner}{spec}")
    })
}

/// Whatever carries pods is spoken for: by itself, or by what owns it in the end.
#[test]
fn owners_in_a_circle_hide_no_pods() {
    let set = |name: &str, owner: &str| {
        format!(
            "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: {name}\n  \
             ownerReferences: [{{kind: ReplicaSet, name: {owner}, controller: true}}]\n\
             spec: {{template: {{spec: {{containers: [{{name: app, image: x}}]}}}}}}\n"
        )
    };
    let inventory = |texts: &[String]| Inventory::new(read(&texts.join("---\n")), Inputs::default());
    assert_eq!(names(&inventory(&[set("a", "a")])).len(), 1, "its own owner");
    assert_eq!(names(&inventory(&[set("a", "b"), set("b", "a")])).len(), 2, "each other's");
    assert_eq!(names(&inventory(&[set("a", "b"), set("b", "c"), set("c", "gone")])).len(), 1, "a chain");
}

fn names(inventory: &Inventory) -> Vec<String> {
    let name = |pod: Pod<'_>| format!("{:?} {}", pod.resource.reference(), pod.containers().count());
    inventory.pods().map(name).collect()
}

/// Workloads with labels; some have two templates whose labels differ.
fn labelled() -> impl Strategy<Value = String> {
    let labels = || {
        let label = (prop::sample::select(vec!["x", "y"]), prop::sample::select(vec!["1", "2", "3"]));
        prop::collection::btree_map(label.0, label.1, 0..3)
    };
    (labels(), prop::option::of(labels()), 0..9_u8).prop_map(|(first, second, name)| {
        let template = |labels: &std::collections::BTreeMap<&str, &str>| {
            let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}: '{value}'")).collect();
            format!(
                "{{metadata: {{labels: {{{}}}}}, spec: {{containers: [{{name: c, image: x}}]}}}}",
                labels.join(", ")
            )
        };
        let templates: Vec<String> = [Some(first), second].iter().flatten().map(template).collect();
        let (kind, spec) = match &*templates {
            [one] => ("Deployment", format!("template: {one}")),
            more => ("Flow", format!("steps: [{}]", more.join(", "))),
        };
        format!("apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: w{name}, namespace: n}}\nspec: {{{spec}}}\n")
    })
}

fn selector() -> impl Strategy<Value = String> {
    let key = || prop::sample::select(vec!["x", "y"]);
    let value = || prop::sample::select(vec!["1", "2", "3"]);
    let values = prop::collection::vec(value(), 1..3);
    let operator = prop::sample::select(vec!["In", "NotIn", "Exists", "DoesNotExist"]);
    let expression = (key(), operator, values).prop_map(|(key, operator, values)| match operator {
        "In" | "NotIn" => format!("{{key: {key}, operator: {operator}, values: ['{}']}}", values.join("', '")),
        _ => format!("{{key: {key}, operator: {operator}}}"),
    });
    let required = prop::option::of((key(), value()));
    (prop::collection::vec(expression, 0..3), required).prop_map(|(expressions, required)| {
        let required = required.map_or(String::new(), |(key, value)| format!("{key}: '{value}'"));
        format!("{{matchLabels: {{{required}}}, matchExpressions: [{}]}}", expressions.join(", "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The indexes leave out no pod that a selector matches, and bring in no other.
    #[test]
    fn indexes_find_what_a_search_finds(workloads in prop::collection::vec(labelled(), 0..9), selector in selector()) {
        let policy = format!("apiVersion: v1\nkind: Policy\nmetadata: {{name: p}}\nspec: {selector}\n");
        let policy = read(&policy);
        let selector = Selector::Labels(policy[0].root.at("spec").unwrap());
        let inventory = Inventory::new(read(&workloads.join("---\n")), Inputs::default());
        let labels = |pod: Pod<'_>| format!("{:?} {:?}", pod.resource.reference(), pod.labels());
        let indexed: Vec<String> = inventory.pods_selected("n", selector).map(labels).collect();
        let searched: Vec<String> =
            inventory.pods_in("n").filter(|pod| selector.matches(pod.labels())).map(labels).collect();
        prop_assert_eq!(indexed, searched);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The order of input changes nothing, and owners in circles end.
    #[test]
    fn order_does_not_matter(objects in prop::collection::vec(object(), 0..12), seed in any::<u64>()) {
        let one = Inventory::new(read(&objects.join("---\n")), Inputs::default());
        let mut turned = objects.clone();
        let by = if turned.is_empty() { 0 } else { seed as usize % turned.len() };
        turned.rotate_left(by);
        let other = Inventory::new(read(&turned.join("---\n")), Inputs::default());
        prop_assert_eq!(names(&one), names(&other));
        let spaces = |inventory: &Inventory| inventory.namespaces().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(spaces(&one), spaces(&other));
    }

    /// Every pod is found again in its own namespace.
    #[test]
    fn pods_live_in_their_namespace(objects in prop::collection::vec(object(), 0..12)) {
        let inventory = Inventory::new(read(&objects.join("---\n")), Inputs::default());
        let by_namespace: usize = inventory.namespaces().map(|(name, _)| inventory.pods_in(name).count()).sum();
        prop_assert_eq!(inventory.pods().count(), by_namespace);
    }
}
