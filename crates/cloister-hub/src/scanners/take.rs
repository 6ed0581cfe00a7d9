//! From what was sent to the evidence log and the store.

use std::collections::HashMap;
use std::sync::PoisonError;

use cloister_detect::mask;
use cloister_evidence::Kind;
use cloister_scanners::{Fault, Format, Kind as Of, Limits, NoReport, Part, Report, read};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::kept::{self, Index, KeptPart, Told};
use crate::Hub;
use crate::hub::Refused;
use crate::keep::recorded;

/// So many scopes of scanners are kept of a source.
const MOST_SCOPES: usize = 2_000;
/// So many results are kept of a source.
const MOST_RESULTS: usize = 100_000;
/// What is told again without a time of its own counts as told anew after so long.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What came of a report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Took {
    /// Its form.
    pub format: Format,
    /// Parts, by scanner and scope, that say something new.
    pub taken: usize,
    /// Parts that say what was known.
    pub repeated: usize,
    /// Parts that were made before what is known, and so were left.
    pub older: usize,
    /// Results of the parts that were taken.
    pub results: usize,
    /// Results among them that were not told before.
    pub new: usize,
    /// Results that were told before, and no longer are.
    pub over: usize,
    /// What is malformed, and was left out.
    pub faults: Vec<Fault>,
    /// How much more is.
    pub more_faults: usize,
}

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It is none.
    #[error(transparent)]
    NoReport(#[from] NoReport),
    /// All of it was made before what is known.
    #[error("it was made at {0}, before the one of the same scanner and scope that is known")]
    Older(Timestamp),
    /// There would be too much.
    #[error(
        "with it there would be more than {0} of this source: what no scanner tells again is dropped with time; \
         an empty report of a scope ends what was told of it"
    )]
    Full(&'static str),
    /// The quota, the record or the store.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl From<cloister_store::Error> for NotTaken {
    fn from(error: cloister_store::Error) -> NotTaken {
        NotTaken::Refused(Refused::Store(error))
    }
}

/// A part that says something new.
struct New {
    key: String,
    told: Told,
    part: Part,
}

impl Hub {
    /// Takes a report of another scanner about a source: on record and kept when this returns.
    pub fn take_scanner_report(
        &self,
        (source, by): (&str, &str),
        bytes: &[u8],
        scope: Option<&str>,
    ) -> Result<Took, NotTaken> {
        let _one = self.scanners.taking.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = self.taken(source, by, bytes, scope);
        let (stored, repeated, refused) = match &taken {
            Ok(took) => (took.taken, took.repeated, took.older),
            Err(_) => (0, 0, 1),
        };
        for (outcome, number) in [("stored", stored), ("repeated", repeated), ("refused", refused)] {
            self.numbers.add("cloister_hub_scanner_reports_total", &[outcome], number as u64);
        }
        taken
    }

    fn taken(&self, source: &str, by: &str, bytes: &[u8], scope: Option<&str>) -> Result<Took, NotTaken> {
        let now = Timestamp::now();
        let mut report = read(bytes, Limits::default())?;
        if let Some(scope) = scope {
            report = report.of_scope(scope);
        }
        let (_, index) = kept::index(&*self.store, source)?;
        let (mut took, sorted) = sort(report, &index, (by, now));
        if let Some(made) = sorted.older.filter(|_| took.taken + took.repeated == 0) {
            return Err(NotTaken::Older(made));
        }
        fits(&index, &sorted.new)?;
        self.quota(source, now)?;
        let mut bytes = 0;
        for one in &sorted.new {
            let before = kept::part(&*self.store, source, &one.key)?;
            let (part, new, over) = with_since(&one.part, before.as_ref(), now);
            took.new += new;
            took.over += over;
            self.record_report(source, &one.told, Some(&one.part))?;
            bytes += 2 * kept::put(&*self.store, (source, &one.key), &part, now)?;
        }
        for told in sorted.again.values().filter(|told| told.made.is_some()) {
            self.record_report(source, told, None)?;
        }
        if !sorted.new.is_empty() || !sorted.again.is_empty() {
            kept::change(&*self.store, source, now, |index| {
                index.extend(sorted.new.iter().map(|one| (one.key.clone(), one.told.clone())));
                index.extend(sorted.again.iter().map(|(key, told)| (key.clone(), told.clone())));
            })?;
            recorded::count(&*self.store, source, bytes, now)?;
        }
        Ok(took)
    }

    /// Like assessments, reports may fill so much of the log a day.
    fn quota(&self, source: &str, now: Timestamp) -> Result<(), NotTaken> {
        let (bytes, wait) = recorded::today(&*self.store, source, now)?;
        let quota = self.config.quota.0;
        if bytes < quota {
            return Ok(());
        }
        Err(Refused::Quota { source_name: source.to_owned(), mib: quota >> 20, wait }.into())
    }

    /// All that was said, or that it was said again.
    fn record_report(&self, source: &str, told: &Told, part: Option<&Part>) -> Result<(), Refused> {
        let what = if part.is_some() { "reported" } else { "reportedAgain" };
        self.record(Kind::Report, &json!({what: {"source": source, "told": told, "said": part}}))
    }
}

/// Parts by what they are to what is known.
#[derive(Default)]
struct Sorted {
    new: Vec<New>,
    /// Those that say what is known, and say it anew.
    again: Index,
    /// When one was made that is older than what is known.
    older: Option<Timestamp>,
}

