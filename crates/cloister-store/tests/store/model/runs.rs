use std::collections::{BTreeMap, BTreeSet};

use cloister_model::Severity;
use cloister_store::{
    Assessments, ChangeFilter, Changed, Counts, Cursor, Error, Fence, FindingChange, FindingFilter, FindingRecord,
    Findings, FrameworkCounts, Page, Paging, Recorded, RequirementRecord, Requirements, Result, Run, RunFilter,
    RunRecord, Seen, Source, State, Status, StatusChange, StatusFilter,
};
use jiff::Timestamp;

use super::{Kept, Model, among, fits, newest, page, taken, within};

pub(crate) fn fold(run: &Run) -> BTreeMap<String, Seen> {
    let mut folded: BTreeMap<String, Seen> = BTreeMap::new();
    for seen in &run.findings {
        let one = folded.entry(seen.id.clone()).or_insert_with(|| seen.clone());
        one.severity = one.severity.max(seen.severity);
        one.rank = one.rank.max(seen.rank);
        one.accepted = one.accepted && seen.accepted;
    }
    folded
}

impl Kept {
    fn may_record(&self, run: &Run) -> Result<()> {
        let last = self.sources.iter().find(|one| one.0 == run.source).map_or(0, |one| one.1);
        if run.only.last.is_some_and(|known| known != last) {
            return Err(Error::NotSince { source_name: run.source.clone() });
        }
        let held = |fence: &Fence| {
            self.leases
                .iter()
                .any(|(name, lease)| *name == fence.name && lease.fence == fence.fence && !lease.length.is_zero())
        };
        match &run.only.held {
            Some(fence) if !held(fence) => Err(Error::Lost { name: fence.name.clone() }),
            _ => Ok(()),
        }
    }

    fn record(&mut self, run: &Run) -> Recorded {
        let source = self.sources.iter().position(|one| one.0 == run.source);
        let before = source.map_or(run.at, |place| self.sources[place].2);
        let at = run.at.max(before);
        let number = self.numbers.run + 1;
        self.numbers.run = number;
        let findings = fold(run);
        let (new, resolved, still) = self.compare(run, &findings, (number, before, at));
        let changed_requirements = self.judge(run, number, at);
        let counts = counts(run, &findings, new.len() as u64, resolved.len() as u64);
        let body = Some(run.body.len() as u64);
        let record = RunRecord { number, id: run.id.clone(), source: run.source.clone(), at: run.at, counts, body };
        let recorded = Recorded { number, repeated: false, new, resolved, still, changed_requirements };
        self.runs.push((record, run.body.clone(), at, recorded.clone()));
        source.map(|place| self.sources.remove(place));
        self.sources.push((run.source.clone(), number, at));
        recorded
    }

    fn compare(
        &mut self,
        run: &Run,
        findings: &BTreeMap<String, Seen>,
        (number, before, at): (u64, Timestamp, Timestamp),
    ) -> (Vec<String>, Vec<String>, u64) {
        let mut changes: BTreeMap<String, Changed> = BTreeMap::new();
        let mut still = 0;
        for one in self.findings.iter_mut().filter(|one| one.source == run.source) {
            match (findings.get(&one.seen.id), one.resolved) {
                (Some(seen), None) => {
                    still += 1;
                    one.seen = seen.clone();
                    one.last_seen = at;
                }
                (Some(seen), Some(_)) => {
                    one.seen = seen.clone();
                    (one.since, one.last_seen, one.resolved) = (at, at, None);
                    one.returns += 1;
                    changes.insert(seen.id.clone(), Changed::Returned);
                }
                (None, None) => {
                    (one.last_seen, one.resolved) = (before, Some(at));
                    changes.insert(one.seen.id.clone(), Changed::Resolved);
                }
                (None, Some(_)) => {}
            }
        }
        for (id, seen) in findings {
            if !self.findings.iter().any(|one| one.source == run.source && one.seen.id == *id) {
                let (source, seen) = (run.source.clone(), seen.clone());
                let (first_seen, since, last_seen) = (at, at, at);
                self.findings.push(FindingRecord {
                    source,
                    seen,
                    first_seen,
                    since,
                    last_seen,
                    resolved: None,
                    returns: 0,
                });
                changes.insert(id.clone(), Changed::New);
            }
        }
        for (finding, changed) in &changes {
            self.numbers.change += 1;
            let (source, finding, changed) = (run.source.clone(), finding.clone(), *changed);
            self.changes.push(FindingChange { number: self.numbers.change, run: number, source, finding, changed, at });
        }
        let (resolved, new): (Vec<_>, Vec<_>) = changes.into_iter().partition(|one| one.1 == Changed::Resolved);
        let ids = |list: Vec<(String, _)>| list.into_iter().map(|one| one.0).collect();
        (ids(new), ids(resolved), still)
    }

