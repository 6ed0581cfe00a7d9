//! Classes of which the same is told stand together.

use std::hash::Hash;

use foldhash::HashMap;

/// What is told, each once, and the classes of which it is told: in the order of their first ones.
#[derive(Debug)]
pub(crate) struct Alike<T> {
    pub(crate) groups: Vec<(T, Vec<usize>)>,
    numbers: HashMap<T, usize>,
}

impl<T> Default for Alike<T> {
    fn default() -> Alike<T> {
        Alike { groups: Vec::new(), numbers: HashMap::default() }
    }
}

impl<T: Clone + Eq + Hash> Alike<T> {
    pub(crate) fn add(&mut self, told: T, class: usize) {
        let next = self.groups.len();
        let number = *self.numbers.entry(told.clone()).or_insert(next);
        if number == next {
            self.groups.push((told, Vec::new()));
        }
        self.groups.get_mut(number).into_iter().for_each(|(_, classes)| classes.push(class));
    }
}
