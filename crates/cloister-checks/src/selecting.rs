//! The way back from a pod to what selects it, without trying every selector.

use std::collections::HashMap;

use cloister_inventory::Selector;
use cloister_model::Entry;

/// Things with selectors, by a label that each of them needs.
#[derive(Debug)]
pub(crate) struct Selecting<'a, T> {
    by_label: HashMap<&'a str, HashMap<&'a str, Vec<T>>>,
    /// Those that need none.
    open: Vec<T>,
}

impl<T> Default for Selecting<'_, T> {
    fn default() -> Self {
        Selecting { by_label: HashMap::new(), open: Vec::new() }
    }
}

impl<'a, T> Selecting<'a, T> {
    /// Adds one; without a selector it is tried for every pod.
    pub(crate) fn add(&mut self, selector: Option<Selector<'a>>, thing: T) {
        match selector.and_then(|selector| selector.required().next()) {
            Some((key, value)) => self.by_label.entry(key).or_default().entry(value).or_default().push(thing),
            None => self.open.push(thing),
        }
    }

    /// Those that may select a pod with these labels; whether they do is still to be asked.
    pub(crate) fn candidates(&self, labels: &[Entry]) -> impl Iterator<Item = &T> {
        let by_label = labels.iter().filter_map(|label| self.by_label.get(&*label.key)?.get(label.node.as_str()?));
        self.open.iter().chain(by_label.flatten())
    }
}
