use std::time::Duration;

use cloister_store::{
    Cursor, Detection, DetectionFilter, Detections, Document, DocumentFilter, Documents, Draft, Events, Item, Keep,
    KeptDetection, Kind, Lease, Leases, Limits, Page, Paging, Pushed, Put, QueueSize, Queues, Receipt, Result,
    Retention, Session, Sessions, SetAside, Swept, Taken, TokenHash,
};
use jiff::Timestamp;

use super::{Kept, Model, Queued, among, fits, newest, page, within};

impl Kept {
    fn remembers(&self, scope: &str, id: &str, now: Timestamp) -> bool {
        self.events.iter().any(|one| one.0 == scope && one.1 == id && one.2 > now)
    }

    fn remember(&mut self, scope: &str, id: &str, until: Timestamp) {
        match self.events.iter_mut().find(|one| one.0 == scope && one.1 == id) {
            Some(one) => one.2 = one.2.max(until),
            None => self.events.push((scope.to_owned(), id.to_owned(), until)),
        }
    }
}

impl Events for Model {
    fn remembered(&self, scope: &str, ids: &[String], now: Timestamp) -> Result<Vec<bool>> {
        let kept = self.0.lock().unwrap();
        Ok(ids.iter().map(|id| kept.remembers(scope, id, now)).collect())
    }

    fn remember(&self, scope: &str, ids: &[String], now: Timestamp, until: Timestamp) -> Result<u64> {
        let mut kept = self.0.lock().unwrap();
        let ids: std::collections::BTreeSet<&String> = ids.iter().collect();
        let new = ids.iter().filter(|id| !kept.remembers(scope, id, now)).count() as u64;
        ids.into_iter().for_each(|id| kept.remember(scope, id, until));
        Ok(new)
    }
}

impl Detections for Model {
    fn keep_detections(&self, detections: &[Detection]) -> Result<Vec<bool>> {
        let mut kept = self.0.lock().unwrap();
        let keep = |one: &Detection| {
            let new = !kept.detections.iter().any(|other| other.detection.id == one.id);
            if new {
                kept.numbers.detection += 1;
                let number = kept.numbers.detection;
                kept.detections.push(KeptDetection { number, detection: one.clone() });
            }
            new
        };
        Ok(detections.iter().map(keep).collect())
    }

    fn detections(&self, filter: &DetectionFilter, paging: &Paging) -> Result<Page<KeptDetection>> {
        let kept = self.0.lock().unwrap();
        let some = kept
            .detections
            .iter()
            .filter(|one| {
                let one = &one.detection;
                fits(filter.source.as_ref(), &one.source)
                    && among(filter.namespaces.as_ref(), one.namespace.as_ref())
                    && fits(filter.rule.as_ref(), &one.rule)
                    && filter.severity.is_none_or(|least| one.severity >= least)
                    && filter.suspects_breach.is_none_or(|wanted| one.suspects_breach == wanted)
                    && within(one.at, filter.from, filter.until)
            })
            .cloned();
        newest(some, paging, |one| one.number)
    }

    fn detection(&self, id: &str) -> Result<Option<KeptDetection>> {
        Ok(self.0.lock().unwrap().detections.iter().find(|one| one.detection.id == id).cloned())
    }

    fn amend_detection(&self, id: &str, body: &[u8]) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let one = kept.detections.iter_mut().find(|one| one.detection.id == id && !one.detection.body.is_empty());
        Ok(one.map(|one| body.clone_into(&mut one.detection.body)).is_some())
    }

    fn erase_detection(&self, id: &str) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let one = kept.detections.iter_mut().find(|one| one.detection.id == id && !one.detection.body.is_empty());
        Ok(one.map(|one| one.detection.body.clear()).is_some())
    }
}

impl Documents for Model {
    fn put(&self, draft: &Draft, over: u64, now: Timestamp) -> Result<Put> {
        let mut kept = self.0.lock().unwrap();
        let place =
            kept.documents.iter().position(|(_, one)| (one.draft.kind, &one.draft.id) == (draft.kind, &draft.id));
        let there = place.map(|place| kept.documents[place].clone());
        match there {
            Some((above, one)) if one.version != over => {
                let same = above == over && one.draft == *draft;
                return Ok(if same { Put::Kept(one.version) } else { Put::Conflict(Some(Box::new(one))) });
            }
            None if over != 0 => return Ok(Put::Conflict(None)),
            _ => {}
        }
        place.map(|place| kept.documents.remove(place));
        kept.numbers.document += 1;
        let version = kept.numbers.document;
        kept.documents.push((over, Document { version, changed: now, draft: draft.clone() }));
        Ok(Put::Kept(version))
    }

