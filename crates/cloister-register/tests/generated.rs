//! The published schema is the one that the code gives.
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "the test reads, and on request writes, a file")]

mod support;

#[test]
fn the_published_schema_is_not_stale() {
    let path = support::root().join("docs/schema/register.v1alpha1.json");
    let text = serde_json::to_string_pretty(&cloister_register::json_schema()).expect("a schema is JSON") + "\n";
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, &text).expect("the schema");
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == text, "{} is stale: run this test again with UPDATE_GENERATED=1", path.display());
}
