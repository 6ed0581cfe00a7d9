//! What is to be told now.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::group::{Group, Open, Told, after};
use super::{KEPT, Known, Message, Said, Silence, State};
use crate::route::{Timing, Tree};
use crate::span::Span;

/// Who was given a message and says nothing of it is given it again after this: nobody tries for so long.
const LEASE: Span = Span::seconds(900);
/// The first wait after a message that could not be sent.
const FIRST: u32 = 5;
/// The longest.
const LONGEST: u32 = 300;

/// What groups look at.
struct World<'a> {
    alerts: &'a BTreeMap<String, Known>,
    silences: &'a BTreeMap<String, Silence>,
    now: Timestamp,
}

impl World<'_> {
    fn is_silenced(&self, known: &Known) -> bool {
        self.silences.values().any(|silence| silence.covers(&known.alert, self.now))
    }
}

impl State {
    /// Every message that is due. Keep the state before they are sent, and say what became of each.
    pub fn step(&mut self, tree: &Tree, now: Timestamp) -> Vec<Message> {
        self.settle(tree, now);
        let world = World { alerts: &self.alerts, silences: &self.silences, now };
        let mut messages = Vec::new();
        self.groups.retain(|id, group| {
            let Some(timing) = tree.timing(&group.path, &group.receiver) else { return false };
            group.mend(now, timing);
            group.sweep(&world, timing);
            messages.extend(group.step(id, &world, timing));
            !group.is_over(now, timing)
        });
        let groups = &self.groups;
        self.alerts.retain(|fingerprint, known| {
            known.resolved_at.is_none_or(|end| end.saturating_add(KEPT).is_ok_and(|end| end > now))
                || known.groups.iter().any(|id| groups.get(id).is_some_and(|group| group.has(fingerprint)))
        });
        messages
    }

    /// What time alone changes.
    fn settle(&mut self, tree: &Tree, now: Timestamp) {
        if self.groups.values().any(|group| tree.timing(&group.path, &group.receiver).is_none()) {
            self.adopt(tree, now);
        }
        self.silences.retain(|_, silence| silence.ends_at.saturating_add(KEPT).is_ok_and(|end| end > now));
        let mut over = Vec::new();
        for (fingerprint, known) in &mut self.alerts {
            if known.is_firing() && known.alert.is_over(now) {
                known.resolved_at = known.alert.ends_at;
                over.push(fingerprint.clone());
            }
        }
        over.iter().for_each(|fingerprint| self.tell_groups(fingerprint, now));
    }

    /// When something will be due, if nothing else happens.
    pub fn next(&self, tree: &Tree, now: Timestamp) -> Option<Timestamp> {
        let world = World { alerts: &self.alerts, silences: &self.silences, now };
        let groups = self.groups.values().filter_map(|group| {
            let timing = tree.timing(&group.path, &group.receiver)?;
            group.open.as_ref().map_or_else(|| group.due(&world, timing), |open| Some(open.retry))
        });
        let ends = self.alerts.values().filter(|known| known.is_firing()).filter_map(|known| known.alert.ends_at);
        let silences = self.silences.values().flat_map(|silence| [silence.starts_at, silence.ends_at]);
        groups.chain(ends).chain(silences.filter(|time| *time > now)).min()
    }

    /// The message of this id has arrived.
    pub fn delivered(&mut self, id: &str, now: Timestamp) {
        let is_it = |group: &&mut Group| group.open.as_ref().is_some_and(|open| open.id == id);
        let Some(group) = self.groups.values_mut().find(is_it) else { return };
        let Some(open) = group.open.take() else { return };
        for (fingerprint, told) in open.told {
            if let Some(member) = group.members.get_mut(&fingerprint) {
                member.told = Some(told);
                // What became of it meanwhile is news since then.
                member.since = now;
            }
        }
        group.sent = Some(now);
        group.number += 1;
    }

    /// The message of this id could not be sent: it is given out again, after a while that grows. `chance` is any number,
    /// so that not all try at once.
    pub fn undelivered(&mut self, id: &str, chance: u32, now: Timestamp) {
        let open = self.groups.values_mut().filter_map(|group| group.open.as_mut()).find(|open| open.id == id);
        if let Some(open) = open {
            open.tries = open.tries.saturating_add(1);
            let wait = FIRST.saturating_mul(1 << (open.tries - 1).min(10)).min(LONGEST);
            open.retry = after(now, Span::seconds(wait / 2 + chance % (wait / 2 + 1)));
        }
    }

    /// The program has begun anew: what was on its way is given out again at once.
    pub fn resume(&mut self, now: Timestamp) {
        self.groups
            .values_mut()
            .filter_map(|group| group.open.as_mut())
            .for_each(|open| open.retry = open.retry.min(now));
    }
}

impl Group {
    /// A clock that was set back must not hold anything up: nothing lies in the future.
    fn mend(&mut self, now: Timestamp, timing: Timing) {
        self.sent = self.sent.map(|sent| sent.min(now));
        self.members.values_mut().for_each(|member| member.since = member.since.min(now));
        let latest = after(now, LEASE.max(timing.interval));
        self.open.iter_mut().for_each(|open| open.retry = open.retry.min(latest));
    }

