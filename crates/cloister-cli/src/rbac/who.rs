//! `cloister rbac who-can` and `what-can`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use cloister_rbac::{Binding, Grant, Identity, SubjectKind};
use serde_json::{Value, json};

use super::args::{Format, WhatCan, WhoCan};
use super::proof::{grant_json, place, rule_text};
use super::table::Table;
use super::{Asked, words};
use crate::output::print;

/// Who may do it: each subject once, with the first grant that counts.
pub fn who_can(question: &WhoCan, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let (verb, resource) = (&question.verb, &question.resource);
    let understood = words::understand(verb, resource, question.name.as_deref(), &question.what, &asked.catalogue);
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
            json!({ "action": words::say(&understood.action), "subjects": subjects.iter().map(one).collect::<Vec<_>>() })
        )
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
        table.show(question.from.output)
    };
    print(&text)?;
    Ok(asked.exit(0))
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
    let holdings = asked.policy.what_can(&identity);
    let text = if question.from.output == Format::Json {
        let one = |holding: &cloister_rbac::Holding<'_, '_>| {
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
    } else {
        let mut table = Table::new(&["where", "may", "binding", "role"]);
        for holding in &holdings {
            for rule in asked.policy.rules_of(holding.role) {
                // Paths of the server belong to no namespace: there such a rule is void.
                if holding.binding.namespace.is_empty() || !rule.resources.is_empty() {
                    let role = format!("{} {}", holding.role.resource.kind, holding.role.name);
                    let name = holding.binding.resource.name.to_string();
                    table.row([scope(holding.binding), rule_text(rule), name, role]);
                }
            }
        }
        table.show(question.from.output)
    };
    print(&text)?;
    Ok(asked.exit(0))
}

fn rule_json(rule: &cloister_rbac::Rule<'_>) -> Value {
    json!({
        "verbs": rule.verbs, "apiGroups": rule.groups, "resources": rule.resources,
        "resourceNames": rule.names, "nonResourceURLs": rule.urls, "at": place(rule.place()),
    })
}

fn scope(binding: &Binding<'_>) -> String {
    if binding.namespace.is_empty() { "everywhere".to_owned() } else { binding.namespace.to_owned() }
}

/// A subject as it is written on the command line.
pub fn identity(subject: &str, groups: &[String]) -> Identity {
    if let Some(group) = subject.strip_prefix("group:") {
        // Whoever is in a group is nobody in particular, but known.
        return Identity::authenticated("", groups.iter().cloned().chain([group.to_owned()]));
    }
    let account = subject.strip_prefix("serviceaccount:").or_else(|| subject.strip_prefix("sa:"));
    match account.and_then(|account| account.split_once(':')) {
        Some((namespace, name)) => {
            Identity::authenticated(format!("system:serviceaccount:{namespace}:{name}"), groups.iter().cloned())
        }
        None => Identity::authenticated(subject, groups.iter().cloned()),
    }
}
