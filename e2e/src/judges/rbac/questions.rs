//! Generated questions: most are near what some binding gives, so that each rule of the authoriser decides some.

use std::collections::BTreeSet;

use cloister_rbac::{Action, Binding, Identity, Policy, Request, ResourceAction, Rule, Subject, SubjectKind};

use super::objects::NAMES;
use super::running::{NODES, USED};
use crate::judges::Dice;

const VERBS: [&str; 10] =
    ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "bind"];
const GROUPS: [&str; 5] = ["", "apps", "batch", "example.com", "rbac.authorization.k8s.io"];
const RESOURCES: [&str; 12] = [
    "pods",
    "secrets",
    "configmaps",
    "serviceaccounts",
    "deployments",
    "nodes",
    "namespaces",
    "users",
    "widgets",
    "Pods",
    "leases",
    "persistentvolumeclaims",
];
const BELOW: [&str; 7] = ["", "", "exec", "log", "scale", "token", "*"];
const PATHS: [&str; 10] =
    ["/metrics", "/healthz", "/foo", "/foo/", "/foo/bar", "/foobar", "/fo", "/", "/foo/*", "/version"];

/// A question and what it is about.
#[derive(Debug, Clone)]
pub struct Question {
    /// The question.
    pub request: Request,
    /// Which rules of the authoriser it tries.
    pub classes: BTreeSet<&'static str>,
}

/// Generates one.
pub fn generate(policy: &Policy<'_>, namespaces: &[String], dice: &mut Dice) -> Question {
    match dice.below(100) {
        0..=1 => masters(namespaces, dice),
        2..=3 => node(namespaces, dice),
        4..=11 => used_by_node(namespaces, dice),
        _ => near_a_binding(policy, namespaces, dice),
    }
}

fn masters(namespaces: &[String], dice: &mut Dice) -> Question {
    let identity = Identity::authenticated("root", ["system:masters".to_owned()]);
    let request = Request { identity, action: any_action(namespaces, dice) };
    Question { request, classes: BTreeSet::from(["system:masters"]) }
}

fn node(namespaces: &[String], dice: &mut Dice) -> Question {
    let groups = if dice.chance(90) { vec!["system:nodes".to_owned()] } else { Vec::new() };
    let identity = Identity::authenticated(
        dice.pick(&["system:node:n1", "system:node:n1", "system:node:n1", "system:node:", "n1"]),
        groups,
    );
    let mut action = any_resource(namespaces, dice);
    if dice.chance(70) {
        let subdivided = [
            ("", "pods"),
            ("", "nodes"),
            ("", "secrets"),
            ("", "services"),
            ("coordination.k8s.io", "leases"),
            ("storage.k8s.io", "csinodes"),
            ("resource.k8s.io", "resourceslices"),
            ("storage.k8s.io", "volumeattachments"),
            ("certificates.k8s.io", "podcertificaterequests"),
            ("", "persistentvolumeclaims"),
            ("certificates.k8s.io", "certificatesigningrequests"),
            ("", "serviceaccounts"),
            ("", "events"),
        ];
        let (group, resource) = dice.pick(&subdivided);
        (action.group, action.resource) = (group.to_owned(), resource.to_owned());
        action.subresource = dice.pick(&["", "", "", "status", "eviction", "token"]).to_owned();
        action.name = dice.pick(&["", "n1", "web"]).to_owned();
        if dice.chance(30) {
            action.namespace = "kube-node-lease".to_owned();
        }
        if matches!(&*action.verb, "list" | "watch" | "deletecollection") && dice.chance(50) {
            action.node = dice.pick(&["n1", "n2"]).to_owned();
        }
    }
    let request = Request { identity, action: Action::Resource(action) };
    Question { request, classes: BTreeSet::from(["node"]) }
}