    fn judge(&mut self, run: &Run, number: u64, at: Timestamp) -> u64 {
        let key = |one: &RequirementRecord| (one.framework.clone(), one.requirement.clone());
        let stored = self.statuses.iter().filter(|one| one.0 == run.source);
        let was: BTreeMap<_, _> = stored.map(|(_, one)| (key(one), one.status)).collect();
        let judged = run.requirements.iter().map(|one| ((one.framework.clone(), one.requirement.clone()), one.status));
        let is: BTreeMap<_, _> = judged.collect();
        let mut changed = 0;
        for key in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
            let (from, to) = (was.get(key).copied(), is.get(key).copied());
            if from == to {
                continue;
            }
            changed += u64::from(from.is_some());
            self.numbers.status_change += 1;
            let (source, (framework, requirement)) = (run.source.clone(), key.clone());
            self.statuses
                .retain(|(of, one)| (of, &one.framework, &one.requirement) != (&source, &framework, &requirement));
            if let Some(status) = to {
                let (framework, requirement) = key.clone();
                self.statuses.push((source.clone(), RequirementRecord { framework, requirement, status, since: at }));
            }
            let change = self.numbers.status_change;
            self.status_changes.push(StatusChange {
                number: change,
                run: number,
                source,
                framework,
                requirement,
                from,
                to,
                at,
            });
        }
        changed
    }
}

fn counts(run: &Run, findings: &BTreeMap<String, Seen>, new: u64, resolved: u64) -> Counts {
    let count = |severity| findings.values().filter(|one| !one.accepted && one.severity == severity).count() as u64;
    let accepted = findings.values().filter(|one| one.accepted).count() as u64;
    let judged: BTreeMap<_, _> =
        run.requirements.iter().map(|one| ((&one.framework, &one.requirement), one.status)).collect();
    let names: BTreeSet<_> = run.requirements.iter().map(|one| &one.framework).collect();
    let of = |framework: &String, status| {
        judged.iter().filter(|((of, _), is)| **of == *framework && **is == status).count() as u64
    };
    let frameworks = names.into_iter().map(|framework| FrameworkCounts {
        framework: framework.clone(),
        statuses: Status::ALL.map(|status| of(framework, status)),
    });
    Counts { open: Severity::ALL.map(count), accepted, new, resolved, frameworks: frameworks.collect() }
}

impl Assessments for Model {
    fn record(&self, run: &Run) -> Result<Recorded> {
        let mut kept = self.0.lock().unwrap();
        match kept.runs.iter().find(|one| one.0.id == run.id) {
            None => kept.may_record(run).map(|()| kept.record(run)),
            Some((record, _, _, recorded)) if record.source == run.source => {
                let changes = || kept.changes.iter().filter(|one| one.run == record.number);
                let ids = |gone| {
                    let some = changes().filter(|one| (one.changed == Changed::Resolved) == gone);
                    some.map(|one| one.finding.clone()).collect()
                };
                Ok(Recorded { repeated: true, new: ids(false), resolved: ids(true), ..recorded.clone() })
            }
            Some((record, ..)) => Err(taken(format!("the id of this run: {} has a run of it, and it", record.source))),
        }
    }

    fn body(&self, id: &str) -> Result<Option<Vec<u8>>> {
        let kept = self.0.lock().unwrap();
        Ok(kept.runs.iter().find(|one| one.0.id == id && one.0.body.is_some()).map(|one| one.1.clone()))
    }

    fn run(&self, id: &str) -> Result<Option<RunRecord>> {
        Ok(self.0.lock().unwrap().runs.iter().find(|one| one.0.id == id).map(|one| one.0.clone()))
    }

    fn runs(&self, filter: &RunFilter, paging: &Paging) -> Result<Page<RunRecord>> {
        let kept = self.0.lock().unwrap();
        let some = kept
            .runs
            .iter()
            .map(|one| one.0.clone())
            .filter(|one| fits(filter.source.as_ref(), &one.source) && within(one.at, filter.from, filter.until));
        newest(some, paging, |one| one.number)
    }

