//! Reads in bulk: how many records one party was handed in a while, against a number or against what is usual.

use std::sync::Arc;

use cloister_detect::Category;
use foldhash::{HashMap, HashMapExt};

use crate::aggregate::Tally;
use crate::baseline::{Baselines, Bound, Reader};
use crate::policy::{Bulk, Policy};

/// Records that one party was handed in a while.
#[derive(Clone, Debug)]
struct Window {
    start: u64,
    within: u64,
    records: u64,
    bound: Bound,
    /// What of it is learnt.
    learns: bool,
}

/// A policy, who hands out, who gets it, and where it is learnt what is usual, of which category.
type Between = (Arc<str>, Arc<str>, Arc<str>, Option<Category>);

/// All windows, and what was learnt.
#[derive(Debug)]
pub(crate) struct Bulks {
    windows: HashMap<Between, Window>,
    pub baselines: Baselines,
    limit: usize,
}

/// More than may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Over {
    pub category: Category,
    /// Records of the window so far.
    pub records: u64,
    /// Those that were added now.
    pub added: u64,
    pub within: u64,
    pub bound: Bound,
}

impl Bulks {
    pub fn new(limit: usize) -> Bulks {
        Bulks { windows: HashMap::new(), baselines: Baselines::default(), limit }
    }

    /// So many records more, of a message that holds `tallies`; says where that is too much.
    pub fn add(
        &mut self,
        policy: &Policy,
        (sender, recipient): (Arc<str>, Arc<str>),
        time: u64,
        tallies: &[Tally],
        records: u64,
        over: &mut Vec<Over>,
    ) {
        let Some(bulk) = policy.bulk else { return };
        let mine =
            |tally: &&Tally| tally.category.is_personal() && !tally.is_rule && tally.counts_for.has(policy.owner);
        let Some(worst) = tallies.iter().filter(mine).max_by_key(|it| (it.category.is_special(), it.count)) else {
            return;
        };
        let between = |category| (policy.name.clone(), sender.clone(), recipient.clone(), category);
        if bulk.learnt.is_none() {
            over.extend(self.count(between(None), &bulk, worst.category, time, records));
            return;
        }
        let mut categories: Vec<Category> = tallies.iter().filter(mine).map(|tally| tally.category).collect();
        categories.sort_unstable();
        categories.dedup();
        for category in categories {
            // A row holds some of them at least: rows with this category are no more than its values.
            let values = tallies.iter().filter(mine).filter(|it| it.category == category).map(|it| it.count).sum();
            let more = records.min(values);
            over.extend(self.count(between(Some(category)), &bulk, category, time, more));
        }
    }

    fn count(&mut self, key: Between, bulk: &Bulk, category: Category, time: u64, records: u64) -> Option<Over> {
        if self.windows.len() >= self.limit && !self.windows.contains_key(&key) {
            self.close(time);
            if self.windows.len() >= self.limit {
                return None;
            }
        }
        let ended =
            |window: &Window| time.saturating_sub(window.start) >= window.within || window.within != bulk.within;
        if self.windows.get(&key).is_none_or(ended) {
            if let Some(window) = self.windows.remove(&key) {
                self.learn(&key, &window);
            }
            let window = self.open(&key, bulk, time);
            self.windows.insert(key.clone(), window);
        }
        let window = self.windows.get_mut(&key)?;
        window.records = window.records.saturating_add(records);
        let (is, bound) = (window.records, window.bound);
        (is > bound.records).then_some(Over { category, records: is, added: records, within: bulk.within, bound })
    }

    fn open(&self, key: &Between, bulk: &Bulk, time: u64) -> Window {
        let fixed = Bound { records: bulk.records, usual: None };
        let learnt = bulk.learnt.zip(reader(key));
        let bound = learnt.as_ref().and_then(|(how, reader)| self.baselines.bound(reader, bulk.within, how, time));
        Window { start: time, within: bulk.within, records: 0, bound: bound.unwrap_or(fixed), learns: learnt.is_some() }
    }

    fn learn(&mut self, key: &Between, window: &Window) {
        if let Some(reader) = reader(key).filter(|_| window.learns) {
            let bound = window.bound.usual.map(|_| window.bound);
            self.baselines.add(reader, window.within, window.start, window.records, bound);
        }
    }

    /// Takes what is over into what is learnt.
    pub fn close(&mut self, time: u64) {
        let over = |window: &Window| time.saturating_sub(window.start) >= window.within;
        let closed: Vec<(Between, Window)> = self.windows.extract_if(|_, window| over(window)).collect();
        closed.iter().for_each(|(key, window)| self.learn(key, window));
    }
}

fn reader((policy, store, reader, category): &Between) -> Option<Reader> {
    let category = (*category)?;
    Some(Reader { policy: policy.clone(), reader: reader.clone(), store: store.clone(), category })
}
