//! Audit policies, read as the API server reads them: the first rule that matches decides.

use cloister_model::{Node, Resource};

/// One kind of request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    /// API group; empty for the core group.
    pub(crate) group: &'static str,
    /// Resource, with its subresource as `pods/exec`.
    pub(crate) resource: &'static str,
    /// Verb.
    pub(crate) verb: &'static str,
}

/// The rule that decides on a request by anybody, anywhere; `None` when no rule
/// does, which means that nothing is written.
pub(crate) fn deciding<'a>(policy: &'a Resource, request: &Request) -> Option<&'a Node> {
    policy.root.items_at("rules").iter().find(|rule| is_general(rule) && matches(rule, request))
}

/// Rules for some users, groups, namespaces or names say nothing of the others.
fn is_general(rule: &Node) -> bool {
    rule.is_map() && ["users", "userGroups", "namespaces"].iter().all(|field| rule.items_at(field).is_empty())
}

fn matches(rule: &Node, request: &Request) -> bool {
    let verbs = rule.items_at("verbs");
    if !verbs.is_empty() && !verbs.iter().any(|verb| verb.as_str() == Some(request.verb)) {
        return false;
    }
    let resources = rule.items_at("resources");
    if resources.is_empty() {
        return rule.items_at("nonResourceURLs").is_empty();
    }
    resources.iter().any(|group| reaches(group, request))
}

/// Here, unlike in roles, `pods/*` does mean every subresource of pods.
fn reaches(group: &Node, request: &Request) -> bool {
    if group.str_at("group").unwrap_or("") != request.group || !group.items_at("resourceNames").is_empty() {
        return false;
    }
    let names = group.items_at("resources");
    let (parent, sub) = request.resource.split_once('/').unwrap_or((request.resource, ""));
    names.is_empty()
        || names.iter().filter_map(Node::as_str).any(|name| {
            name == "*"
                || name == request.resource
                || (!sub.is_empty() && name.strip_suffix("/*") == Some(parent))
                || (!sub.is_empty() && name.strip_prefix("*/") == Some(sub))
        })
}
