//! Output of files that are read at once, in the order of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::output::print;

/// A file whose turn has not come waits when it has so much to say: 8 MiB.
const MOST: usize = 8 << 20;

/// Puts what is written in order. Files must be begun in their order: the one whose turn it is never waits.
#[derive(Debug, Default)]
pub struct Ordered {
    state: Mutex<State>,
    turned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    turn: usize,
    waiting: BTreeMap<usize, String>,
    ended: BTreeSet<usize>,
}

impl Ordered {
    /// Says something of the file `index`.
    pub fn write(&self, index: usize, text: &str) -> anyhow::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.turn != index && state.waiting.get(&index).is_some_and(|own| own.len() > MOST) {
            state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.turn != index {
            state.waiting.entry(index).or_default().push_str(text);
            return Ok(());
        }
        let before = state.waiting.remove(&index).unwrap_or_default();
        print(&before)?;
        print(text)
    }

    /// Nothing more is said of it.
    pub fn end(&self, index: usize) -> anyhow::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ended.insert(index);
        let mut said = Ok(());
        loop {
            let turn = state.turn;
            let text = state.waiting.remove(&turn).unwrap_or_default();
            said = said.and(print(&text));
            if !state.ended.remove(&turn) {
                break;
            }
            state.turn += 1;
        }
        self.turned.notify_all();
        said
    }
}
