//! What is recorded of an assessment, in the log and in the store: all of it, or what changed since the one before.
//!
//! The first one that a process records of a source, and the first of each day (UTC), is recorded as a whole: each day can be
//! read by itself.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use cloister_assessment::ListChange;
use cloister_evidence::seal::{self, Form};
use jiff::Timestamp;
use serde::Serialize;

use crate::read::{Changes, Finding, Report, Since};
use crate::snapshot::Snapshot;

/// What is recorded.
#[derive(Debug)]
pub struct Body {
    /// Whether it is packed.
    pub form: Form,
    /// JSON in that form.
    pub bytes: Vec<u8>,
    /// What changed among the findings, where that is all it says; `None` where it says all.
    pub changes: Option<ListChange<Arc<Finding>>>,
}

/// What this process recorded of a source last.
#[derive(Clone, Debug)]
pub struct Last {
    since: Since,
    day: i64,
    /// Bytes of the last that says all, and of all changes behind it.
    whole: usize,
    changes: usize,
    /// The run's id in the store.
    run: String,
}

/// When changes take so many times the room of the whole, the whole is recorded again: who reads it reads not much more.
const TIMES: usize = 4;

/// What to record of it.
pub fn body(last: Option<&Last>, before: Option<&Snapshot>, now: &Snapshot, at: Timestamp) -> Body {
    let goes_on = |last: &&Last| last.day == day(at) && last.changes < TIMES * last.whole;
    let pair = last.filter(goes_on).zip(before).filter(|(last, before)| last.since.digest == before.digest);
    let changes =
        pair.and_then(|(last, before)| Changes::between(&before.report, &now.report, last.since.clone(), &now.digest));
    match changes {
        Some(changes) => Body { changes: Some(changes.findings.clone()), ..written(&changes) },
        None => whole(now),
    }
}

/// All of it.
pub fn whole(now: &Snapshot) -> Body {
    written(&now.report)
}

/// As it was handed in.
pub fn handed_in(json: &[u8]) -> Body {
    body_of(|to| to.write_all(json))
}

fn written(said: &impl Serialize) -> Body {
    body_of(|to| Ok(serde_json::to_writer(to, said)?))
}

fn body_of(write: impl Fn(&mut dyn Write) -> io::Result<()>) -> Body {
    // It goes from memory to memory, which does not fail.
    let (form, bytes) = seal::packed(write).unwrap_or((Form::Whole, Vec::new()));
    Body { form, bytes, changes: None }
}

impl Last {
    /// After this was recorded, as this entry of the log.
    pub fn after(last: Option<&Last>, body: &Body, (since, run): (Since, String), at: Timestamp) -> Last {
        match last.filter(|_| !body.is_whole()) {
            Some(last) => Last { since, run, changes: last.changes + body.bytes.len(), ..last.clone() },
            None => Last { since, run, day: day(at), whole: body.bytes.len(), changes: 0 },
        }
    }

    /// The run's id in the store.
    pub fn run(&self) -> &str {
        &self.run
    }
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// Before what changed, in the store: what says all begins with a brace, or as gzip does.
const CHANGES: u8 = b'C';

impl Body {
    /// Whether it says all; else it says what changed.
    pub fn is_whole(&self) -> bool {
        self.changes.is_none()
    }

    /// As the store keeps it.
    pub fn into_stored(self) -> Vec<u8> {
        if self.is_whole() { self.bytes } else { [&[CHANGES], &*self.bytes].concat() }
    }
}

/// Whether a body in the store says what changed, and not all.
pub fn is_changes(stored: &[u8]) -> bool {
    stored.first() == Some(&CHANGES)
}

fn said(stored: &[u8]) -> Cow<'_, [u8]> {
    let text = stored.strip_prefix(&[CHANGES]).unwrap_or(stored);
    let unpacked = text.starts_with(&[0x1f, 0x8b]).then(|| seal::unpack(text).ok()).flatten();
    unpacked.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The report that bodies come to, of which the last says all, and those before it what changed; `None` where they do not.
pub fn report(newest_first: &[Vec<u8>]) -> Option<Report> {
    let (first, changes) = newest_first.split_last()?;
    let report = Report::read(&said(first)).ok()?;
    if changes.is_empty() { Some(report) } else { report_after(&report, changes) }
}

/// The report that bodies come to which say what changed since this one; `None` where they do not, or there are none.
pub fn report_after(known: &Report, newest_first: &[Vec<u8>]) -> Option<Report> {
    let mut changes = newest_first.iter().rev().map(|body| serde_json::from_slice::<Changes>(&said(body)).ok());
    let first = changes.next()??.apply(known)?;
    changes.try_fold(first, |report, changes| changes?.apply(&report))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::Supplement;
    use crate::trials::report;

    fn snapshot(says: &str) -> Snapshot {
        let mut report = report::read(&report::json());
        let one = report.findings[0].clone();
        report.findings = (0..20)
            .map(|number| {
                let message = if number == 3 { says.into() } else { one.message.clone() };
                Arc::new(crate::read::Finding { id: format!("{number}").into(), message, ..(*one).clone() })
            })
            .collect();
        Snapshot::new("shop".into(), report, Supplement::default())
    }

    fn recorded(now: &Snapshot) -> (Since, String) {
        (Since { entry: Some(4), digest: now.digest.clone() }, "run".to_owned())
    }

    #[test]
    fn each_day_begins_with_a_whole_one_and_so_does_what_changed_much() {
        let at: Timestamp = "2026-11-27T23:00:00Z".parse().unwrap();
        let (one, two) = (snapshot("one"), snapshot("two"));
        let first = body(None, None, &one, at);
        assert!(first.is_whole());
        let last = Last::after(None, &first, recorded(&one), at);
        let second = body(Some(&last), Some(&one), &two, at);
        assert!(!second.is_whole() && second.bytes.len() < first.bytes.len());
        assert!(body(Some(&last), Some(&one), &two, at + SignedDuration::from_hours(1)).is_whole(), "the next day");
        assert!(body(Some(&last), None, &two, at).is_whole(), "what was before is not known");
        assert!(body(Some(&last), Some(&two), &one, at).is_whole(), "what is on record is another");
        let mut last = Some(last);
        let wholes = (0..40).filter(|number| {
            let (before, now) = if number % 2 == 0 { (&one, &two) } else { (&two, &one) };
            let body = body(last.as_ref(), Some(before), now, at);
            last = Some(Last::after(last.as_ref(), &body, recorded(now), at));
            body.is_whole()
        });
        assert!((1..20).contains(&wholes.count()), "now and then");
    }
}
