//! Label selectors as policies write them: what is wrong with one, and which ones are the same.

use cloister_inventory::Selector;
use cloister_model::Node;

/// Names, keys and values of labels are at most so long.
const LONGEST: usize = 63;

/// Why the API server would refuse this selector (`ValidateLabelSelector`); `None` when it takes it.
pub(crate) fn fault(node: &Node) -> Option<String> {
    if !node.is_map() {
        return Some("a selector must be a mapping".to_owned());
    }
    if let Some(other) = node.entries().iter().find(|it| !["matchLabels", "matchExpressions"].contains(&&*it.key)) {
        return Some(format!("a selector has no field \"{}\"", other.key));
    }
    let labels = node.entries_at("matchLabels").iter();
    let mut faults = labels.filter_map(|label| match label.node.as_str() {
        None => Some(format!("the value of label \"{}\" is no text", label.key)),
        Some(value) => key_fault(&label.key).or_else(|| value_fault(value)),
    });
    faults.next().or_else(|| node.items_at("matchExpressions").iter().find_map(expression_fault))
}

fn expression_fault(expression: &Node) -> Option<String> {
    let Some(key) = expression.str_at("key") else { return Some("an expression has no key".to_owned()) };
    let values = expression.items_at("values");
    let fault = match (expression.str_at("operator"), values.is_empty()) {
        (Some("In" | "NotIn"), true) => Some(format!("\"{key}\" is compared with no values")),
        (Some(word @ ("Exists" | "DoesNotExist")), false) => Some(format!("{word} takes no values")),
        (Some("In" | "NotIn" | "Exists" | "DoesNotExist"), _) => None,
        (Some(other), _) => Some(format!("\"{other}\" is no operator of label selectors")),
        (None, _) => Some("an expression has no operator".to_owned()),
    };
    let value = |value: &Node| value.as_str().map_or_else(|| Some("a value is no text".to_owned()), value_fault);
    fault.or_else(|| key_fault(key)).or_else(|| values.iter().find_map(value))
}

/// `[prefix/]name`.
fn key_fault(key: &str) -> Option<String> {
    let (prefix, name) = key.rsplit_once('/').map_or(("", key), |(prefix, name)| (prefix, name));
    let prefix_fits = prefix.len() <= 253
        && prefix.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-' || it == b'.');
    let fits = prefix_fits && !name.is_empty() && (is_word(name)) && (!key.starts_with('/'));
    (!fits).then(|| format!("\"{key}\" can be no key of a label"))
}

fn value_fault(value: &str) -> Option<String> {
    (!value.is_empty() && !is_word(value)).then(|| format!("\"{value}\" can be no value of a label"))
}

/// Letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
fn is_word(word: &str) -> bool {
    let ends = [word.bytes().next(), word.bytes().next_back()];
    word.len() <= LONGEST
        && ends.into_iter().flatten().all(|it| it.is_ascii_alphanumeric())
        && word.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.'))
}

/// The same text for selectors that ask the same; empty for one that selects everything.
pub(crate) fn canonical(node: &Node) -> String {
    if Selector::Labels(node).is_everything() {
        return String::new();
    }
    let labels = node.entries_at("matchLabels").iter();
    let mut parts: Vec<String> =
        labels.map(|label| format!("{}\u{1}In\u{1}{}", label.key, label.node.as_str().unwrap_or_default())).collect();
    for expression in node.items_at("matchExpressions") {
        let mut values: Vec<&str> = expression.strs_at("values").collect();
        values.sort_unstable();
        values.dedup();
        let word = |path| expression.str_at(path).unwrap_or_default();
        parts.push(format!("{}\u{1}{}\u{1}{}", word("key"), word("operator"), values.join("\u{1}")));
    }
    parts.sort_unstable();
    parts.dedup();
    parts.join("\u{2}")
}

/// The keys that a selector asks for.
pub(crate) fn keys(node: &Node) -> impl Iterator<Item = &str> {
    let labels = node.entries_at("matchLabels").iter().map(|label| &*label.key);
    labels.chain(node.items_at("matchExpressions").iter().filter_map(|it| it.str_at("key")))
}

/// A selector in words: `app=db, tier in (a, b)`; `all` for everything.
pub(crate) fn words(node: Option<&Node>) -> String {
    let Some(node) = node.filter(|node| !Selector::Labels(node).is_everything()) else { return "all".to_owned() };
    let labels = node.entries_at("matchLabels").iter();
    let labels = labels.map(|label| format!("{}={}", label.key, label.node.as_str().unwrap_or_default()));
    let expressions = node.items_at("matchExpressions").iter().map(|it| {
        let key = it.str_at("key").unwrap_or_default();
        let values = it.strs_at("values").collect::<Vec<_>>().join(", ");
        match it.str_at("operator").unwrap_or_default() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} not in ({values})"),
            "Exists" => format!("has {key}"),
            _ => format!("has no {key}"),
        }
    });
    labels.chain(expressions).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{is_word, key_fault};

    #[test]
    fn keys_and_values_are_those_of_labels() {
        for key in ["app", "app.kubernetes.io/name", "a_b.c-d"] {
            assert_eq!(key_fault(key), None, "{key}");
        }
        for key in ["", "/app", "a b", "-a", "App.io/x", "x/"] {
            assert!(key_fault(key).is_some(), "{key}");
        }
        assert!(is_word("v1.2_x") && !is_word("v1.") && !is_word(&"x".repeat(64)));
    }
}
