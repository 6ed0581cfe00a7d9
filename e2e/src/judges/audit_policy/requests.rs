//! Generated requests: as they are sent, and as audit understands them.

use cloister_rbac::{Action, ResourceAction};
use serde_json::{Value, json};

use super::super::Dice;
use super::policies::{NAMES, NAMESPACES};

/// Group, version, resource, kind, whether it lives in namespaces, and subresources.
type Kind = (&'static str, &'static str, &'static str, &'static str, bool, &'static [&'static str]);

const KINDS: [Kind; 14] = [
    ("", "v1", "pods", "Pod", true, &["log", "exec", "status", "attach", "portforward", "proxy", "eviction"]),
    ("", "v1", "configmaps", "ConfigMap", true, &[]),
    ("", "v1", "secrets", "Secret", true, &[]),
    ("", "v1", "serviceaccounts", "ServiceAccount", true, &["token"]),
    ("", "v1", "services", "Service", true, &["proxy", "status"]),
    ("", "v1", "namespaces", "Namespace", false, &["status", "finalize"]),
    ("", "v1", "nodes", "Node", false, &["status", "proxy"]),
    ("apps", "v1", "deployments", "Deployment", true, &["scale", "status"]),
    ("batch", "v1", "jobs", "Job", true, &["status"]),
    ("rbac.authorization.k8s.io", "v1", "roles", "Role", true, &[]),
    ("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false, &[]),
    ("authentication.k8s.io", "v1", "tokenreviews", "TokenReview", false, &[]),
    ("coordination.k8s.io", "v1", "leases", "Lease", true, &[]),
    ("foo.example.com", "v1", "widgets", "Widget", true, &["status", "scale"]),
];
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const PATHS: [&str; 13] = [
    "/",
    "/healthz",
    "/healthz/ping",
    "/livez/etcd",
    "/readyz",
    "/version",
    "/api",
    "/apis",
    "/apis/apps",
    "/apis/apps/v1",
    "/debug/pprof/cmdline",
    "/foo/bar",
    "/.well-known/openid-configuration",
];

/// A request.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which of the callers sends it.
    pub caller: usize,
    /// What it comes to.
    pub action: Action,
    pub method: &'static str,
    pub path: String,
    pub media: &'static str,
    pub body: String,
}

/// A request by one of `callers`.
pub fn question(dice: &mut Dice, callers: usize) -> Question {
    let caller = dice.below(callers);
    if dice.chance(18) { of_path(caller, dice) } else { of_resource(caller, dice) }
}

fn of_path(caller: usize, dice: &mut Dice) -> Question {
    let (verb, method) = if dice.chance(80) { ("get", "GET") } else { ("post", "POST") };
    let path = dice.pick(&PATHS).to_owned();
    let body = if method == "POST" { "{}" } else { "" };
    let action = Action::Url { verb: verb.to_owned(), path: path.clone() };
    Question { caller, action, method, path, media: "application/json", body: body.to_owned() }
}

fn of_resource(caller: usize, dice: &mut Dice) -> Question {
    let kind = KINDS.get(dice.below(KINDS.len())).copied().unwrap_or(KINDS[0]);
    let (group, _, resource, _, namespaced, subresources) = kind;
    let below = if dice.chance(30) { dice.pick(subresources) } else { "" };
    let mut verb = if below.is_empty() { dice.pick(&VERBS) } else { dice.pick(&["get", "create", "update", "patch"]) };
    // What belongs to the run itself must stay.
    if verb == "deletecollection" && !namespaced {
        verb = "list";
    }
    let whole = matches!(verb, "list" | "watch" | "create" | "deletecollection") && below.is_empty();
    let everywhere = !namespaced || (matches!(verb, "list" | "watch") && dice.chance(25));
    let mut action = ResourceAction {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: below.to_owned(),
        name: if whole { String::new() } else { dice.pick(&NAMES).to_owned() },
        namespace: if everywhere { String::new() } else { dice.pick(&NAMESPACES).to_owned() },
        node: String::new(),
    };
    let mut path = path(&kind, &action);
    // By its path, the request for a namespace carries that namespace; by a selector it does not (`RequestInfoFactory`).
    if resource == "namespaces" && group.is_empty() {
        action.namespace.clone_from(&action.name);
    }
    if matches!(verb, "list" | "watch" | "deletecollection") {
        path.push_str(&query(&mut action, dice));
    }
    let (method, media) = method(verb);
    let body = if matches!(method, "GET" | "DELETE") { String::new() } else { body(&kind, &action).to_string() };
    Question { caller, action: Action::Resource(action), method, path, media, body }
}

fn path(kind: &Kind, action: &ResourceAction) -> String {
    let (group, version, resource, ..) = kind;
    let mut path = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
    for part in [
        if action.namespace.is_empty() { "" } else { "namespaces" },
        &action.namespace,
        resource,
        &action.name,
        &action.subresource,
    ] {
        if !part.is_empty() {
            path.push('/');
            path.push_str(part);
        }
    }
    path
}

/// A watch of what nobody can watch ends at once; few others are worth their second.
fn query(action: &mut ResourceAction, dice: &mut Dice) -> String {
    let mut query = match &*action.verb {
        "watch" if dice.chance(10) => "?watch=true&timeoutSeconds=1".to_owned(),
        "watch" => "?watch=true&resourceVersion=none".to_owned(),
        _ => "?limit=3".to_owned(),
    };
    if dice.chance(20) {
        let name = dice.pick(&NAMES);
        query.push_str(&format!("&fieldSelector=metadata.name%3D{name}"));
        // The name of a selector is that of the request where it reads; what deletes many has none (`RequestInfoFactory`).
        if action.verb != "deletecollection" {
            name.clone_into(&mut action.name);
        }
    }
    query
}

fn method(verb: &str) -> (&'static str, &'static str) {
    match verb {
        "create" => ("POST", "application/json"),
        "update" => ("PUT", "application/json"),
        "patch" => ("PATCH", "application/merge-patch+json"),
        "delete" | "deletecollection" => ("DELETE", ""),
        _ => ("GET", ""),
    }
}

fn body(kind: &Kind, action: &ResourceAction) -> Value {
    let (group, version, _, kind, ..) = kind;
    if action.verb == "patch" {
        return json!({"metadata": {"labels": {"seen": "true"}}});
    }
    let api_version = if group.is_empty() { (*version).to_owned() } else { format!("{group}/{version}") };
    let mut metadata = json!({"name": if action.name.is_empty() { "x" } else { &action.name }});
    if !action.namespace.is_empty() {
        metadata["namespace"] = json!(action.namespace);
    }
    json!({"apiVersion": api_version, "kind": kind, "metadata": metadata})
}
