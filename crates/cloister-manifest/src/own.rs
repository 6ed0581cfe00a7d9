//! The entries of one mapping among those of all that are open, each key once.

use std::collections::HashMap;
use std::sync::Arc;

use cloister_model::{Diagnostic, Entry, Node, Value};

use crate::{explain, intern};

/// From here on the keys of a mapping are looked up instead of searched, so that no input costs quadratic time.
const MANY: usize = 32;

/// Where the entries of a mapping lie: from `start` to the end of the stack while it is the innermost.
pub struct Own {
    /// The first of them.
    pub start: usize,
    /// Where each key stands, once there are many.
    index: HashMap<Arc<str>, usize>,
    /// Where those stand that were merged in, and are not told as doubled.
    merged: HashMap<Arc<str>, usize>,
}

impl Own {
    /// A mapping without entries yet.
    pub fn from(start: usize) -> Own {
        Own { start, index: HashMap::new(), merged: HashMap::new() }
    }

    fn position(&mut self, entries: &[Entry], key: &Arc<str>) -> Option<usize> {
        let own = entries.get(self.start..)?;
        if own.len() < MANY {
            return own.iter().position(|entry| intern::is_same(&entry.key, key)).map(|at| self.start + at);
        }
        for (at, entry) in own.iter().enumerate().skip(self.index.len()) {
            self.index.insert(entry.key.clone(), self.start + at);
        }
        self.index.get(key).copied()
    }

    /// The last of doubled keys wins, as in Go; the doubling is told.
    pub fn insert(&mut self, entries: &mut Vec<Entry>, entry: Entry, file: &Arc<str>, out: &mut Vec<Diagnostic>) {
        let is_merged = !self.merged.is_empty() && self.merged.remove(&entry.key).is_some();
        match self.position(entries, &entry.key).and_then(|at| entries.get_mut(at)) {
            Some(other) => {
                if !is_merged {
                    out.push(explain::doubled_key(file, &entry, other.mark));
                }
                *other = entry;
            }
            None => entries.push(entry),
        }
    }

    /// Merge keys as yaml.v2 reads them: where they stand, over what stands before and under what follows; of a list,
    /// the first mapping wins.
    pub fn merge(&mut self, entries: &mut Vec<Entry>, node: &Node, file: &Arc<str>) -> Result<(), Box<Diagnostic>> {
        let maps = if node.is_map() { std::slice::from_ref(node) } else { node.items() };
        let is_list = matches!(node.value, Value::List(_));
        if !(node.is_map() || is_list) || !maps.iter().all(Node::is_map) {
            return Err(Box::new(explain::merge_of_no_map(file, node.mark)));
        }
        for entry in maps.iter().rev().flat_map(Node::entries) {
            let at = self.position(entries, &entry.key).unwrap_or(entries.len());
            match entries.get_mut(at) {
                Some(other) => *other = entry.clone(),
                None => entries.push(entry.clone()),
            }
            self.merged.insert(entry.key.clone(), at);
        }
        Ok(())
    }
}
