//! What holds for every text.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use cloister_manifest::{Interner, Parsed, parse, parse_trees};
use cloister_model::{Node, Origin, Value};
use proptest::prelude::*;

fn read(text: &str) -> Parsed {
    parse(text, &Origin::File("t.yaml".into()), 1, &mut Interner::default())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("[a-zA-Z/._-]{1,8}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn same(node: &Node, json: &serde_json::Value) -> bool {
    match (&node.value, json) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(left), serde_json::Value::Bool(right)) => left == right,
        (Value::Int(left), serde_json::Value::Number(right)) => right.as_i64() == Some(*left),
        (Value::Text(left), serde_json::Value::String(right)) => **left == **right,
        (Value::List(left), serde_json::Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Map(left), serde_json::Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|entry| right.get(&*entry.key).is_some_and(|value| same(&entry.node, value)))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the text, reading ends, and ends without a panic.
    #[test]
    fn any_text_is_survived(text in "(\\PC|[\\t\\n\\r:\\-&*<{}\\[\\],.'\"\\\\|>#? ]){0,200}") {
        read(&text);
    }

    /// JSON has a parser of its own; a comment makes it YAML, which must read the same at the same places.
    #[test]
    fn json_is_read_as_the_yaml_that_it_is(json in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&json).unwrap() } else { json.to_string() };
        let read = |text: &str| parse_trees(text, "t.json", &mut Interner::default());
        let (json, _) = read(&text);
        let (yaml, _) = read(&format!("{text}\n# no JSON"));
        prop_assert_eq!(json, yaml);
    }

    /// JSON is read as what it says.
    #[test]
    fn json_is_read_as_written(json in json()) {
        prop_assume!(!json.is_null());
        let (trees, diagnostics) = parse_trees(&json.to_string(), "t.json", &mut Interner::default());
        prop_assert!(diagnostics.is_empty(), "{:?}", diagnostics);
        prop_assert_eq!(trees.len(), 1);
        prop_assert!(same(&trees[0], &json), "{:?}", trees[0]);
    }

    /// A document reads the same alone and among others, lines apart; and a
    /// broken neighbour changes nothing.
    #[test]
    fn documents_do_not_touch_each_other(names in prop::collection::vec("[a-z]{1,8}", 1..6), broken in any::<bool>()) {
        let document = |name: &String| format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-{name}\n");
        let between = if broken { "---\na: b: c\n---\n" } else { "---\n" };
        let text = names.iter().map(document).collect::<Vec<_>>().join(between);
        let parsed = read(&text);
        prop_assert_eq!(parsed.resources.len(), names.len());
        for (index, (resource, name)) in parsed.resources.iter().zip(&names).enumerate() {
            let first = 1 + index * (4 + between.lines().count());
            let expected = format!("c-{name}");
            prop_assert_eq!(&*resource.name, expected.as_str());
            prop_assert_eq!(resource.root.mark.line as usize, first);
        }
        prop_assert_eq!(parsed.diagnostics.len(), if broken { names.len() - 1 } else { 0 });
    }

    /// Every value's place is where its text stands.
    #[test]
    fn places_are_where_the_text_stands(keys in prop::collection::vec("[a-z]{1,6}", 1..8), indent in 1usize..6) {
        let mut text = String::from("apiVersion: v1\nkind: X\nspec:\n");
        for (index, key) in keys.iter().enumerate() {
            text.push_str(&format!("{}{key}{index}: value-{index}\n", " ".repeat(indent)));
        }
        let parsed = read(&text);
        for entry in parsed.resources[0].root.entries_at("spec") {
            let line = text.lines().nth(entry.node.mark.line as usize - 1).unwrap();
            let written = &line[entry.node.mark.column as usize - 1..];
            prop_assert_eq!(Some(written), entry.node.as_str());
        }
    }
}
