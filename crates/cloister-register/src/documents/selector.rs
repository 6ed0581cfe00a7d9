//! Which workloads a document speaks of.

use cloister_inventory::Selector;
use cloister_model::Node;

use crate::claims;
use crate::macros::{object, vocabulary};
use crate::view::Labels;
use crate::workload::Workload;

object! { 'a;
    /// Selects workloads. Its parts are joined by "and", the items of a list
    /// by "or"; an empty selector selects nothing.
    WorkloadSelector {
        /// Exact names, or a prefix with `*` at its end; where absent, the document's own namespace, or any.
        namespaces "namespaces": Vec<&'a str>,
        /// Labels that the pod template, or else the workload itself, must have.
        match_labels "matchLabels": Labels<'a>,
        /// Conditions on those labels.
        match_expressions "matchExpressions": Vec<Expression<'a>>,
        /// NAME or Kind/NAME of the workload.
        names "names": Vec<&'a str>,
    }
}

object! { 'a;
    /// A condition on labels.
    Expression {
        /// The label's key.
        key "key": &'a str,
        /// What must hold.
        operator "operator": Operator,
        /// The values, for `In` and `NotIn`.
        values "values": Vec<&'a str>,
    }
}

vocabulary! {
    /// What must hold of a label.
    Operator {
        In = "In": "its value is one of the values",
        NotIn = "NotIn": "its value is none of the values, or it is absent",
        Exists = "Exists": "it is there",
        DoesNotExist = "DoesNotExist": "it is absent",
    }
}

impl<'a> WorkloadSelector<'a> {
    /// Whether `workload` is selected.
    pub fn selects(&self, workload: &Workload<'_>) -> bool {
        !self.is_empty()
            && self.is_readable()
            && self.holds_namespace(workload)
            && self.holds_name(workload)
            && self.holds_labels(workload)
    }

    /// The selector in one text: equal ones select the same.
    pub(crate) fn wording(&self) -> String {
        let mut text = format!("{:?} ", self.0.resource.namespace);
        claims::wording(self.0.node, &mut text);
        text
    }

    /// A label that a workload must have, with its value.
    pub(crate) fn required_label(&self) -> Option<(&'a str, &'a str)> {
        Selector::Labels(self.0.node).required().next()
    }

    /// The namespaces it speaks of, patterns among them; the document's own where none is named.
    pub(crate) fn namespaces_or_own(&self) -> Vec<&'a str> {
        let named = self.namespaces().items();
        if named.is_empty() { self.0.resource.namespace.as_deref().into_iter().collect() } else { named }
    }

    /// Whether nothing is asked, so that nothing is selected.
    fn is_empty(&self) -> bool {
        self.namespaces().items().is_empty() && self.names().items().is_empty() && !self.asks_labels()
    }

    /// Whether each part that is written can be read: what is not understood
    /// must not widen the selection.
    fn is_readable(&self) -> bool {
        let read = |key: &str, readable: bool| readable || self.0.node.get(key).is_none_or(Node::is_empty);
        read("namespaces", !self.namespaces().items().is_empty())
            && read("names", !self.names().items().is_empty())
            && read("matchLabels", self.match_labels().is_stated())
            && read("matchExpressions", !self.match_expressions().items().is_empty())
    }

    fn asks_labels(&self) -> bool {
        ["matchLabels", "matchExpressions"].iter().any(|key| self.0.node.get(key).is_some_and(|node| !node.is_empty()))
    }

    fn holds_namespace(&self, workload: &Workload<'_>) -> bool {
        let namespace = workload.namespace();
        match self.namespaces().value() {
            Some(wanted) if !wanted.is_empty() => wanted.iter().any(|pattern| fits(pattern, namespace)),
            _ => self.0.resource.namespace.as_deref().is_none_or(|own| own == namespace),
        }
    }

    fn holds_name(&self, workload: &Workload<'_>) -> bool {
        let names = self.names().items();
        names.is_empty() || names.iter().any(|name| is_named(workload, name))
    }

    fn holds_labels(&self, workload: &Workload<'_>) -> bool {
        let selector = Selector::Labels(self.0.node);
        !self.asks_labels() || workload.label_sets().any(|labels| selector.matches(labels))
    }
}

fn fits(pattern: &str, namespace: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => namespace.starts_with(prefix),
        None => pattern == namespace,
    }
}

/// Whether `name` (NAME or Kind/NAME) is the workload's.
pub(crate) fn is_named(workload: &Workload<'_>, name: &str) -> bool {
    let resource = workload.resource;
    match name.split_once('/') {
        Some((kind, name)) => *resource.kind == *kind && *resource.name == *name,
        None => *resource.name == *name,
    }
}
