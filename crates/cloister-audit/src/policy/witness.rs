//! Whether any request comes to a rule. Of what may have any name (users, groups, resources, names, paths), one that
//! nobody else names is tried: whatever takes it takes all the others.

use cloister_model::Node;
use cloister_rbac::{Action, Identity, ResourceAction};

use super::matching::text;
use super::{Asked, AuditPolicy, Rule};

/// A name that no policy holds.
const FRESH: &str = "\u{1}other";
/// The verbs of requests for resources.
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
/// The verbs of requests for paths: methods in lower case.
const METHODS: [&str; 7] = ["get", "head", "options", "post", "put", "patch", "delete"];
/// After so many requests a rule counts as reached: no person writes such a one.
const MOST: usize = 50_000;

/// Whether some request comes to this rule.
pub(super) fn is_reached(policy: &AuditPolicy<'_>, rule: &Rule<'_>) -> bool {
    // Shared parts of a rule are taken first by what has fewest conditions.
    let actions = actions(rule.node);
    let identities = identities(rule.node);
    let mut asked = actions.iter().flat_map(|action| identities.iter().map(move |who| (who, action)));
    let comes = |(who, action): (&Option<Identity>, &Action)| {
        let decision = policy.decide(&Asked { identity: who.as_ref(), action });
        decision.rule.is_some_and(|found| found.index == rule.index)
    };
    asked.by_ref().take(MOST).any(comes) || asked.next().is_some()
}

/// The words of a list, or one that nobody names where any will do.
fn words<'n>(rule: &'n Node, field: &str, any: &[&'n str]) -> Vec<&'n str> {
    let items = rule.items_at(field);
    if items.is_empty() { any.to_vec() } else { items.iter().map(text).collect() }
}

/// Everybody who is known is in `system:authenticated`, everybody else in `system:unauthenticated`, or is nobody.
fn identities(rule: &Node) -> Vec<Option<Identity>> {
    let (users, groups) = (rule.items_at("users"), rule.items_at("userGroups"));
    if users.is_empty() && groups.is_empty() {
        let known = Identity::authenticated(FRESH, []);
        return vec![None, Some(known), Some(Identity::authenticated("system:anonymous", []))];
    }
    let mut found = Vec::new();
    for user in words(rule, "users", &[FRESH]) {
        if groups.is_empty() {
            found.push(Some(Identity::authenticated(user, [])));
        }
        for group in groups.iter().map(text) {
            found.push(Some(Identity::authenticated(user, [group.to_owned()])));
        }
    }
    found
}

fn actions(rule: &Node) -> Vec<Action> {
    let of_resources = ["resources", "namespaces"].iter().any(|field| !rule.items_at(field).is_empty());
    let of_paths = !rule.items_at("nonResourceURLs").is_empty();
    let mut found = Vec::new();
    if !of_paths {
        found.extend(resource_actions(rule));
    }
    if !of_resources {
        for verb in words(rule, "verbs", &METHODS) {
            for path in words(rule, "nonResourceURLs", &["*"]) {
                let path = match path.strip_suffix('*') {
                    Some(start) => format!("{}{FRESH}", start.trim_end_matches('*')),
                    None => path.to_owned(),
                };
                found.push(Action::Url { verb: verb.to_owned(), path });
            }
        }
    }
    found
}

fn resource_actions(rule: &Node) -> Vec<Action> {
    let mut found = Vec::new();
    for verb in words(rule, "verbs", &VERBS) {
        for namespace in words(rule, "namespaces", &[FRESH]) {
            let base = ResourceAction {
                verb: verb.to_owned(),
                namespace: namespace.to_owned(),
                group: FRESH.to_owned(),
                resource: FRESH.to_owned(),
                name: FRESH.to_owned(),
                ..ResourceAction::default()
            };
            let groups = rule.items_at("resources");
            if groups.is_empty() {
                found.push(Action::Resource(base.clone()));
            }
            groups.iter().for_each(|group| of_group(group, &base, &mut found));
        }
    }
    found
}

fn of_group(group: &Node, base: &ResourceAction, found: &mut Vec<Action>) {
    let name = match group.str_at("group").unwrap_or_default() {
        "*" => FRESH,
        name => name,
    };
    for pattern in words(group, "resources", &["*"]) {
        let (resource, below) = match (pattern, pattern.strip_prefix("*/"), pattern.split_once('/')) {
            ("*", ..) => (FRESH, ""),
            (_, Some(below), _) => (FRESH, below),
            (_, _, Some((resource, "*"))) => (resource, FRESH),
            (_, _, Some((resource, below))) => (resource, below),
            (resource, ..) => (resource, ""),
        };
        for object in words(group, "resourceNames", &[FRESH]) {
            found.push(Action::Resource(ResourceAction {
                group: name.to_owned(),
                resource: resource.to_owned(),
                subresource: below.to_owned(),
                name: object.to_owned(),
                ..base.clone()
            }));
        }
    }
}
