//! `cloister rbac diff`: who has gained and lost which rights.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use cloister_rbac::{Change, Class, Object, Policy, Right, only_in};
use serde_json::{Value, json};

use super::args::Diff;
use super::proof::{grant_json, grant_line, place};
use crate::input::Sources;
use crate::input::read;
use crate::output::print;
use crate::table::Format;
use crate::table::{Table, indented};
use crate::terminal::Terminal;
use crate::warn;
use crate::way_out::failure;

/// Compares what two snapshots give.
pub fn run(diff: &Diff, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let (before, after) = sides(diff)?;
    let ((before, lost_before), (after, lost_after)) = (read(before, terminal)?, read(after, terminal)?);
    let (before, after) = (Policy::new(&before), Policy::new(&after));
    warn::warn(before.diagnostics());
    warn::warn(after.diagnostics());
    let (mut gained, mut lost) = (only_in(&after, &before), only_in(&before, &after));
    let all = gained.len() + lost.len();
    if !diff.built_in {
        gained.retain(|change| change.subject.class() != Class::BuiltIn);
        lost.retain(|change| change.subject.class() != Class::BuiltIn);
    }
    let hidden = all - gained.len() - lost.len();
    print(&show(diff.output, [&gained, &lost], hidden, terminal.width()))?;
    let uncertain = lost_before || lost_after || before.is_incomplete() || after.is_incomplete();
    Ok(ExitCode::from(if uncertain { 2 } else { u8::from(all > 0) }))
}

fn sides(diff: &Diff) -> anyhow::Result<(Sources, Sources)> {
    let files = |path: &Path| Sources { paths: vec![path.to_owned()], ..Sources::default() };
    match (diff.sides.as_slice(), diff.newer.is_named()) {
        ([before, after], false) => Ok((files(before), files(after))),
        ([before], true) => Ok((files(before), diff.newer.sources(&[]))),
        (_, true) => Err(failure("three sides cannot be compared", "name one path beside --cluster")),
        _ => Err(failure("there is only one side", "name another path, or --cluster")),
    }
}

fn show(format: Format, [gained, lost]: [&[Change<'_, '_>]; 2], hidden: usize, width: usize) -> String {
    match format {
        Format::Json => {
            let same = gained.is_empty() && lost.is_empty() && hidden == 0;
            let list = |changes: &[Change<'_, '_>]| changes.iter().map(change_json).collect::<Vec<_>>();
            format!("{:#}\n", json!({ "same": same, "gained": list(gained), "lost": list(lost), "builtIn": hidden }))
        }
        Format::Text => text(gained, lost, hidden, width),
        format => table(gained, lost).show(format, width),
    }
}

/// Changes that are told in one sentence: of one subject, about one thing, by one proof.
type Key<'k> = (Class, &'static str, String, &'k str, String, String);

fn grouped<'c>(changes: &'c [Change<'c, 'c>]) -> BTreeMap<Key<'c>, Vec<&'c Change<'c, 'c>>> {
    let mut groups: BTreeMap<Key<'c>, Vec<&Change<'_, '_>>> = BTreeMap::new();
    for change in changes {
        let subject = change.subject;
        let key = (
            subject.class(),
            subject.kind.as_str(),
            subject.full_name(),
            change.right.namespace,
            object(&change.right),
            grant_line(&change.grant),
        );
        groups.entry(key).or_default().push(change);
    }
    groups
}

fn text(gained: &[Change<'_, '_>], lost: &[Change<'_, '_>], hidden: usize, width: usize) -> String {
    let mut text = String::new();
    for (head, still, changes) in [("Gained", "had before", gained), ("Lost", "keeps", lost)] {
        if changes.is_empty() {
            continue;
        }
        text += &format!("{head}\n");
        let mut last = String::new();
        for ((kind, name, namespace, proof), said) in told(changes, still) {
            let who = format!("{kind} {name}");
            if last != who {
                text += &indented(&who, 1, 2, width);
                last = who;
            }
            let place = if namespace.is_empty() { "everywhere".to_owned() } else { format!("in {namespace}") };
            for ((verbs, stays), objects) in said {
                text += &indented(&format!("{place}: {verbs} on {}{stays}", objects.join(", ")), 3, 2, width);
            }
            text += &indented(&format!("by {proof}"), 5, 2, width);
        }
    }
    if text.is_empty() && hidden == 0 {
        text.push_str("The same rights: nobody has gained or lost any.\n");
    }
    if hidden > 0 {
        text += &format!("{hidden} rights of Kubernetes' own identities differ: --built-in shows them\n");
    }
    text
}

/// What one proof gives: the objects of each list of verbs.
type Said = BTreeMap<(String, String), Vec<String>>;

