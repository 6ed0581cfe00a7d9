//! The published schemas are what the code gives; `cargo xtask generate` writes them.
#![cfg(feature = "schema")]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the tests read, and on request write, files")]

#[path = "../../cloister-cli/tests/support/schema.rs"]
mod schemas;
mod support;

use cloister_alert::Message;
use cloister_alert::config::Document;
use cloister_alert::send::Report;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemas::{keeps_to, plain, published};
use serde_json::Value;

fn written<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    plain(generator.into_root_schema_for::<T>().to_value())
}

fn read<T: JsonSchema>() -> Value {
    plain(SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value())
}

fn write() -> bool {
    std::env::var_os("CLOISTER_GENERATE").is_some()
}

#[test]
fn the_schema_of_configurations_is_fresh_and_takes_the_one_of_the_docs() {
    let schema = read::<Document>();
    published("alerts.v1alpha1.json", &schema, write());
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md")).unwrap();
    let example = page.split_once("```yaml\n").unwrap().1.split_once("```").unwrap().0;
    cloister_alert::Config::read(example, "docs/alerts.md").unwrap();
    keeps_to(&serde_saphyr::from_str(example).unwrap(), &schema);
}

#[test]
fn the_schema_of_messages_is_fresh() {
    let schema = written::<Message>();
    published("alert-message.json", &schema, write());
    let message = support::message(vec![support::alert("one")], vec![support::alert("two")]);
    keeps_to(&serde_json::to_value(message).unwrap(), &schema);
}

#[test]
fn the_schema_of_tests_is_fresh() {
    let schema = written::<Report>();
    published("alert-test.json", &schema, write());
    let config = support::config("[{name: a, fluentd: {host: 127.0.0.1, port: 1}}]", "{receiver: a}");
    let report = cloister_alert::send::test(&config, &[&config.receivers[0]], "test-1", None, support::at(0));
    keeps_to(&serde_json::to_value(report).unwrap(), &schema);
}
