//! A detection that suspects a breach opens one, or adds to one that it belongs to.

use std::sync::atomic::Ordering;

use cloister_breach::facts::{Confidentiality, Evidence, Occurred, Source, Suspicion};
use cloister_breach::{Breach, Facts, Metadata};
use cloister_store::{DetectionFilter, MOST, Paging};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Failed, Known, Record, all, look};
use crate::Hub;
use crate::detections::{By, Detection};

/// A detection belongs to an open breach of its source with the same actor or the same namespace, when it happened no more
/// than so many hours before the first, or after the last, that is known of it.
pub const WITHIN_HOURS: i64 = 24;
/// So many detections are told in a record; those that come later are found among the detections.
const MOST_EVIDENCE: usize = 200;
/// And so many are counted among it.
const MOST_DETECTIONS: usize = MOST as usize;

impl Hub {
    /// Takes it as a suspicion. The same again changes nothing.
    pub fn suspect(&self, one: &Detection) {
        if one.seen.suspects_breach && self.try_suspect(one).is_err() {
            self.breaches.behind.store(true, Ordering::Relaxed);
        }
    }

    fn try_suspect(&self, one: &Detection) -> Result<(), Failed> {
        let known = all(&*self.store)?;
        if known.iter().any(|known| known.record.detections.contains(&one.id)) {
            return Ok(());
        }
        match belongs(&known, one) {
            Some(known) => self.add_evidence(known.number(), one),
            None => {
                let record = opened(one);
                let reason = format!("{}: {}", one.seen.title, one.seen.why);
                self.open_breach(&format!("hub, rule {}", one.seen.rule), &reason, record).map(drop)
            }
        }
    }

    fn add_evidence(&self, number: &str, one: &Detection) -> Result<(), Failed> {
        let done = self.change_breach(number, None, |record, _| {
            let mut record = record.clone();
            add(&mut record, one);
            record.proposals = look(self, &record);
            Ok((record, json!({"evidence": one.id, "who": format!("hub, rule {}", one.seen.rule)})))
        });
        done.map(drop)
    }

    /// Takes up what was missed: where the store failed, and once after a start.
    pub fn catch_up_with_suspicions(&self) {
        if !self.breaches.behind.swap(false, Ordering::Relaxed) {
            return;
        }
        let filter = DetectionFilter { suspects_breach: Some(true), ..DetectionFilter::default() };
        let Ok(page) = self.store.detections(&filter, &Paging::first(MOST)) else {
            self.breaches.behind.store(true, Ordering::Relaxed);
            return;
        };
        page.items.iter().rev().filter_map(Detection::kept).for_each(|one| self.suspect(&one));
    }

    /// Somebody has to look whether something was missed.
    pub fn may_have_missed(&self) {
        self.breaches.behind.store(true, Ordering::Relaxed);
    }
}

/// When it happened, by its own account.
fn times(one: &Detection) -> (Timestamp, Timestamp) {
    let first = one.seen.at.unwrap_or(one.noticed);
    (first, one.seen.last.unwrap_or(first).max(first))
}

/// The open breach that it belongs to: of several the one that has more in common, then the oldest.
fn belongs<'k>(all: &'k [Known], one: &Detection) -> Option<&'k Known> {
    let (first, last) = times(one);
    let within = SignedDuration::from_hours(WITHIN_HOURS);
    let common = |known: &Known| {
        let record = &known.record;
        let (begins, ends) = record.seen?;
        let near = last.duration_since(begins) >= -within && first.duration_since(ends) <= within;
        let namespace = &one.seen.what.namespace;
        let (actor, namespace) =
            (record.has_actor(&one.seen.who.user), !namespace.is_empty() && record.namespaces.contains(namespace));
        let fits = record.source == one.source && record.is_open() && near;
        Some(usize::from(actor) + usize::from(namespace)).filter(|common| fits && *common > 0)
    };
    let fitting = all.iter().filter_map(|known| Some((common(known)?, known)));
    // `max_by` takes the last of equals.
    fitting.rev().max_by_key(|(common, _)| *common).map(|(_, known)| known)
}

fn evidence(one: &Detection) -> Evidence {
    Evidence {
        what: format!("{}: {}", one.seen.title, one.seen.why),
        reference: format!("detection {}", one.id),
        at: Some(times(one).0),
    }
}

/// Counts a detection among what shows it.
pub fn add(record: &mut Record, one: &Detection) {
    if record.detections.len() >= MOST_DETECTIONS || record.detections.contains(&one.id) {
        return;
    }
    record.detections.push(one.id.clone());
    let told = &mut record.breach.spec.suspicion.evidence;
    if told.len() < MOST_EVIDENCE {
        told.push(evidence(one));
    }
    let (first, last) = times(one);
    record.seen = Some(record.seen.map_or((first, last), |(begins, ends)| (begins.min(first), ends.max(last))));
    record.actors.extend(Some(one.seen.who.user.clone()).filter(|user| !user.is_empty()));
    record.namespaces.extend(Some(one.seen.what.namespace.clone()).filter(|name| !name.is_empty()));
}

