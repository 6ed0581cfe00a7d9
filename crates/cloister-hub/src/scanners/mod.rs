//! What other scanners say: taken in by scanner and scope, kept until they say something else, and placed on what Cloister knows.
//! None of it is a verdict of Cloister, and nothing that Cloister counts counts it.
//!
//! ```text
//!  SARIF, OpenReports, Trivy, Grype ─▶ parts ─▶ evidence log ─▶ documents of the store: a part each, an index of a source
//!                                                                  │
//!  snapshot: resources, images, personal data ─────────────────────┴▶ rows: a result and a place ─▶ pages, API
//! ```

mod kept;
mod place;
mod take;
mod ties;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cloister_store::{Error, Store};

pub use self::kept::{Known, Told, let_go};
pub use self::place::{Placed, Row, articles};
pub use self::take::NotTaken;
pub use self::ties::Ties;
use crate::Snapshot;

/// What is held in memory of it, by source.
#[derive(Debug, Default)]
pub struct Scanners {
    /// One report is taken in at a time.
    taking: Mutex<()>,
    known: Mutex<HashMap<String, Arc<Known>>>,
    placed: Mutex<HashMap<String, Arc<Placed>>>,
}

impl Scanners {
    /// All that is kept of a source: read anew where another version of it is in the store.
    pub fn known(&self, store: &dyn Store, source: &str) -> Result<Arc<Known>, Error> {
        let (version, index) = kept::index(store, source)?;
        let before = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(source).cloned();
        if let Some(known) = before.as_ref().filter(|known| known.version == version) {
            return Ok(known.clone());
        }
        let known = Arc::new(Known::read(store, (source, version, index), before.as_deref())?);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(source.to_owned(), known.clone());
        Ok(known)
    }

    /// All of it, placed on what was assessed.
    pub fn placed(&self, store: &dyn Store, snapshot: &Arc<Snapshot>) -> Result<Arc<Placed>, Error> {
        let source = &*snapshot.source;
        let known = self.known(store, source)?;
        let before = self.placed.lock().unwrap_or_else(PoisonError::into_inner).get(source).cloned();
        if let Some(placed) = before.filter(|placed| placed.is_of(&known, snapshot)) {
            return Ok(placed);
        }
        let placed = Arc::new(Placed::new(known, snapshot));
        self.placed.lock().unwrap_or_else(PoisonError::into_inner).insert(source.to_owned(), placed.clone());
        Ok(placed)
    }
}
