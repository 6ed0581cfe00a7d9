//! What cannot be right in what was read: told with its place, and the rest is computed.

use cloister_model::{Diagnostic, DiagnosticLevel, Mark, Node, Resource};

/// Diagnostics as they are found.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Diagnostic>);

impl From<Vec<Diagnostic>> for Problems {
    fn from(found: Vec<Diagnostic>) -> Problems {
        Problems(found)
    }
}

impl Problems {
    /// What the API server refuses, so that it does not count.
    pub(crate) fn refused(&mut self, resource: &Resource, at: &Node, message: impl Into<String>, help: &str) {
        self.add(DiagnosticLevel::Error, resource, at.mark, message.into(), help);
    }

    /// What it takes, and what is surely not meant.
    pub(crate) fn odd(&mut self, resource: &Resource, at: &Node, message: impl Into<String>, help: &str) {
        self.add(DiagnosticLevel::Warning, resource, at.mark, message.into(), help);
    }

    fn add(&mut self, level: DiagnosticLevel, resource: &Resource, mark: Mark, message: String, help: &str) {
        let said = format!("{} \"{}\": {message}", resource.kind, resource.name);
        let location = resource.locate(mark);
        let file = location.as_ref().map_or_else(|| "cluster".into(), |location| location.file.clone());
        let mut diagnostic = Diagnostic::new(level, file, said);
        diagnostic.line = location.as_ref().and_then(|location| location.line);
        diagnostic.column = location.as_ref().and_then(|location| location.column);
        self.0.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Selectors ask for labels of namespaces that were not read.
    pub(crate) fn unread_namespaces(&mut self, names: &[&str]) {
        let shown: Vec<&str> = names.iter().take(5).copied().collect();
        let more = names.len().saturating_sub(shown.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("no Namespace object was read for {}{more}", shown.join(", "));
        let help = "selectors of namespaces see no label of theirs but that of their name; read them too";
        self.0.push(Diagnostic::warning("", message).help(help));
    }

    /// In a stable order, each once.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|one, other| {
            (&one.file, one.line, one.column, &one.message).cmp(&(
                &other.file,
                other.line,
                other.column,
                &other.message,
            ))
        });
        self.0.dedup();
        self.0
    }
}
