//! The report for machines.

use cloister_privilege::{About, Fate, Generalised, Right, Role, Rule, Subject, Taken, Who, manifest, taken};
use cloister_rbac::Action;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::minimize::Report;
use crate::rbac::proof::place;
use crate::rbac::words::say;

/// One document. Subjects are made and written one by one: there may be as many as events.
pub fn write(report: &Report<'_>) -> serde_json::Result<String> {
    serde_json::to_string_pretty(&Document(report)).map(|text| text + "\n")
}

struct Document<'r>(&'r Report<'r>);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Document(report) = self;
        let tally = &report.tally;
        let masters = report.minimised.masters.iter().map(|(who, master)| {
            json!({ "subject": self::who(who), "requests": master.requests, "last": master.last, "onlyReads": master.reads })
        });
        let findings = report.findings.iter().map(|it| {
            json!({ "finding": it.kind, "about": it.about.map(cloister_model::Resource::reference), "subject": it.who.as_ref().map(who), "message": it.message })
        });
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("events", &tally.events)?;
        map.serialize_entry("findings", &findings.collect::<Vec<_>>())?;
        map.serialize_entry("logs", &report.logs)?;
        map.serialize_entry("masters", &masters.collect::<Vec<_>>())?;
        map.serialize_entry(
            "notCounted",
            &json!({
                "denied": tally.denied, "decisionUnknown": tally.unsaid, "byNodeAuthoriser": tally.nodes,
                "outsideWindow": tally.outside, "noAuditEvent": tally.foreign, "unreadable": tally.unreadable,
            }),
        )?;
        let refused: Vec<Value> = report.refused.iter().map(|used| action(&used.action)).collect();
        map.serialize_entry("proof", &json!({ "actions": report.counted, "refused": refused }))?;
        map.serialize_entry("subjects", &Subjects(report))?;
        map.serialize_entry("window", &json!({ "since": report.window.since, "until": report.window.until }))?;
        map.end()
    }
}

struct Subjects<'r>(&'r Report<'r>);

impl Serialize for Subjects<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.minimised.subjects.iter().map(|it| subject(it, self.0)))
    }
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

fn subject(it: &Subject<'_>, report: &Report<'_>) -> Value {
    let taken: Option<Vec<Value>> =
        report.present.map(|present| taken(it, present).iter().map(self::taken_json).collect());
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
        "manifest": manifest(it),
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