    fn document(&self, kind: Kind, id: &str) -> Result<Option<Document>> {
        let kept = self.0.lock().unwrap();
        let one = kept.documents.iter().find(|(_, one)| one.draft.kind == kind && one.draft.id == id);
        Ok(one.map(|one| one.1.clone()))
    }

    fn documents(&self, filter: &DocumentFilter, paging: &Paging) -> Result<Page<Document>> {
        let kept = self.0.lock().unwrap();
        let mut some: Vec<Document> = kept.documents.iter().map(|one| one.1.clone()).collect();
        some.retain(|one| {
            one.draft.kind == filter.kind
                && fits(filter.state.as_ref(), &one.draft.state)
                && among(filter.namespaces.as_ref(), one.draft.namespace.as_ref())
                && filter.due_before.is_none_or(|before| one.draft.due.is_some_and(|due| due < before))
        });
        some.sort_by(|one, other| one.draft.id.cmp(&other.draft.id));
        page(some.into_iter(), paging, |one, cursor| Ok(one.draft.id > cursor.0), |one| Cursor(one.draft.id.clone()))
    }

    fn newest(&self, kind: Kind) -> Result<u64> {
        let kept = self.0.lock().unwrap();
        let of_kind = kept.documents.iter().filter(|(_, one)| one.draft.kind == kind);
        Ok(of_kind.map(|(_, one)| one.version).max().unwrap_or(0))
    }

    fn remove(&self, kind: Kind, id: &str, version: u64) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let is = |one: &Document| one.draft.kind == kind && one.draft.id == id;
        let right = kept.documents.iter().all(|(_, one)| !is(one) || one.version == version);
        kept.documents.retain(|(_, one)| !is(one) || !right);
        Ok(right)
    }
}

impl Sessions for Model {
    fn begin_session(&self, session: &Session) -> Result<()> {
        let mut kept = self.0.lock().unwrap();
        kept.sessions.retain(|one| one.token != session.token);
        kept.sessions.push(session.clone());
        Ok(())
    }

    fn session(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Session>> {
        let mut kept = self.0.lock().unwrap();
        kept.sessions.retain(|one| one.token != *token || one.until > now);
        Ok(kept.sessions.iter().find(|one| one.token == *token).cloned())
    }

    fn use_session(&self, token: &TokenHash, now: Timestamp) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        kept.sessions.retain(|one| one.token != *token || one.until > now);
        let one = kept.sessions.iter_mut().find(|one| one.token == *token);
        Ok(one.map(|one| one.used = one.used.max(now)).is_some())
    }

    fn end_session(&self, token: &TokenHash) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let before = kept.sessions.len();
        kept.sessions.retain(|one| one.token != *token);
        Ok(kept.sessions.len() < before)
    }

    fn sessions_of(&self, who: &str, now: Timestamp) -> Result<Vec<Session>> {
        let kept = self.0.lock().unwrap();
        let mut some: Vec<Session> =
            kept.sessions.iter().filter(|one| one.who == who && one.until > now).cloned().collect();
        some.sort_by_key(|one| (std::cmp::Reverse(one.created), one.token));
        Ok(some)
    }

    fn end_sessions_of(&self, who: &str) -> Result<u64> {
        let mut kept = self.0.lock().unwrap();
        let before = kept.sessions.len();
        kept.sessions.retain(|one| one.who != who);
        Ok((before - kept.sessions.len()) as u64)
    }
}

impl Queued {
    fn in_hand(&self, queue: &str, receipt: Receipt) -> bool {
        self.queue == queue
            && self.taken.is_some()
            && self.aside.is_none()
            && (self.number, self.tries) == (receipt.number, receipt.tries)
    }

    fn item(&self) -> Item {
        Item { id: self.id.clone(), body: self.body.clone() }
    }
}

