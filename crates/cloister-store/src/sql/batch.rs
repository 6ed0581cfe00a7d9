//! Changes that are committed together.

use std::sync::{Condvar, Mutex, PoisonError};

use super::sqlite::lock;

/// What becomes of them, once it is known.
pub(crate) struct Batch<F> {
    outcome: Mutex<Option<Result<(), F>>>,
    told: Condvar,
}

impl<F: Clone> Batch<F> {
    pub(crate) fn new() -> Batch<F> {
        Batch { outcome: Mutex::new(None), told: Condvar::new() }
    }

    /// Says it to all who wait.
    pub(crate) fn tell(&self, outcome: Result<(), F>) {
        *lock(&self.outcome) = Some(outcome);
        self.told.notify_all();
    }

    /// Waits until it is said.
    pub(crate) fn wait(&self) -> Result<(), F> {
        let mut outcome = lock(&self.outcome);
        loop {
            match &*outcome {
                Some(outcome) => return outcome.clone(),
                None => outcome = self.told.wait(outcome).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}
