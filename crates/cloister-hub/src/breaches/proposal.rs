//! Who and what is affected, proposed: from the register's activities for the namespaces, from what stands open around the
//! store, from audit and sensor evidence of the time in question. A person confirms it.

use std::collections::BTreeSet;

use cloister_breach::facts::Evidence;
use cloister_breach::{Facts, Refusal};
use cloister_model::{PersonalData, Severity};
use cloister_store::{DetectionFilter, Paging};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::suspicion::{WITHIN_HOURS, suggested};
use super::{Record, facts};
use crate::detections::{By, Detection};
use crate::who::secret;
use crate::{Hub, Snapshot};

/// So many detections and so many findings are proposed.
const MOST: usize = 20;

/// Something that may be a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Its name.
    pub id: String,
    /// The field: `affected.stores`.
    pub field: String,
    /// What would stand there, or be added there.
    pub value: Value,
    /// The same for people.
    pub shown: String,
    /// Where it comes from.
    pub source: String,
    /// Whether somebody said that it is so.
    pub confirmed: Option<bool>,
    /// Who, and when.
    pub by: Option<(String, Timestamp)>,
}

impl Proposal {
    fn new(field: &str, value: impl Serialize, shown: impl Into<String>, source: &str) -> Proposal {
        let value = json!(value);
        let hash = secret::hash("proposal", &format!("{field} {value}"));
        let id = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let (field, shown, source) = (field.to_owned(), shown.into(), source.to_owned());
        Proposal { id, field, value, shown, source, confirmed: None, by: None }
    }
}

/// What is proposed for a record now. What was answered keeps its answer; what is no longer found and was not answered goes.
pub fn look(hub: &Hub, record: &Record) -> Vec<Proposal> {
    let mut found = happened(record);
    if let Some(known) = hub.snapshot(&record.source) {
        of_register(&known, record, &mut found);
        of_exposure(&known, record, &mut found);
    }
    of_detections(hub, record, &mut found);
    let mut all: Vec<Proposal> = record.proposals.iter().filter(|one| one.confirmed.is_some()).cloned().collect();
    let mut ids: BTreeSet<String> = all.iter().map(|one| one.id.clone()).collect();
    found.retain(|one| ids.insert(one.id.clone()));
    all.extend(found);
    all
}

/// What the detections themselves suggest.
fn happened(record: &Record) -> Vec<Proposal> {
    let (lost, occurred) = suggested(record);
    if record.seen.is_none() {
        return Vec::new();
    }
    let from = occurred.and_then(|it| it.from);
    let from =
        from.map(|from| Proposal::new("occurred.from", from, cloister_breach::moment(from), "the first detection"));
    from.into_iter()
        .chain([Proposal::new(
            "confidentiality.access",
            lost.access,
            "access is possible: it cannot be excluded",
            "the rule that suspects a breach",
        )])
        .collect()
}

fn of_register(known: &Snapshot, record: &Record, found: &mut Vec<Proposal>) {
    for namespace in &record.namespaces {
        let Some(facts) = known.more.affected.get(namespace) else { continue };
        let source = format!("register, namespace {namespace}, assessed {}", known.report.assessed_at);
        let affected = &facts.affected;
        let mut add = |field: &str, words: &[String]| {
            found.extend(words.iter().map(|word| Proposal::new(field, word, word, &source)));
        };
        add("affected.stores", &affected.stores);
        add("affected.activities", &affected.activities);
        add("affected.dataSubjects", &affected.data_subjects);
        add("affected.recipients", &affected.recipients);
        let categories: Vec<String> = affected.data_categories.iter().map(|one| one.0.as_str().to_owned()).collect();
        add("affected.dataCategories", &categories);
        add("consequences", &facts.consequences);
    }
}

/// What stood open around the data when it was assessed last.
fn of_exposure(known: &Snapshot, record: &Record, found: &mut Vec<Proposal>) {
    let at_risk = known.report.findings.iter().filter(|one| {
        one.is_open()
            && one.severity >= Severity::High
            && one.exposure.level > PersonalData::None
            && record.namespaces.contains(one.namespace())
    });
    let source = format!("finding, assessed {}", known.report.assessed_at);
    for one in at_risk.take(MOST) {
        let place = one.resource.as_deref().map(cloister_report::words::resource).unwrap_or_default();
        let what = format!("{place}: {}", one.message);
        let evidence = Evidence { what: what.clone(), reference: format!("finding {}", one.id), at: None };
        found.push(Proposal::new("suspicion.evidence", evidence, what, &source));
    }
}

/// What else the same people did, and what else happened in the same namespaces, at that time.
fn of_detections(hub: &Hub, record: &Record, found: &mut Vec<Proposal>) {
    let Some((begins, ends)) = record.seen else { return };
    let within = SignedDuration::from_hours(WITHIN_HOURS);
    let filter = DetectionFilter {
        source: Some(record.source.clone()),
        from: begins.checked_sub(within).ok(),
        until: ends.checked_add(within).ok(),
        ..DetectionFilter::default()
    };
    let Ok(page) = hub.store.detections(&filter, &Paging::first(500)) else { return };
    let others = page.items.iter().filter_map(Detection::kept).filter(|one| {
        let same = record.has_actor(&one.seen.who.user) || record.namespaces.contains(&one.seen.what.namespace);
        same && !record.detections.contains(&one.id)
    });
    for one in others.take(MOST) {
        let source = match one.by {
            By::Audit => format!("audit event, rule {}", one.seen.rule),
            By::Sensor => format!("sensor, {}", one.seen.rule),
        };
        let what = format!("{}: {}", one.seen.title, one.seen.why);
        let evidence = Evidence { what: what.clone(), reference: format!("detection {}", one.id), at: one.seen.at };
        found.push(Proposal::new("suspicion.evidence", evidence, what, &source));
    }
}

/// Proposals that could change an assessment, and that nobody has answered.
pub fn waiting(record: &Record) -> impl Iterator<Item = &Proposal> {
    let spec = facts::to_value(&record.breach.spec);
    record.proposals.iter().filter(move |one| {
        let mut taken = spec.clone();
        facts::take(&mut taken, &one.field, &one.value);
        let counts = one.field.starts_with("affected.") || one.field.starts_with("confidentiality.");
        one.confirmed.is_none() && counts && taken != spec
    })
}

/// Answers proposals: what is confirmed becomes a fact. What they say, in words.
pub fn answer(
    record: &mut Record,
    ids: &[String],
    confirm: bool,
    (who, now): (&str, Timestamp),
) -> Result<Vec<String>, Refusal> {
    let (mut spec, mut shown) = (facts::to_value(&record.breach.spec), Vec::new());
    for one in record.proposals.iter_mut().filter(|one| one.confirmed.is_none() && ids.contains(&one.id)) {
        if confirm {
            facts::take(&mut spec, &one.field, &one.value);
        }
        (one.confirmed, one.by) = (Some(confirm), Some((who.to_owned(), now)));
        shown.push(format!("{} {}", one.field, one.shown));
    }
    if shown.is_empty() {
        return Err(Refusal {
            cause: "none of these waits for an answer".to_owned(),
            help: "mark one or more".to_owned(),
        });
    }
    record.breach.spec = facts::of_value(spec)?;
    Ok(shown)
}

/// Facts about the organisation itself, from the register.
pub fn ours(hub: &Hub, source: &str, spec: Facts) -> Facts {
    let Some(known) = hub.snapshot(source) else { return spec };
    let ours = &known.more.organisation;
    Facts {
        organisation: ours.organisation.clone(),
        contact: ours.contact.clone(),
        authority: ours.authority.clone(),
        ..spec
    }
}
