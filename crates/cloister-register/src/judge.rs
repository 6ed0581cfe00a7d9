//! Explains what is written and cannot be read: place, cause, way out. The
//! rest of the document is read all the same.

use cloister_model::{Diagnostic, DiagnosticLevel, Entry, Mark, Node, Origin, Resource, Value};

use crate::period::Period;
use crate::spec::{ObjectSpec, Spec, Word};
use crate::suggest::closest;
use crate::view::{is_country, parse_date};

/// How much of a wrong value a message quotes.
const QUOTED: usize = 40;

/// Judges the `spec` of a document.
pub(crate) fn judge(resource: &Resource, object: &'static ObjectSpec, diagnostics: &mut Vec<Diagnostic>) {
    let mut judge = Judge { resource, diagnostics };
    match resource.root.entry("spec") {
        Some(entry) => judge.value(&entry.node, &Spec::Object(object), "spec"),
        None => judge.error(
            resource.root.mark,
            "it has no spec",
            "write its fields below spec: they are listed by the schema",
        ),
    }
    if resource.name.is_empty() {
        judge.error(resource.root.mark, "it has no metadata.name", "give it a name, by which others refer to it");
    }
}

/// A diagnostic about `resource` at `mark`.
pub(crate) fn diagnostic(
    resource: &Resource,
    level: DiagnosticLevel,
    mark: Mark,
    message: &str,
    help: impl Into<String>,
) -> Diagnostic {
    let named = format!("{} {}: {message}", resource.kind, resource.name);
    let Some(location) = resource.locate(mark) else {
        let is_cluster = matches!(resource.origin, Origin::Cluster(_));
        return Diagnostic { is_cluster, ..Diagnostic::new(level, source(resource), named).help(help) };
    };
    let place = location.line.zip(location.column).or(location.rendered.map(|at| (at.line, at.column)));
    let diagnostic = Diagnostic::new(level, location.file, named).help(help);
    match place {
        Some((line, column)) => diagnostic.at(line, column),
        None => diagnostic,
    }
}

fn source(resource: &Resource) -> std::sync::Arc<str> {
    match &resource.origin {
        Origin::File(file) | Origin::Rendered { file, .. } | Origin::Cluster(file) => file.clone(),
    }
}

struct Judge<'a, 'd> {
    resource: &'a Resource,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Judge<'_, '_> {
    fn value(&mut self, node: &Node, spec: &Spec, path: &str) {
        match (spec, &node.value) {
            (_, Value::Null) => {}
            (Spec::Object(object), Value::Map(entries)) => self.fields(entries, object, path),
            (Spec::List(item), Value::List(nodes)) => self.items(nodes, item, path),
            (Spec::Labels, Value::Map(entries)) => self.labels(entries, path),
            (Spec::Text, Value::Text(_)) | (Spec::Flag, Value::Bool(_)) => {}
            (Spec::Count, Value::Int(_)) => self.count(node, path),
            (Spec::Text, Value::Int(_) | Value::Float(_) | Value::Bool(_)) => self.unquoted(node, path),
            (Spec::Date | Spec::Period | Spec::Country | Spec::Word(_), Value::Text(text)) => {
                self.scalar(node, spec, text.trim(), path);
            }
            _ => {
                let message = format!("{path} is {}, where {} belongs", written(&node.value), expected(spec));
                self.error(node.mark, &message, way_out(spec, path));
            }
        }
    }

    fn fields(&mut self, entries: &[Entry], object: &'static ObjectSpec, path: &str) {
        for entry in entries {
            let below = format!("{path}.{}", entry.key);
            match object.field(&entry.key) {
                Some(field) => self.value(&entry.node, &field.spec, &below),
                None => self.unknown_field(entry, object, path),
            }
        }
    }

