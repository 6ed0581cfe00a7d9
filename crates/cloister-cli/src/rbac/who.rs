//! `cloister rbac who-can` and `what-can`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Context;
use cloister_model::Place;
use cloister_rbac::{Binding, Grant, Holding, Rule, SubjectKind};
use serde_json::{Value, json};

pub use cloister_questions::subject::identity;

use super::args::{WhatCan, WhoCan};
use super::proof::{grant_json, grant_line, place, rule_text};
use super::{Asked, unknown};
use crate::output::print;
use crate::question;
use crate::table::Format;
use crate::table::{Table, indented};

/// Who may do it: each subject once, with the first grant that counts.
pub fn who_can(question: &WhoCan, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let verb = &question.verb;
    let resource = question.resource.as_deref().context("name a resource, such as secrets, or a path")?;
    let understood = question::understand(verb, resource, question.name.as_deref(), &question.what, &asked.catalogue);
    understood.notes.iter().for_each(|note| eprintln!("note: {note}"));
    let grants = asked.policy.who_can(&understood.action);
    let mut subjects: BTreeMap<(SubjectKind, String), Vec<&Grant<'_, '_>>> = BTreeMap::new();
    for grant in &grants {
        subjects.entry((grant.subject.kind, grant.subject.full_name())).or_default().push(grant);
    }
    let text = if question.from.output == Format::Json {
        let one = |((kind, name), grants): (&(SubjectKind, String), &Vec<&Grant<'_, '_>>)| -> Value {
            let grants: Vec<Value> = grants.iter().map(|grant| grant_json(grant)).collect();
            json!({ "kind": kind.as_str(), "name": name, "grants": grants })
        };
        format!(
            "{:#}\n",
            json!({ "action": question::say(&understood.action), "subjects": subjects.iter().map(one).collect::<Vec<_>>() })
        )
    } else if question.from.output == Format::Text {
        who_text(&subjects, asked, question.explain)
    } else {
        let mut table = Table::new(&["kind", "name", "where", "binding", "role", "at"]);
        for ((kind, name), grants) in &subjects {
            for grant in first_of_each_binding(grants) {
                table.row([
                    kind.as_str().to_owned(),
                    name.clone(),
                    scope(grant.binding),
                    grant.binding.resource.name.to_string(),
                    format!("{} {}", grant.role.resource.kind, grant.role.name),
                    place(grant.subject_place()),
                ]);
            }
        }
        table.show(question.from.output, asked.width)
    };
    asked.note_other_authorizers();
    print(&text)?;
    Ok(asked.exit(0))
}

type Subjects<'g, 'p, 'a> = BTreeMap<(SubjectKind, String), Vec<&'g Grant<'p, 'a>>>;

/// Each subject with its bindings below; what Kubernetes gives its own comes last.
fn who_text(subjects: &Subjects<'_, '_, '_>, asked: &Asked<'_>, explain: bool) -> String {
    let is_own = |grants: &[&Grant<'_, '_>]| {
        grants.iter().all(|grant| grant.binding.resource.label("kubernetes.io/bootstrapping").is_some())
    };
    let (own, others): (Vec<_>, Vec<_>) = subjects.iter().partition(|(_, grants)| is_own(grants));
    let mut text: String = others.iter().map(|(who, grants)| one_text(who, grants, asked, explain)).collect();
    if others.is_empty() {
        text.push_str("Nobody but Kubernetes' own.\n");
    }
    if !own.is_empty() {
        text.push_str("\nKubernetes' own\n");
        text.extend(own.iter().map(|(who, grants)| one_text(who, grants, asked, explain)));
    }
    text
}

fn one_text(
    (kind, name): &(SubjectKind, String),
    grants: &[&Grant<'_, '_>],
    asked: &Asked<'_>,
    explain: bool,
) -> String {
    let mut text = indented(&format!("{} {name}", kind.as_str()), 0, 2, asked.width);
    let shown = if explain { grants.to_vec() } else { first_of_each_binding(grants) };
    for grant in shown {
        text += &indented(&format!("{} by {}", place_name(grant.binding), grant_line(grant)), 2, 2, asked.width);
        if explain {
            text += &indented(&rule_text(grant.rule), 6, 2, asked.width);
        }
    }
    text
}

