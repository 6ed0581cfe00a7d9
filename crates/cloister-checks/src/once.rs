//! What thousands of verdicts repeat, held once: texts, and whole lists of verdicts, which most subjects of a kind share.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashSet;

use crate::again::Judgement;

/// Both.
#[derive(Debug, Default)]
pub(crate) struct Once {
    texts: Mutex<HashSet<Arc<str>>>,
    judgements: Mutex<HashSet<Arc<[Judgement]>>>,
}

impl Once {
    pub(crate) fn text(&self, text: &str) -> Arc<str> {
        held(&self.texts, text)
    }

    pub(crate) fn judgements(&self, all: &[Judgement]) -> Arc<[Judgement]> {
        held(&self.judgements, all)
    }

    /// Their memory.
    pub(crate) fn bytes(&self) -> usize {
        bytes(&self.texts) + bytes(&self.judgements)
    }

    /// Lets go of what nobody holds any more.
    pub(crate) fn sweep(&mut self) {
        sweep(&mut self.texts);
        sweep(&mut self.judgements);
    }
}

fn held<T>(all: &Mutex<HashSet<Arc<T>>>, one: &T) -> Arc<T>
where
    T: ?Sized + Hash + Eq,
    Arc<T>: Borrow<T> + for<'t> From<&'t T>,
{
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(one) {
        return known.clone();
    }
    let new: Arc<T> = one.into();
    all.insert(new.clone());
    new
}

fn bytes<T: ?Sized>(all: &Mutex<HashSet<Arc<T>>>) -> usize {
    let all = all.lock().unwrap_or_else(PoisonError::into_inner);
    // Each has its counts before it, and is found by its address and length.
    let counts = 2 * size_of::<usize>();
    all.iter().map(|one| size_of_val(&**one) + counts).sum::<usize>() + all.capacity() * (size_of::<Arc<T>>() + 1)
}

fn sweep<T: ?Sized + Hash + Eq>(all: &mut Mutex<HashSet<Arc<T>>>) {
    let all = all.get_mut().unwrap_or_else(PoisonError::into_inner);
    all.retain(|one| Arc::strong_count(one) > 1);
    all.shrink_to_fit();
}
