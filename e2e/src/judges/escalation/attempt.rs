//! What is tried: roles and bindings written, requests made in another's name.

use cloister_rbac::{Action, Method, Policy, Rule, Target};
use serde_json::{Value, json};

use super::impersonation;
use super::world::Actor;
use crate::judges::Dice;
use crate::judges::rbac::objects::{object, resource_rule};

const GROUP: &str = "rbac.authorization.k8s.io";
/// How many attempts of a hundred are made in another's name.
const IMPERSONATIONS: usize = 30;

/// One attempt.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Which rules it tries.
    pub class: &'static str,
    /// Who tries it, by number.
    pub actor: usize,
    /// What.
    pub what: What,
}

/// What is tried.
#[derive(Debug, Clone)]
pub enum What {
    /// A role or a binding is written.
    Write(Written),
    /// A request is made in another's name.
    Impersonate {
        /// Whose.
        target: Target,
        /// Which request, in the words of the authorisers.
        action: Action,
        /// The path that is asked for; `selfsubjectreviews` are posted.
        path: String,
    },
}

/// How an object is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// POST to the collection.
    Post,
    /// PUT of the whole object, as it was read.
    Put,
    /// PUT without the version that was read.
    PutAnyVersion,
    /// A merge patch.
    Merge,
    /// A JSON patch of one field.
    Json,
    /// Applied on the server's side.
    Apply,
}

impl How {
    /// As the API server tells them apart.
    pub fn method(self) -> Method {
        match self {
            How::Post => Method::Post,
            How::Put | How::PutAnyVersion => Method::Put,
            How::Merge | How::Json | How::Apply => Method::Patch,
        }
    }
}

/// An object to be written.
#[derive(Debug, Clone)]
pub struct Written {
    /// How.
    pub how: How,
    /// What is there before: first as it is to be made, then as the server keeps it.
    pub old: Option<Value>,
    /// What changes, as a merge patch.
    pub change: Value,
    /// What shall be there.
    pub new: Value,
}

impl Written {
    /// Says what the server keeps before the attempt, and so what the attempt comes to.
    pub fn found(&mut self, old: Value) {
        self.new = old.clone();
        merge(&mut self.new, &self.change);
        if self.how == How::PutAnyVersion
            && let Some(metadata) = self.new["metadata"].as_object_mut()
        {
            metadata.remove("resourceVersion");
        }
        self.old = Some(old);
    }
}

/// Generates one; `index` names what it writes.
pub fn generate(policy: &Policy<'_>, actors: &[Actor], index: usize, dice: &mut Dice) -> Attempt {
    let number = dice.below(actors.len());
    let Some(actor) = actors.get(number) else {
        return Attempt { class: "nobody", actor: 0, what: impersonation::nobody() };
    };
    // Who acts in another's name already cannot do so again.
    if dice.chance(IMPERSONATIONS) && !actor.has_many_groups() {
        let (class, what) = impersonation::generate(actor, dice);
        return Attempt { class, actor: number, what };
    }
    let is_binding = dice.chance(50);
    let namespace = dice.chance(60).then(|| dice.pick(&actor.world.namespaces()));
    let place = Place { policy, actor, namespace: namespace.as_deref(), name: format!("t{index}") };
    let (class, written) = if is_binding { place.binding(dice) } else { place.role(dice) };
    Attempt { class, actor: number, what: What::Write(written) }
}

struct Place<'p, 'a> {
    policy: &'p Policy<'a>,
    actor: &'p Actor,
    namespace: Option<&'p str>,
    name: String,
}

impl Place<'_, '_> {
    fn object(&self, kind: &str) -> Value {
        let kind = if self.namespace.is_some() { kind.to_owned() } else { format!("Cluster{kind}") };
        object(&kind, &self.name, self.namespace)
    }

