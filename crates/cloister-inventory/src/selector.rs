//! Label selectors, as `metav1.LabelSelector` and as the plain maps of Services.

use std::collections::HashMap;

use cloister_model::{Entry, Node};

/// A label selector of some resource.
#[derive(Clone, Copy, Debug)]
pub enum Selector<'a> {
    /// `matchLabels` and `matchExpressions`; empty selects everything.
    Labels(&'a Node),
    /// A map of labels; empty selects nothing (a Service without selector).
    Map(&'a Node),
}

impl<'a> Selector<'a> {
    /// The labels that must be there with these very values.
    pub fn required(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let entries: &'a [Entry] = match *self {
            Selector::Map(node) => node.entries(),
            Selector::Labels(node) => node.entries_at("matchLabels"),
        };
        entries.iter().filter_map(|entry| Some((&*entry.key, entry.node.as_str()?)))
    }

    /// Where no single value is required: a label that must have one of these values.
    pub fn one_of(&self) -> Option<(&'a str, Vec<&'a str>)> {
        self.expression("In").and_then(|it| Some((it.str_at("key")?, it.strs_at("values").collect())))
    }

    /// A label that must have none of these values.
    pub fn none_of(&self) -> Option<(&'a str, Vec<&'a str>)> {
        self.expression("NotIn").and_then(|it| Some((it.str_at("key")?, it.strs_at("values").collect())))
    }

    /// A label that must be there, whatever its value.
    pub fn present(&self) -> Option<&'a str> {
        self.expression("Exists")?.str_at("key")
    }

    /// A label that must not be there.
    pub fn absent(&self) -> Option<&'a str> {
        self.expression("DoesNotExist")?.str_at("key")
    }

    /// The first expression with this operator.
    fn expression(&self, operator: &str) -> Option<&'a Node> {
        let Selector::Labels(node) = *self else { return None };
        node.items_at("matchExpressions").iter().find(|it| it.str_at("operator") == Some(operator))
    }

    /// Whether `labels` (the entries of `metadata.labels`) are selected.
    pub fn matches(&self, labels: &[Entry]) -> bool {
        match self {
            Selector::Map(node) => !node.entries().is_empty() && all_equal(node.entries(), labels),
            Selector::Labels(node) => {
                all_equal(node.entries_at("matchLabels"), labels)
                    && node.items_at("matchExpressions").iter().all(|expression| holds(expression, labels))
            }
        }
    }

    /// Whether everything is selected.
    pub fn is_everything(&self) -> bool {
        match self {
            Selector::Map(_) => false,
            Selector::Labels(node) => {
                node.entries_at("matchLabels").is_empty() && node.items_at("matchExpressions").is_empty()
            }
        }
    }
}

fn value_of<'a>(labels: &'a [Entry], key: &str) -> Option<&'a str> {
    labels.iter().find(|label| &*label.key == key).and_then(|label| label.node.as_str())
}

/// Beyond so many comparisons, labels are looked up instead of searched.
const MOST_COMPARISONS: usize = 4096;

fn all_equal(wanted: &[Entry], labels: &[Entry]) -> bool {
    if wanted.len().saturating_mul(labels.len()) > MOST_COMPARISONS {
        // Of doubled keys the first counts, as below.
        let known: HashMap<&str, &Entry> = labels.iter().rev().map(|label| (&*label.key, label)).collect();
        let value = |key: &str| known.get(key).and_then(|label| label.node.as_str());
        return wanted.iter().all(|want| value(&want.key).is_some_and(|value| want.node.as_str() == Some(value)));
    }
    wanted.iter().all(|want| value_of(labels, &want.key).is_some_and(|value| want.node.as_str() == Some(value)))
}

/// One requirement; `NotIn` and `DoesNotExist` hold where the label is absent.
/// An unknown operator selects nothing: the API would refuse it.
fn holds(expression: &Node, labels: &[Entry]) -> bool {
    let value = expression.str_at("key").and_then(|key| value_of(labels, key));
    let listed = |value: &str| expression.strs_at("values").any(|other| other == value);
    match expression.str_at("operator") {
        Some("In") => value.is_some_and(listed),
        Some("NotIn") => !value.is_some_and(listed),
        Some("Exists") => value.is_some(),
        Some("DoesNotExist") => value.is_none(),
        _ => false,
    }
}