/// Something that a pod on the node may use.
fn used_by_node(namespaces: &[String], dice: &mut Dice) -> Question {
    let identity = Identity::authenticated(format!("system:node:{}", dice.pick(&NODES)), ["system:nodes".to_owned()]);
    let namespaced: [(&str, &str, &[&str]); 7] = [
        ("", "secrets", &USED),
        ("", "secrets", &USED),
        ("", "configmaps", &USED),
        ("", "persistentvolumeclaims", &["web", "db", "cache", "mail", "a", "p0-v3", "p0-v5", "p1-v4", "p1-v6"]),
        ("resource.k8s.io", "resourceclaims", &USED),
        ("", "serviceaccounts", &["runner", "runner", "default"]),
        ("", "pods", &["p0", "p1", "p2", "last"]),
    ];
    let cluster_wide: [(&str, &str, &[&str]); 3] = [
        ("", "persistentvolumes", &["v0", "v1", "v7", "v40", "last"]),
        ("storage.k8s.io", "volumeattachments", &["t0", "t1", "t5", "t9"]),
        ("resource.k8s.io", "resourceslices", &["s0", "s1", "s5", "s9"]),
    ];
    let in_namespace = dice.chance(80);
    let (group, resource, names) = if in_namespace { dice.pick(&namespaced) } else { dice.pick(&cluster_wide) };
    let verb = dice.pick(&["get", "get", "get", "get", "list", "watch", "update", "create"]);
    let subresource = match (resource, verb) {
        ("serviceaccounts", "create") => "token",
        ("persistentvolumeclaims", "update") => "status",
        _ => "",
    };
    let action = ResourceAction {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        name: dice.pick(names).to_owned(),
        namespace: if in_namespace { dice.pick(namespaces).clone() } else { String::new() },
        ..ResourceAction::default()
    };
    let request = Request { identity, action: Action::Resource(action) };
    Question { request, classes: BTreeSet::from(["node, by what its pods use"]) }
}

fn near_a_binding(policy: &Policy<'_>, namespaces: &[String], dice: &mut Dice) -> Question {
    let mut classes = BTreeSet::new();
    // Bindings without subjects are nobody's: they are there to give nothing.
    let bindings: Vec<&Binding<'_>> = policy.bindings().iter().filter(|binding| !binding.subjects.is_empty()).collect();
    let Some(&binding) = bindings.get(dice.below(bindings.len())) else { return masters(namespaces, dice) };
    let Some(subject) = binding.subjects.get(dice.below(binding.subjects.len())) else {
        return masters(namespaces, dice);
    };
    let role = policy.roles().iter().find(|role| {
        role.name == binding.role_name
            && role.namespace == if binding.role_kind == "Role" { binding.namespace } else { "" }
    });
    let rules: Vec<&Rule<'_>> = role.map(|role| policy.rules_of(role).collect()).unwrap_or_default();
    let rule = rules.get(dice.below(rules.len())).copied();
    let identity = identity_of(subject, binding, &mut classes, dice);
    let mut action = match rule {
        Some(rule) => from_rule(rule, binding, namespaces, &mut classes, dice),
        None => any_action(namespaces, dice),
    };
    classes.insert(match (binding.role_kind, &*binding.resource.kind) {
        _ if role.is_none() => "missing role",
        (_, "ClusterRoleBinding") => "ClusterRoleBinding",
        ("Role", _) => "RoleBinding of a Role",
        _ => "RoleBinding of a ClusterRole",
    });
    if role.is_some_and(cloister_rbac::Role::is_aggregated) {
        classes.insert("aggregated role");
    }
    if rule.is_some_and(|rule| rule.role.name.starts_with("system:") || !rule.role.name.starts_with('c')) {
        classes.insert("built-in role");
    }
    if dice.chance(38) {
        classes.insert("one thing changed");
        change(&mut action, namespaces, dice);
    }
    Question { request: Request { identity, action }, classes }
}

fn identity_of(
    subject: &Subject<'_>,
    binding: &Binding<'_>,
    classes: &mut BTreeSet<&'static str>,
    dice: &mut Dice,
) -> Identity {
    match subject.kind {
        SubjectKind::User => Identity::authenticated(subject.name, []),
        SubjectKind::ServiceAccount => {
            if !binding.namespace.is_empty() && binding.namespace != subject.namespace {
                classes.insert("account of another namespace");
            }
            Identity::account(subject.namespace, subject.name)
        }
        SubjectKind::Group => {
            let of_namespace = subject.name.strip_prefix("system:serviceaccounts");
            if let Some(rest) = of_namespace {
                classes.insert("groups of service accounts");
                let namespace = rest.strip_prefix(':').unwrap_or("anywhere");
                return Identity::account(namespace, dice.pick(&["bot", "web", "other"]));
            }
            classes.insert("group");
            match subject.name {
                "system:unauthenticated" => Identity::authenticated("system:anonymous", []),
                "system:masters" => Identity::authenticated("zoe", []),
                group => Identity::authenticated("zoe", [group.to_owned()]),
            }
        }
    }
}

