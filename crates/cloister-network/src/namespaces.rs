//! Namespaces and their labels, as selectors see them.

use std::sync::Arc;

use cloister_inventory::{Inventory, Selector};
use cloister_model::{Entry, Mark, Node, Value};
use foldhash::HashMap;

/// The label that the API server puts on every namespace.
const NAME: &str = "kubernetes.io/metadata.name";

/// A namespace that exists or is lived in.
#[derive(Debug)]
pub(crate) struct Namespace<'a> {
    pub(crate) name: &'a str,
    /// Its labels, with that of its name.
    pub(crate) labels: Vec<Entry>,
    /// Whether its object was read; otherwise only the label of its name is known.
    pub(crate) read: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Namespaces<'a> {
    all: Vec<Namespace<'a>>,
    by_name: HashMap<&'a str, usize>,
}

impl<'a> Namespaces<'a> {
    pub(crate) fn of(inventory: &'a Inventory) -> Namespaces<'a> {
        let mut namespaces = Namespaces::default();
        for (name, object) in inventory.namespaces() {
            let written = object.map(|object| object.labels()).unwrap_or_default();
            let mut labels: Vec<Entry> = written.iter().filter(|label| &*label.key != NAME).cloned().collect();
            labels.push(label(NAME, name));
            namespaces.by_name.insert(name, namespaces.all.len());
            namespaces.all.push(Namespace { name, labels, read: object.is_some() });
        }
        namespaces
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Namespace<'a>> {
        self.by_name.get(name).and_then(|&index| self.all.get(index))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Namespace<'a>> {
        self.all.iter()
    }

    /// The names of those that `selector` selects.
    pub(crate) fn selected(&self, selector: &'a Node) -> impl Iterator<Item = &'a str> {
        let selector = Selector::Labels(selector);
        self.all.iter().filter(move |namespace| selector.matches(&namespace.labels)).map(|namespace| namespace.name)
    }
}

/// A label that was not written anywhere.
pub(crate) fn label(key: &str, value: &str) -> Entry {
    Entry { key: Arc::from(key), mark: Mark::NONE, node: Node::unplaced(Value::Text(Arc::from(value))) }
}
