//! Selectors and blocks of addresses that policies name, each kept once.

use cloister_model::Node;
use foldhash::HashMap;

use crate::addresses::AddressSet;
use crate::selectors::{canonical, keys};

/// Pods that a policy names: a selector of pods in a selection of namespaces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atom<'a> {
    pub(crate) space: Space<'a>,
    /// `None` selects every pod.
    pub(crate) pods: Option<&'a Node>,
}

/// The namespaces in which it looks for pods.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Space<'a> {
    /// That of the policy.
    One(&'a str),
    /// All of them.
    Every,
    /// Those with these labels.
    Selected(&'a Node),
}

impl Atom<'_> {
    /// Whether every pod of the cluster is selected.
    pub(crate) fn is_every_pod(&self) -> bool {
        self.pods.is_none() && matches!(self.space, Space::Every)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Pool<'a> {
    pub(crate) atoms: Vec<Atom<'a>>,
    atom_keys: HashMap<(String, String), usize>,
    pub(crate) blocks: Vec<AddressSet>,
    block_keys: HashMap<AddressSet, usize>,
}

impl<'a> Pool<'a> {
    /// The number of these pods.
    pub(crate) fn atom(&mut self, space: Space<'a>, pods: Option<&'a Node>) -> usize {
        let everything = |node: &&Node| !canonical(node).is_empty();
        let pods = pods.filter(everything);
        let space = match space {
            Space::Selected(node) if canonical(node).is_empty() => Space::Every,
            space => space,
        };
        let place = match space {
            Space::One(name) => format!("one {name}"),
            Space::Every => "every".to_owned(),
            Space::Selected(node) => format!("those {}", canonical(node)),
        };
        let key = (place, pods.map(canonical).unwrap_or_default());
        let next = self.atoms.len();
        let number = *self.atom_keys.entry(key).or_insert(next);
        if number == next {
            self.atoms.push(Atom { space, pods });
        }
        number
    }

    /// The number of these addresses.
    pub(crate) fn block(&mut self, addresses: AddressSet) -> usize {
        let next = self.blocks.len();
        let number = *self.block_keys.entry(addresses.clone()).or_insert(next);
        if number == next {
            self.blocks.push(addresses);
        }
        number
    }

    /// The keys of pods' labels that some selector asks for.
    pub(crate) fn label_keys(&self) -> impl Iterator<Item = &'a str> {
        self.atoms.iter().filter_map(|atom| atom.pods).flat_map(keys)
    }
}
