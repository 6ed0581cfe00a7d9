//! Another configuration: groups are made anew, and nobody is told twice for it.

use std::collections::{BTreeMap, BTreeSet};

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
            let waiting: BTreeSet<&str> = known
                .groups
                .iter()
                .filter_map(|id| old.get(id).filter(|group| group.has(fingerprint)))
                .map(|group| group.receiver.as_str())
                .collect();
            let mut joined = BTreeSet::new();
            for way in tree.ways(&known.alert) {
                let id = Group::id(&way);
                // Who knows that it is over is not told once more.
                let waits =
                    old.get(&id).map_or(waiting.contains(way.receiver.as_str()), |group| group.has(fingerprint));
                if !known.is_firing() && !waits {
                    continue;
                }
                let before = told.get(&(way.receiver.as_str(), fingerprint.as_str())).copied();
                let member = old.get(&id).and_then(|group| group.members.get(fingerprint)).cloned();
                let member = member.unwrap_or_else(|| Member { told: before.map(|(told, _)| told), since: now });
                let group = groups.entry(id.clone()).or_insert_with(|| begun(old.get(&id), way, now));
                group.sent = group.sent.max(before.and_then(|(_, sent)| sent));
                group.members.insert(fingerprint.clone(), member);
                joined.insert(id);
            }
            // A receiver to which no route leads it any more knows of it all the same, and hears its end.
            let told_now: BTreeSet<String> =
                joined.iter().filter_map(|id| groups.get(id)).map(|group| group.receiver.clone()).collect();
            for id in &known.groups {
                let Some(group) = old.get(id).filter(|group| !told_now.contains(&group.receiver)) else { continue };
                let Some(member) = group.members.get(fingerprint) else { continue };
                if tree.timing(&group.path, &group.receiver).is_some() {
                    let begun = || Group { members: BTreeMap::new(), ..group.clone() };
                    groups.entry(id.clone()).or_insert_with(begun).members.insert(fingerprint.clone(), member.clone());
                    joined.insert(id.clone());
                }
            }
            known.groups = joined;
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
