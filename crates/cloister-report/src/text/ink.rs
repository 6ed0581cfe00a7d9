//! The few styles there are. The terminal's own sixteen colours, so that its theme decides.

use anstyle::{AnsiColor, Style};
use cloister_model::{DiagnosticLevel, Severity};

pub(super) const PLAIN: Style = Style::new();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const PLACE: Style = AnsiColor::Cyan.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const OPEN_QUESTION: Style = AnsiColor::Yellow.on_default();
pub(super) const STATED: Style = AnsiColor::Blue.on_default();
pub(super) const WRITE: Style = AnsiColor::Green.on_default();

pub(super) fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical => BAD,
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low | Severity::Info => FAINT,
    }
}

pub(super) fn level(level: DiagnosticLevel) -> Style {
    match level {
        DiagnosticLevel::Error => BAD,
        DiagnosticLevel::Warning => AnsiColor::Yellow.on_default().bold(),
        DiagnosticLevel::Note => STRONG,
    }
}