fn from_rule(
    rule: &Rule<'_>,
    binding: &Binding<'_>,
    namespaces: &[String],
    classes: &mut BTreeSet<&'static str>,
    dice: &mut Dice,
) -> Action {
    let verb = dice.pick(&rule.verbs);
    if verb == "*" {
        classes.insert("any verb");
    }
    let verb = if verb == "*" { dice.pick(&VERBS) } else { verb };
    if !rule.urls.is_empty() {
        let url = dice.pick(&rule.urls);
        classes.insert(if url.contains('*') { "URL with a star" } else { "URL" });
        let verb = if VERBS.contains(&verb) { "get" } else { verb };
        let path = match url.strip_suffix("/*") {
            Some(before) if dice.chance(30) => {
                classes.insert("what stands before /* of a URL");
                before
            }
            _ if url.contains('*') || dice.chance(30) => dice.pick(&PATHS),
            _ => url,
        };
        return Action::Url { verb: verb.to_owned(), path: path.to_owned() };
    }
    let group = dice.pick(&rule.groups);
    if group == "*" {
        classes.insert("any group");
    }
    let group = if group == "*" { dice.pick(&GROUPS) } else { group };
    let word = dice.pick(&rule.resources);
    let (resource, subresource) = match word.split_once('/') {
        _ if word == "*" => ("*", dice.pick(&BELOW)),
        Some((resource, subresource)) => (resource, subresource),
        None => (word, ""),
    };
    classes.insert(match word {
        "*" => "any resource",
        word if word.starts_with("*/") && word != "*/" && word != "*/*" => "any resource with a subresource",
        word if word.contains('*') || word == "*/" => "a star that is none",
        word if word.contains('/') => "subresource",
        _ => "resource",
    });
    let resource = if resource == "*" { dice.pick(&RESOURCES) } else { resource.trim_end_matches('*') };
    let subresource = match subresource {
        "" if word != "*" && dice.chance(12) => {
            classes.insert("subresource of a named resource");
            dice.pick(&["exec", "log", "scale"])
        }
        "*" => dice.pick(&BELOW),
        subresource => subresource,
    };
    let name = name_for(rule, classes, dice);
    let namespace =
        if binding.namespace.is_empty() { any_namespace(namespaces, dice) } else { binding.namespace.to_owned() };
    Action::Resource(ResourceAction {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        name,
        namespace,
        node: String::new(),
    })
}

fn name_for(rule: &Rule<'_>, classes: &mut BTreeSet<&'static str>, dice: &mut Dice) -> String {
    if rule.names.is_empty() {
        return dice.pick(&NAMES).to_owned();
    }
    if dice.chance(30) {
        classes.insert("rule with names, request without");
        return String::new();
    }
    classes.insert("rule with names, request with one");
    if dice.chance(75) { dice.pick(&rule.names).to_owned() } else { dice.pick(&NAMES).to_owned() }
}

fn change(action: &mut Action, namespaces: &[String], dice: &mut Dice) {
    match action {
        Action::Url { verb, path } => {
            if dice.chance(30) {
                "post".clone_into(verb);
            }
            dice.pick(&PATHS).clone_into(path);
        }
        Action::Resource(action) => match dice.below(6) {
            0 => dice.pick(&VERBS).clone_into(&mut action.verb),
            1 => dice.pick(&GROUPS).clone_into(&mut action.group),
            2 => dice.pick(&RESOURCES).clone_into(&mut action.resource),
            3 => dice.pick(&BELOW).clone_into(&mut action.subresource),
            4 => dice.pick(&NAMES).clone_into(&mut action.name),
            _ => action.namespace = any_namespace(namespaces, dice),
        },
    }
}

fn any_namespace(namespaces: &[String], dice: &mut Dice) -> String {
    if dice.chance(25) { String::new() } else { dice.pick(namespaces) }
}

fn any_action(namespaces: &[String], dice: &mut Dice) -> Action {
    if dice.chance(15) {
        return Action::Url { verb: dice.pick(&["get", "post"]).to_owned(), path: dice.pick(&PATHS).to_owned() };
    }
    Action::Resource(any_resource(namespaces, dice))
}

fn any_resource(namespaces: &[String], dice: &mut Dice) -> ResourceAction {
    ResourceAction {
        verb: dice.pick(&VERBS).to_owned(),
        group: dice.pick(&GROUPS).to_owned(),
        resource: dice.pick(&RESOURCES).to_owned(),
        subresource: dice.pick(&BELOW).to_owned(),
        name: dice.pick(&NAMES).to_owned(),
        namespace: any_namespace(namespaces, dice),
        node: String::new(),
    }
}
