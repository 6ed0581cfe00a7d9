//! What is published is what the code gives; `cargo xtask generate` writes it.
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "the tests read, and on request write, files")]

mod support;

fn assert_fresh(file: &str, text: &str) {
    let path = support::root().join(file);
    if std::env::var_os("CLOISTER_GENERATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, text).expect("the file");
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == text, "{file} is stale: run cargo xtask generate");
}

#[test]
fn the_published_schema_is_fresh() {
    let text = serde_json::to_string_pretty(&cloister_register::json_schema()).expect("a schema is JSON") + "\n";
    assert_fresh("docs/schema/register.v1alpha1.json", &text);
}

#[test]
fn the_reference_is_fresh() {
    assert_fresh("docs/reference/register.md", &cloister_register::reference());
}
