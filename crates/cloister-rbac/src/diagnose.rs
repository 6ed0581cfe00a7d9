//! What in roles and bindings cannot be right. Told, and survived.

use std::collections::HashSet;

use cloister_model::{Diagnostic, Node, Origin, Place, Resource, Value};

use crate::{Binding, Policy, Subject, bootstrap};

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
        let subjects = binding.resource.root.items_at("subjects").iter().filter(|node| node.is_map());
        found.extend(subjects.filter_map(|node| nobody(binding, node)));
    }
    found
}

fn at(resource: &Resource, node: &Node, message: String) -> Diagnostic {
    at_place(Place { resource, node, mark: node.mark, missing: "" }, message)
}

fn at_place(place: Place<'_>, message: String) -> Diagnostic {
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

fn role_missing(policy: &Policy<'_>, binding: &Binding<'_>) -> Option<Diagnostic> {
    if !binding.roles.is_empty() || !policy.unread.is_empty() {
        return None;
    }
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    let message = match binding.role_key() {
        Some(_) => {
            let (role_kind, role) = (binding.role_kind, binding.role_name);
            format!("{kind} \"{name}\" names {role_kind} \"{role}\", which is not in the input: it gives nothing")
        }
        None => format!("{kind} \"{name}\" names no role that it can give"),
    };
    Some(at_place(binding.role_place(), message))
}

fn nobody(binding: &Binding<'_>, node: &Node) -> Option<Diagnostic> {
    let subject = Subject::read(node, binding.namespace);
    if subject.is_some_and(|subject| !subject.name.is_empty()) {
        return None;
    }
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    let message = format!("a subject of {kind} \"{name}\" is nobody");
    let help = "it needs the kind User, Group or ServiceAccount, a name, and for a service account a namespace";
    Some(at(binding.resource, node, message).help(help))
}