    fn unknown_field(&mut self, entry: &Entry, object: &ObjectSpec, path: &str) {
        let keys: Vec<&str> = object.fields.iter().map(|field| field.key).collect();
        let help = match closest(&entry.key, keys.iter().copied()) {
            Some(key) => format!("did you mean {key}? The rest was read"),
            None => format!("known here: {}. The rest was read", keys.join(", ")),
        };
        let message = format!("{path} has no field {}", quote(&entry.key));
        self.diagnostics.push(diagnostic(self.resource, DiagnosticLevel::Warning, entry.mark, &message, help));
    }

    fn items(&mut self, nodes: &[Node], spec: &Spec, path: &str) {
        for (index, node) in nodes.iter().enumerate() {
            let below = format!("{path}[{index}]");
            if node.is_null() {
                self.error(node.mark, &format!("{below} is empty"), "write the item, or take the dash away");
            }
            self.value(node, spec, &below);
        }
    }

    fn labels(&mut self, entries: &[Entry], path: &str) {
        for entry in entries {
            self.value(&entry.node, &Spec::Text, &format!("{path}.{}", entry.key));
        }
    }

    /// Kubernetes refuses numbers and booleans where text belongs; so do we, since `no` may be a country.
    fn unquoted(&mut self, node: &Node, path: &str) {
        let message = format!("{path} is {}, where text belongs", written(&node.value));
        self.error(node.mark, &message, "put it in quotes");
    }

    fn count(&mut self, node: &Node, path: &str) {
        if node.as_int().is_none_or(|number| number < 1) {
            self.error(node.mark, &format!("{path} is less than 1"), way_out(&Spec::Count, path));
        }
    }

    fn scalar(&mut self, node: &Node, spec: &Spec, text: &str, path: &str) {
        let readable = match spec {
            Spec::Date => parse_date(text).is_some(),
            Spec::Period => Period::parse(text).is_some(),
            Spec::Country => is_country(text),
            Spec::Word(list) => list.words.iter().any(|word| word.word == text || word.also.contains(&text)),
            _ => true,
        };
        if !readable {
            let message = format!("{path} is {}, where {} belongs", quote(text), expected(spec));
            let help = match spec {
                Spec::Word(list) => suggestion(text, list.words),
                _ => way_out(spec, path),
            };
            self.error(node.mark, &message, help);
        }
    }

    fn error(&mut self, mark: Mark, message: &str, help: impl Into<String>) {
        self.diagnostics.push(diagnostic(self.resource, DiagnosticLevel::Error, mark, message, help));
    }
}

fn suggestion(text: &str, words: &[Word]) -> String {
    match closest(text, words.iter().map(|word| word.word)) {
        Some(word) => format!("did you mean {word}? The field counts as not stated"),
        None => format!("write one of: {}", words.iter().map(|word| word.word).collect::<Vec<_>>().join(", ")),
    }
}

fn way_out(spec: &Spec, path: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    match spec {
        Spec::Date => "write year, month and day, such as 2026-10-01".into(),
        Spec::Period => "write an ISO 8601 duration, such as P10Y, P30D or PT72H".into(),
        Spec::Country => "write the two capital letters of ISO 3166-1, such as DE".into(),
        Spec::List(_) => format!("write a list, one \"- \" for each item of {last}"),
        Spec::Flag => "write true or false".into(),
        Spec::Count => "write a whole number from 1 on, without quotes".into(),
        _ => "the field counts as not stated until it is mended".into(),
    }
}

fn expected(spec: &Spec) -> &'static str {
    match spec {
        Spec::Text => "text",
        Spec::Flag => "true or false",
        Spec::Count => "a whole number",
        Spec::Date => "a date",
        Spec::Period => "a duration",
        Spec::Country => "a country's code",
        Spec::Word(_) => "a known word",
        Spec::Labels => "a mapping of labels",
        Spec::List(_) => "a list",
        Spec::Object(_) => "a mapping",
    }
}

fn written(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Text(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
    }
}

fn quote(text: &str) -> String {
    let short: String = text.chars().take(QUOTED).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("\"{short}{more}\"")
}
