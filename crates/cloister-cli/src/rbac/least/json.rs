//! The report for machines.

use cloister_privilege::{About, Fate, Generalised, Right, Role, Rule, Subject, Taken, Who, taken};
use cloister_rbac::{Action, Policy};
use serde_json::{Value, json};

use super::report::{Foot, Head};
use crate::question::say;
use crate::rbac::proof::place;

/// The document as far as the subjects.
pub fn head(head: &Head) -> String {
    let tally = &head.tally;
    let known = json!({
        "events": tally.events,
        "logs": head.logs,
        "notCounted": {
            "denied": tally.denied, "decisionUnknown": tally.unsaid, "byNodeAuthoriser": tally.nodes,
            "outsideWindow": tally.outside, "noAuditEvent": tally.foreign, "unreadable": tally.unreadable,
        },
        "window": { "since": head.window.since, "until": head.window.until },
    });
    format!("{},\n  \"subjects\": [", opened(&known))
}

/// One subject of the list.
pub fn entry(subject: &Subject<'_>, manifest: &str, present: Option<&Policy<'_>>) -> String {
    format!("\n    {}", pretty(&self::subject(subject, manifest, present)).replace('\n', "\n    "))
}

/// What is behind the subjects.
pub fn foot(foot: &Foot<'_>) -> String {
    let masters = foot.masters.iter().map(|(who, master)| {
        json!({ "subject": self::who(who), "requests": master.requests, "last": master.last, "onlyReads": master.reads })
    });
    let findings = foot.findings.iter().map(|it| {
        json!({ "finding": it.kind, "about": it.about.map(cloister_model::Resource::reference), "subject": it.who.as_ref().map(who), "message": it.message })
    });
    let rest = json!({
        "findings": findings.collect::<Vec<_>>(),
        "masters": masters.collect::<Vec<_>>(),
        "proof": { "actions": foot.counted, "refused": foot.refused },
    });
    let gap = if foot.subjects == 0 { "" } else { "\n  " };
    let opened = opened(&rest);
    format!("{gap}],{}\n}}\n", opened.strip_prefix('{').unwrap_or_default())
}

/// An object without its last bracket.
fn opened(object: &Value) -> String {
    let text = pretty(object);
    text.strip_suffix("\n}").unwrap_or(&text).to_owned()
}

/// A tree of strings and numbers can always be written.
fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn who(who: &Who) -> Value {
    match who {
        Who::User(name) => json!({ "kind": "User", "name": name }),
        Who::Account { namespace, name } => json!({ "kind": "ServiceAccount", "namespace": namespace, "name": name }),
    }
}

fn action(action: &Action) -> Value {
    json!(say(action))
}

fn subject(it: &Subject<'_>, manifest: &str, present: Option<&Policy<'_>>) -> Value {
    let taken: Option<Vec<Value>> = present.map(|present| taken(it, present).iter().map(self::taken_json).collect());
    json!({
        "subject": who(&it.who),
        "requests": it.requests,
        "last": it.uses.iter().filter_map(|used| used.last).max(),
        "rights": it.rights.iter().map(right).collect::<Vec<_>>(),
        "roles": it.roles.iter().map(role).collect::<Vec<_>>(),
        "generalised": it.generalised.iter().map(generalised).collect::<Vec<_>>(),
        "builtIn": it.born.iter().map(|born| json!({ "by": born.by, "actions": born.actions })).collect::<Vec<_>>(),
        "throughGroups": it.groups,
        "cannotBeWritten": it.left.iter().map(|(used, why)| json!({ "action": action(&used.action), "why": why })).collect::<Vec<_>>(),
        "handsOnRights": it.hands_on,
        "takenAway": taken,
        "manifest": manifest,
    })
}

fn right(right: &Right) -> Value {
    let namespace = Some(&right.namespace).filter(|namespace| !namespace.is_empty());
    match &right.about {
        About::Url(path) => json!({ "verb": right.verb, "path": path }),
        About::Resource { group, resource, name } => {
            let name = Some(name).filter(|name| !name.is_empty());
            json!({ "verb": right.verb, "group": group, "resource": resource, "name": name, "namespace": namespace })
        }
    }
}

fn generalised(it: &Generalised) -> Value {
    json!({ "right": right(&it.right), "insteadOfNames": it.names, "insteadOfNamespaces": it.namespaces })
}

fn role(role: &Role) -> Value {
    let kind = if role.namespace.is_empty() { "ClusterRole" } else { "Role" };
    let namespace = Some(&role.namespace).filter(|namespace| !namespace.is_empty());
    json!({
        "kind": kind, "name": role.name, "namespace": namespace,
        "boundEverywhere": role.bound.is_empty(), "boundIn": role.bound,
        "rules": role.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "verbs": rule.verbs, "apiGroups": rule.groups, "resources": rule.resources,
        "resourceNames": rule.names, "nonResourceURLs": rule.urls,
    })
}

fn taken_json(taken: &Taken<'_, '_>) -> Value {
    let parts = taken.parts.iter().map(|(fate, rules)| {
        let (word, last) = match fate {
            Fate::Never => ("never-used", None),
            Fate::Last(last) => ("not-in-window", Some(last)),
            Fate::Narrowed => ("narrowed", None),
        };
        json!({ "fate": word, "last": last, "rules": rules.iter().map(rule).collect::<Vec<_>>() })
    });
    json!({
        "binding": taken.holding.binding.resource.reference(),
        "role": taken.holding.role.resource.reference(),
        "rule": taken.rule.index,
        "ruleAt": place(taken.rule.place()),
        "parts": parts.collect::<Vec<_>>(),
    })
}