impl Queues for Model {
    fn push(&self, queue: &str, items: &[Item], limits: Limits, now: Timestamp, until: Timestamp) -> Result<Pushed> {
        let mut kept = self.0.lock().unwrap();
        let scope = format!("queue {queue}");
        let mut fresh: Vec<&Item> = Vec::new();
        for item in items {
            let queued = kept.queue.iter().any(|one| one.queue == queue && one.id == item.id);
            if !queued && !kept.remembers(&scope, &item.id, now) && !fresh.iter().any(|one| one.id == item.id) {
                fresh.push(item);
            }
        }
        let (size, new) = (kept.size(queue), fresh.len() as u64);
        let bytes: u64 = fresh.iter().map(|one| one.body.len() as u64).sum();
        if new > 0 && (size.items + new > limits.items || size.bytes + bytes > limits.bytes) {
            return Ok(Pushed::Full(size));
        }
        for item in fresh {
            kept.remember(&scope, &item.id, until);
            kept.numbers.queued += 1;
            let (queue, number, id) = (queue.to_owned(), kept.numbers.queued, item.id.clone());
            kept.queue.push(Queued { queue, number, id, body: item.body.clone(), taken: None, tries: 0, aside: None });
        }
        Ok(Pushed::Kept { new, repeated: items.len() as u64 - new })
    }

    fn take(&self, queue: &str, most: u32, now: Timestamp, length: Duration) -> Result<Vec<Taken>> {
        let mut kept = self.0.lock().unwrap();
        let length = u64::try_from(length.as_micros()).unwrap();
        let free = |one: &&mut Queued| {
            let held = one.taken.is_some_and(|(at, long)| now.as_microsecond().abs_diff(at.as_microsecond()) < long);
            one.queue == queue && one.aside.is_none() && !held
        };
        let hand = |one: &mut Queued| {
            one.taken = Some((now, length));
            one.tries += 1;
            Taken { receipt: Receipt { number: one.number, tries: one.tries }, item: one.item() }
        };
        Ok(kept.queue.iter_mut().filter(free).take(most as usize).map(hand).collect())
    }

    fn done(&self, queue: &str, receipts: &[Receipt]) -> Result<u64> {
        let mut kept = self.0.lock().unwrap();
        let before = kept.queue.len();
        kept.queue.retain(|one| !receipts.iter().any(|receipt| one.in_hand(queue, *receipt)));
        Ok((before - kept.queue.len()) as u64)
    }

    fn give_back(&self, queue: &str, receipts: &[Receipt]) -> Result<u64> {
        let mut kept = self.0.lock().unwrap();
        let mut count = 0;
        for one in &mut kept.queue {
            if receipts.iter().any(|receipt| one.in_hand(queue, *receipt)) {
                one.taken = None;
                count += 1;
            }
        }
        Ok(count)
    }

    fn give_back_all(&self, queue: &str) -> Result<u64> {
        let mut kept = self.0.lock().unwrap();
        let handed = |one: &&mut Queued| one.queue == queue && one.taken.is_some() && one.aside.is_none();
        Ok(kept.queue.iter_mut().filter(handed).map(|one| one.taken = None).count() as u64)
    }

    fn set_aside(&self, queue: &str, receipt: Receipt, reason: &str) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let one = kept.queue.iter_mut().find(|one| one.in_hand(queue, receipt));
        Ok(one.map(|one| (one.taken, one.aside) = (None, Some(reason.to_owned()))).is_some())
    }

    fn aside(&self, queue: &str, paging: &Paging) -> Result<Page<SetAside>> {
        let kept = self.0.lock().unwrap();
        if let Some(cursor) = &paging.after {
            cursor.number()?;
        }
        let some = kept.queue.iter().filter(|one| one.queue == queue).filter_map(|one| {
            let (number, tries, item) = (one.number, one.tries, one.item());
            one.aside.clone().map(|reason| SetAside { number, tries, reason, item })
        });
        page(some, paging, |one, cursor| Ok(one.number > cursor.number()?), |one| Cursor::at(one.number))
    }

    fn settle(&self, queue: &str, number: u64, again: bool) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let is = |one: &Queued| one.queue == queue && one.number == number && one.aside.is_some();
        let Some(place) = kept.queue.iter().position(is) else { return Ok(false) };
        if again {
            kept.queue[place].aside = None;
        } else {
            kept.queue.remove(place);
        }
        Ok(true)
    }

    fn queue_size(&self, queue: &str) -> Result<QueueSize> {
        Ok(self.0.lock().unwrap().size(queue))
    }
}