    fn sources(&self) -> Result<Vec<Source>> {
        let kept = self.0.lock().unwrap();
        let last = |number: u64| kept.runs.iter().find(|one| one.0.number == number).unwrap().0.clone();
        let mut sources: Vec<Source> =
            kept.sources.iter().map(|(name, number, _)| Source { name: name.clone(), last: last(*number) }).collect();
        sources.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(sources)
    }

    fn forget_source(&self, name: &str) -> Result<bool> {
        let mut kept = self.0.lock().unwrap();
        kept.runs.retain(|one| one.0.source != name);
        kept.findings.retain(|one| one.source != name);
        kept.changes.retain(|one| one.source != name);
        kept.statuses.retain(|one| one.0 != name);
        kept.status_changes.retain(|one| one.source != name);
        let before = kept.sources.len();
        kept.sources.retain(|one| one.0 != name);
        Ok(kept.sources.len() < before)
    }
}

impl Findings for Model {
    fn findings(&self, filter: &FindingFilter, paging: &Paging) -> Result<Page<FindingRecord>> {
        let kept = self.0.lock().unwrap();
        let state = |one: &FindingRecord| match filter.state {
            State::Open => one.resolved.is_none() && !one.seen.accepted,
            State::Accepted => one.resolved.is_none() && one.seen.accepted,
            State::Present => one.resolved.is_none(),
            State::Resolved => one.resolved.is_some(),
            State::Any => true,
        };
        let mut some: Vec<FindingRecord> = kept.findings.clone();
        some.retain(|one| {
            fits(filter.source.as_ref(), &one.source)
                && among(filter.namespaces.as_ref(), one.seen.namespace.as_ref())
                && fits(filter.check.as_ref(), &one.seen.check)
                && filter.severity.is_none_or(|least| one.seen.severity >= least)
                && state(one)
        });
        let key = |one: &FindingRecord| (u32::MAX - one.seen.rank, one.source.clone(), one.seen.id.clone());
        some.sort_by_key(key);
        let cursor = |one: &FindingRecord| {
            Cursor(format!("{}.{}.{}{}", one.seen.rank, one.source.len(), one.source, one.seen.id))
        };
        let Some(after) = &paging.after else {
            return page(some.into_iter(), paging, |_, _| Ok(true), cursor);
        };
        let mut parts = after.0.splitn(3, '.');
        let mut part = || parts.next().ok_or(Error::Cursor);
        let rank: u32 = part()?.parse().map_err(|_| Error::Cursor)?;
        let length = part()?.parse().map_err(|_| Error::Cursor)?;
        let (source, id) = part()?.split_at_checked(length).ok_or(Error::Cursor)?;
        let from = (u32::MAX - rank, source.to_owned(), id.to_owned());
        page(some.into_iter(), paging, |one, _| Ok(key(one) > from), cursor)
    }

    fn finding(&self, source: &str, id: &str) -> Result<Option<FindingRecord>> {
        let kept = self.0.lock().unwrap();
        Ok(kept.findings.iter().find(|one| one.source == source && one.seen.id == id).cloned())
    }

    fn changes(&self, filter: &ChangeFilter, paging: &Paging) -> Result<Page<FindingChange>> {
        let kept = self.0.lock().unwrap();
        let some = kept
            .changes
            .iter()
            .filter(|one| {
                fits(filter.source.as_ref(), &one.source)
                    && fits(filter.finding.as_ref(), &one.finding)
                    && within(one.at, filter.from, filter.until)
            })
            .cloned();
        newest(some, paging, |one| one.number)
    }
}

impl Requirements for Model {
    fn statuses(&self, source: &str) -> Result<Vec<RequirementRecord>> {
        let kept = self.0.lock().unwrap();
        let mut some: Vec<_> = kept.statuses.iter().filter(|one| one.0 == source).map(|one| one.1.clone()).collect();
        some.sort_by_key(|one| (one.framework.clone(), one.requirement.clone()));
        Ok(some)
    }

    fn status_changes(&self, filter: &StatusFilter, paging: &Paging) -> Result<Page<StatusChange>> {
        let kept = self.0.lock().unwrap();
        let some = kept
            .status_changes
            .iter()
            .filter(|one| {
                fits(filter.source.as_ref(), &one.source)
                    && fits(filter.framework.as_ref(), &one.framework)
                    && fits(filter.requirement.as_ref(), &one.requirement)
                    && within(one.at, filter.from, filter.until)
            })
            .cloned();
        newest(some, paging, |one| one.number)
    }
}
