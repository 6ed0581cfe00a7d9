//! People are told: what happened becomes alerts, and who is told of which stands in a file (docs/alerts.md).
//!
//! ```text
//!  happened ─▶ made ─▶ book (state machine of cloister-alert) ─▶ store ─▶ messages ─▶ courier ─▶ receivers
//!                        ▲                                                               │
//!                        └──────────────── what became of each ◀────────────────────────┘
//! ```
//! Time is passed in everywhere but in `drive.rs`, which is a loop around the rest. The book is kept in the store before a
//! message is sent, and again when it was taken: after a crash a message that was on its way is sent once more, under the
//! same id, and nothing else is.

mod act;
mod book;
mod drive;
mod file;
mod keep;
mod made;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloister_alert::send::Outcome;
use cloister_alert::{Config, Message};
use cloister_store::{Error, Put, Store};
use jiff::Timestamp;

pub use self::act::Undone;
pub use self::book::Book;
pub use self::file::AlertsFile;
pub use self::made::categories_in;
pub use self::target::Target;
use crate::detections::Detection;
use crate::snapshot::Snapshot;

/// So often a change is tried again when somebody else was first.
const TRIES: u32 = 8;

/// Who is told of what, and who was.
#[derive(Debug)]
pub struct Alerts {
    inner: Mutex<Inner>,
    /// Where links of alerts lead, as `https://hub.example.org`.
    base: String,
}

#[derive(Debug)]
struct Inner {
    file: AlertsFile,
    config: Arc<Config>,
    /// Why the file as it is now is not in force.
    broken: Option<String>,
    book: Book,
    /// The version of what is in the store.
    version: u64,
    /// Why the book could not be kept.
    unkept: Option<String>,
    /// Whether something could not be taken, since too much is open.
    crowded: bool,
    targets: BTreeMap<String, Target>,
    /// When something is due.
    due: Option<Timestamp>,
}

/// What pages show.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Alerts, silences and clocks.
    pub book: Book,
    /// Receivers and routes.
    pub config: Arc<Config>,
    /// How each receiver fares.
    pub targets: BTreeMap<String, Target>,
    /// What is wrong with the configuration, with keeping, and with the number of alerts.
    pub troubles: Vec<String>,
}

/// Routes may be others than when it was kept, and what was on its way may have arrived or not.
fn go_on(book: &mut Book, config: &Config, now: Timestamp) {
    book.state.adopt(&config.tree, now);
    book.state.resume(now);
}

impl Alerts {
    /// Goes on with what is in the store, at once where it is alone.
    pub fn open(
        file: AlertsFile,
        base: String,
        store: &dyn Store,
        (now, is_alone): (Timestamp, bool),
    ) -> Result<Alerts, Error> {
        let (mut book, version) = keep::load(store)?;
        let config = Arc::new(file.config.clone());
        if is_alone {
            go_on(&mut book, &config, now);
        }
        let inner = Inner {
            file,
            config,
            broken: None,
            book,
            version,
            unkept: None,
            crowded: false,
            targets: BTreeMap::new(),
            due: Some(now),
        };
        Ok(Alerts { inner: Mutex::new(inner), base })
    }

    /// Goes on where another hub was: with the book as it left it.
    pub fn take_over(&self, store: &dyn Store, now: Timestamp) -> Result<(), Error> {
        self.follow(store)?;
        self.change(store, now, |book, config| go_on(book, config, now));
        self.inner().due = Some(now);
        Ok(())
    }

