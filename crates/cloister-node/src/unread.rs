//! What the collector could not read, and what that leaves open.

use cloister_model::{Diagnostic, DiagnosticLevel, Node, Resource};

use crate::format::is_environment;
use crate::{Facts, Role};

/// A file, folder or process that was not, or not wholly, read.
#[derive(Clone, Copy, Debug)]
pub struct Unread<'a> {
    facts: Facts<'a>,
    node: &'a Node,
}

impl<'a> Facts<'a> {
    /// What was lost. What was read and is not believed is not among it.
    pub fn unread(&self) -> impl Iterator<Item = Unread<'a>> + use<'a> {
        let facts = *self;
        let all = facts.resource.root.items_at("unread").iter();
        all.filter(|node| node.bool_at("doubted") != Some(true)).map(move |node| Unread { facts, node })
    }
}

impl<'a> Unread<'a> {
    /// On the host.
    pub fn path(&self) -> &'a str {
        self.node.str_at("path").unwrap_or_default()
    }

    /// The reason.
    pub fn why(&self) -> &'a str {
        self.node.str_at("why").unwrap_or_default()
    }

    /// Whether it was to be read as this.
    pub fn is(&self, role: Role) -> bool {
        match self.node.str_at("role") {
            Some(own) => own == role.as_str(),
            None => self.facts.files().any(|file| file.is(role) && file.path() == self.path()),
        }
    }

    /// Whether these are variables of a process.
    pub fn is_environment(&self) -> bool {
        is_environment(self.path())
    }

    /// Whether its owner and mode are known all the same.
    pub fn is_there(&self) -> bool {
        self.facts.files().any(|file| file.path() == self.path() && file.kind() != "missing")
    }

    /// The reason, as a phrase.
    pub fn says(&self) -> String {
        format!("{} of {} was not read: {}", self.path(), self.facts.name(), self.why())
    }

    /// What to do about it.
    pub const ANSWER: &'static str =
        "mend it where it is broken, then collect anew: cloister node collect, with the right to read it";
}

/// What was lost while facts were collected, as messages about the file that holds them.
pub fn lost(resource: &Resource) -> Vec<Diagnostic> {
    let Some(facts) = Facts::of(resource) else { return Vec::new() };
    let told = facts.unread().map(|unread| {
        let place = facts.place(unread.node);
        let location = place.location();
        let file = location.as_ref().map_or_else(|| facts.name().into(), |location| location.file.clone());
        // A pod without rights sees no variables, and what the command line and manifests set counts more.
        let level = if unread.is_environment() { DiagnosticLevel::Warning } else { DiagnosticLevel::Error };
        let diagnostic = Diagnostic::new(level, file, unread.says());
        let diagnostic = match location.and_then(|it| Some((it.line?, it.column.unwrap_or(1)))) {
            Some((line, column)) => diagnostic.at(line, column),
            None => diagnostic,
        };
        diagnostic.help(format!("{}; what hangs on it counts neither way", Unread::ANSWER))
    });
    told.collect()
}
