//! Every JSON pointer of one tree at once, for trees of which many places are reported.

use std::collections::HashMap;
use std::sync::Arc;

use crate::tree::{Node, Step, Value};

/// The way to each node of a tree, by the node's identity.
#[derive(Debug, Default)]
pub struct Pointers {
    /// By address: the parent's address, and the step from it.
    steps: HashMap<usize, (usize, Step<Arc<str>>)>,
    root: usize,
}

impl Pointers {
    /// Walks the whole tree once.
    pub fn of(root: &Node) -> Pointers {
        let mut pointers = Pointers { root: address(root), ..Pointers::default() };
        pointers.add(root);
        pointers
    }

    /// What [`Node::pointer_to`] of the root says, without a search.
    pub fn to(&self, target: &Node) -> Option<String> {
        let mut at = address(target);
        let mut steps = Vec::new();
        while at != self.root {
            let (parent, step) = self.steps.get(&at)?;
            steps.push(step);
            at = *parent;
        }
        Some(Step::pointer(steps.into_iter().rev()))
    }

    fn add(&mut self, node: &Node) {
        match &node.value {
            Value::Map(entries) => {
                for entry in entries {
                    self.steps.insert(address(&entry.node), (address(node), Step::Key(entry.key.clone())));
                    self.add(&entry.node);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.steps.insert(address(item), (address(node), Step::Index(index)));
                    self.add(item);
                }
            }
            _ => {}
        }
    }
}

fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, Mark};

    #[test]
    fn each_node_has_the_pointer_that_a_search_finds() {
        let text = |text: &str| Node::unplaced(Value::Text(text.into()));
        let list = Node::unplaced(Value::List([text("x"), text("x")].into()));
        let entry = |key: &str, node| Entry { key: key.into(), mark: Mark::NONE, node };
        let tree = Node::unplaced(Value::Map([entry("a/b~c", list), entry("d", text("x"))].into()));
        let pointers = Pointers::of(&tree);
        let [list, last] = tree.entries() else { panic!("two entries") };
        for node in [&tree, &list.node, &last.node].into_iter().chain(list.node.items()) {
            assert_eq!(pointers.to(node), tree.pointer_to(node));
        }
        assert_eq!(list.node.items().get(1).and_then(|item| pointers.to(item)).as_deref(), Some("/a~1b~0c/1"));
        assert_eq!(pointers.to(&text("x")), None, "a node of another tree");
    }
}
