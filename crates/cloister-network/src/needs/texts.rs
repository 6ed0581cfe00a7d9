//! The texts that a workload is given: variables, arguments, and the data of ConfigMaps that it refers to.

use std::borrow::Cow;

use cloister_inventory::{Container, Inventory, Pod};
use cloister_model::{Node, Place, Resource};

use super::Needs;
use super::keys::{Says, says};

/// What sort of text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// The value of a variable, or of a setting that becomes one.
    Variable,
    /// A word of a command.
    Word,
    /// A file of a ConfigMap.
    File,
}

/// A text.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub(super) sort: Sort,
    /// What it is called.
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) text: Cow<'a, str>,
    pub(super) place: Place<'a>,
    /// For people: `variable DB_HOST`.
    pub(super) called: String,
}

/// Every text of a container, each variable as it takes effect.
pub(super) fn of_container<'a>(
    container: &Container<'a>,
    inventory: &'a Inventory,
    about: &str,
    needs: &mut Needs,
) -> Vec<Text<'a>> {
    let mut texts = variables(container, inventory, about, needs);
    let known: Vec<(String, String)> = texts
        .iter()
        .filter_map(|text| Some((format!("$({})", text.name.as_deref()?), text.text.clone().into_owned())))
        .collect();
    let mut flag: Option<&str> = None;
    for node in container.words() {
        let Some(text) = node.as_str() else { continue };
        let name = flag.map(Cow::Borrowed);
        let called = "argument".to_owned();
        texts.push(Text { sort: Sort::Word, name, text: text.into(), place: container.place(node), called });
        flag = Some(text).filter(|text| text.starts_with('-') && !text.contains('='));
    }
    texts.iter_mut().for_each(|text| expand(text, &known));
    texts
}

/// `$(NAME)` stands for the value of a variable (`core/v1`, EnvVar).
fn expand(text: &mut Text<'_>, known: &[(String, String)]) {
    if !text.text.contains("$(") {
        return;
    }
    let mut expanded = text.text.clone().into_owned();
    for (name, value) in known.iter().filter(|(_, value)| value.len() < 1024) {
        if expanded.len() < 65_536 {
            expanded = expanded.replace(name, value);
        }
    }
    text.text = expanded.into();
}

fn variables<'a>(container: &Container<'a>, inventory: &'a Inventory, about: &str, needs: &mut Needs) -> Vec<Text<'a>> {
    let mut texts = Vec::new();
    let namespace = container.pod.namespace();
    for node in container.node.items_at("envFrom") {
        let prefix = node.str_at("prefix").unwrap_or_default();
        if let Some(map) = node.str_at("configMapRef/name").and_then(|name| inventory.get("ConfigMap", namespace, name))
        {
            texts.extend(data(map).map(|(key, value)| Text {
                sort: Sort::Variable,
                name: Some(format!("{prefix}{key}").into()),
                text: value.as_str().unwrap_or_default().into(),
                place: Place::of(map, value),
                called: format!("ConfigMap {}, {key}", map.name),
            }));
        }
        if let Some(name) = node.str_at("secretRef/name") {
            ask_of_secret(name, inventory, &container.place(node), about, needs);
        }
    }
    for (name, node) in container.env() {
        let called = format!("variable {name}");
        let name = Cow::Borrowed(name);
        if let Some(value) = node.get("value") {
            let text = value.scalar().unwrap_or_default().into();
            texts.retain(|text: &Text<'_>| text.name.as_ref() != Some(&name));
            texts.push(Text { sort: Sort::Variable, name: Some(name), text, place: container.place(value), called });
        } else if let Some((map, value)) = referred(node, namespace, inventory) {
            let called = format!("{called} from ConfigMap {}", map.name);
            let text = value.as_str().unwrap_or_default().into();
            texts.push(Text { sort: Sort::Variable, name: Some(name), text, place: Place::of(map, value), called });
        } else if let Some(secret) = node.str_at("valueFrom/secretKeyRef/name").filter(|_| says(&name) == Says::Address)
        {
            let words =
                format!("{called} is in Secret \"{secret}\", whose values are never read: does it hold an address?");
            needs.ask(about, words, container.place(node).location());
        }
    }
    texts
}

fn referred<'a>(node: &Node, namespace: &str, inventory: &'a Inventory) -> Option<(&'a Resource, &'a Node)> {
    let reference = node.at("valueFrom/configMapKeyRef")?;
    let map = inventory.get("ConfigMap", namespace, reference.str_at("name")?)?;
    Some((map, map.root.get("data")?.get(reference.str_at("key")?)?))
}

/// A Secret whose keys are variables: the names of the keys tell whether there may be addresses.
fn ask_of_secret(name: &str, inventory: &Inventory, place: &Place<'_>, about: &str, needs: &mut Needs) {
    let secret = inventory.get("Secret", place.resource.namespace_or_default(), name);
    let keys = secret.into_iter().flat_map(|secret| {
        let parts = ["data", "stringData"].into_iter();
        parts.flat_map(|part| secret.root.entries_at(part)).map(|entry| entry.key.to_string()).collect::<Vec<_>>()
    });
    let addresses: Vec<String> = keys.filter(|key| says(key) == Says::Address).collect();
    let words = match (secret, addresses.is_empty()) {
        (Some(_), true) => return,
        (Some(_), false) => format!("{} in Secret \"{name}\"", addresses.join(", ")),
        (None, _) => format!("Secret \"{name}\", which is not in the input"),
    };
    needs.ask(about, format!("its variables hold {words}: does it name who is called?"), place.location());
}

/// The text values of a ConfigMap.
fn data(map: &Resource) -> impl Iterator<Item = (&str, &Node)> {
    map.root.entries_at("data").iter().filter(|it| it.node.as_str().is_some()).map(|entry| (&*entry.key, &entry.node))
}

/// The files of ConfigMaps that a pod mounts.
pub(super) fn of_volumes<'a>(pod: &Pod<'a>, inventory: &'a Inventory) -> Vec<Text<'a>> {
    let mut texts = Vec::new();
    for volume in pod.volumes() {
        let projected = volume.items_at("projected/sources").iter().filter_map(|it| it.get("configMap"));
        for source in volume.get("configMap").into_iter().chain(projected) {
            let Some(map) = source.str_at("name").and_then(|name| inventory.get("ConfigMap", pod.namespace(), name))
            else {
                continue;
            };
            let items = source.items_at("items");
            let is_taken = |key: &str| items.is_empty() || items.iter().any(|it| it.str_at("key") == Some(key));
            texts.extend(data(map).filter(|(key, _)| is_taken(key)).map(|(key, value)| Text {
                sort: Sort::File,
                name: Some(key.into()),
                text: value.as_str().unwrap_or_default().into(),
                place: Place::of(map, value),
                called: format!("ConfigMap {}, {key}", map.name),
            }));
        }
    }
    texts
}
