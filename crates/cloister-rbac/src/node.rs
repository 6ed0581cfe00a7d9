//! The node authoriser, as far as a snapshot of roles can answer for it.
//! Source: Kubernetes 1.37, with its feature gates as they are by default.

use std::sync::OnceLock;

use crate::{Action, Identity, Request, ResourceAction, Rule, bootstrap};

/// What the node authoriser says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes.
    Allowed(&'static str),
    /// It has no opinion.
    None,
    /// It depends on what runs on the node.
    Unknown(String),
}

/// The answer for any request; there is none for those that do not come from a node.
pub(crate) fn decide(request: &Request) -> Answer {
    let Some(node) = name_of(&request.identity) else { return Answer::None };
    match &request.action {
        Action::Resource(action) => for_resource(node, action).unwrap_or_else(|| by_rules(&request.action)),
        Action::Url { .. } => by_rules(&request.action),
    }
}

/// A node is known by its name and its group, both.
fn name_of(identity: &Identity) -> Option<&str> {
    let name = identity.user.strip_prefix("system:node:").filter(|name| !name.is_empty())?;
    identity.is_in("system:nodes").then_some(name)
}

/// What every node may do: the rules that the ClusterRole `system:node` repeats.
fn by_rules(action: &Action) -> Answer {
    static RULES: OnceLock<Vec<Rule<'static>>> = OnceLock::new();
    let rules = RULES.get_or_init(|| {
        let role = bootstrap::objects("ClusterRole").find(|role| &*role.name == "system:node");
        let read = |role: &'static cloister_model::Resource| {
            let rules = role.root.items_at("rules").iter().enumerate();
            rules.map(|(index, node)| Rule::read(role, index, node)).collect()
        };
        role.map(read).unwrap_or_default()
    });
    when(rules.iter().any(|rule| rule.allows(action)), "every node may")
}

/// Resources that are subdivided by node; `None` for the others.
fn for_resource(node: &str, action: &ResourceAction) -> Option<Answer> {
    let verb = action.verb.as_str();
    let sub = action.subresource.as_str();
    let graph = |verbs: &[&str]| if verbs.contains(&verb) { related(node, action) } else { Answer::None };
    Some(match (action.group.as_str(), action.resource.as_str()) {
        ("", "secrets" | "configmaps") => read_namespaced(node, action),
        ("", "persistentvolumeclaims") if sub == "status" => graph(&["update", "patch"]),
        ("", "persistentvolumeclaims" | "persistentvolumes")
        | ("resource.k8s.io", "resourceclaims")
        | ("storage.k8s.io", "volumeattachments") => only_object(sub, graph(&["get"])),
        ("", "serviceaccounts") => match (verb, sub) {
            ("get", "") => read_namespaced(node, action),
            ("create", "token") => related(node, action),
            _ => Answer::None,
        },
        ("coordination.k8s.io", "leases") => lease(node, action),
        ("storage.k8s.io", "csinodes") => only_object(sub, own(node, action)),
        ("resource.k8s.io", "resourceslices") => only_object(sub, slices(node, action)),
        ("", "nodes") => node_object(node, action),
        ("", "pods") => pods(node, action),
        ("certificates.k8s.io", "podcertificaterequests") => only_object(sub, certificates(node, action)),
        _ => return None,
    })
}

fn when(condition: bool, reason: &'static str) -> Answer {
    if condition { Answer::Allowed(reason) } else { Answer::None }
}

fn only_object(subresource: &str, answer: Answer) -> Answer {
    if subresource.is_empty() { answer } else { Answer::None }
}

/// Whether a node may have an object depends on its pods and their volumes.
fn related(node: &str, action: &ResourceAction) -> Answer {
    if action.name.is_empty() {
        return Answer::None;
    }
    let (path, name) = (action.path(), &action.name);
    Answer::Unknown(format!("only if a pod on node \"{node}\" uses {path} \"{name}\", which roles do not tell"))
}

fn read_namespaced(node: &str, action: &ResourceAction) -> Answer {
    let reads = matches!(action.verb.as_str(), "get" | "list" | "watch");
    let whole = action.subresource.is_empty() && !action.namespace.is_empty();
    if reads && whole { related(node, action) } else { Answer::None }
}

/// Its own object; of a new one the name is not known yet.
fn own(node: &str, action: &ResourceAction) -> Answer {
    let known = matches!(action.verb.as_str(), "get" | "update" | "patch" | "delete") && action.name == node;
    when(known || action.verb == "create", "a node may keep its own object")
}

fn lease(node: &str, action: &ResourceAction) -> Answer {
    if action.namespace == "kube-node-lease" { own(node, action) } else { Answer::None }
}

fn slices(node: &str, action: &ResourceAction) -> Answer {
    match action.verb.as_str() {
        "create" => Answer::Allowed("a node may create resource slices of its own"),
        "get" | "update" | "patch" | "delete" => related(node, action),
        "watch" | "list" | "deletecollection" => selected(node, action),
        _ => Answer::None,
    }
}

fn certificates(node: &str, action: &ResourceAction) -> Answer {
    match action.verb.as_str() {
        "create" => Answer::Allowed("a node may ask for certificates of its pods"),
        "get" => related(node, action),
        "list" | "watch" => selected(node, action),
        _ => Answer::None,
    }
}

fn selected(node: &str, action: &ResourceAction) -> Answer {
    when(action.node == node, "a node may list what is its own, by a field selector")
}

fn node_object(node: &str, action: &ResourceAction) -> Answer {
    let allowed = match (action.subresource.as_str(), action.verb.as_str()) {
        ("", "create" | "update" | "patch") | ("status", "update" | "patch") => true,
        ("", "get" | "list" | "watch") => action.name == node,
        _ => false,
    };
    when(allowed, "a node may keep its own Node; admission sees to which")
}

fn pods(node: &str, action: &ResourceAction) -> Answer {
    match (action.subresource.as_str(), action.verb.as_str()) {
        ("", "get") => related(node, action),
        ("", "list" | "watch") => match selected(node, action) {
            Answer::None => related(node, action),
            answer => answer,
        },
        ("", "create" | "delete") | ("status", "update" | "patch") | ("eviction", "create") => {
            Answer::Allowed("a node may keep pods; admission sees to whose")
        }
        _ => Answer::None,
    }
}
