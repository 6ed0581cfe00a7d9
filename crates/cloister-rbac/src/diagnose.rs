//! What in roles and bindings cannot be right. Told, and survived.

use std::collections::HashSet;

use cloister_model::{Diagnostic, Node, Origin, Place, Resource, Value};

use crate::{Binding, Policy, Subject, bootstrap};

/// One diagnostic for each.
pub(crate) fn diagnostics(policy: &Policy<'_>, cycles: &[usize]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for role in cycles.iter().filter_map(|&index| policy.roles.get(index)) {
        let message = format!("ClusterRole \"{}\" collects itself through others", role.name);
        let help = "what stands in its rules is overwritten; only rules of roles that collect nothing count";
        found.push(at(Place::whole(role.resource).at("aggregationRule"), message).help(help));
    }
    let mut names = HashSet::new();
    for role in policy.roles.iter().filter(|role| !bootstrap::is_built_in(role.resource)) {
        if !names.insert((role.namespace, role.name)) {
            let message = format!("{} \"{}\" is there more than once", role.resource.kind, role.name);
            found.push(at(Place::whole(role.resource).at("metadata/name"), message).help("the rules of all count"));
        }
        found.extend(mistyped(role.resource, "rules", Node::is_map));
    }
    for binding in policy.bindings.iter().filter(|binding| !bootstrap::is_built_in(binding.resource)) {
        found.extend(role_missing(policy, binding));
        found.extend(mistyped(binding.resource, "subjects", Node::is_map));
        let subjects = binding.resource.root.items_at("subjects").iter().filter(|node| node.is_map());
        found.extend(subjects.filter_map(|node| nobody(binding, node)));
    }
    found
}

fn at(place: Place<'_>, message: String) -> Diagnostic {
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
    Some(at(Place::of(resource, wrong), message).help("nothing was read here"))
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
    Some(at(binding.role_place(), message))
}

fn nobody(binding: &Binding<'_>, node: &Node) -> Option<Diagnostic> {
    let subject = Subject::read(node, binding.namespace);
    if subject.is_some_and(|subject| !subject.name.is_empty()) {
        return None;
    }
    let (kind, name) = (&binding.resource.kind, &binding.resource.name);
    let message = format!("a subject of {kind} \"{name}\" is nobody");
    let help = "it needs the kind User, Group or ServiceAccount, a name, and for a service account a namespace";
    // The node lives as long as the binding's own tree, which is where it is looked for.
    let place = binding.resource.root.items_at("subjects").iter().find(|other| std::ptr::eq(*other, node));
    Some(at(Place::of(binding.resource, place.unwrap_or(&binding.resource.root)), message).help(help))
}
