//! `cloister breach assess`.

use std::process::ExitCode;

use cloister_breach::decision::{Answer as Decided, Reason};
use cloister_breach::severity::assess;
use cloister_breach::{Breach, Decisions, Severity, decide};
use serde_json::json;

use super::args::{Answer, Assess};
use super::document::read;
use crate::output::print;
use crate::table::{Format, Table, indented};
use crate::terminal::Terminal;

/// Assesses.
pub fn run(asked: &Assess, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let breach = read(&asked.file)?.breach;
    let (severity, decisions) = (assess(&breach.spec), decide(&breach.spec));
    print(&match asked.output {
        Answer::Json => {
            let document = json!({ "number": breach.metadata.name, "severity": severity, "decisions": decisions });
            cloister_report::json::value(&document)
        }
        Answer::Text => text(&breach, &severity, &decisions, terminal.width()),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn text(breach: &Breach, severity: &Severity, decisions: &Decisions, width: usize) -> String {
    let mut text = indented(&format!("{} · {}", breach.metadata.name, breach.spec.title), 1, 0, width);
    text += &format!("\n Severity: {} ({}), by ENISA's method\n", severity.level.phrase(), severity.score);
    let mut table = Table::new(&["  FACTOR", "POINTS", "WHY"]);
    for scored in &severity.factors {
        let mark = if scored.overridden { "*" } else { "" };
        table.row([format!("  {}", scored.factor.as_str()), format!("{}{mark}", scored.points), scored.why.join(" ")]);
    }
    text += &table.show(Format::Text, width);
    if severity.factors.iter().any(|scored| scored.overridden) {
        text += "  * set by a person\n";
    }
    severity.why.iter().for_each(|why| text += &indented(why, 2, 0, width));
    text += &format!("\n Risk to people: {}\n", decisions.risk.meaning());
    decisions.reasoning.iter().for_each(|reason| text += &sentence(reason, width));
    text += "\n Whom to tell\n";
    let whom = [
        ("authority", &decisions.notify),
        ("data subjects", &decisions.communicate),
        ("own record", &decisions.record),
    ];
    whom.into_iter().for_each(|(whom, answer)| text += &told(whom, answer, width));
    if !decisions.open.is_empty() {
        text += "\n Not known yet, and could change this\n";
    }
    for (field, question) in &decisions.open {
        text += &indented(&format!("? {question} {field}"), 2, 2, width);
    }
    text
}

fn told(whom: &str, answer: &Decided, width: usize) -> String {
    let yes = if answer.yes { "yes" } else { "no" };
    let why: Vec<String> = answer.why.iter().map(sourced).collect();
    indented(&format!("{whom}: {yes}. {}", why.join(" ")), 2, 2, width)
}

fn sentence(reason: &Reason, width: usize) -> String {
    indented(&format!("- {}", sourced(reason)), 2, 2, width)
}

fn sourced(reason: &Reason) -> String {
    format!("{} [{}]", reason.text, reason.sources.join("; "))
}
