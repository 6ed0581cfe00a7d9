//! Another configuration: groups are made anew, and nobody is told twice for it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::State;
use super::group::{Group, Member, Told};
use crate::route::{Tree, Way};

impl State {
    /// Takes another tree of routes. What a receiver knows it knows under the new routes, too; who becomes a receiver of
    /// something open is told of it.
    pub fn adopt(&mut self, tree: &Tree, now: Timestamp) {
        let old = std::mem::take(&mut self.groups);
        let mut told: BTreeMap<(&str, &str), (Told, Option<Timestamp>)> = BTreeMap::new();
        for group in old.values() {
            for (fingerprint, member) in &group.members {
                if let Some(known) = member.told {
                    told.insert((&group.receiver, fingerprint), (known, group.sent));
                }
            }
        }
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for (fingerprint, known) in &mut self.alerts {
            let waits = known.groups.iter().any(|id| old.get(id).is_some_and(|group| group.has(fingerprint)));
            let ways = if known.is_firing() || waits { tree.ways(&known.alert) } else { Vec::new() };
            known.groups.clear();
            for way in ways {
                let id = Group::id(&way);
                let before = told.get(&(way.receiver.as_str(), fingerprint.as_str())).copied();
                let member = old.get(&id).and_then(|group| group.members.get(fingerprint)).cloned();
                let member = member.unwrap_or_else(|| Member { told: before.map(|(told, _)| told), since: now });
                let group = groups.entry(id.clone()).or_insert_with(|| begun(old.get(&id), way, now));
                group.sent = group.sent.max(before.and_then(|(_, sent)| sent));
                group.members.insert(fingerprint.clone(), member);
                known.groups.insert(id);
            }
        }
        // A group without members still remembers when it spoke.
        for (id, group) in &old {
            if group.sent.is_some() && tree.timing(&group.path, &group.receiver).is_some() {
                let silent = || Group { members: BTreeMap::new(), open: None, ..group.clone() };
                groups.entry(id.clone()).or_insert_with(silent);
            }
        }
        self.groups = groups;
    }
}

/// A group goes on where the new tree has it, too.
fn begun(old: Option<&Group>, way: Way, now: Timestamp) -> Group {
    old.map_or_else(|| Group::new(way, now), |group| Group { members: BTreeMap::new(), ..group.clone() })
}
