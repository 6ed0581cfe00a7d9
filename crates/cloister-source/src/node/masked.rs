//! What leaves a host: configuration without anything that opens a door.

use cloister_detect::{Telling, telling};
use cloister_model::{Node, Value};
use cloister_node::embedded::VARIABLES;
use serde_json::{Map, Value as Json};

/// What stands where something was hidden.
const MASK: &str = "•••";

/// A configuration as JSON. Values of environment variables, annotations, and whatever is recognised as a credential or
/// as personal data are hidden.
pub(super) fn content(node: &Node) -> Json {
    value("", node)
}

fn value(key: &str, node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(it) => Json::Bool(*it),
        Value::Int(it) => Json::from(*it),
        Value::Float(it) => serde_json::Number::from_f64(*it).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text_of(key, text)),
        Value::List(items) if matches!(key, "command" | "args") => words(items),
        Value::List(items) if key == "env" => Json::Array(items.iter().map(variable).collect()),
        Value::List(items) => Json::Array(items.iter().map(|item| value(key, item)).collect()),
        Value::Map(entries) => {
            let kept = entries.iter().filter(|entry| &*entry.key != "annotations");
            let pairs = kept.map(|entry| (entry.key.to_string(), value(&entry.key, &entry.node)));
            Json::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

fn words(items: &[Node]) -> Json {
    let words: Vec<String> = items.iter().filter_map(Node::as_str).map(str::to_owned).collect();
    Json::Array(arguments(words).into_iter().map(Json::String).collect())
}

/// An environment variable: its name alone, unless it sets a flag.
fn variable(node: &Node) -> Json {
    let name = node.str_at("name").unwrap_or_default();
    let mut kept = Map::from_iter([("name".to_owned(), Json::from(name))]);
    if let Some(text) = node.str_at("value") {
        let shown = if sets_a_flag(name) { text_of(name, text) } else { MASK.to_owned() };
        kept.insert("value".to_owned(), Json::String(shown));
    }
    if let Some(from) = node.get("valueFrom") {
        kept.insert("valueFrom".to_owned(), value("valueFrom", from));
    }
    Json::Object(kept)
}

/// Variables that stand for flags: etcd's, and those of k3s.
pub(super) fn sets_a_flag(name: &str) -> bool {
    let known = name.starts_with("ETCD_") || VARIABLES.iter().any(|(own, _)| *own == name);
    known && !matches!(telling(name), Some(Telling::Password | Telling::Token))
}

fn text_of(key: &str, text: &str) -> String {
    match telling(key) {
        Some(Telling::Password | Telling::Token) if !text.is_empty() && !text.starts_with(MASK) => MASK.to_owned(),
        _ => hide(text),
    }
}

/// A text by itself.
pub(super) fn text(text: &str) -> String {
    hide(text)
}

/// Credentials in an address, and whatever the detectors recognise.
fn hide(text: &str) -> String {
    cloister_detect::mask(&without_user(text))
}

/// `scheme://user:password@host` without what stands before the `@`.
fn without_user(text: &str) -> String {
    let Some((before, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#', ',', ' ']).unwrap_or(rest.len());
    match rest.get(..end).and_then(|authority| authority.rfind('@')) {
        Some(at) => format!("{before}://{MASK}{}", without_user(rest.get(at..).unwrap_or_default())),
        None => format!("{before}://{}", without_user(rest)),
    }
}

/// A command line: values of flags whose names tell that they are secret are hidden.
pub(super) fn arguments(words: Vec<String>) -> Vec<String> {
    let mut secret = false;
    let mut shown = Vec::with_capacity(words.len());
    for word in words {
        let flag = word.starts_with('-');
        if std::mem::take(&mut secret) && !flag {
            shown.push(MASK.to_owned());
            continue;
        }
        let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
        let tells = flag && matches!(telling(name.trim_start_matches('-')), Some(Telling::Password | Telling::Token));
        match value {
            // A switch holds no secret, whatever its name sounds like (`--use-service-account-credentials`).
            Some("true" | "false") => shown.push(word.clone()),
            Some(_) if tells => shown.push(format!("{name}={MASK}")),
            Some(value) => shown.push(format!("{name}={}", hide(value))),
            None => {
                secret = tells;
                shown.push(hide(&word));
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_flags_and_addresses_carry_is_hidden() {
        let words =
            ["--token=planted1", "--token", "planted2", "--etcd-servers=https://u:planted3@h:1,https://u:planted4@h:2"];
        let shown = arguments(words.map(str::to_owned).to_vec()).join(" ");
        assert!(!shown.contains("planted"), "{shown}");
        assert!(shown.contains("@h:2"), "{shown}");
    }

    #[test]
    fn flags_that_name_files_stay() {
        let words =
            ["--token-auth-file=/etc/t.csv".to_owned(), "--tls-private-key-file".to_owned(), "/etc/k".to_owned()];
        assert_eq!(arguments(words.to_vec()), words);
    }

    #[test]
    fn switches_stay_whatever_they_are_called() {
        let words = vec!["--use-service-account-credentials=true".to_owned()];
        assert_eq!(arguments(words.clone()), words);
    }
}
