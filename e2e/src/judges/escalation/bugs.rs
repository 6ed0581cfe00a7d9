//! Mistakes that a prediction could make, put into ours one by one: each must change what is predicted, or the attempts
//! are too weak.

use cloister_rbac::{Action, Decision, Policy, Request, ResourceAction, Target};
use serde_json::{Value, json};

use super::attempt::{Attempt, What, Written};
use super::seen::Seen;
use super::world::Actor;
use crate::judges::rbac::objects::object;

const GROUP: &str = "rbac.authorization.k8s.io";

/// A mistake.
pub struct Bug {
    /// What goes wrong.
    pub name: &'static str,
    /// Roles and bindings as this mistake reads them.
    pub objects: fn(&mut Vec<Value>),
    /// The attempt as it reads it.
    pub attempt: fn(&mut Attempt),
    /// The prediction that it makes of a right one.
    pub outcome: fn(&Policy<'_>, &Attempt, &Actor, &mut Seen),
    /// Whether the way last used is forgotten.
    pub forgets: bool,
}

const NONE: Bug = Bug { name: "", objects: |_| {}, attempt: |_| {}, outcome: |_, _, _, _| {}, forgets: false };

const fn reading(name: &'static str, objects: fn(&mut Vec<Value>)) -> Bug {
    Bug { name, objects, ..NONE }
}

const fn taking(name: &'static str, attempt: fn(&mut Attempt)) -> Bug {
    Bug { name, attempt, ..NONE }
}

const fn saying(name: &'static str, outcome: fn(&Policy<'_>, &Attempt, &Actor, &mut Seen)) -> Bug {
    Bug { name, outcome, ..NONE }
}

/// All of them.
pub const BUGS: [Bug; 24] = [
    reading("escalate is not known", |objects| without_verb(objects, "escalate")),
    reading("bind is not known", |objects| without_verb(objects, "bind")),
    reading("names of rules are not looked at", |objects| {
        each_rule(objects, |rule| drop_field(rule, "resourceNames"));
    }),
    reading("parts of different rules cover together", |objects| objects.iter_mut().for_each(merge_rules)),
    reading("a RoleBinding counts everywhere", |objects| {
        for object in objects.iter_mut().filter(|object| object["roleRef"]["kind"] == "ClusterRole") {
            object["kind"] = json!("ClusterRoleBinding");
        }
    }),
    reading("aggregated roles are empty", |objects| {
        objects.iter_mut().for_each(|object| drop_field(object, "aggregationRule"));
    }),
    reading("impersonate-on is not asked for", |objects| {
        let verbs: Vec<String> = ["associated-node", "arbitrary-node", "serviceaccount", "user-info"]
            .iter()
            .flat_map(|mode| ["create", "list", "get"].map(|verb| format!("impersonate-on:{mode}:{verb}")))
            .collect();
        let mut role = object("ClusterRole", "bug", None);
        role["rules"] = json!([
            {"apiGroups": ["*"], "resources": ["*"], "verbs": verbs}, {"nonResourceURLs": ["*"], "verbs": verbs},
        ]);
        let mut binding = object("ClusterRoleBinding", "bug", None);
        binding["roleRef"] = json!({"apiGroup": GROUP, "kind": "ClusterRole", "name": "bug"});
        binding["subjects"] = json!([{"kind": "Group", "name": "system:authenticated"}]);
        objects.extend([role, binding]);
    }),
    taking("an aggregation rule is a field like others", |attempt| {
        each_version(attempt, |role| drop_field(role, "aggregationRule"));
    }),
    taking("leaving an aggregation rule takes nothing", |attempt| {
        if let What::Write(Written { old: Some(old), .. }) = &mut attempt.what {
            drop_field(old, "aggregationRule");
        }
    }),
    taking("changed owners are a change", |attempt| {
        if let What::Write(Written { old: Some(old), .. }) = &mut attempt.what {
            old["metadata"]["resourceVersion"] = json!("another");
        }
    }),
    taking("a put without the version is no change", |attempt| {
        if let What::Write(Written { old: Some(old), .. }) = &mut attempt.what {
            drop_field(&mut old["metadata"], "resourceVersion");
        }
    }),
    taking("an object made in its place takes no create", |attempt| {
        if let What::Write(written) = &mut attempt.what
            && written.old.is_none()
            && written.how.method() != cloister_rbac::Method::Post
        {
            let mut old = written.new.clone();
            old["metadata"]["labels"] = json!({"another": "one"});
            written.old = Some(old);
        }
    }),
    saying("a label is harmless", |_, attempt, _, seen| {
        if let What::Write(Written { old: Some(old), new, .. }) = &attempt.what
            && seen.what == "rights lacking"
            && old["rules"] == new["rules"]
        {
            *seen = Seen::plain("made");
        }
    }),
    saying("rights of roles are not compared", |_, attempt, _, seen| allow(attempt, seen, "rights lacking", "Role")),
    saying("rights of bound roles are not compared", |_, attempt, _, seen| {
        allow(attempt, seen, "rights lacking", "Binding");
    }),
    saying("a missing role can be bound", |_, attempt, _, seen| allow(attempt, seen, "no such role", "Binding")),
    saying("escalate with a name reaches new roles", |policy, attempt, actor, seen| {
        let What::Write(written) = &attempt.what else { return };
        let kind = written.new["kind"].as_str().unwrap_or_default();
        if seen.what == "rights lacking" && kind.ends_with("Role") {
            explicit(
                policy,
                "escalate",
                kind,
                &written.new["metadata"]["name"],
                &written.new["metadata"]["namespace"],
                actor,
                seen,
            );
        }
    }),
    saying("bind is asked for outside namespaces", |policy, attempt, actor, seen| {
        let What::Write(written) = &attempt.what else { return };
        let reference = &written.new["roleRef"];
        if seen.is_made() && written.new["metadata"]["namespace"].is_string() && reference.is_object() {
            let kind = reference["kind"].as_str().unwrap_or_default();
            let mut near = Seen::default();
            explicit(policy, "bind", kind, &reference["name"], &written.new["metadata"]["namespace"], actor, &mut near);
            let mut wide = Seen::default();
            explicit(policy, "bind", kind, &reference["name"], &Value::Null, actor, &mut wide);
            if near.is_made() && !wide.is_made() {
                *seen = Seen::plain("rights lacking");
            }
        }
    }),
    saying("groups need no right of their own", |policy, attempt, actor, seen| {
        without(policy, attempt, actor, seen, |target| target.groups.truncate(1));
    }),
    saying("a uid needs no right of its own", |policy, attempt, actor, seen| {
        without(policy, attempt, actor, seen, |target| target.uid.clear());
    }),
    saying("extra values need no right of their own", |policy, attempt, actor, seen| {
        without(policy, attempt, actor, seen, |target| target.extra.clear());
    }),
    saying("impersonated accounts and nodes are in no group", |_, _, _, seen| {
        if let Some((_, groups, _)) = &mut seen.becomes {
            groups.retain(|group| !group.starts_with("system:serviceaccounts") && group != "system:nodes");
        }
    }),
    saying("nobody known is authenticated", |_, _, _, seen| {
        if let Some((_, groups, _)) = &mut seen.becomes {
            groups
                .iter_mut()
                .filter(|group| *group == "system:unauthenticated")
                .for_each(|group| *group = "system:authenticated".to_owned());
        }
    }),
    Bug { name: "the ways are always tried in their order", forgets: true, ..NONE },
];

