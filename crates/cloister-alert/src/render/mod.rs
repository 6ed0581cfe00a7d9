//! Messages as receivers read them. What an alert says may hold names that somebody chose to deceive: each form puts them
//! where nothing in them means anything, or writes them so.

pub mod alertmanager;
pub mod cloud_event;
pub mod fluentd;
pub mod mail;
pub mod slack;
pub mod teams;

use cloister_model::{Severity, clean};
use jiff::Timestamp;

use crate::state::{Message, Said};

/// Characters of a headline.
const HEADLINE: usize = 140;
/// Characters of a fact.
const FACT: usize = 300;
/// Characters of a summary.
const SUMMARY: usize = 600;
/// Alerts that are told one by one; the rest is counted.
const SHOWN: usize = 10;

/// One line of text: nothing in it moves a cursor, turns the direction of writing or is invisible.
pub fn line(text: &str, most: usize) -> String {
    let cleaned = clean(text.trim());
    if cleaned.chars().count() <= most {
        return cleaned.into_owned();
    }
    cleaned.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// What a message is about, in a line.
pub fn headline(message: &Message) -> String {
    let over = message.firing.is_empty();
    let said = if over { &message.resolved } else { &message.firing };
    let what = match said.as_slice() {
        [one] => line(&one.alert.title, HEADLINE),
        many => format!("{} alerts", many.len()),
    };
    let place = ["namespace", "source"].map(|label| message.labels.get(label).map_or("", String::as_str));
    let place = match place {
        ["", ""] => String::new(),
        [one, ""] | ["", one] => format!(" · {}", line(one, 60)),
        [namespace, source] => format!(" · {} ({})", line(namespace, 60), line(source, 60)),
    };
    let word = if over { "Over".to_owned() } else { severity(message.severity()).to_owned() };
    let again = if message.repeated { ", still" } else { "" };
    line(&format!("{word}{again}: {what}{place}"), HEADLINE)
}

/// The word with a capital letter.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// A mark that is seen from afar. What it means stands beside it in a word.
fn mark(said: &Said) -> &'static str {
    match said.alert.severity {
        _ if said.resolved_at.is_some() => "🟢",
        Severity::Critical => "🔴",
        Severity::High => "🟠",
        Severity::Medium => "🟡",
        Severity::Low => "🔵",
        Severity::Info => "⚪",
    }
}

/// How it stands with an alert, and its title.
fn title(said: &Said) -> String {
    let word = if said.resolved_at.is_some() { "Over" } else { severity(said.alert.severity) };
    format!("{word}: {}", line(&said.alert.title, HEADLINE))
}

/// Who, what, where, when, and by which articles, as far as it is known.
fn facts(said: &Said) -> Vec<(&'static str, String)> {
    let alert = &said.alert;
    let mut facts = Vec::new();
    let mut fact = |name, text: &str| {
        if !text.is_empty() {
            facts.push((name, line(text, FACT)));
        }
    };
    fact("Who", alert.who.as_deref().unwrap_or_default());
    fact("What", alert.what.as_deref().unwrap_or_default());
    let place = [alert.namespace.as_deref().unwrap_or_default(), &alert.source];
    fact("Where", &place.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" in "));
    fact("When", &when(said));
    fact("Data", &alert.categories.join(", "));
    let articles: Vec<String> = alert.articles.iter().map(|it| line(it, 20)).collect();
    fact("Articles", &articles.join(", "));
    if let Some(seen) = &said.acknowledged {
        fact("Seen", &format!("by {} at {}", seen.by, time(seen.at)));
    }
    facts
}

fn when(said: &Said) -> String {
    let since = time(said.alert.starts_at);
    let times = if said.occurrence > 1 { format!(", the {} time", nth(said.occurrence)) } else { String::new() };
    match said.resolved_at {
        Some(end) => format!("{since} to {}{times}", time(end)),
        None => format!("{since}{times}"),
    }
}

fn nth(number: u32) -> String {
    let end = match (number % 10, number % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

/// To the second, in UTC.
fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A link that a browser opens, and nothing else.
fn link(said: &Said) -> Option<&str> {
    let link = said.alert.link.as_deref()?;
    let is_web = link.starts_with("https://") || link.starts_with("http://");
    let plain = |it: char| it.is_ascii_graphic() && !matches!(it, '"' | '<' | '>' | '|' | '\\' | '`' | '{' | '}' | '^');
    (is_web && link.len() <= 2_000 && link.chars().all(plain)).then_some(link)
}

/// `… and 3 more`, where some are not shown.
fn more(message: &Message, shown: usize) -> Option<String> {
    let rest = message.all().count().saturating_sub(shown);
    (rest > 0).then(|| format!("… and {rest} more"))
}
