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
/// So many rules are tried against so many requests; a rule for which that is not enough counts as reached. No person
/// writes such a policy.
const MOST: usize = 4_000_000;

/// Whether some request comes to this rule.
pub(super) fn is_reached(policy: &AuditPolicy<'_>, rule: &Rule<'_>) -> bool {
    let rules = policy.resource.root.items_at("rules").len().max(1);
    let most = (MOST / rules / rules).max(1);
    let actions = actions(rule.node, most);
    let identities = identities(rule.node, most);
    let mut asked = actions.iter().flat_map(|action| identities.iter().map(move |who| (who, action)));
    let comes = |(who, action): (&Option<Identity>, &Action)| {
        let decision = policy.decide(&Asked { identity: who.as_ref(), action });
        decision.rule.is_some_and(|found| found.index == rule.index)
    };
    let is_whole = actions.len() < most && identities.len() < most;
    asked.by_ref().take(most).any(comes) || asked.next().is_some() || !is_whole
}

/// The words of a list, or one that nobody names where any will do.
fn words<'n>(rule: &'n Node, field: &str, any: &[&'n str]) -> Vec<&'n str> {
    let items = rule.items_at(field);
    if items.is_empty() { any.to_vec() } else { items.iter().map(text).collect() }
}

/// Everybody who is known is in `system:authenticated`, everybody else in `system:unauthenticated`, or is nobody.
fn identities(rule: &Node, most: usize) -> Vec<Option<Identity>> {
    let (users, groups) = (rule.items_at("users"), rule.items_at("userGroups"));
    if users.is_empty() && groups.is_empty() {
        let known = Identity::authenticated(FRESH, []);
        return vec![None, Some(known), Some(Identity::authenticated("system:anonymous", []))];
    }
    let of_user = |user| {
        let one = move |group: Option<&str>| Some(Identity::authenticated(user, group.map(str::to_owned)));
        let alone = groups.is_empty().then(|| one(None));
        alone.into_iter().chain(groups.iter().map(move |group| one(Some(text(group)))))
    };
    words(rule, "users", &[FRESH]).into_iter().flat_map(of_user).take(most).collect()
}

fn actions(rule: &Node, most: usize) -> Vec<Action> {
    let of_resources = ["resources", "namespaces"].iter().any(|field| !rule.items_at(field).is_empty());
    let of_paths = !rule.items_at("nonResourceURLs").is_empty();
    let resources = (!of_paths).then(|| resource_actions(rule));
    let paths = (!of_resources).then(|| path_actions(rule));
    resources.into_iter().flatten().chain(paths.into_iter().flatten()).take(most).collect()
}

fn path_actions(rule: &Node) -> impl Iterator<Item = Action> {
    let paths = words(rule, "nonResourceURLs", &["*"]);
    words(rule, "verbs", &METHODS).into_iter().flat_map(move |verb| {
        let action = move |path: &str| Action::Url {
            verb: verb.to_owned(),
            path: path
                .strip_suffix('*')
                .map_or_else(|| path.to_owned(), |start| format!("{}{FRESH}", start.trim_end_matches('*'))),
        };
        paths.clone().into_iter().map(action)
    })
}

fn resource_actions(rule: &Node) -> impl Iterator<Item = Action> {
    let namespaces = words(rule, "namespaces", &[FRESH]);
    words(rule, "verbs", &VERBS).into_iter().flat_map(move |verb| {
        namespaces.clone().into_iter().flat_map(move |namespace| {
            objects(rule).map(move |object| {
                Action::Resource(ResourceAction { verb: verb.to_owned(), namespace: namespace.to_owned(), ..object })
            })
        })
    })
}

/// What a rule speaks of: groups, resources and names.
fn objects(rule: &Node) -> impl Iterator<Item = ResourceAction> {
    let groups = rule.items_at("resources");
    let any = groups.is_empty().then(|| object(FRESH, FRESH, FRESH));
    let named = groups.iter().flat_map(|group| {
        let name = match group.str_at("group").unwrap_or_default() {
            "*" => FRESH,
            name => name,
        };
        let names = words(group, "resourceNames", &[FRESH]);
        words(group, "resources", &["*"])
            .into_iter()
            .flat_map(move |pattern| names.clone().into_iter().map(move |one| object(name, pattern, one)))
    });
    any.into_iter().chain(named)
}

/// One that a pattern takes, and few others.
fn object(group: &str, pattern: &str, name: &str) -> ResourceAction {
    let (resource, below) = match (pattern, pattern.strip_prefix("*/"), pattern.split_once('/')) {
        ("*", ..) => (FRESH, ""),
        (_, Some(below), _) => (FRESH, below),
        (_, _, Some((resource, "*"))) => (resource, FRESH),
        (_, _, Some((resource, below))) => (resource, below),
        (resource, ..) => (resource, ""),
    };
    ResourceAction {
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: below.to_owned(),
        name: name.to_owned(),
        ..ResourceAction::default()
    }
}
