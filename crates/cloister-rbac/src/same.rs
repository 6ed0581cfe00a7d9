//! Whether two versions of an object are the same but for what the garbage collector writes.
//!
//! Source: Kubernetes 1.37, `IsOnlyMutatingGCFields` of `pkg/registry/rbac/helpers.go`.

use cloister_model::{Entry, Node, Resource, Value};

/// Fields of `metadata` that may differ; the namespace is that of the request in any case.
const COLLECTOR: [&str; 5] = ["ownerReferences", "finalizers", "selfLink", "managedFields", "namespace"];
/// Fields that are not compared here.
const TYPE: [&str; 3] = ["apiVersion", "kind", "metadata"];
/// The field of references and subjects that the server fills in while it reads.
const FILLED_IN: &str = "apiGroup";

/// Whether only owner references and finalizers change. A version without the `resourceVersion` or `uid` of the old one
/// is another one: that is how the server compares them.
pub(crate) fn changes_only_owners(old: &Resource, new: &Resource) -> bool {
    let same = |path: &str, but: &[&str]| same_entries(old.root.entries_at(path), new.root.entries_at(path), but);
    same("metadata", &COLLECTOR) && same_entries(old.root.entries(), new.root.entries(), &TYPE)
}

/// Nothing, an empty text and an empty list are one and the same.
fn same(old: &Node, new: &Node) -> bool {
    match (&old.value, &new.value) {
        (Value::Map(old), Value::Map(new)) => same_entries(old, new, &[]),
        (Value::List(old), Value::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        _ => (old.is_empty() && new.is_empty()) || old.value == new.value,
    }
}

fn same_entries(old: &[Entry], new: &[Entry], but: &[&str]) -> bool {
    let in_other = |entry: &Entry, other: &[Entry]| {
        let counterpart = other.iter().find(|other| other.key == entry.key);
        match counterpart {
            Some(counterpart) => same(&entry.node, &counterpart.node),
            None => entry.node.is_empty() || &*entry.key == FILLED_IN,
        }
    };
    let is_looked_at = |entry: &&Entry| !but.contains(&&*entry.key);
    old.iter().filter(is_looked_at).all(|entry| in_other(entry, new))
        && new.iter().filter(is_looked_at).all(|entry| in_other(entry, old))
}
