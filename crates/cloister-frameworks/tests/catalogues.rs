//! What the program reads is what the YAML says; `cargo xtask generate` writes it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "a test, which writes on request")]

use cloister_frameworks::{Framework, sources};

#[test]
fn the_catalogues_are_fresh() {
    let read = |(name, text)| Framework::parse(name, text).unwrap_or_else(|mistakes| panic!("{name}: {mistakes:#?}"));
    let frameworks: Vec<Framework> = sources().map(read).collect();
    let text = serde_json::to_string_pretty(&frameworks).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/generated/catalogues.json");
    if std::env::var_os("CLOISTER_GENERATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "catalogues.json is stale: run cargo xtask generate");
}