/// The rules of a holding that count; paths of the server belong to no namespace, so that there such a rule is void.
fn rules<'p>(holding: &Holding<'p, 'p>, asked: &Asked<'p>) -> impl Iterator<Item = &'p Rule<'p>> {
    let everywhere = holding.binding.namespace.is_empty();
    asked.policy.rules_of(holding.role).filter(move |rule| everywhere || !rule.resources.is_empty())
}

/// Each binding with what it gives below.
fn what_text<'p>(holdings: &[Holding<'p, 'p>], asked: &Asked<'p>, explain: bool) -> String {
    let mut text = String::new();
    let written = |at: Place<'_>| Some(place(at)).filter(|at| explain && !at.is_empty());
    for holding in holdings {
        let (binding, role) = (holding.binding.resource, holding.role);
        let at = written(Place::of(binding, holding.subject.node)).map(|at| format!(" ({at})")).unwrap_or_default();
        let by = format!("{} {}{at} → {} {}", binding.kind, binding.name, role.resource.kind, role.name);
        text += &indented(&format!("{} by {by}", place_name(holding.binding)), 0, 2, asked.width);
        for rule in rules(holding, asked) {
            let at = written(rule.place()).map(|at| format!(" ({at})")).unwrap_or_default();
            text += &indented(&format!("{}{at}", rule_text(rule)), 2, 2, asked.width);
        }
    }
    if text.is_empty() { "Nothing at all.\n".to_owned() } else { text }
}

fn place_name(binding: &Binding<'_>) -> String {
    if binding.namespace.is_empty() { "everywhere".to_owned() } else { format!("in {}", binding.namespace) }
}

fn first_of_each_binding<'g>(grants: &[&'g Grant<'g, 'g>]) -> Vec<&'g Grant<'g, 'g>> {
    let mut first: Vec<&Grant<'_, '_>> = Vec::new();
    for grant in grants {
        if !first.iter().any(|other| std::ptr::eq(other.binding, grant.binding)) {
            first.push(grant);
        }
    }
    first
}

/// What somebody may do: each rule of each binding.
pub fn what_can(question: &WhatCan, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let identity = identity(&question.subject, &question.groups);
    unknown::note(&identity, asked.policy);
    let holdings = asked.policy.what_can(&identity);
    let text = if question.from.output == Format::Json {
        let one = |holding: &Holding<'_, '_>| {
            let rules: Vec<Value> = asked.policy.rules_of(holding.role).map(rule_json).collect();
            json!({
                "binding": holding.binding.resource.reference(),
                "subject": { "kind": holding.subject.kind.as_str(), "name": holding.subject.full_name() },
                "role": holding.role.resource.reference(),
                "namespace": Some(holding.binding.namespace).filter(|namespace| !namespace.is_empty()),
                "rules": rules,
            })
        };
        let holdings: Vec<Value> = holdings.iter().map(one).collect();
        format!("{:#}\n", json!({ "user": identity.user, "groups": identity.groups, "holds": holdings }))
    } else if question.from.output == Format::Text {
        what_text(&holdings, asked, question.explain)
    } else {
        let mut table = Table::new(&["where", "may", "binding", "role"]);
        for holding in &holdings {
            for rule in rules(holding, asked) {
                let role = format!("{} {}", holding.role.resource.kind, holding.role.name);
                let name = holding.binding.resource.name.to_string();
                table.row([scope(holding.binding), rule_text(rule), name, role]);
            }
        }
        table.show(question.from.output, asked.width)
    };
    asked.note_other_authorizers();
    print(&text)?;
    Ok(asked.exit(0))
}

fn rule_json(rule: &Rule<'_>) -> Value {
    json!({
        "verbs": rule.verbs, "apiGroups": rule.groups, "resources": rule.resources,
        "resourceNames": rule.names, "nonResourceURLs": rule.urls, "at": place(rule.place()),
    })
}

fn scope(binding: &Binding<'_>) -> String {
    if binding.namespace.is_empty() { "everywhere".to_owned() } else { binding.namespace.to_owned() }
}
