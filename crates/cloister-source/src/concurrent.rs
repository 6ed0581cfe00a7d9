//! Work that waits for other programs: several at once, their results in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::Read;

/// Renderers at work at once: each may hang until its time is over, and takes memory of its own.
const AT_ONCE: usize = 8;

/// Does `work` for each item, and gives what was read in the order of the items.
pub fn each<T: Sync>(items: &[T], work: impl Fn(&T) -> Read + Sync) -> Vec<Read> {
    if items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(items.len())));
    let worker = || {
        while let Some((index, item)) = take(items, &next) {
            let read = work(item);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, read));
        }
    };
    thread::scope(|scope| {
        for _ in 0..items.len().min(AT_ONCE) {
            scope.spawn(worker);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, read)| read).collect()
}

fn take<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}
