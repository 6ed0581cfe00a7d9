//! What changed between a run and the one before.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cloister_model::Severity;

use super::filter::{all, for_list, one};
use super::{Row, Tx, Value};
use crate::{Changed, Counts, Error, FrameworkCounts, Judged, Result, Run, Seen, Since, Status};

/// A finding of a run, folded with those of the same id.
pub(crate) struct Folded<'a> {
    pub(crate) seen: &'a Seen,
    pub(crate) severity: Severity,
    pub(crate) rank: u32,
    pub(crate) accepted: bool,
    /// Whether the store has it.
    known: bool,
}

/// A run's findings by id.
pub(crate) fn fold(findings: &[Seen]) -> HashMap<&str, Folded<'_>> {
    let mut folded: HashMap<&str, Folded<'_>> = HashMap::with_capacity(findings.len());
    for seen in findings {
        let (severity, rank, accepted) = (seen.severity, seen.rank, seen.accepted);
        let one = folded.entry(&seen.id).or_insert(Folded { seen, severity, rank, accepted, known: false });
        one.severity = one.severity.max(severity);
        one.rank = one.rank.max(rank);
        one.accepted &= accepted;
    }
    folded
}

impl Folded<'_> {
    /// Whether a row of [`KNOWN`] says the same.
    fn is_as(&self, row: &dyn Row) -> Result<bool> {
        Ok(row.int(2)? == self.severity as i64
            && row.int(3)? == -i64::from(self.rank)
            && row.truth(4)? == self.accepted
            && row.str(5)? == self.seen.check
            && row.text_or_none(6)? == self.seen.namespace.as_deref()
            && row.str(7)? == self.seen.resource)
    }
}

const KNOWN: &str = "SELECT id, CASE WHEN resolved IS NULL THEN 0 ELSE 1 END, severity, weight, accepted, check_name, \
                     namespace, resource FROM findings WHERE source = $1";

/// What changed among the findings.
#[derive(Default)]
pub(crate) struct FindingDiff<'a> {
    /// Changes by id.
    pub(crate) changes: BTreeMap<String, Changed>,
    /// Ids of rows to be written, those of other severity, rank or acceptance among them.
    pub(crate) write: Vec<&'a str>,
    /// How many were there before, too.
    pub(crate) still: u64,
}

/// Compares with what is stored, row by row, so that only what changed takes memory. Where the run names what changed,
/// nothing else is read.
pub(crate) fn findings<'a>(
    tx: &mut dyn Tx,
    of: &'a Run,
    run: &mut HashMap<&'a str, Folded<'a>>,
) -> Result<FindingDiff<'a>> {
    let mut diff = FindingDiff::default();
    // A transaction that is tried again starts anew.
    run.values_mut().for_each(|one| one.known = false);
    let ids = of.since.as_ref().map(|since| named(since, run));
    let mut compare = |row: &dyn Row| {
        let (id, gone) = (row.str(0)?, row.truth(1)?);
        match run.get_mut(id) {
            Some(one) => {
                one.known = true;
                if gone {
                    diff.changes.insert(id.to_owned(), Changed::Returned);
                } else {
                    diff.still += 1;
                }
                if gone || !one.is_as(row)? {
                    diff.write.push(&one.seen.id);
                }
            }
            None if !gone => {
                diff.changes.insert(id.to_owned(), Changed::Resolved);
            }
            None => {}
        }
        Ok(())
    };
    let source = [Value::Text(&of.source)];
    match ids {
        None => tx.each(KNOWN, &source, &mut compare)?,
        Some(ids) => for_list(tx, &format!("{KNOWN} AND id IN"), &source, (&ids, 1), "", &mut compare)?,
    }
    for (id, _) in run.iter().filter(|(_, one)| !one.known) {
        diff.changes.insert((*id).to_owned(), Changed::New);
        diff.write.push(id);
    }
    diff.write.sort_unstable();
    if let Some(since) = &of.since {
        let came = diff.changes.values().filter(|changed| **changed != Changed::Resolved).count() as u64;
        diff.still = total(since).saturating_sub(came);
    }
    Ok(diff)
}

