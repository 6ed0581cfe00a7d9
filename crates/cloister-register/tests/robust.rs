//! Whatever stands in a register, reading it ends, and says the same each time.

mod support;

use cloister_inventory::{Inputs, Inventory};
use cloister_model::{Entry, Mark, Node, Origin, Resource, Value};
use cloister_register::{Exposure, Register};
use proptest::prelude::*;

/// Keys of the register's language, and some that are none.
const KEYS: [&str; 24] = [
    "purposes",
    "lawfulBasis",
    "basis",
    "dataSubjects",
    "dataCategories",
    "recipients",
    "transfers",
    "country",
    "safeguard",
    "retention",
    "period",
    "selector",
    "namespaces",
    "matchLabels",
    "matchExpressions",
    "operator",
    "names",
    "stores",
    "processor",
    "reviewed",
    "external",
    "largeScale",
    "",
    "nowhere",
];

const TEXTS: [&str; 16] = [
    "",
    "health",
    "children",
    "contract",
    "DE",
    "scc",
    "P10Y",
    "PT",
    "2026-10-01",
    "9999-99-99",
    "a*",
    "Deployment/a",
    "a",
    "In",
    "é¶\u{0}",
    "*",
];

fn node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        prop::sample::select(&TEXTS[..]).prop_map(|text| Value::Text(text.into())),
    ];
    let tree = leaf.prop_recursive(5, 60, 6, |inner| {
        let entry = (prop::sample::select(&KEYS[..]), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|items| Value::List(items.into_iter().map(placed).collect())),
            prop::collection::vec(entry, 0..6).prop_map(|entries| Value::Map(entries.into_iter().map(keyed).collect())),
        ]
    });
    tree.prop_map(placed)
}

fn placed(value: Value) -> Node {
    Node { mark: Mark { line: 1, column: 1 }, ..Node::unplaced(value) }
}

fn keyed((key, value): (&str, Value)) -> Entry {
    Entry { key: key.into(), mark: Mark { line: 1, column: 1 }, node: placed(value) }
}

fn document(kind: &str, name: &str, spec: Node) -> Resource {
    let map = |entries: Vec<(&str, Value)>| Value::Map(entries.into_iter().map(keyed).collect());
    let name_value = Value::Text(name.into());
    let guess = Value::Text("spec, spec.retention[0]..x[, ]".into());
    let annotations = map(vec![("cloister.dev/guess", guess)]);
    let metadata = map(vec![("name", name_value), ("annotations", annotations)]);
    Resource {
        api_version: "cloister.dev/v1alpha1".into(),
        kind: kind.into(),
        namespace: None,
        name: name.into(),
        root: placed(map(vec![("metadata", metadata), ("spec", spec.value)])).into(),
        origin: Origin::File("any.yaml".into()),
    }
}

proptest! {
    #[test]
    fn any_register_is_read(
        documents in prop::collection::vec((prop::sample::select(&KINDS[..]), prop::sample::select(&TEXTS[..]), node()), 0..6)
    ) {
        let resources: Vec<_> = documents.into_iter().map(|(kind, name, spec)| document(kind, name, spec)).collect();
        let read = |resources: Vec<Resource>| {
            let inventory = Inventory::new(resources, Inputs::default());
            let (register, diagnostics) = Register::from_inventory(&inventory);
            let exposure = Exposure::new(&register, &inventory);
            let risks: Vec<_> = inventory.resources().iter().map(|resource| exposure.of_resource(resource)).collect();
            for activity in register.activities() {
                let _ = (activity.retention().is_guess(), activity.retention().place().pointer());
                let _ = register.workloads_of_activity(activity);
            }
            (format!("{diagnostics:?}"), risks)
        };
        prop_assert_eq!(read(resources.clone()), read(resources));
    }
}

const KINDS: [&str; 6] =
    ["Organisation", "ProcessingActivity", "PersonalDataStore", "Processor", "Exception", "Attestation"];
