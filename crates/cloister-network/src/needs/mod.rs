//! Who needs whom, as the input declares it: each need with the place that says so.
//!
//! ```text
//! environment · arguments · ConfigMaps ─► mentions of hosts and ports   (texts.rs, mention.rs, keys.rs)
//!                                             │ names as a pod's resolver reads them (names.rs)
//!                                             ▼
//!                                Service ─► workloads and ports          (services.rs)
//! Ingress · load balancers ─► who brings requests                        (incoming.rs)
//! names ─► the cluster's DNS                                             (dns.rs)
//! ```
//!
//! What may be needed and cannot be seen is a question, never a need.

mod block;
mod declared;
pub(crate) mod dns;
mod incoming;
mod keys;
mod mention;
mod names;
mod services;
mod texts;

use std::collections::BTreeMap;

use cloister_inventory::Inventory;
use cloister_model::{Location, Place};

pub use block::Block;
pub(crate) use block::{is_public, is_public_block};

use crate::network::Network;
use crate::ports::PortSet;

/// One end of a need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// A workload, by number among the endpoints.
    Workload(usize),
    /// Pods that the input does not show.
    Unseen(Unseen),
    /// Addresses outside of the cluster.
    Outside(Block),
}

/// Pods that are known by their labels alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unseen {
    /// Their namespace.
    pub namespace: String,
    /// Their labels; none for every pod of the namespace.
    pub labels: BTreeMap<String, String>,
}

/// Why something is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Why {
    /// In words, without values.
    pub words: String,
    /// Where it is written.
    pub location: Option<Location>,
}

/// Somebody needs somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Who opens connections.
    pub from: End,
    /// To whom.
    pub to: End,
    /// On which ports of that end.
    pub ports: PortSet,
    /// Who says so.
    pub why: Why,
}

/// What may be needed, and only a person can say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Who may need it.
    pub about: String,
    /// What, and what would answer it.
    pub words: String,
    /// Where it is written.
    pub location: Option<Location>,
}

/// What the input does not say and the user may.
#[derive(Clone, Debug, Default)]
pub struct NeedOptions {
    /// The namespace of a controller that the input does not show.
    pub ingress_from: Option<String>,
}

/// Needs and questions.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// In the order of workloads and places.
    pub all: Vec<Need>,
    /// What only a person can say.
    pub questions: Vec<Question>,
    /// What was assumed, each once.
    pub notes: Vec<String>,
}

impl Needs {
    fn need(&mut self, from: End, to: End, ports: PortSet, why: Why) {
        if !ports.is_empty() {
            self.all.push(Need { from, to, ports, why });
        }
    }

    pub(crate) fn ask(&mut self, about: impl Into<String>, words: impl Into<String>, location: Option<Location>) {
        let question = Question { about: about.into(), words: words.into(), location };
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }

    pub(crate) fn note(&mut self, words: impl Into<String>) {
        let words = words.into();
        if !self.notes.contains(&words) {
            self.notes.push(words);
        }
    }

    /// Takes in others.
    pub fn extend(&mut self, others: Needs) {
        self.all.extend(others.all);
        self.questions.extend(others.questions);
        others.notes.into_iter().for_each(|note| self.note(note));
    }
}

impl Why {
    pub(crate) fn at(words: impl Into<String>, place: &Place<'_>) -> Why {
        Why { words: words.into(), location: place.location() }
    }
}

/// What the input declares.
pub fn declared<'a>(network: &Network<'a>, inventory: &'a Inventory, options: &NeedOptions) -> Needs {
    let mut needs = Needs::default();
    let services = services::Services::of(network, inventory);
    let named = declared::find(&services, &mut needs);
    incoming::find(&services, options, &mut needs);
    dns::find(&services, &named, &mut needs);
    needs
}

#[cfg(test)]
mod tests;
