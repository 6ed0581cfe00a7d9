//! Reading fields of a data file, with a message for each that is not as it should be.

use std::sync::Arc;

use cloister_model::{Diagnostic, Entry, Mark, Node, Value};

/// One mapping of a data file.
pub(crate) struct Fields<'a, 'd> {
    file: &'a str,
    /// What this mapping is, for messages.
    what: String,
    node: &'a Node,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a, 'd> Fields<'a, 'd> {
    /// Looks at `node`, and reports every key that is not among `known`.
    pub(crate) fn of(
        file: &'a str,
        what: impl Into<String>,
        node: &'a Node,
        known: &[&str],
        diagnostics: &'d mut Vec<Diagnostic>,
    ) -> Fields<'a, 'd> {
        let mut fields = Fields { file, what: what.into(), node, diagnostics };
        if !node.is_map() {
            fields.error(node.mark, "is no mapping of fields", &format!("its fields are: {}", known.join(", ")));
        }
        for entry in node.entries() {
            if !known.contains(&&*entry.key) {
                let message = format!("has an unknown field \"{}\"", entry.key);
                fields.error(entry.mark, &message, &format!("its fields are: {}", known.join(", ")));
            }
        }
        fields
    }

    /// Reports a mistake at `mark`.
    pub(crate) fn error(&mut self, mark: Mark, message: &str, help: &str) {
        let message = format!("{} {message}", self.what);
        self.diagnostics.push(Diagnostic::error(self.file, message).at(mark.line, mark.column).help(help));
    }

    /// The text under `key`; a missing or empty one is a mistake.
    pub(crate) fn text(&mut self, key: &str) -> Option<(Arc<str>, Mark)> {
        let text = self.optional_text(key);
        if text.is_none() && self.entry(key).is_none() {
            self.error(self.node.mark, &format!("lacks \"{key}\""), "each must have one");
        }
        text
    }

    /// The text under `key`, if there is one; an empty one is a mistake.
    pub(crate) fn optional_text(&mut self, key: &str) -> Option<(Arc<str>, Mark)> {
        let entry = self.entry(key)?;
        let text = self.scalar(key, &entry.node)?;
        Some((text, entry.node.mark))
    }

    /// The texts of the list under `key`; a text that stands twice is a mistake.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<(Arc<str>, Mark)> {
        let mut texts: Vec<(Arc<str>, Mark)> = Vec::new();
        for item in self.list(key) {
            let Some(text) = self.scalar(key, item) else { continue };
            if texts.iter().any(|(seen, _)| *seen == text) {
                self.error(item.mark, &format!("names \"{text}\" twice in \"{key}\""), "remove one of them");
            } else {
                texts.push((text, item.mark));
            }
        }
        texts
    }

    /// The items of the list under `key`; none when it is absent.
    pub(crate) fn list(&mut self, key: &str) -> &'a [Node] {
        let Some(entry) = self.entry(key) else { return &[] };
        if !matches!(entry.node.value, Value::List(_)) {
            self.error(entry.mark, &format!("has no list under \"{key}\""), "write [a, b] or one \"- \" for each");
        }
        entry.node.items()
    }

    fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.node.entry(key)
    }

    /// Only strings: `1.10` without quotes is a number and would become 1.1.
    fn scalar(&mut self, key: &str, node: &Node) -> Option<Arc<str>> {
        match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                self.error(node.mark, &format!("has an empty \"{key}\""), "say it in a few words");
                None
            }
            // A folded block ends in a line break.
            Value::Text(text) if text.trim() == &**text => Some(text.clone()),
            Value::Text(text) => Some(Arc::from(text.trim())),
            Value::List(_) | Value::Map(_) | Value::Null => {
                self.error(node.mark, &format!("has no text under \"{key}\""), "write a string");
                None
            }
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
                self.error(node.mark, &format!("has no text under \"{key}\""), "put the value in quotes");
                None
            }
        }
    }
}
