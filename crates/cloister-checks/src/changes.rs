//! What changed from one run to the next.

use std::sync::Arc;

use cloister_inventory::matches_kind;
use cloister_model::Resource;
use foldhash::{HashMap, HashSet};

use crate::asked::{Asked, KINDS};

/// The group of the register's documents.
const REGISTER: &str = "cloister.dev";

/// Between two runs.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Trees that are where they were.
    same: HashSet<usize>,
    /// Of what may be asked, what changed.
    all: Asked,
    /// By namespace, what changed there.
    near: HashMap<Arc<str>, Asked>,
}

impl Changes {
    /// Between what was there and what is there now, both in the inventory's order. None where those that stayed do not
    /// stand in the same order: lists of them are others then.
    pub(crate) fn between(before: &[Resource], now: &[Resource]) -> Option<Changes> {
        let known: HashMap<usize, &Resource> = before.iter().map(|one| (address(one), one)).collect();
        let stays = |one: &&Resource| known.get(&address(one)).is_some_and(|before| is_as(before, one));
        let same: HashSet<usize> = now.iter().filter(stays).map(address).collect();
        let mut changes = Changes { same, all: Asked::EVERYTHING, near: HashMap::default() };
        let stayed = |all: &[Resource]| -> Vec<usize> {
            all.iter().map(address).filter(|address| changes.is_same(*address)).collect()
        };
        let stay = stayed(now);
        // No tree is held by two resources; where one were, its address would not name it.
        if stayed(before) != stay || stay.len() != changes.same.len() {
            return None;
        }
        for one in before.iter().chain(now) {
            if !changes.is_same(address(one)) {
                changes.note(one);
            }
        }
        Some(changes)
    }

    /// That this resource came, went, or changed.
    fn note(&mut self, resource: &Resource) {
        self.add(resource.group() == REGISTER, Asked::REGISTER);
        for kind in KINDS.iter().filter(|kind| matches_kind(resource, kind)) {
            self.add(true, Asked::all_of(kind));
            let namespace: Arc<str> = resource.namespace.clone().unwrap_or_else(|| "default".into());
            let near = self.near.entry(namespace).or_default();
            *near = near.and(Asked::near_of(kind));
        }
    }

    pub(crate) fn add(&mut self, is_changed: bool, what: Asked) {
        if is_changed {
            self.all = self.all.and(what);
        }
    }

    /// Whether the tree at an address stayed.
    pub(crate) fn is_same(&self, address: usize) -> bool {
        self.same.contains(&address)
    }

    /// What changed for who asks of everything.
    pub(crate) fn everywhere(&self) -> Asked {
        self.all
    }

    /// What changed for who asks of everything, or of the subject's own namespace.
    pub(crate) fn around(&self, subject: &Resource) -> Asked {
        self.near.get(subject.namespace_or_default()).map_or(self.all, |near| self.all.and(*near))
    }
}

/// Where its tree lies.
pub(crate) fn address(resource: &Resource) -> usize {
    Arc::as_ptr(&resource.root).addr()
}

/// Whether it is the very same: the tree itself, called and placed as it was.
fn is_as(before: &Resource, now: &Resource) -> bool {
    Arc::ptr_eq(&before.root, &now.root)
        && before.api_version == now.api_version
        && before.kind == now.kind
        && before.namespace == now.namespace
        && before.name == now.name
        && before.origin == now.origin
}
