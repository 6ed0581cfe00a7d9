//! What whoever asks may see of what is known. Pages and the API come to assessments, decisions and sources by these alone: a
//! test holds that they ask the hub for none of it themselves.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Ask, Problem};
use crate::Snapshot;
use crate::decisions::Decision;
use crate::happened::sees;
use crate::keep::Run;
use crate::scanners::{Placed, Row};
use crate::view::names_one_of;
use crate::who::scope::{Namespaces, Scope};

/// What other scanners say of a source, as far as whoever asks may see it.
#[derive(Debug)]
pub struct Said {
    /// The source.
    pub source: Arc<str>,
    /// All of it.
    pub placed: Arc<Placed>,
    within: Option<Namespaces>,
    hidden: HashSet<Arc<str>>,
}

impl Said {
    /// The rows that may be seen: of a part, those on something that lies in it.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        let sees = |row: &&Row| match &self.within {
            None => true,
            Some(within) => row.place.as_deref().is_some_and(|place| within.see(place)),
        };
        self.placed.rows.iter().filter(sees)
    }

    /// A text, unless it names a namespace that is not seen.
    pub fn clear<'t>(&self, text: &'t str) -> Option<&'t str> {
        Some(text).filter(|text| self.hidden.is_empty() || !names_one_of(&self.hidden, text))
    }
}

impl Ask<'_> {
    /// What other scanners say of the source that the path names.
    pub fn said(&self) -> Result<Said, Problem> {
        let source = self.snapshot()?.source.clone();
        let whole = self.hub.snapshot(&source).ok_or_else(|| Problem::new(503, "try again in a moment"))?;
        let placed = self.hub.scanners.placed(&*self.hub.store, &whole);
        let placed = placed.map_err(|why| Problem::stored(&why))?;
        let within = self.scope().of(&source);
        let hidden = within.as_ref().map(|within| {
            let all = whole.all_namespaces().into_iter().chain(placed.namespaces().cloned());
            all.filter(|name| !within.has(name)).collect()
        });
        Ok(Said { source, placed, within, hidden: hidden.unwrap_or_default() })
    }

    /// What of all sources they may see: nothing, where nobody is signed in.
    pub fn scope(&self) -> Scope {
        self.who.as_ref().map_or_else(Scope::nothing, |who| who.scope.clone())
    }

    /// The sources of which they may see something.
    pub fn sources(&self) -> Vec<Arc<str>> {
        let mut names = self.hub.names();
        names.retain(|name| self.is_seen(name));
        names
    }

    fn is_seen(&self, source: &str) -> bool {
        let scope = self.scope();
        scope.names(source) || self.hub.snapshot(source).is_some_and(|known| known.view(&scope).is_some())
    }

    /// What is known of a source.
    pub fn known(&self, source: &str) -> Option<Arc<Snapshot>> {
        self.hub.snapshot(source)?.view(&self.scope())
    }

    /// What is known of the source that the path names.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, Problem> {
        let source = self.part("source");
        let (trouble, _) = self.state(source)?;
        self.known(source).ok_or_else(|| {
            let first = || "it is being assessed for the first time: try again in a moment".to_owned();
            Problem::new(503, trouble.unwrap_or_else(first))
        })
    }

    /// Whether what lies in this namespace of a source is in view; without one, whether all of it is.
    pub fn sees(&self, source: &str, namespace: Option<&str>) -> bool {
        self.scope().of(source).is_none_or(|within| namespace.is_some_and(|namespace| within.has(namespace)))
    }

    /// Why the last assessment of a source failed, and whether it is watched here.
    pub fn state(&self, source: &str) -> Result<(Option<String>, bool), Problem> {
        let none = || Problem::missing(format!("there is no source \"{}\"", cloister_report::clean(source)));
        let (trouble, watched) = self.hub.state(source).filter(|_| self.is_seen(source)).ok_or_else(none)?;
        // What went wrong may name what is elsewhere.
        let told = |why: String| if self.scope().is_whole() { why } else { "it could not be assessed".to_owned() };
        Ok((trouble.map(told), watched))
    }

    /// Runs of a source, the oldest first. They are counted over all namespaces: who does not see all of them sees none.
    pub fn runs(&self, source: &str) -> Vec<Run> {
        if self.scope().is_whole() { self.hub.runs(source) } else { Vec::new() }
    }

    /// Decisions for a source, the newest first: of a part of it, those about resources that are seen.
    pub fn decisions(&self, source: &str) -> Result<Vec<Decision>, Problem> {
        self.state(source)?;
        let mut all = self.hub.decisions(source).map_err(|why| why.problem())?;
        let scope = self.scope();
        all.retain(|one| sees(&scope, one));
        Ok(all)
    }
}