fn allow(attempt: &Attempt, seen: &mut Seen, what: &str, kind: &str) {
    if let What::Write(written) = &attempt.what
        && seen.what == what
        && written.new["kind"].as_str().is_some_and(|of| of.ends_with(kind))
    {
        *seen = Seen::plain("made");
    }
}

/// Takes a verb on a role for the answer.
fn explicit(
    policy: &Policy<'_>,
    verb: &str,
    kind: &str,
    name: &Value,
    namespace: &Value,
    actor: &Actor,
    seen: &mut Seen,
) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let action = ResourceAction {
        verb: verb.to_owned(),
        group: GROUP.to_owned(),
        resource: format!("{}s", kind.to_lowercase()),
        name: text(name),
        namespace: text(namespace),
        ..ResourceAction::default()
    };
    let request = Request { identity: actor.identity.clone(), action: Action::Resource(action) };
    if !matches!(policy.decide(&request), Decision::Denied) {
        *seen = Seen::plain("made");
    }
}

/// Lets through what would be let through with less in the headers.
fn without(policy: &Policy<'_>, attempt: &Attempt, actor: &Actor, seen: &mut Seen, less: fn(&mut Target)) {
    let What::Impersonate { target, action, .. } = &attempt.what else { return };
    let mut target = target.clone();
    less(&mut target);
    let answer = policy.may_impersonate(&actor.identity, &actor.node, &target, action);
    if seen.what == "impersonation refused" && !answer.ways.is_empty() {
        *seen = Seen::plain("made");
    }
}

fn each_version(attempt: &mut Attempt, change: impl Fn(&mut Value)) {
    if let What::Write(written) = &mut attempt.what {
        change(&mut written.new);
        written.old.iter_mut().for_each(change);
    }
}

fn drop_field(object: &mut Value, field: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(field);
    }
}

fn each_rule(objects: &mut [Value], change: impl Fn(&mut Value)) {
    let rules = objects.iter_mut().filter_map(|object| object.get_mut("rules")?.as_array_mut());
    rules.flatten().for_each(change);
}

fn without_verb(objects: &mut [Value], verb: &str) {
    each_rule(objects, |rule| {
        if let Some(verbs) = rule["verbs"].as_array_mut() {
            verbs.iter_mut().filter(|word| *word == verb || *word == "*").for_each(|word| *word = json!("get"));
        }
    });
}

fn merge_rules(object: &mut Value) {
    let Some(rules) = object.get("rules").and_then(Value::as_array) else { return };
    let all = |field: &str| -> Vec<Value> {
        rules.iter().filter_map(|rule| rule.get(field)?.as_array()).flatten().cloned().collect()
    };
    let fields = ["verbs", "apiGroups", "resources", "nonResourceURLs"];
    let merged: serde_json::Map<String, Value> =
        fields.iter().map(|field| ((*field).to_owned(), json!(all(field)))).collect();
    object["rules"] = json!([merged]);
}
