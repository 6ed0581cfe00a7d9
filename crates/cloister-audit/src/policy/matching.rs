//! Whether a rule speaks of a request (`ruleMatches` of `checker.go`).

use cloister_model::Node;
use cloister_rbac::{Action, ResourceAction};

use super::Asked;

/// Why a rule does not match: the first of its conditions that fails, in the server's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mismatch {
    /// Its users are others.
    Users,
    /// The user is in none of its groups.
    UserGroups,
    /// Its verbs are others.
    Verbs,
    /// It speaks of resources or namespaces, the request of another path.
    ResourcesOnly,
    /// Its namespaces are others.
    Namespaces,
    /// Its resources, their groups or names are others.
    Resources,
    /// It speaks of paths, the request of a resource.
    PathsOnly,
    /// Its paths are others.
    NonResourceUrls,
}

impl Mismatch {
    /// The field of the rule that the request fails.
    pub fn field(self, rule: &Node) -> &'static str {
        match self {
            Mismatch::Users => "users",
            Mismatch::UserGroups => "userGroups",
            Mismatch::Verbs => "verbs",
            Mismatch::ResourcesOnly if rule.items_at("resources").is_empty() => "namespaces",
            Mismatch::ResourcesOnly | Mismatch::Resources => "resources",
            Mismatch::Namespaces => "namespaces",
            Mismatch::PathsOnly | Mismatch::NonResourceUrls => "nonResourceURLs",
        }
    }

    /// In words, after "does not match: ".
    pub fn as_str(self) -> &'static str {
        match self {
            Mismatch::Users => "the user is none of its users",
            Mismatch::UserGroups => "the user is in none of its groups",
            Mismatch::Verbs => "the verb is none of its verbs",
            Mismatch::ResourcesOnly => "it speaks of resources, and the request is for a path",
            Mismatch::Namespaces => "the namespace is none of its namespaces",
            Mismatch::Resources => "the resource is none of its resources",
            Mismatch::PathsOnly => "it speaks of paths, and the request is for a resource",
            Mismatch::NonResourceUrls => "the path is none of its paths",
        }
    }
}

/// Why `rule` does not match; nothing where it does.
pub(super) fn mismatch(rule: &Node, asked: &Asked<'_>) -> Option<Mismatch> {
    who(rule, asked).or_else(|| what(rule, asked.action))
}

fn who(rule: &Node, asked: &Asked<'_>) -> Option<Mismatch> {
    let (users, groups) = (rule.items_at("users"), rule.items_at("userGroups"));
    if !users.is_empty() && !asked.identity.is_some_and(|identity| holds(users, &identity.user)) {
        return Some(Mismatch::Users);
    }
    let is_in = || asked.identity.is_some_and(|identity| identity.groups.iter().any(|group| holds(groups, group)));
    (!groups.is_empty() && !is_in()).then_some(Mismatch::UserGroups)
}

fn what(rule: &Node, action: &Action) -> Option<Mismatch> {
    let verb = match action {
        Action::Resource(action) => &action.verb,
        Action::Url { verb, .. } => verb,
    };
    let verbs = rule.items_at("verbs");
    if !verbs.is_empty() && !holds(verbs, verb) {
        return Some(Mismatch::Verbs);
    }
    let of_resources = !rule.items_at("namespaces").is_empty() || !rule.items_at("resources").is_empty();
    let paths = rule.items_at("nonResourceURLs");
    match action {
        Action::Resource(action) if of_resources => of_resource(rule, action),
        Action::Resource(_) => (!paths.is_empty()).then_some(Mismatch::PathsOnly),
        Action::Url { .. } if of_resources => Some(Mismatch::ResourcesOnly),
        Action::Url { .. } if paths.is_empty() => None,
        Action::Url { path, .. } => {
            let fits = paths.iter().any(|pattern| path_fits(path, text(pattern)));
            (!fits).then_some(Mismatch::NonResourceUrls)
        }
    }
}

/// A trailing `*` stands for any end; all of them are cut off, as the server does.
fn path_fits(path: &str, pattern: &str) -> bool {
    pattern == "*" || pattern == path || (pattern.ends_with('*') && path.starts_with(pattern.trim_end_matches('*')))
}

fn of_resource(rule: &Node, action: &ResourceAction) -> Option<Mismatch> {
    let namespaces = rule.items_at("namespaces");
    // What lives outside namespaces has the empty one.
    if !namespaces.is_empty() && !holds(namespaces, &action.namespace) {
        return Some(Mismatch::Namespaces);
    }
    let resources = rule.items_at("resources");
    let fits = resources.is_empty() || resources.iter().any(|group| group_fits(group, action));
    (!fits).then_some(Mismatch::Resources)
}

/// A group without resources takes all of them, whatever names it has (which the server refuses).
fn group_fits(group: &Node, action: &ResourceAction) -> bool {
    let name = group.str_at("group").unwrap_or_default();
    if name != action.group && name != "*" {
        return false;
    }
    let (resources, names) = (group.items_at("resources"), group.items_at("resourceNames"));
    let named = names.is_empty() || holds(names, &action.name);
    resources.is_empty() || (named && resources.iter().any(|pattern| resource_fits(text(pattern), action)))
}

/// `pods/*` takes pods themselves, too; `*` takes subresources.
fn resource_fits(pattern: &str, action: &ResourceAction) -> bool {
    let below = &*action.subresource;
    pattern == "*"
        || pattern == action.path()
        || (!below.is_empty() && pattern.strip_prefix("*/") == Some(below))
        || pattern.strip_suffix("/*") == Some(&*action.resource)
}

/// A null in a list of strings is read as the empty string.
pub(super) fn text(node: &Node) -> &str {
    node.as_str().unwrap_or_default()
}

fn holds(list: &[Node], word: &str) -> bool {
    list.iter().any(|item| text(item) == word)
}
