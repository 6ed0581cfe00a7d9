//! How bad, in other scanners' words and on our scale.

use cloister_model::Severity;

/// The place of a word; none for a word that says nothing of it, as `unknown`.
pub fn of_word(word: &str) -> Option<Severity> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" | "important" | "error" => Severity::High,
        "medium" | "moderate" | "warning" => Severity::Medium,
        "low" | "minor" | "note" => Severity::Low,
        "info" | "informational" | "negligible" | "none" => Severity::Info,
        _ => return None,
    })
}

/// The place of a score of CVSS, as its third version names it.
pub fn of_score(score: &str) -> Option<Severity> {
    let score: f64 = score.trim().parse().ok()?;
    Some(match score {
        9.0..=10.0 => Severity::Critical,
        7.0..9.0 => Severity::High,
        4.0..7.0 => Severity::Medium,
        0.1..4.0 => Severity::Low,
        0.0..0.1 => Severity::Info,
        _ => return None,
    })
}