/// Every id that a run says something about, each once.
fn named<'a>(since: &'a Since, run: &HashMap<&'a str, Folded<'a>>) -> Vec<Value<'a>> {
    let others = since.gone.iter().map(String::as_str).filter(|id| !run.contains_key(id));
    run.keys().copied().chain(others).collect::<BTreeSet<&str>>().into_iter().map(Value::Text).collect()
}

fn total(since: &Since) -> u64 {
    since.open.iter().sum::<u64>() + since.accepted
}

/// That what a run says by its changes is said of the run that was recorded last, and that this is the one its caller knows.
pub(crate) fn follows(tx: &mut dyn Tx, run: &Run) -> Result<()> {
    if run.since.is_none() && run.only.last.is_none() {
        return Ok(());
    }
    let sql =
        "SELECT runs.id, runs.number FROM runs JOIN sources ON sources.last_run = runs.number WHERE sources.name = $1";
    let last = one(tx, sql, &[Value::Text(&run.source)], |row| Ok((row.text(0)?, row.number(1)?)))?;
    let since = run.since.as_ref().is_none_or(|since| last.as_ref().is_some_and(|(id, _)| *id == since.run));
    let number = last.as_ref().map_or(0, |(_, number)| *number);
    let follows = since && run.only.last.is_none_or(|known| known == number);
    if follows { Ok(()) } else { Err(Error::NotSince { source_name: run.source.clone() }) }
}

/// A change of a status: framework and requirement, what it was, what it is.
pub(crate) type StatusDiff = BTreeMap<(String, String), (Option<Status>, Option<Status>)>;

/// The requirements of a run, each once.
pub(crate) fn judged(requirements: &[Judged]) -> BTreeMap<(String, String), Status> {
    requirements.iter().map(|one| ((one.framework.clone(), one.requirement.clone()), one.status)).collect()
}

/// Compares the statuses with those that are stored.
pub(crate) fn statuses(tx: &mut dyn Tx, source: &str, run: &BTreeMap<(String, String), Status>) -> Result<StatusDiff> {
    let sql = "SELECT framework, requirement, status FROM statuses WHERE source = $1";
    let read = |row: &dyn Row| Ok(((row.text(0)?, row.text(1)?), row.one_of(2, &Status::ALL)?));
    let stored: BTreeMap<_, _> = all(tx, sql, &[Value::Text(source)], read)?.into_iter().collect();
    let gone = stored.iter().filter(|(key, _)| !run.contains_key(*key));
    let mut diff: StatusDiff = gone.map(|(key, was)| (key.clone(), (Some(*was), None))).collect();
    for (key, status) in run {
        let was = stored.get(key).copied();
        if was != Some(*status) {
            diff.insert(key.clone(), (was, Some(*status)));
        }
    }
    Ok(diff)
}

/// The numbers of a run.
pub(crate) fn counts(
    run: &Run,
    folded: &HashMap<&str, Folded<'_>>,
    requirements: &BTreeMap<(String, String), Status>,
    changes: &BTreeMap<String, Changed>,
) -> Counts {
    let resolved = changes.values().filter(|changed| **changed == Changed::Resolved).count() as u64;
    let mut counts = Counts { new: changes.len() as u64 - resolved, resolved, ..Counts::default() };
    if let Some(since) = &run.since {
        (counts.open, counts.accepted) = (since.open, since.accepted);
    }
    for one in folded.values().filter(|_| run.since.is_none()) {
        match counts.open.get_mut(one.severity as usize) {
            Some(open) if !one.accepted => *open += 1,
            _ => counts.accepted += 1,
        }
    }
    let mut frameworks: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    run.requirements.iter().for_each(|one| _ = frameworks.entry(&one.framework).or_default());
    for ((framework, _), status) in requirements {
        if let Some(count) = frameworks.entry(framework).or_default().get_mut(*status as usize) {
            *count += 1;
        }
    }
    let named = |(framework, statuses): (&str, _)| FrameworkCounts { framework: framework.to_owned(), statuses };
    counts.frameworks = frameworks.into_iter().map(named).collect();
    counts
}