/// The record that it opens. Its number comes later.
fn opened(one: &Detection) -> Record {
    let place = if one.seen.what.namespace.is_empty() { &one.source } else { &one.seen.what.namespace };
    let spec = Facts {
        title: format!("{} ({place})", one.seen.title),
        suspicion: Suspicion {
            source: Some(match one.by {
                By::Audit => Source::Audit,
                By::Sensor => Source::Sensor,
            }),
            ..Suspicion::default()
        },
        ..Facts::default()
    };
    let mut record = Record::new(unnumbered(spec), &one.source);
    add(&mut record, one);
    record
}

/// A document that has no number yet.
pub fn unnumbered(spec: Facts) -> Breach {
    Breach {
        api_version: cloister_breach::API_VERSION.to_owned(),
        kind: cloister_breach::KIND.to_owned(),
        metadata: Metadata::default(),
        spec,
        history: Vec::new(),
    }
}

/// What access to a store of personal data suggests until somebody knows better.
pub fn suggested(record: &Record) -> (Confidentiality, Option<Occurred>) {
    let access = Some(cloister_breach::facts::Access::Possible);
    // By a clock that is ahead it would have been known before it happened.
    let begun = record.breach.history.first().map(|entry| entry.at);
    let seen = record.seen.filter(|(from, _)| begun.is_none_or(|begun| *from <= begun));
    let occurred = seen.map(|(from, _)| Occurred { from: Some(from), to: None });
    (Confidentiality { access, ..Confidentiality::default() }, occurred)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaches::kept::Known;

    fn seen(user: &str, namespace: &str, at: &str) -> Detection {
        let event: cloister_rules::Detection = serde_json::from_value(json!({
            "rule": "exec", "title": "Shell", "severity": "high", "at": at, "last": at,
            "who": {"user": user, "kind": null, "groups": [], "sourceIPs": [], "userAgent": ""},
            "what": {"verb": "create", "group": "", "resource": "pods", "subresource": "exec", "namespace": namespace, "name": "db"},
            "decision": "allowed", "why": "w", "articles": [], "attack": [], "event": format!("{user}{namespace}{at}"),
            "count": 1, "suspectsBreach": true,
        }))
        .unwrap();
        Detection::new("shop", By::Audit, event, Timestamp::UNIX_EPOCH)
    }

    fn known(one: &Detection) -> Known {
        let mut record = opened(one);
        record.breach = Breach::suspected("2026-001", record.breach.spec, "r", Timestamp::UNIX_EPOCH, "hub").unwrap();
        Known { version: 1, record }
    }

    #[test]
    fn it_belongs_by_actor_or_namespace_within_a_day() {
        let first = [known(&seen("anna", "clinic", "2026-11-20T10:00:00Z"))];
        let fits = |user, namespace, at| belongs(&first, &seen(user, namespace, at)).is_some();
        assert!(fits("anna", "other", "2026-11-21T10:00:00Z"), "the same actor, a day later");
        assert!(fits("bert", "clinic", "2026-11-19T10:00:00Z"), "the same namespace, a day before");
        assert!(!fits("anna", "clinic", "2026-11-21T10:00:01Z"), "later than a day");
        assert!(!fits("anna", "clinic", "2026-11-19T09:59:59Z"), "earlier than a day");
        assert!(!fits("bert", "other", "2026-11-20T10:00:00Z"), "nothing in common");
        assert!(
            belongs(&first, &Detection { source: "else".to_owned(), ..seen("anna", "clinic", "2026-11-20T10:00:00Z") })
                .is_none()
        );
        let stranger = [known(&seen("system:anonymous", "clinic", "2026-11-20T10:00:00Z"))];
        let other = seen("system:anonymous", "other", "2026-11-20T10:00:00Z");
        assert!(belongs(&stranger, &other).is_none(), "two strangers are not one");
        let nobody = [known(&seen("", "", "2026-11-20T10:00:00Z"))];
        assert!(belongs(&nobody, &seen("", "", "2026-11-20T10:00:00Z")).is_none(), "nobody is not the same as nobody");
    }

    #[test]
    fn what_has_more_in_common_wins_and_what_is_closed_takes_nothing() {
        let mut both = [
            known(&seen("bert", "clinic", "2026-11-20T10:00:00Z")),
            known(&seen("anna", "clinic", "2026-11-20T10:00:00Z")),
        ];
        let later = seen("anna", "clinic", "2026-11-20T11:00:00Z");
        assert!(belongs(&both, &later).unwrap().record.actors.contains("anna"));
        let only = seen("carl", "clinic", "2026-11-20T11:00:00Z");
        assert!(belongs(&both, &only).unwrap().record.actors.contains("bert"), "of equals the first");
        let step = cloister_breach::Step::Dismiss { reason: "an exercise".to_owned() };
        both[1].record.breach = both[1].record.breach.apply(step, Timestamp::UNIX_EPOCH, "dpo").unwrap();
        assert!(belongs(&both, &later).unwrap().record.actors.contains("bert"));
    }
}
