//! What in roles and bindings cannot be right. Told, and survived.

use std::collections::HashSet;

use cloister_model::{Diagnostic, Node, Origin, Place, Resource, Value};

use crate::{Binding, Policy, bootstrap};

/// One diagnostic for each.
pub(crate) fn diagnostics(policy: &Policy<'_>, cycles: &[usize]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for role in cycles.iter().filter_map(|&index| policy.roles.get(index)) {
        let message = format!("ClusterRole \"{}\" collects itself through others", role.name);
        let help =
            "which of the rules written in such roles stay depends on the order of creation; those of the others count";
        found.push(at_place(Place::whole(role.resource).at("aggregationRule"), message).help(help));
    }
    let mut names = HashSet::new();
    for role in policy.roles.iter().filter(|role| !bootstrap::is_built_in(role.resource)) {
        if !names.insert((role.namespace, role.name)) {
            let message = format!("{} \"{}\" is there more than once", role.resource.kind, role.name);
            found.push(
                at_place(Place::whole(role.resource).at("metadata/name"), message).help("the rules of all count"),
            );
        }
        found.extend(mistyped(role.resource, "rules", |node| node.is_map() || node.is_null()));
        found.extend(role.resource.root.items_at("rules").iter().filter_map(|rule| words(role.resource, rule)));
    }
    for binding in policy.bindings.iter().filter(|binding| !bootstrap::is_built_in(binding.resource)) {
        found.extend(role_missing(policy, binding));
        found.extend(mistyped(binding.resource, "subjects", Node::is_map));
        found.extend(nobody_bound(binding));
        let subjects = binding.resource.root.items_at("subjects").iter().filter(|node| node.is_map());
        found.extend(subjects.filter_map(|node| nobody(binding, node)));
    }
    found
}

fn at(resource: &Resource, node: &Node, message: String) -> Diagnostic {
    at_place(Place { resource, node, mark: node.mark, missing: "" }, message)
}

/// A warning at a place of the input.
pub(crate) fn at_place(place: Place<'_>, message: String) -> Diagnostic {
    let (file, mark) = match (place.location(), &place.resource.origin) {
        (Some(location), _) => (location.file.clone(), location.line.zip(location.column)),
        (None, Origin::Cluster(name) | Origin::File(name) | Origin::Rendered { file: name, .. }) => {
            (name.clone(), None)
        }
    };
    let diagnostic = Diagnostic::warning(file, message);
    if let Some((line, column)) = mark { diagnostic.at(line, column) } else { diagnostic }
}

/// A list of the wrong type, or entries in it.
fn mistyped(resource: &Resource, field: &'static str, is_right: fn(&Node) -> bool) -> Option<Diagnostic> {
    let node = resource.root.get(field)?;
    let wrong = match &node.value {
        Value::List(items) => items.iter().find(|item| !is_right(item))?,
        _ => node,
    };
    let message = format!("{field} of {} \"{}\" must be a list of mappings", resource.kind, resource.name);
    Some(at(resource, wrong, message).help("nothing was read here"))
}

/// The first value of a rule that must be a list of words and is none.
fn words(role: &Resource, rule: &Node) -> Option<Diagnostic> {
    let is_word = |node: &Node| node.is_null() || node.as_str().is_some();
    let fields = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"];
    let (field, wrong) = fields.iter().find_map(|field| {
        let node = rule.get(field)?;
        let wrong = match &node.value {
            Value::List(items) => items.iter().find(|item| !is_word(item))?,
            _ => node,
        };
        Some((field, wrong))
    })?;
    let message = format!("{field} of {} \"{}\" must be a list of words", role.kind, role.name);
    Some(at(role, wrong, message).help("the API server refuses this role; its words were read all the same"))
}

