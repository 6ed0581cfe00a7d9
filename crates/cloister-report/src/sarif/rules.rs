//! Checks as rules, with the documentation that stands in their own files.

use std::collections::BTreeSet;

use cloister_assessment::Assessment;
use cloister_checks::Docs;
use cloister_model::Severity;

use super::model::{Configuration, Help, Rule, RuleProperties, Text};
use super::taxonomies;

/// Every check that ran, and whatever else has findings, by name.
pub(super) fn all(assessment: &Assessment) -> Vec<Rule> {
    let mut rules: Vec<Rule> =
        assessment.checks.iter().map(|check| rule(assessment, check.name, check.title, check.severity)).collect();
    let known: BTreeSet<&str> = assessment.checks.iter().map(|check| check.name).collect();
    let mut others = BTreeSet::new();
    for finding in assessment.findings.iter().map(|one| &one.finding) {
        if !known.contains(&*finding.check) && others.insert(&*finding.check) {
            rules.push(rule(assessment, &finding.check, &finding.check.replace('-', " "), finding.severity));
        }
    }
    rules.sort_by(|left, right| left.id.cmp(&right.id));
    rules
}

fn rule(assessment: &Assessment, name: &str, title: &str, severity: Severity) -> Rule {
    let docs = cloister_checks::by_name(name).map(cloister_checks::Entry::docs).unwrap_or_default();
    let relationships = taxonomies::relationships(assessment, name);
    let frameworks: BTreeSet<String> = relationships.iter().map(|one| one.target.tool_component.name.clone()).collect();
    Rule {
        id: name.to_owned(),
        name: pascal(name),
        short_description: Text::new(title),
        full_description: Text::new(if docs.what.is_empty() { title } else { &docs.what }),
        help: help(&docs, title),
        default_configuration: Configuration { level: level(severity) },
        properties: RuleProperties {
            tags: std::iter::once("security".to_owned()).chain(frameworks).collect(),
            security_severity: security_severity(severity),
        },
        relationships,
    }
}

fn help(docs: &Docs, title: &str) -> Help {
    let sections: Vec<(&str, &str)> = [
        ("What it does", docs.what.as_str()),
        ("Why it matters", &docs.why),
        ("What to do", &docs.remedy),
        ("References", &docs.references),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .collect();
    if sections.is_empty() {
        return Help { text: title.to_owned(), markdown: title.to_owned() };
    }
    let join = |mark: &str| {
        let parts: Vec<String> = sections.iter().map(|(head, text)| format!("{mark}{head}\n\n{text}")).collect();
        parts.join("\n\n")
    };
    Help { text: join(""), markdown: join("## ") }
}

/// `PrivilegedContainer`.
fn pascal(name: &str) -> String {
    let word = |word: &str| -> String {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
    };
    name.split('-').map(word).collect()
}

/// SARIF has three levels for five severities; `security-severity` keeps the difference.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}