    fn role(&self, dice: &mut Dice) -> (&'static str, Written) {
        let mut role = self.object("Role");
        role["rules"] = self.rules(dice);
        let collects = self.namespace.is_none() && dice.chance(15);
        if collects {
            role["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {"nothing": "here"}}]});
            if dice.chance(50) {
                role["rules"] = Value::Null;
            }
        }
        if dice.chance(45) {
            return (if collects { "collecting role created" } else { "role created" }, created(role, How::Post));
        }
        if dice.chance(20) {
            return ("role created in its place", created(role, in_place(dice)));
        }
        let (class, change) = match dice.below(10) {
            0 => ("role unchanged", json!({})),
            1 => ("owners of a role changed", owners(dice)),
            2 => ("label of a role changed", json!({"metadata": {"labels": {"a": "b"}}})),
            3 if collects => ("collecting role made plain", json!({"aggregationRule": null})),
            _ => ("rules of a role changed", json!({ "rules": self.rules(dice) })),
        };
        (if collects { "collecting role changed" } else { class }, changed(role, change, "rules", dice))
    }

    fn binding(&self, dice: &mut Dice) -> (&'static str, Written) {
        let mut binding = self.object("RoleBinding");
        let (of, reference) = self.reference(dice);
        binding["roleRef"] = reference;
        binding["subjects"] = nobody("nobody");
        if dice.chance(60) {
            return (of, created(binding, How::Post));
        }
        if dice.chance(20) {
            return ("binding created in its place", created(binding, in_place(dice)));
        }
        if self.namespace.is_none() {
            // What is there before must be what a server keeps.
            binding["roleRef"]["kind"] = json!("ClusterRole");
        }
        let (class, change) = match dice.below(10) {
            0 => ("binding unchanged", json!({})),
            1..=2 => ("owners of a binding changed", owners(dice)),
            3 => ("label of a binding changed", json!({"metadata": {"labels": {"a": "b"}}})),
            4 => ("role of a binding changed", json!({"roleRef": self.reference(dice).1})),
            _ => ("subjects of a binding changed", json!({"subjects": nobody("nobody-else")})),
        };
        (class, changed(binding, change, "subjects", dice))
    }

    /// The role that a binding names.
    fn reference(&self, dice: &mut Dice) -> (&'static str, Value) {
        let reference = |kind: &str, name: &str| json!({"apiGroup": GROUP, "kind": kind, "name": name});
        let world = &self.actor.world;
        match dice.below(20) {
            0 => ("missing role bound", reference("ClusterRole", &world.name("gone"))),
            1 => ("Role bound", reference("Role", "r0")),
            2 => ("built-in role bound", reference("ClusterRole", dice.pick(&["view", "edit", "cluster-admin"]))),
            3 => ("aggregated role bound", reference("ClusterRole", &world.name("all"))),
            4..=6 if self.namespace.is_some() => ("Role bound", reference("Role", dice.pick(&["r0", "r1", "r2"]))),
            4..=14 => {
                let holdings = self.policy.what_can(&self.actor.identity);
                let here = holdings.iter().filter(|held| {
                    let namespace = held.binding.namespace;
                    held.role.name.starts_with(&world.prefix)
                        && (namespace.is_empty() || Some(namespace) == self.namespace)
                });
                let names: Vec<&str> = here.map(|held| held.role.name).collect();
                ("held role bound", reference("ClusterRole", names.get(dice.below(names.len())).unwrap_or(&"view")))
            }
            _ => ("any role bound", reference("ClusterRole", &dice.pick(&world.cluster_role_names()))),
        }
    }

    /// Rules near what the actor holds, so that each rule of the comparison decides some.
    fn rules(&self, dice: &mut Dice) -> Value {
        let held = self.policy.held_rules(&self.actor.identity, self.namespace.unwrap_or_default());
        let is_usable = |rule: &&&Rule<'_>| self.namespace.is_none() || rule.urls.is_empty();
        let is_own =
            |rule: &&&Rule<'_>| rule.role.name.starts_with(&self.actor.world.prefix) || rule.role.name.starts_with('r');
        let mut usable: Vec<&Rule<'_>> = held.iter().filter(is_usable).filter(is_own).copied().collect();
        if usable.is_empty() || dice.chance(10) {
            usable = held.iter().filter(is_usable).copied().collect();
        }
        let count = 1 + dice.below(2);
        let one = |dice: &mut Dice| match usable.get(dice.below(usable.len())) {
            Some(rule) if dice.chance(92) => part_of(rule, dice),
            _ => resource_rule(dice),
        };
        (0..count).map(|_| one(dice)).collect()
    }
}

fn in_place(dice: &mut Dice) -> How {
    if dice.chance(50) { How::Put } else { How::Apply }
}

fn created(new: Value, how: How) -> Written {
    Written { how, old: None, change: Value::Null, new }
}

/// A change of an object that is there; `field` is the one that can be replaced or applied alone.
fn changed(old: Value, change: Value, field: &str, dice: &mut Dice) -> Written {
    let only_field = change.get(field).is_some_and(|value| value.as_array().is_some_and(|items| !items.is_empty()));
    let how = match dice.below(if only_field { 6 } else { 4 }) {
        0 | 1 => How::Put,
        2 => How::Merge,
        3 => How::PutAnyVersion,
        4 => How::Json,
        _ => How::Apply,
    };
    Written { how, old: Some(old), change, new: Value::Null }
}

/// What the garbage collector writes.
fn owners(dice: &mut Dice) -> Value {
    let owner =
        json!([{"apiVersion": "v1", "kind": "Node", "name": "gone", "uid": "00000000-0000-0000-0000-000000000001"}]);
    if dice.chance(50) {
        return json!({"metadata": {"finalizers": ["example.com/keep"]}});
    }
    json!({"metadata": {"finalizers": ["example.com/keep"], "ownerReferences": owner}})
}

fn nobody(name: &str) -> Value {
    json!([{"kind": "User", "apiGroup": GROUP, "name": name}])
}

/// A part of a rule, at times with one thing more.
fn part_of(rule: &Rule<'_>, dice: &mut Dice) -> Value {
    let mut part = |words: &[&str]| -> Vec<String> {
        let some: Vec<String> = dice.some(words, 60).into_iter().map(str::to_owned).collect();
        if some.is_empty() { words.iter().take(1).map(|word| (*word).to_owned()).collect() } else { some }
    };
    let mut made = if rule.urls.is_empty() {
        json!({"verbs": part(&rule.verbs), "apiGroups": part(&rule.groups), "resources": part(&rule.resources)})
    } else {
        json!({"verbs": part(&rule.verbs), "nonResourceURLs": part(&rule.urls)})
    };
    // Of the many names that an attempt may have, a few say as much.
    let names = rule.names.get(..rule.names.len().min(4)).unwrap_or_default();
    if !names.is_empty() {
        made["resourceNames"] = json!(part(names));
    }
    if dice.chance(35) {
        add_one(&mut made, dice);
    }
    made
}

fn add_one(rule: &mut Value, dice: &mut Dice) {
    let mut push = |field: &str, word: &str| {
        if let Some(words) = rule[field].as_array_mut() {
            words.push(json!(word));
        }
    };
    match dice.below(6) {
        0 => push("verbs", dice.pick(&["delete", "*", "escalate"])),
        1 => push("apiGroups", dice.pick(&["batch", "*"])),
        2 => push("resources", dice.pick(&["pods/*", "*/exec", "pods/exec", "pods/exec/more", "*", "nodes"])),
        3 => push("nonResourceURLs", dice.pick(&["/foo/bar", "/foo", "/foo*", "*", "/metrics*"])),
        4 if rule.get("nonResourceURLs").is_none() => rule["resourceNames"] = json!([dice.pick(&["web", "", "*"])]),
        _ => {
            if let Some(rule) = rule.as_object_mut() {
                rule.remove("resourceNames");
            }
        }
    }
}

/// RFC 7386.
fn merge(value: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = json!({});
    }
    for (key, change) in patch {
        if change.is_null() {
            if let Some(object) = value.as_object_mut() {
                object.remove(key);
            }
        } else {
            merge(&mut value[key], change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::merge;

    #[test]
    fn a_merge_patch_changes_adds_and_removes() {
        let mut value = json!({"a": {"b": 1, "c": 2}, "d": [1]});
        merge(&mut value, &json!({"a": {"b": null, "e": 3}, "d": [2], "f": {"g": null, "h": 4}}));
        assert_eq!(value, json!({"a": {"c": 2, "e": 3}, "d": [2], "f": {"h": 4}}));
    }
}
