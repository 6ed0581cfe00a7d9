//! What went wrong with the input, told so that it can be mended.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Whether something was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum DiagnosticLevel {
    /// Worth knowing; everything was read.
    Note,
    /// Read, but surely not as meant.
    Warning,
    /// Some input could not be read. The exit status becomes 2.
    Error,
}

/// A message about input: place, cause and way out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diagnostic {
    /// Whether something was lost.
    pub level: DiagnosticLevel,
    /// File, folder, or other source; empty when there is none.
    pub file: Arc<str>,
    /// Line, from 1, where known.
    pub line: Option<u32>,
    /// Column, from 1, where known.
    pub column: Option<u32>,
    /// The cause, lower case, without a full stop.
    pub message: String,
    /// The way out, and what was read all the same.
    pub help: Option<String>,
    /// The line itself, with values masked, for the eye.
    pub excerpt: Option<String>,
    /// What `file` names is a cluster or the way to it: no file, and no place in one.
    #[serde(skip)]
    pub is_cluster: bool,
}

impl Diagnostic {
    /// A diagnostic about a whole source.
    pub fn new(level: DiagnosticLevel, file: impl Into<Arc<str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            level,
            file: file.into(),
            line: None,
            column: None,
            message: message.into(),
            help: None,
            excerpt: None,
            is_cluster: false,
        }
    }

    /// An error: input was lost.
    pub fn error(file: impl Into<Arc<str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(DiagnosticLevel::Error, file, message)
    }

    /// A warning: input was read, but surely not as meant.
    pub fn warning(file: impl Into<Arc<str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(DiagnosticLevel::Warning, file, message)
    }

    /// An error about a cluster, by its name, or about the way to one.
    pub fn of_cluster(name: impl Into<Arc<str>>, message: impl Into<String>) -> Diagnostic {
        Diagnostic { is_cluster: true, ..Diagnostic::error(name, message) }
    }

    /// Adds the line and column.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Diagnostic {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Adds the line as an excerpt.
    #[must_use]
    pub fn excerpt(mut self, excerpt: impl Into<String>) -> Diagnostic {
        self.excerpt = Some(excerpt.into());
        self
    }
}
