//! What each set of policies says of every class of peers, so that a list of all connections is made by looking up.
//!
//! Most ends look the same to most policies. A row holds what is said of those that no rule mentions, and the classes
//! of which something else may be said.

use std::sync::Arc;

use foldhash::HashMap;

use crate::addresses::Family;
use crate::classes::{Class, Match, Sort};
use crate::contents::Contents;
use crate::evaluate::Asked;
use crate::lookup::{KINDS, Lookup};
use crate::network::Network;
use crate::policy::{Direction, Rule};
use crate::verdict::Verdict;

/// Verdicts, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    all: Vec<Arc<Verdict>>,
    numbers: HashMap<Arc<Verdict>, u32>,
}

impl Verdicts {
    pub(crate) fn number(&mut self, verdict: Verdict) -> u32 {
        if let Some(number) = self.numbers.get(&verdict) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let verdict = Arc::new(verdict);
        self.all.push(verdict.clone());
        self.numbers.insert(verdict, number);
        number
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Arc<Verdict>> {
        usize::try_from(number).ok().and_then(|number| self.all.get(number))
    }
}

/// What is said of every class, by each family.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// Of ends of each kind that no rule mentions.
    pub(crate) ordinary: [[u32; 2]; KINDS],
    /// Of these classes, in order.
    pub(crate) exceptions: Vec<(u32, [u32; 2])>,
}

impl Row {
    /// What is said of a class, which is of this kind.
    pub(crate) fn said(&self, class: usize, kind: u8) -> Option<[u32; 2]> {
        self.exception(class).or_else(|| self.of_kind(kind))
    }

    /// What is said of a class in particular.
    pub(crate) fn exception(&self, class: usize) -> Option<[u32; 2]> {
        let class = u32::try_from(class).ok()?;
        let at = self.exceptions.binary_search_by_key(&class, |(class, _)| *class).ok()?;
        self.exceptions.get(at).map(|(_, said)| *said)
    }

    /// What is said of those of a kind that no rule mentions.
    pub(crate) fn of_kind(&self, kind: u8) -> Option<[u32; 2]> {
        self.ordinary.get(usize::from(kind)).copied()
    }
}

/// Rows of one direction, and which one each class has.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    pub(crate) of: Vec<usize>,
    /// The kind of each class.
    pub(crate) kinds: Vec<u8>,
}

impl Rows {
    /// What the policies of one class say of another.
    pub(crate) fn said(&self, class: usize, peer: usize) -> Option<[u32; 2]> {
        self.row(class)?.said(peer, *self.kinds.get(peer)?)
    }

    /// The row of a class.
    pub(crate) fn row(&self, class: usize) -> Option<&Row> {
        self.rows.get(*self.of.get(class)?)
    }
}

impl<'a> Network<'a> {
    /// The rows of one direction.
    pub(crate) fn rows(&self, direction: Direction, verdicts: &mut Verdicts) -> Rows {
        let lookup = Lookup::of(self);
        let contents = Contents::of(&self.policies, direction);
        let mut known = HashMap::default();
        let mut rows = Rows { kinds: lookup.kinds.clone(), ..Rows::default() };
        for class in &self.classes {
            // For what comes in, names of ports are the pod's own.
            let names = match direction {
                Direction::Ingress => class.ports.as_slice(),
                Direction::Egress => &[],
            };
            let key = (contents.content(class.profile(direction)), names, class.sort == Sort::HostPod);
            let next = rows.rows.len();
            let number = *known.entry(key).or_insert(next);
            if number == next {
                rows.rows.push(self.row(direction, class, &lookup, verdicts));
            }
            rows.of.push(number);
        }
        rows
    }

    fn row(&self, direction: Direction, pod: &Class<'a>, lookup: &Lookup<'a>, verdicts: &mut Verdicts) -> Row {
        let profile = pod.profile(direction);
        if profile.is_empty() {
            let open = verdicts.number(Verdict::open());
            return Row { ordinary: [[open; 2]; KINDS], exceptions: Vec::new() };
        }
        let policies = profile.policies().filter_map(|number| self.policies.get(number));
        let rules: Vec<(&Rule<'a>, _)> = policies
            .flat_map(|policy| policy.rules(direction).unwrap_or_default().iter().map(|rule| (rule, policy.tier)))
            .collect();
        let mut known: HashMap<Vec<u64>, u32> = HashMap::default();
        let mut say = |peer: &Class<'a>| {
            Family::ALL.map(|family| {
                let mut seen: Vec<u64> = Vec::new();
                for (number, (rule, tier)) in (0u64..).zip(&rules) {
                    match self.matches(rule, *tier, peer, family) {
                        Match::No => {}
                        Match::Maybe => seen.push(number * 2),
                        Match::Yes => seen.push(number * 2 + 1),
                    }
                }
                let special = matches!(peer.sort, Sort::HostPod | Sort::Node);
                seen.push(u64::MAX - u64::from(special));
                if direction == Direction::Egress {
                    seen.push(lookup.names_of(peer));
                }
                *known.entry(seen).or_insert_with(|| verdicts.number(self.side(Asked { direction, pod, peer, family })))
            })
        };
        let ordinary = lookup.unmentioned.each_ref().map(&mut say);
        let mentioned = lookup.mentioned(self, &rules, direction);
        let exceptions = mentioned.into_iter().filter_map(|number| {
            let said = say(self.classes.get(number)?);
            let usual = ordinary.get(usize::from(*lookup.kinds.get(number)?))?;
            (said != *usual).then_some((u32::try_from(number).ok()?, said))
        });
        let exceptions = exceptions.collect();
        Row { ordinary, exceptions }
    }
}