/// Why a binding gives no role.
fn role_missing(policy: &Policy<'_>, binding: &Binding<'_>) -> Option<Diagnostic> {
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    if binding.role_key().is_none() {
        let message = format!("{kind} \"{name}\" gives nothing: {}", no_role(binding));
        let help =
            "write roleRef with the kind Role or ClusterRole, a name, and the apiGroup rbac.authorization.k8s.io";
        return Some(at_place(mistake_of(binding), message).help(help));
    }
    if !binding.roles.is_empty() || !policy.unread.is_empty() {
        return None;
    }
    let (role_kind, role) = (binding.role_kind, binding.role_name);
    let message =
        format!("{kind} \"{name}\" names {role_kind} \"{role}\", which is not in the input: it gives nothing");
    let near = policy.roles.iter().find(|other| other.name == role);
    let help = match near.filter(|_| role_kind == "Role") {
        Some(other) if other.namespace.is_empty() => format!("a ClusterRole is called \"{role}\": write that kind"),
        Some(other) => format!("that Role lives in the namespace \"{}\"", other.namespace),
        None => "read the folder that it is written in as well, or take the binding away".to_owned(),
    };
    Some(at_place(binding.role_place(), message).help(help))
}

/// What is wrong with a roleRef that can never name a role.
fn no_role(binding: &Binding<'_>) -> String {
    match (binding.resource.root.get("roleRef"), binding.role_kind) {
        (None, _) => "it has no roleRef".to_owned(),
        (Some(node), _) if !node.is_map() => "its roleRef is no mapping".to_owned(),
        (_, "") => "its roleRef has no kind".to_owned(),
        (_, "Role") => "a ClusterRoleBinding cannot give a Role, which lives in a namespace".to_owned(),
        (_, kind) => format!("\"{kind}\" is no kind of role"),
    }
}

fn mistake_of<'a>(binding: &Binding<'a>) -> Place<'a> {
    let whole = Place::whole(binding.resource);
    let path = if binding.resource.root.str_at("roleRef/kind").is_some() { "roleRef/kind" } else { "roleRef" };
    whole.at(path)
}

fn nobody_bound(binding: &Binding<'_>) -> Option<Diagnostic> {
    // Kubernetes' own system:node has had none since nodes have an authoriser.
    let is_own = binding.resource.label("kubernetes.io/bootstrapping").is_some();
    if is_own || binding.resource.root.get("subjects").is_some_and(|node| !node.is_empty()) {
        return None;
    }
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    let message = format!("{kind} \"{name}\" has no subjects: it gives nothing to anybody");
    Some(at_place(Place::whole(binding.resource).at("subjects"), message).help("name who is meant, or take it away"))
}

/// A subject that is nobody, or who is not as it is written.
fn nobody(binding: &Binding<'_>, node: &Node) -> Option<Diagnostic> {
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    let written = node.str_at("name").unwrap_or_default();
    let (cause, help) = match node.str_at("kind").unwrap_or_default() {
        "" => ("has no kind".to_owned(), "write User, Group or ServiceAccount"),
        _ if written.is_empty() => ("has no name".to_owned(), "name who is meant"),
        "ServiceAccount" => account_mistake(binding, node, written)?,
        "User" | "Group" => return None,
        other => (
            format!("is of the kind \"{other}\", which is nobody"),
            "write User, Group or ServiceAccount, letter by letter",
        ),
    };
    Some(at(binding.resource, node, format!("a subject of {kind} \"{name}\" {cause}")).help(help))
}

fn account_mistake(binding: &Binding<'_>, node: &Node, name: &str) -> Option<(String, &'static str)> {
    if node.str_at("namespace").is_some_and(|namespace| !namespace.is_empty()) {
        return None;
    }
    Some(match binding.namespace {
        "" => (
            format!("is the service account \"{name}\" of no namespace, which is nobody"),
            "name its namespace: a ClusterRoleBinding has none to lend",
        ),
        own => (
            format!("is a service account \"{name}\" without a namespace, taken for the binding's own, \"{own}\""),
            "write the namespace, so that nobody has to guess",
        ),
    })
}
