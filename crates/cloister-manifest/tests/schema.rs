//! Schemas of custom resources are read as all is, and not kept.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use cloister_manifest::{Interner, Parsed, parse};
use cloister_model::Origin;

fn read(schema: &str) -> Parsed {
    let text = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: a}}\nspec:\n  versions:\n  - schema:\n      openAPIV3Schema:\n{schema}    name: v1\n"
    );
    parse(&text, &Origin::File("f.yaml".into()), 1, &mut Interner::default())
}

#[test]
fn what_stands_around_a_schema_keeps_its_place() {
    let parsed = read("        description: a && b\n        properties: {spec: {type: object, maximum: 1}}\n");
    let root = &parsed.resources[0].root;
    assert!(root.at("spec/versions/0/schema/openAPIV3Schema").unwrap().is_empty());
    let name = root.at("spec/versions/0/name").unwrap();
    assert_eq!((name.as_str(), name.mark.line, name.mark.column), (Some("v1"), 10, 11));
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
}

#[test]
fn what_is_wrong_in_a_schema_is_told_with_its_line() {
    for (schema, line, cause) in [
        ("        type: a\n        type: b\n", 9, "type"),
        ("        maximum: .inf\n", 8, "number"),
        ("        maximum: !!int a\n", 8, "int"),
        ("        a: b: c\n", 8, "mapping values"),
        ("        <<: text\n", 8, "merge"),
    ] {
        let parsed = read(schema);
        let told = parsed.diagnostics.first().unwrap_or_else(|| panic!("nothing told of {schema}"));
        assert_eq!(told.line, Some(line), "{told:?}");
        assert!(told.message.contains(cause), "{told:?}");
    }
}

#[test]
fn what_is_meant_elsewhere_too_is_kept() {
    let parsed = read("        description: &text words\n").resources;
    assert_eq!(parsed[0].root.str_at("spec/versions/0/schema/openAPIV3Schema/description"), Some("words"));
}
