//! What cannot be right in what was read, told beside the answer.

use cloister_model::{Diagnostic, DiagnosticLevel};
use cloister_report::clean;

/// More than these nobody reads beside an answer.
const MOST: usize = 8;

/// A diagnostic on standard error, on one line.
pub fn tell(diagnostic: &Diagnostic) {
    let level = if diagnostic.level == DiagnosticLevel::Error { "error" } else { "warning" };
    let line = diagnostic.line.map(|line| format!(":{line}")).unwrap_or_default();
    let column = diagnostic.column.map(|column| format!(":{column}")).unwrap_or_default();
    let help = diagnostic.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    let said = format!("{}{line}{column}: {}{help}", diagnostic.file, diagnostic.message);
    eprintln!("{level}: {}", clean(&said));
}

/// The first of them, and how many more there are.
pub fn warn(diagnostics: &[Diagnostic]) {
    diagnostics.iter().take(MOST).for_each(tell);
    if diagnostics.len() > MOST {
        eprintln!("warning: {} more like these in roles and bindings", diagnostics.len() - MOST);
    }
}