/// Kind and name of a subject, namespace and proof.
type By<'k> = (&'static str, String, &'k str, String);

/// Sentences about one subject at one place by one proof, in order.
fn told<'c>(changes: &'c [Change<'c, 'c>], still: &str) -> Vec<(By<'c>, Said)> {
    let mut told: Vec<(By<'_>, Said)> = Vec::new();
    for ((_, kind, name, namespace, object, proof), changes) in grouped(changes) {
        let key = (kind, name, namespace, proof);
        let said = (verbs(&changes), stays(still, &changes));
        match told.iter_mut().rev().find(|(other, _)| *other == key) {
            Some((_, all)) => all.entry(said).or_default().push(object),
            None => told.push((key, Said::from([(said, vec![object])]))),
        }
    }
    told
}

fn verbs(changes: &[&Change<'_, '_>]) -> String {
    let word = |change: &&Change<'_, '_>| match (change.right.verb, change.others) {
        ("*", true) => "other verbs".to_owned(),
        ("*", false) => "every verb".to_owned(),
        (verb, _) => verb.to_owned(),
    };
    changes.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// On what: `secrets`, `deployments.apps`, `secrets "db"`, `/metrics`.
fn object(right: &Right<'_>) -> String {
    match right.object {
        Object::Url(url) => url.to_owned(),
        Object::Resource(group, resource, name) => {
            let what = match (group, resource) {
                ("*", "*") => "every resource".to_owned(),
                (group, "*") => format!("every resource of {}", if group.is_empty() { "the core" } else { group }),
                ("", resource) => resource.to_owned(),
                ("*", resource) => format!("{resource} of every group"),
                (group, resource) => format!("{resource}.{group}"),
            };
            what + &name.map(|name| format!(" \"{name}\"")).unwrap_or_default()
        }
    }
}

/// As many as are easily read.
const MOST: usize = 6;

fn stays(still: &str, changes: &[&Change<'_, '_>]) -> String {
    let mut narrower: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for right in changes.iter().filter(|change| !change.others).flat_map(|change| &change.stays) {
        let verbs = narrower.entry((right.namespace, object(right))).or_default();
        if !verbs.contains(&right.verb) {
            verbs.push(right.verb);
        }
    }
    let said = narrower.iter().take(MOST).map(|((namespace, object), verbs)| {
        let place = if namespace.is_empty() { String::new() } else { format!(" in {namespace}") };
        format!("{} on {object}{place}", verbs.join(", "))
    });
    let said = said.collect::<Vec<_>>().join("; ");
    let more = narrower.len().saturating_sub(MOST);
    match (narrower.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(" ({still}: {said})"),
        (false, more) => format!(" ({still}: {said}; and {more} more)"),
    }
}

fn right_json(right: &Right<'_>) -> Value {
    let namespace = Some(right.namespace).filter(|namespace| !namespace.is_empty());
    match right.object {
        Object::Url(url) => json!({ "verb": right.verb, "url": url }),
        Object::Resource(group, resource, name) => json!({
            "namespace": namespace, "verb": right.verb, "group": group, "resource": resource, "name": name,
        }),
    }
}

fn change_json(change: &Change<'_, '_>) -> Value {
    json!({
        "subject": {
            "class": change.subject.class().as_str(),
            "kind": change.subject.kind.as_str(),
            "name": change.subject.full_name(),
        },
        "right": right_json(&change.right),
        "exceptOrdinaryVerbs": change.others,
        "other": change.stays.iter().map(right_json).collect::<Vec<_>>(),
        "proof": grant_json(&change.grant),
    })
}

fn table(gained: &[Change<'_, '_>], lost: &[Change<'_, '_>]) -> Table {
    let mut table = Table::new(&[
        "change",
        "class",
        "kind",
        "name",
        "where",
        "verbs",
        "on",
        "binding",
        "role",
        "binding at",
        "rule at",
    ]);
    for (word, changes) in [("gained", gained), ("lost", lost)] {
        for ((class, kind, name, namespace, object, _), changes) in grouped(changes) {
            let Some(grant) = changes.first().map(|change| change.grant) else { continue };
            let place_name = if namespace.is_empty() { "everywhere" } else { namespace };
            let words = [word, class.as_str(), kind, &name, place_name, &verbs(&changes), &object].map(str::to_owned);
            let proof = [
                grant.binding.resource.name.to_string(),
                format!("{} {}", grant.role.resource.kind, grant.role.name),
                place(grant.subject_place()),
                place(grant.rule.place()),
            ];
            table.row(words.into_iter().chain(proof));
        }
    }
    table
}
