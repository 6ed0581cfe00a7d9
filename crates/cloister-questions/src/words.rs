//! The words of `kubectl auth can-i`, made an action; and an action in words.

use cloister_rbac::{Action, Catalogue, ResourceAction};

/// What is asked for besides verb and resource.
#[derive(Clone, Debug, Default)]
pub struct What {
    /// The namespace; `default` where none is named.
    pub namespace: Option<String>,
    /// In all namespaces at once, as a list of everything asks for.
    pub all_namespaces: bool,
    /// The subresource; with it, RESOURCE/NAME names the object.
    pub subresource: Option<String>,
    /// A list or watch by metadata.name=NAME asks for that name alone.
    pub field_selector: Option<String>,
}

/// A question as it was put, and what must be said of how it was understood.
#[derive(Debug)]
pub struct Understood {
    /// What it asks for.
    pub action: Action,
    /// How it was understood, where that is not plain.
    pub notes: Vec<String>,
}

/// Understands `VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME]` or `VERB /PATH`.
pub fn understand(verb: &str, resource: &str, name: Option<&str>, what: &What, known: &Catalogue) -> Understood {
    if resource.starts_with('/') {
        return Understood { action: Action::Url { verb: verb.to_owned(), path: resource.to_owned() }, notes: vec![] };
    }
    let (word, below) = resource.split_once('/').unwrap_or((resource, ""));
    let mut action = ResourceAction { verb: verb.to_owned(), ..ResourceAction::default() };
    match &what.subresource {
        Some(subresource) => {
            action.subresource.clone_from(subresource);
            below.clone_into(&mut action.name);
        }
        None => below.clone_into(&mut action.subresource),
    }
    if let Some(name) = name {
        name.clone_into(&mut action.name);
    }
    let mut notes = Vec::new();
    let namespaced = find(word, &mut action, known, &mut notes);
    set_namespace(&mut action, namespaced, what, &mut notes);
    if let Some(selector) = &what.field_selector {
        action = action.with_field_selector(selector);
    }
    Understood { action: Action::Resource(action), notes }
}

/// Understands `RESOURCE[.GROUP][/SUBRESOURCE]` alone, and whether it lives in namespaces.
pub fn resource(word: &str, known: &Catalogue) -> (ResourceAction, Option<bool>, Vec<String>) {
    let (word, below) = word.split_once('/').unwrap_or((word, ""));
    let mut action = ResourceAction { subresource: below.to_owned(), ..ResourceAction::default() };
    let mut notes = Vec::new();
    let namespaced = find(word, &mut action, known, &mut notes);
    (action, namespaced, notes)
}

/// Sets resource and group; says whether the resource lives in namespaces, where that is known.
fn find(word: &str, action: &mut ResourceAction, known: &Catalogue, notes: &mut Vec<String>) -> Option<bool> {
    let (name, group) = word.split_once('.').map_or((word, None), |(name, group)| (name, Some(group)));
    if let Some(found) = known.find(name, group) {
        action.resource.clone_from(&found.resource);
        action.group.clone_from(&found.group);
        let below = &action.subresource;
        if !below.is_empty() && below != "*" && !found.subresources.contains(below) {
            notes.push(format!(
                "{} has no subresource \"{below}\"; the name of an object stands apart: {} NAME",
                found.resource, found.resource
            ));
        }
        return Some(found.namespaced);
    }
    name.clone_into(&mut action.resource);
    group.unwrap_or_default().clone_into(&mut action.group);
    if name != "*" {
        notes.push(format!("no resource is known as \"{word}\"; taken as it is written"));
    }
    None
}

/// A request for what lives outside namespaces carries none, but one for a Namespace carries that one.
fn set_namespace(action: &mut ResourceAction, namespaced: Option<bool>, what: &What, notes: &mut Vec<String>) {
    if namespaced == Some(false) {
        if what.namespace.is_some() {
            notes.push(format!("{} live outside namespaces: --namespace changes nothing", action.resource));
        }
        if action.resource == "namespaces" && action.group.is_empty() {
            action.namespace.clone_from(&action.name);
        }
    } else if !what.all_namespaces {
        action.namespace = what.namespace.clone().unwrap_or_else(|| "default".to_owned());
    }
}

/// An action in words: `get pods/exec "web" in namespace "shop"`.
pub fn say(action: &Action) -> String {
    match action {
        Action::Url { verb, path } => format!("{verb} {path}"),
        Action::Resource(action) => {
            let group = if action.group.is_empty() { String::new() } else { format!(".{}", action.group) };
            let name = if action.name.is_empty() { String::new() } else { format!(" \"{}\"", action.name) };
            let namespace = if action.namespace.is_empty() {
                String::new()
            } else {
                format!(" in namespace \"{}\"", action.namespace)
            };
            format!("{} {}{group}{name}{namespace}", action.verb, action.path())
        }
    }
}
