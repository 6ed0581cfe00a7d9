//! Generated audit policies: many rules, narrow ones first, so that each of them decides on something.

use serde_json::{Value, json};

use super::super::Dice;

pub const NAMESPACES: [&str; 3] = ["a", "b", "c"];
pub const NAMES: [&str; 3] = ["x", "y", "z"];
const USERS: [&str; 7] = [
    "alice",
    "bob",
    "carol",
    "cloister-admin",
    "system:anonymous",
    "system:serviceaccount:robots:robot",
    "system:apiserver",
];
const GROUPS: [&str; 7] = [
    "devs",
    "ops",
    "system:authenticated",
    "system:unauthenticated",
    "system:masters",
    "system:serviceaccounts",
    "system:serviceaccounts:robots",
];
const VERBS: [&str; 9] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "post"];
const API_GROUPS: [&str; 7] =
    ["", "apps", "batch", "rbac.authorization.k8s.io", "authentication.k8s.io", "foo.example.com", "*"];
const PATTERNS: [&str; 18] = [
    "pods",
    "pods/*",
    "pods/log",
    "pods/exec",
    "*/status",
    "*/scale",
    "*/exec",
    "*/token",
    "*",
    "configmaps",
    "secrets",
    "serviceaccounts",
    "namespaces",
    "nodes/*",
    "deployments/*",
    "jobs",
    "clusterroles",
    "widgets",
];
const PATHS: [&str; 11] = [
    "/healthz",
    "/healthz*",
    "/livez*",
    "/api*",
    "/apis/*",
    "/version",
    "*",
    "/",
    "/debug/pprof/*",
    "/foo*",
    "/metrics",
];
const STAGES: [&str; 3] = ["RequestReceived", "ResponseStarted", "ResponseComplete"];
const LEVELS: [&str; 4] = ["None", "Metadata", "Request", "RequestResponse"];

/// A policy that the server takes.
pub fn policy(dice: &mut Dice) -> Value {
    let mut rules: Vec<Value> = (0..10 + dice.below(8)).map(|_| rule(dice)).collect();
    if dice.chance(60) {
        rules.push(json!({"level": dice.pick(&LEVELS)}));
    }
    let mut policy = json!({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": rules});
    if dice.chance(40) {
        policy["omitStages"] = json!(dice.some(&STAGES, 30));
    }
    if dice.chance(30) {
        policy["omitManagedFields"] = json!(true);
    }
    policy
}

/// A rule of two or three conditions.
pub fn rule(dice: &mut Dice) -> Value {
    let mut rule = json!({"level": dice.pick(&LEVELS)});
    if dice.chance(25) {
        rule["users"] = json!(dice.some(&USERS, 30));
    }
    if dice.chance(25) {
        rule["userGroups"] = json!(dice.some(&GROUPS, 30));
    }
    if dice.chance(45) {
        rule["verbs"] = json!(dice.some(&VERBS, 35));
    }
    if dice.chance(20) {
        rule["nonResourceURLs"] = json!(dice.some(&PATHS, 30));
    } else {
        of_resources(&mut rule, dice);
    }
    if dice.chance(30) {
        rule["omitStages"] = json!(dice.some(&STAGES, 40));
    }
    if dice.chance(20) {
        rule["omitManagedFields"] = json!(dice.chance(50));
    }
    rule
}

fn of_resources(rule: &mut Value, dice: &mut Dice) {
    if dice.chance(30) {
        rule["namespaces"] = json!(dice.some(&["a", "b", "c", ""], 35));
    }
    let groups = if dice.chance(85) { 1 + dice.below(2) } else { 0 };
    let groups: Vec<Value> = (0..groups)
        .map(|_| {
            let group = if dice.chance(55) { "" } else { dice.pick(&API_GROUPS) };
            let mut group = json!({"group": group});
            let resources = dice.some(&PATTERNS, 16);
            if !resources.is_empty() && dice.chance(25) {
                group["resourceNames"] = json!(dice.some(&["x", "y", ""], 40));
            }
            group["resources"] = json!(resources);
            group
        })
        .collect();
    rule["resources"] = json!(groups);
}