    /// Drops what nothing remains to be told of, and what began and ended in silence.
    fn sweep(&mut self, world: &World<'_>, timing: Timing) {
        let open = self.open.as_ref();
        self.members.retain(|fingerprint, member| {
            let Some(known) = world.alerts.get(fingerprint) else { return false };
            let unheard = member.told.is_none_or(|told| told.over);
            open.is_some_and(|open| open.told.contains_key(fingerprint))
                || known.is_firing()
                || member.is_news(known, timing) && !(unheard && world.is_silenced(known))
        });
    }

    /// Nothing is left, and a new group would not be told sooner than this one.
    fn is_over(&self, now: Timestamp, timing: Timing) -> bool {
        self.members.is_empty()
            && self.open.is_none()
            && self.sent.is_none_or(|sent| after(sent, timing.interval) <= now)
    }

    fn step(&mut self, own: &str, world: &World<'_>, timing: Timing) -> Option<Message> {
        let (due, tries) = match &self.open {
            Some(open) => (Some(open.retry), open.tries),
            None => (self.due(world, timing), 0),
        };
        if due.is_none_or(|due| due > world.now) {
            return None;
        }
        // What was news when it could not be sent may be none any more.
        let is_due =
            |message: &Message| !message.repeated || self.due(world, timing).is_some_and(|due| due <= world.now);
        let message = self.message(own, world, timing).filter(|(message, _)| is_due(message));
        self.open = message.as_ref().map(|(message, told)| Open {
            id: message.id.clone(),
            told: told.clone(),
            tries,
            retry: after(world.now, LEASE),
        });
        message.map(|(message, _)| message)
    }

    /// When there is something to be told.
    fn due(&self, world: &World<'_>, timing: Timing) -> Option<Timestamp> {
        let (mut found, mut happens, mut repeats) = (None::<Timestamp>, None::<Timestamp>, false);
        for (known, member) in self.heard(world) {
            if member.is_news(known, timing) {
                let is_urgent = known.is_firing() && known.alert.origin.happens();
                let news = if is_urgent { &mut happens } else { &mut found };
                *news = Some(news.map_or(member.since, |first| first.min(member.since)));
            } else {
                repeats |= known.is_firing() && (timing.always || known.acknowledged.is_none());
            }
        }
        let news = [(found, timing.interval), (happens, timing.urgent)];
        let waited = news.into_iter().filter_map(|(since, interval)| {
            let ready = after(since?, timing.wait);
            Some(self.sent.map_or(ready, |sent| ready.max(after(sent, interval))))
        });
        let repeat = self.sent.filter(|_| repeats).map(|sent| after(sent, timing.repeat.max(timing.interval)));
        waited.chain(repeat).min()
    }

    /// The alerts of which nobody wants to hear nothing.
    fn heard<'a>(&'a self, world: &'a World<'_>) -> impl Iterator<Item = (&'a Known, &'a super::group::Member)> {
        let known =
            self.members.iter().filter_map(|(fingerprint, member)| Some((world.alerts.get(fingerprint)?, member)));
        known.filter(|(known, _)| !world.is_silenced(known))
    }

    /// Everything that goes on, and what is over that the receiver does not know to be.
    fn message(&self, own: &str, world: &World<'_>, timing: Timing) -> Option<(Message, BTreeMap<String, Told>)> {
        let (mut firing, mut resolved, mut told, mut news) = (Vec::new(), Vec::new(), BTreeMap::new(), false);
        for (known, member) in self.heard(world) {
            let is_news = member.is_news(known, timing);
            news |= is_news;
            if known.is_firing() {
                firing.push(said(known));
            } else if is_news {
                resolved.push(said(known));
            } else {
                continue;
            }
            told.insert(known.alert.fingerprint.clone(), Told::of(known));
        }
        // What was to be said again may have been acknowledged meanwhile.
        let waits = firing.iter().any(|said| timing.always || said.acknowledged.is_none());
        if !news && !waits {
            return None;
        }
        for list in [&mut firing, &mut resolved] {
            list.sort_by(|one, other| order(one).cmp(&order(other)));
        }
        let message = Message {
            id: self.message_id(own, &told, !news),
            group: own.to_owned(),
            receiver: self.receiver.clone(),
            labels: self.labels.clone(),
            at: world.now,
            until: until(world.now, timing),
            repeated: !news,
            firing,
            resolved,
        };
        Some((message, told))
    }
}

/// Two words may be missed.
fn until(now: Timestamp, timing: Timing) -> Timestamp {
    let repeat = timing.repeat.max(timing.interval).duration();
    now.saturating_add(repeat + repeat + SignedDuration::from_mins(5)).unwrap_or(Timestamp::MAX)
}

fn said(known: &Known) -> Said {
    Said {
        alert: known.alert.clone(),
        occurrence: known.occurrence,
        acknowledged: known.acknowledged.clone(),
        resolved_at: known.resolved_at,
    }
}

/// The worst first, then the newest.
fn order(said: &Said) -> (std::cmp::Reverse<cloister_model::Severity>, std::cmp::Reverse<Timestamp>, &str) {
    let alert = &said.alert;
    (std::cmp::Reverse(alert.severity), std::cmp::Reverse(alert.starts_at), &alert.fingerprint)
}
