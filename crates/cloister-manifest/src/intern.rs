//! Kubernetes repeats itself: keys, kinds, images and labels are stored once.

use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Longer strings rarely repeat, and looking them up costs more than it saves.
const LONGEST: usize = 128;

/// Strings seen so far.
#[derive(Debug, Default)]
pub struct Interner {
    seen: HashSet<Arc<str>, RandomState>,
}

impl Interner {
    /// The shared copy of `text`.
    pub fn get(&mut self, text: &str) -> Arc<str> {
        if text.len() > LONGEST {
            return Arc::from(text);
        }
        if let Some(shared) = self.seen.get(text) {
            return shared.clone();
        }
        let shared: Arc<str> = Arc::from(text);
        self.seen.insert(shared.clone());
        shared
    }

    /// Keeps no copy of `text`, which is a secret.
    pub(crate) fn forget(&mut self, text: &str) {
        self.seen.remove(text);
    }
}

/// Whether two strings of one interner are the same: short ones are when they are one.
pub fn is_same(left: &Arc<str>, right: &Arc<str>) -> bool {
    Arc::ptr_eq(left, right) || (left.len() > LONGEST && left == right)
}
