//! What holds for every inventory.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use cloister_inventory::{Inputs, Inventory, Pod};
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