impl Leases for Model {
    fn acquire(&self, name: &str, holder: &str, now: Timestamp, length: Duration) -> Result<Option<Lease>> {
        let mut kept = self.0.lock().unwrap();
        let place = kept.leases.iter().position(|one| one.0 == name);
        let fence = match place.map(|place| &kept.leases[place].1) {
            Some(lease) if lease.holder == holder => lease.fence,
            Some(lease) if lease.holds(now) => return Ok(None),
            Some(lease) => lease.fence + 1,
            None => 1,
        };
        place.map(|place| kept.leases.remove(place));
        let lease = Lease { holder: holder.to_owned(), fence, taken: now, length };
        kept.leases.push((name.to_owned(), lease.clone()));
        Ok(Some(lease))
    }

    fn release(&self, name: &str, holder: &str) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        let own = |one: &&mut (String, Lease)| one.0 == name && one.1.holder == holder && !one.1.length.is_zero();
        Ok(kept.leases.iter_mut().find(own).map(|one| one.1.length = Duration::ZERO).is_some())
    }

    fn lease(&self, name: &str) -> Result<Option<Lease>> {
        Ok(self.0.lock().unwrap().leases.iter().find(|one| one.0 == name).map(|one| one.1.clone()))
    }
}

/// Drops what is old, the first so many in order of their key.
fn drop<T, K: Ord>(list: &mut Vec<T>, most: u32, key: impl Fn(&T) -> K, old: impl Fn(&T) -> bool) -> u64 {
    let mut keys: Vec<K> = list.iter().filter(|one| old(one)).map(&key).collect();
    keys.sort();
    keys.truncate(most as usize);
    let before = list.len();
    list.retain(|one| keys.binary_search(&key(one)).is_err());
    (before - list.len()) as u64
}

impl Retention for Model {
    fn sweep(&self, keep: &Keep, most: u32) -> Result<Swept> {
        let kept = &mut *self.0.lock().unwrap();
        let most = most.max(1);
        let old = |at: Timestamp, before: Option<Timestamp>| before.is_some_and(|before| at < before);
        let last: Vec<u64> = kept.sources.iter().map(|one| one.1).collect();
        let mut swept = Swept::default();
        for run in &mut kept.runs {
            let due = old(run.2, keep.bodies) && !last.contains(&run.0.number) && run.0.body.is_some();
            if due && swept.bodies < u64::from(most) {
                run.0.body = None;
                swept.bodies += 1;
            }
        }
        swept.runs = drop(
            &mut kept.runs,
            most,
            |one| one.0.number,
            |one| old(one.2, keep.runs) && !last.contains(&one.0.number),
        );
        let key = |one: &cloister_store::FindingRecord| (one.source.clone(), one.seen.id.clone());
        swept.findings =
            drop(&mut kept.findings, most, key, |one| one.resolved.is_some_and(|at| old(at, keep.resolved)));
        let findings = drop(&mut kept.changes, most, |one| one.number, |one| old(one.at, keep.changes));
        let statuses = drop(&mut kept.status_changes, most, |one| one.number, |one| old(one.at, keep.changes));
        swept.changes = findings + statuses;
        swept.detections =
            drop(&mut kept.detections, most, |one| one.number, |one| old(one.detection.at, keep.detections));
        let ended = |until: Timestamp| keep.expired.is_some_and(|now| until <= now);
        swept.events = drop(&mut kept.events, most, |one| (one.0.clone(), one.1.clone()), |one| ended(one.2));
        swept.sessions = drop(&mut kept.sessions, most, |one| one.token, |one| ended(one.until));
        let counts = [swept.bodies, swept.runs, swept.findings, findings, statuses, swept.detections];
        swept.more = counts.iter().chain(&[swept.events, swept.sessions]).any(|count| *count >= u64::from(most));
        Ok(swept)
    }

    fn ready(&self) -> Result<()> {
        Ok(())
    }

    fn examine(&self) -> Result<()> {
        Ok(())
    }
}