fn sort(report: Report, index: &Index, (by, now): (&str, Timestamp)) -> (Took, Sorted) {
    let Report { format, parts, faults, more_faults } = report;
    let mut took = Took { format, taken: 0, repeated: 0, older: 0, results: 0, new: 0, over: 0, faults, more_faults };
    let mut sorted = Sorted::default();
    for mut part in parts {
        clear(&mut part);
        let key = kept::key(&part.scanner, &part.scope);
        let told = told(&part, format, (by, now));
        match index.get(&key) {
            Some(known) if known.digest == told.digest => {
                took.repeated += 1;
                let is_anew = match (known.made, told.made) {
                    (Some(known), Some(made)) => made > known,
                    _ => now.duration_since(known.taken) > AGAIN,
                };
                if is_anew {
                    sorted.again.insert(key, told);
                }
            }
            Some(known) if known.made.zip(told.made).is_some_and(|(known, made)| made < known) => {
                took.older += 1;
                sorted.older = told.made;
            }
            _ => {
                took.taken += 1;
                took.results += part.results.len();
                sorted.new.push(New { key, told, part });
            }
        }
    }
    (took, sorted)
}

/// Messages of rules quote what they found; advisories do not.
fn clear(part: &mut Part) {
    for found in part.results.iter_mut().filter(|found| !matches!(found.kind, Of::Vulnerability | Of::Licence)) {
        let masked = mask(&found.title);
        if masked != found.title {
            found.title = masked;
        }
    }
    part.sort();
}

fn told(part: &Part, format: Format, (by, now): (&str, Timestamp)) -> Told {
    // When it was made is no part of what it says.
    let said = (&part.version, part.passed, &part.subjects, &part.results);
    Told {
        scanner: part.scanner.clone(),
        version: part.version.clone(),
        scope: part.scope.clone(),
        format,
        made: part.made,
        taken: now,
        by: by.to_owned(),
        digest: kept::hashed(&serde_json::to_vec(&said).unwrap_or_default()),
        results: part.results.len(),
        passed: part.passed,
    }
}

fn fits(index: &Index, new: &[New]) -> Result<(), NotTaken> {
    let others = index.iter().filter(|(key, _)| new.iter().all(|one| one.key != **key));
    let (scopes, results) = others.fold((0, 0), |(scopes, results), (_, told)| (scopes + 1, results + told.results));
    let more: usize = new.iter().map(|one| one.told.results).sum();
    // What says nothing bad is always taken: it makes room.
    if scopes + new.len() > MOST_SCOPES && scopes + new.len() > index.len() {
        return Err(NotTaken::Full("2000 scopes of scanners"));
    }
    if results + more > MOST_RESULTS && more > 0 {
        return Err(NotTaken::Full("100000 results of scanners"));
    }
    Ok(())
}

/// With the time since which each result is known; how many are new, and how many are over.
fn with_since(part: &Part, before: Option<&KeptPart>, now: Timestamp) -> (KeptPart, usize, usize) {
    let mut known = HashMap::new();
    if let Some(before) = before {
        for (found, since) in before.part.results.iter().zip(&before.since) {
            known.entry(identity(&before.part, found)).or_insert(*since);
        }
    }
    let (mut new, mut seen) = (0, std::collections::HashSet::new());
    let mut since = Vec::with_capacity(part.results.len());
    for found in &part.results {
        let own = identity(part, found);
        let before = known.get(&own).copied();
        new += usize::from(before.is_none());
        // What is told of a time to come is known since now.
        let first = before.or(found.seen.filter(|seen| *seen < now)).unwrap_or(now);
        since.push(first);
        seen.insert(own);
    }
    let over = known.keys().filter(|own| !seen.contains(*own)).count();
    (KeptPart { part: part.clone(), since }, new, over)
}

fn identity(part: &Part, found: &cloister_scanners::Found) -> String {
    let own = part.subject(found).map(|subject| {
        let image = subject.image.as_ref().and_then(|image| image.names.first());
        (&subject.object, image)
    });
    // Lists of texts, so that no text runs into the next.
    serde_json::to_string(&(&found.id, own, &found.package, &found.file)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(results: usize) -> Told {
        Told {
            scanner: "s".to_owned(),
            version: String::new(),
            scope: String::new(),
            format: Format::Trivy,
            made: None,
            taken: Timestamp::UNIX_EPOCH,
            by: String::new(),
            digest: String::new(),
            results,
            passed: 0,
        }
    }

    fn new(key: &str, results: usize) -> New {
        let part = Part {
            scanner: String::new(),
            version: String::new(),
            scope: String::new(),
            made: None,
            passed: 0,
            subjects: Vec::new(),
            results: Vec::new(),
        };
        New { key: key.to_owned(), told: some(results), part }
    }

    #[test]
    fn what_is_kept_of_a_source_is_bounded_and_what_makes_room_is_taken() {
        let index: Index = [("a".to_owned(), some(60_000)), ("b".to_owned(), some(39_000))].into();
        assert!(fits(&index, &[new("c", 1_000)]).is_ok() && fits(&index, &[new("a", 61_000)]).is_ok());
        assert!(matches!(fits(&index, &[new("c", 1_001)]), Err(NotTaken::Full(_))));
        let many: Index = (0..MOST_SCOPES).map(|at| (at.to_string(), some(1))).collect();
        assert!(matches!(fits(&many, &[new("one more", 1)]), Err(NotTaken::Full(_))));
        assert!(fits(&many, &[new("7", 9)]).is_ok(), "what replaces something is taken");
        let full: Index = [("a".to_owned(), some(MOST_RESULTS + 5))].into();
        assert!(fits(&full, &[new("b", 0)]).is_ok(), "what ends something is taken");
    }
}
