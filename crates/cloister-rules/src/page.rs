//! The page about the rules, made of them.

use std::fmt::Write as _;

use crate::condition::VARIABLES;
use crate::rules::{Rule, Rules};
use crate::tells::PLACES;

const BEGIN: &str = include_str!("page.md");

/// `docs/detections.md`.
pub fn page(rules: &Rules) -> String {
    let mut page = BEGIN.replace("VARIABLES\n", &variables()).replace("PLACES\n", &places());
    page += "\n## The rules\n\n| rule | severity | breach | articles | ATT&CK | needs |\n| --- | --- | --- | --- | --- | --- |\n";
    let mut sorted: Vec<&Rule> = rules.all().iter().collect();
    sorted.sort_by(|one, other| (other.severity, &one.name).cmp(&(one.severity, &other.name)));
    for rule in &sorted {
        // Writing to a string cannot fail.
        let _ = writeln!(
            page,
            "| [{}](#{}) | {} | {} | {} | {} | {} |",
            rule.name,
            rule.name,
            rule.severity.as_str(),
            if rule.suspects_breach { "suspected" } else { "" },
            rule.articles.join(", "),
            rule.attack.join(", "),
            needs(rule),
        );
    }
    for rule in &sorted {
        let _ = write!(page, "\n### {}\n\n**{}.** {}\n", rule.name, rule.title, rule.description);
    }
    page
}

fn needs(rule: &Rule) -> String {
    let narrows = &rule.narrows;
    let needs = [
        (narrows.personal.is_some(), "register"),
        (narrows.outside.is_some(), "networks"),
        (rule.needs_body(), "bodies"),
    ];
    needs.iter().filter(|(needs, _)| *needs).map(|(_, what)| *what).collect::<Vec<_>>().join(", ")
}

fn variables() -> String {
    let mut text = String::from("| variable | what it is |\n| --- | --- |\n");
    for (name, fields, what) in VARIABLES {
        let all: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        let fields = if all.is_empty() { String::new() } else { format!(": {}", all.join(", ")) };
        let _ = writeln!(text, "| `{name}` | {what}{fields} |");
    }
    text
}

fn places() -> String {
    let mut text = String::from("| in braces | what it stands for |\n| --- | --- |\n");
    for (name, what) in PLACES {
        let _ = writeln!(text, "| `{{{name}}}` | {what} |");
    }
    text
}
