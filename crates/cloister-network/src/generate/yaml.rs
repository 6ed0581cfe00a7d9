//! The parts of YAML that policies are made of.

use std::fmt::Write as _;

use super::plan::{Peer, Plan, Rule};
use super::select::Requirement;
use crate::endpoints::Endpoint;
use crate::needs::{Unseen, Why};
use crate::network::Network;

/// The label that the API server puts on every namespace.
const NAME: &str = "kubernetes.io/metadata.name";
/// More reasons than these nobody reads in a comment.
const REASONS: usize = 4;

/// A string as a YAML scalar: plain where nobody can take it for something else.
pub(super) fn scalar(text: &str) -> String {
    let starts = text.starts_with(|sign: char| sign.is_ascii_alphabetic());
    let fits = text.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '.' | '/' | '_'));
    let other = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    if starts && fits && !other.contains(&&*text.to_ascii_lowercase()) {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

/// Comments end with their line, whatever a name holds.
pub(super) fn comment(out: &mut String, indent: usize, words: &str) {
    let words = cloister_model::clean(words);
    let _ = writeln!(out, "{:indent$}# {words}", "");
}

/// A line at an indent.
pub(super) fn line(out: &mut String, indent: usize, words: &str) {
    let _ = writeln!(out, "{:indent$}{words}", "");
}

/// The fields of a selector; `{}` on the line of its key for everything.
pub(super) fn selector(out: &mut String, indent: usize, key: &str, asked: &[Requirement]) {
    if asked.is_empty() {
        return line(out, indent, &format!("{key}: {{}}"));
    }
    line(out, indent, &format!("{key}:"));
    let inner = indent + if key.starts_with("- ") { 4 } else { 2 };
    let (have, have_not): (Vec<_>, Vec<_>) = asked.iter().partition(|it| it.value.is_some());
    if !have.is_empty() {
        line(out, inner, "matchLabels:");
        for it in have {
            let value = it.value.as_deref().unwrap_or_default();
            line(out, inner + 2, &format!("{}: {}", scalar(&it.key), scalar(value)));
        }
    }
    if !have_not.is_empty() {
        line(out, inner, "matchExpressions:");
        for it in have_not {
            line(out, inner + 2, &format!("- {{key: {}, operator: DoesNotExist}}", scalar(&it.key)));
        }
    }
}

/// A namespace by its name.
pub(super) fn namespace(out: &mut String, indent: usize, key: &str, name: &str) {
    let asked = Requirement { key: NAME.to_owned(), value: Some(name.to_owned()) };
    selector(out, indent, key, &[asked]);
}

/// The labels that an unseen end has.
pub(super) fn of_unseen(unseen: &Unseen) -> Vec<Requirement> {
    let labels = unseen.labels.iter();
    labels.map(|(key, value)| Requirement { key: key.clone(), value: Some(value.clone()) }).collect()
}

/// The reasons of a rule.
pub(super) fn reasons(out: &mut String, indent: usize, rule: &Rule, plan: &Plan<'_>, network: &Network<'_>) {
    let mut told: Vec<String> = Vec::new();
    for (peer, whys) in &rule.peers {
        for why in whys {
            let words = format!("{}: {}", who(peer, plan, network), reason(why));
            if !told.contains(&words) {
                told.push(words);
            }
        }
    }
    told.iter().take(REASONS).for_each(|words| comment(out, indent, words));
    if told.len() > REASONS {
        comment(out, indent, &format!("and {} more reasons", told.len() - REASONS));
    }
}

fn reason(why: &Why) -> String {
    let Some(location) = &why.location else { return why.words.clone() };
    let line = location.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}, {}{line}", why.words, location.file)
}

fn who(peer: &Peer, plan: &Plan<'_>, network: &Network<'_>) -> String {
    match peer {
        Peer::Unit(number) => {
            let workloads = plan.unit(*number).map(|unit| unit.workloads.as_slice()).unwrap_or_default();
            let names = workloads.iter().filter_map(|it| network.endpoint(*it)).map(Endpoint::name);
            names.collect::<Vec<_>>().join(", ")
        }
        Peer::Unseen(unseen) => format!("namespace {}", unseen.namespace),
        Peer::Outside(block) if block.except.len() > 2 => "the internet".to_owned(),
        Peer::Outside(block) => block.cidr.clone(),
    }
}
