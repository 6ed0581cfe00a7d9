//! What a recording showed, for people.

use std::collections::BTreeMap;

use cloister_dlp::Passed;
use cloister_dlp::document::{End, Finding};
use cloister_dpi::Inspector;
use cloister_model::Severity;
use cloister_report::clean;

use super::Played;
use crate::columns::described;
use crate::terminal::Terminal;

/// Where texts begin.
const COLUMN: usize = 12;

/// All of it.
pub fn text(
    played: &[Played],
    inspector: &Inspector,
    findings: &[Finding],
    passed: &[Passed],
    terminal: &Terminal,
) -> String {
    let told = Told { width: terminal.width(), colour: terminal.colour() };
    let mut text = played.iter().map(|one| told.recording(one)).collect::<String>();
    text += &told.seen(inspector);
    text.push('\n');
    text += &findings.iter().map(|finding| told.finding(finding)).collect::<String>();
    text += &told.passed(passed);
    text + &summary(findings)
}

struct Told {
    width: usize,
    colour: bool,
}

impl Told {
    fn row(&self, lead: &str, text: &str) -> String {
        described(&format!("  {lead}"), COLUMN, text, Some(self.width))
    }

    fn painted(&self, severity: Severity, text: &str) -> String {
        let code = match severity {
            _ if !self.colour => return text.to_owned(),
            Severity::Critical => "1;31",
            Severity::High => "31",
            _ => "33",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    fn recording(&self, played: &Played) -> String {
        let Played { name, replayed } = played;
        let seconds = replayed.last.saturating_sub(replayed.first) / 1_000_000;
        format!(" {} · {} packets in {seconds} s\n", clean(name), replayed.packets)
    }

    fn seen(&self, inspector: &Inspector) -> String {
        let statistics = inspector.statistics();
        let messages: Vec<String> =
            statistics.messages_by_name().map(|(protocol, count)| format!("{protocol} {count}")).collect();
        let policies: Vec<&str> = inspector.knowledge().policies.iter().map(|policy| &*policy.name).collect();
        let mut text = self.row("flows", &format!("{}, {} bytes", statistics.flows, statistics.bytes));
        text += &self.row("messages", &if messages.is_empty() { "none".to_owned() } else { messages.join(", ") });
        text += &self.row("policies", &clean(&policies.join(", ")));
        if statistics.lost > 0 {
            text += &self.row("lost", &format!("{} bytes were not in the recording", statistics.lost));
        }
        for (why, count) in &statistics.unsearched {
            text += &self.row("opaque", &format!("{} of {}", plural(*count, "body"), why.as_str()));
        }
        if statistics.specimens > 0 {
            let what = "values made for tests and documentation were left out";
            text += &self.row("specimens", &format!("{} {what}", statistics.specimens));
        }
        text
    }

    /// What policies let through, and why.
    fn passed(&self, passed: &[Passed]) -> String {
        let mut text = String::new();
        for of_policy in passed.chunk_by(|one, other| one.policy == other.policy) {
            let name = of_policy.first().map_or("", |one| &one.policy);
            text += &format!(" let through by {}\n", clean(name));
            for one in of_policy {
                let category = one.category.replace('-', " ");
                let what = format!("{category}, {}: {}", plural(one.values, "value"), one.why);
                text += &self.row("", &clean(&what));
            }
            text.push('\n');
        }
        text
    }

    fn finding(&self, finding: &Finding) -> String {
        let articles: Vec<&str> = finding.requirements.iter().map(|it| it.id).collect();
        let head = format!("{} · {} · GDPR {}", finding.severity.as_str(), finding.finding, articles.join(" "));
        let mut text = format!(" {}\n", self.painted(finding.severity, &head));
        text += &self.row("what", &what(finding));
        text += &self.row("from", &end(&finding.sender));
        text += &self.row("to", &end(&finding.recipient));
        text += &self.row("how", &how(finding));
        text += &self.row("where", &places(finding));
        text += &self.row("then", &then(finding));
        text += &self.row("why", &clean(&finding.why));
        text + &self.row("better", finding.help) + "\n"
    }
}

fn what(finding: &Finding) -> String {
    if finding.finding == "unsearched-content" {
        return plural(finding.values, "body");
    }
    let category = match finding.rule {
        Some(rule) => format!("{} ({})", rule, finding.category.replace('-', " ")),
        None => finding.category.replace('-', " "),
    };
    let special = if finding.special { ", a special category" } else { "" };
    let different = match (finding.distinct_exact, finding.distinct == finding.values) {
        (true, true) => String::new(),
        (true, false) => format!(", {} different", finding.distinct),
        (false, _) => format!(", about {} different", finding.distinct),
    };
    let counted = match finding.finding {
        "bulk-read" => format!("{}{}", plural(finding.values, "record"), bulk(finding)),
        _ if finding.rule.is_some() => plural(finding.values, "record"),
        _ => format!("{}{different}", plural(finding.values, "value")),
    };
    format!("{category}{special}: {counted}, in {}", plural(finding.messages, "message"))
}

fn bulk(finding: &Finding) -> String {
    finding.bulk.as_ref().map_or_else(String::new, |bulk| format!(", {}", bulk.said()))
}

fn end(end: &End) -> String {
    let list = |what: &str, names: &[std::sync::Arc<str>]| match names.is_empty() {
        true => String::new(),
        false => format!(", {what} {}", names.iter().map(|name| &**name).collect::<Vec<_>>().join(", ")),
    };
    clean(&format!("{}{}{}", end.name, list("store", &end.stores), list("for", &end.activities))).into_owned()
}

fn how(finding: &Finding) -> String {
    let clear = if finding.encrypted { "encrypted" } else { "in the clear" };
    format!("{} on port {}, {clear}", finding.protocol, finding.port)
}

fn places(finding: &Finding) -> String {
    let named = |name: &str| if name.is_empty() { String::new() } else { format!(" {name}") };
    let mut places: Vec<String> = finding
        .places
        .iter()
        .map(|place| format!("{}{} ({})", place.within, named(&place.name), place.count))
        .collect();
    if finding.more_places > 0 {
        places.push(format!("{} elsewhere", finding.more_places));
    }
    let of = if finding.targets.is_empty() { String::new() } else { format!(" of {}", finding.targets.join(", ")) };
    clean(&format!("{}{of}", places.join(", "))).into_owned()
}

/// Only what stands in the way of a message can stop it.
fn then(finding: &Finding) -> String {
    let done = match finding.action {
        "record" => "recorded",
        "alert" => "recorded, and an alert",
        "redact" => "an alert; inline, redacted",
        _ => "an alert; inline, blocked",
    };
    format!("{done}, by policy {}", clean(&finding.policy))
}

fn summary(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return " Nothing that a policy minds.\n".to_owned();
    }
    let mut by: BTreeMap<std::cmp::Reverse<Severity>, usize> = BTreeMap::new();
    findings.iter().for_each(|it| *by.entry(std::cmp::Reverse(it.severity)).or_default() += 1);
    let counts: Vec<String> = by.iter().map(|(severity, count)| format!("{count} {}", severity.0.as_str())).collect();
    format!(" {}: {}\n", plural(findings.len() as u64, "finding"), counts.join(", "))
}

fn plural(count: u64, word: &str) -> String {
    match (count, word.strip_suffix('y')) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ => format!("{count} {word}s"),
    }
}