    /// Knows what another hub kept since. Whether it is something else.
    pub fn follow(&self, store: &dyn Store) -> Result<bool, Error> {
        let newest = store.newest(cloister_store::Kind::Alert)?;
        if newest == self.inner().version {
            return Ok(false);
        }
        let (book, version) = keep::load(store)?;
        let mut inner = self.inner();
        // What was kept here meanwhile is newer.
        let is_other = version > inner.version;
        if is_other {
            (inner.book, inner.version) = (book, version);
        }
        Ok(is_other)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the book, and keeps it before anybody hears of it. Where somebody else was first, the same is done to what
    /// they kept. Where it cannot be kept it goes on in memory: to be told twice is better than not at all.
    fn change<T>(&self, store: &dyn Store, now: Timestamp, what: impl Fn(&mut Book, &Config) -> T) -> T {
        let mut inner = self.inner();
        let config = inner.config.clone();
        let mut tries = 0;
        loop {
            tries += 1;
            let mut book = inner.book.clone();
            let value = what(&mut book, &config);
            let due = book.next(&config.tree, now);
            if book == inner.book {
                inner.due = due;
                return value;
            }
            let put = keep::put(store, (&book, due), inner.version, now);
            match put {
                Ok(Put::Conflict(other)) if tries < TRIES => match keep::taken(other.map(|one| *one)) {
                    Ok((book, version)) => (inner.book, inner.version) = (book, version),
                    Err(why) => inner.unkept = Some(why.to_string()),
                },
                put => {
                    inner.unkept = match put {
                        Ok(Put::Kept(version)) => {
                            inner.version = version;
                            None
                        }
                        Ok(Put::Conflict(_)) => Some("others change it all the time".to_owned()),
                        Err(why) => Some(why.to_string()),
                    };
                    (inner.book, inner.due) = (book, due);
                    return value;
                }
            }
        }
    }

    /// A source was assessed.
    pub fn assessed(&self, store: &dyn Store, now_is: &Snapshot, now: Timestamp) {
        let least = self.inner().config.findings.severity;
        let groups = made::findings(now_is, least, &self.base);
        let full = self.change(store, now, |book, config| book.assessed(&config.tree, &now_is.source, &groups, now));
        self.inner().crowded |= full;
    }

    /// Something was detected; `categories` are those of the namespace.
    pub fn detected(&self, store: &dyn Store, seen: &Detection, categories: &[String], now: Timestamp) {
        let alert = made::detection(seen, categories, &self.base, now);
        let full = self.change(store, now, |book, config| book.happened(&config.tree, &alert, now));
        self.inner().crowded |= full;
    }

    /// A breach is another than it was.
    pub fn breach(&self, store: &dyn Store, breach: &cloister_breach::Breach, now: Timestamp) {
        let Ok(state) = breach.state() else { return };
        let base = &self.base;
        self.change(store, now, |book, config| {
            book.breach(&config.tree, (breach.metadata.name.as_str(), &state), base, now)
        });
    }

    /// A source cannot be assessed, or can be again.
    pub fn source(&self, store: &dyn Store, source: &str, trouble: Option<&str>, now: Timestamp) {
        let alert = made::trouble(source, trouble, &self.base, now);
        self.change(store, now, |book, config| book.goes_on(&config.tree, &alert, trouble.is_some(), now));
    }

    /// The evidence log was checked: what is wrong with it, if anything is.
    pub fn evidence(&self, store: &dyn Store, (log, fault): (&str, Option<&str>), now: Timestamp) {
        let alert = made::evidence(log, fault, &self.base, now);
        self.change(store, now, |book, config| book.goes_on(&config.tree, &alert, fault.is_some(), now));
    }

    /// Every message that is due, kept already.
    pub fn step(&self, store: &dyn Store, now: Timestamp) -> Vec<Message> {
        if self.inner().due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        let base = &self.base;
        self.change(store, now, |book, config| book.step(&config.tree, base, now))
    }

    /// What became of a message.
    pub fn outcome(&self, store: &dyn Store, outcome: &Outcome, now: Timestamp) {
        self.inner().targets.entry(outcome.receiver.clone()).or_default().heard(outcome, now);
        let chance = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        self.change(store, now, |book, _| match &outcome.result {
            Ok(_) => book.state.delivered(&outcome.message, now),
            Err(_) => book.state.undelivered(&outcome.message, chance, now),
        });
    }

    /// Reads the configuration again where its file changed; whether another is in force.
    pub fn look(&self, store: &dyn Store, now: Timestamp) -> bool {
        let changed = self.inner().file.changed();
        match changed {
            None => false,
            Some(Err(why)) => {
                self.inner().broken = Some(why);
                false
            }
            Some(Ok(config)) => {
                {
                    let mut inner = self.inner();
                    inner.config = Arc::new(config);
                    inner.broken = None;
                    let names: Vec<String> = inner.config.receivers.iter().map(|one| one.name.clone()).collect();
                    inner.targets.retain(|name, _| names.contains(name));
                }
                self.change(store, now, |book, config| book.state.adopt(&config.tree, now));
                true
            }
        }
    }

    /// The configuration in force.
    pub fn config(&self) -> Arc<Config> {
        self.inner().config.clone()
    }

    /// As it stands, for pages.
    pub fn shown(&self) -> Shown {
        let inner = self.inner();
        let broken =
            inner.broken.iter().map(|why| format!("The configuration is not in force, the one before is: {why}"));
        let unkept = inner.unkept.iter().map(|why| format!("What was told is not kept, and may be told again: {why}"));
        let is_full = inner.crowded && inner.book.state.all().count() >= cloister_alert::state::MOST;
        let crowded = is_full.then(|| "Too many alerts are open: new ones were refused".to_owned());
        Shown {
            troubles: broken.chain(unkept).chain(crowded).collect(),
            book: inner.book.clone(),
            config: inner.config.clone(),
            targets: inner.targets.clone(),
        }
    }
}
