//! Detections for people.

use std::collections::BTreeMap;

use cloister_model::Severity;
use cloister_model::numbers::thousands;
use cloister_rules::{Detection, Report};
use jiff::Timestamp;

use crate::table::indented;
use crate::words::count;

/// What was found, the worst first; then what could not be looked for.
pub fn text(report: &Report, width: usize, colour: bool) -> String {
    let mut text = indented(&head(report), 1, 2, width);
    text += &indented(&counted(report), 1, 2, width);
    for told in &report.detections {
        text += &detection(&told.detection, width, colour);
    }
    if report.dropped > 0 {
        text += &indented(&format!("{} more detections are not shown", report.dropped), 1, 2, width);
    }
    text + &gaps(report, width)
}

fn head(report: &Report) -> String {
    let mut parts = vec![
        count(report.logs, "log", "logs"),
        count(report.gaps.judged, "request", "requests"),
        count(report.rules, "rule", "rules"),
    ];
    if let (Some(from), Some(until)) = (report.from, report.until) {
        parts.push(format!("{} to {}", moment(from), moment(until)));
    }
    parts.join(" · ")
}

/// To the second, in UTC.
fn moment(time: Timestamp) -> String {
    let text = time.to_string();
    let second = text.get(..19).unwrap_or(&text);
    format!("{}Z", second.replace('T', " "))
}

fn counted(report: &Report) -> String {
    let of = |severity: Severity| report.detections.iter().filter(|told| told.detection.severity == severity).count();
    let parts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .filter(|severity| of(*severity) > 0)
        .map(|severity| format!("{} {}", of(severity), severity.as_str()))
        .collect();
    let suspected = report.detections.iter().filter(|told| told.detection.suspects_breach).count();
    match (parts.is_empty(), suspected) {
        (true, _) => "nothing found".to_owned(),
        (false, 0) => parts.join(", "),
        (false, 1) => format!("{} · 1 reason to suspect a breach (Art. 33)", parts.join(", ")),
        (false, _) => format!("{} · {suspected} reasons to suspect a breach (Art. 33)", parts.join(", ")),
    }
}

fn detection(found: &Detection, width: usize, colour: bool) -> String {
    let title = if found.suspects_breach { format!("{} (breach?)", found.title) } else { found.title.clone() };
    let mut text = format!("\n {}\n", painted(found.severity, &title, width, colour));
    text += &indented(&found.why, 10, 0, width);
    if let Some(says) = &found.personal_data {
        text += &indented(&format!("personal data: {says}"), 10, 2, width);
    }
    text += &indented(&when(found), 10, 2, width);
    let told = [found.articles.join(", "), found.attack.join(", "), found.rule.clone()];
    text + &indented(&told.join(" · "), 10, 2, width)
}

fn painted(severity: Severity, title: &str, width: usize, colour: bool) -> String {
    let (word, lines) = (severity.as_str(), indented(title, 10, 0, width));
    let title = lines.get(10..).unwrap_or_default().trim_end();
    let paint = match severity {
        _ if !colour => return format!("{word:<9}{title}"),
        Severity::Critical => "\x1b[1;31m",
        Severity::High => "\x1b[31m",
        Severity::Medium => "\x1b[33m",
        _ => "\x1b[2m",
    };
    format!("{paint}{word:<9}\x1b[0m{title}")
}

fn when(found: &Detection) -> String {
    let mut text = found.at.map_or_else(|| "at a time that is not told".to_owned(), moment);
    if let (true, Some(last)) = (found.count > 1, found.last) {
        text += &format!(" to {}, {} requests", moment(last), thousands(found.count));
    }
    let names: Vec<&str> = found.what.also.iter().map(String::as_str).collect();
    if !names.is_empty() {
        text += &format!("; also {}", names.join(", "));
    }
    text
}

fn gaps(report: &Report, width: usize) -> String {
    let mut lines = Vec::new();
    let mut lacking: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &report.not_judged {
        *lacking.entry(rule.lacks).or_default() += 1;
    }
    for (lacks, number) in lacking {
        let way = if lacks.starts_with("which") { "--from, --cluster or --personal" } else { "--inside or --cluster" };
        let rules = if number == 1 { "1 rule needs".to_owned() } else { format!("{number} rules need") };
        lines.push(format!("{rules} to know {lacks}: {way}"));
    }
    let gaps = &report.gaps;
    for (rule, number) in &gaps.without_body {
        let requests = if *number == 1 { "request" } else { "requests" };
        lines.push(format!("{rule}: {} {requests} without the body that it looks into", thousands(*number)));
    }
    for (rule, number) in &gaps.too_large {
        lines.push(format!("{rule}: {} requests whose body is larger than rules may look into", thousands(*number)));
    }
    for (rule, why) in &gaps.failed {
        lines.push(format!("{rule}: its condition failed: {why}"));
    }
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|line| indented(line, 3, 2, width)).collect();
    let help = if gaps.without_body.is_empty() {
        String::new()
    } else {
        let help = "the audit policy decides which bodies are written: docs/detections.md says which are needed";
        indented(help, 3, 2, width)
    };
    format!("\n Not judged\n{lines}{help}")
}
