//! What is declared about one workload, boiled down to a level and a phrase.

use std::collections::{BTreeSet, HashMap, HashSet};

use cloister_model::Resource;

use super::{AtRisk, PersonalData};
use crate::category::DataCategory;
use crate::documents::{PersonalDataStore, ProcessingActivity};
use crate::register::{Register, address};

/// So many groups of people are named in one phrase, which every finding repeats.
const MOST_SUBJECTS: usize = 8;

/// Personal data, as one document declares it.
#[derive(Clone, Debug, Default)]
pub struct DataAtRisk<'a> {
    categories: BTreeSet<DataCategory>,
    subjects: Vec<&'a str>,
    large_scale: bool,
}

impl<'a> DataAtRisk<'a> {
    /// What an activity processes.
    pub fn of_activity(activity: &ProcessingActivity<'a>) -> DataAtRisk<'a> {
        DataAtRisk {
            categories: activity.data_categories().items().into_iter().collect(),
            subjects: activity.data_subjects().items(),
            large_scale: activity.large_scale().value() == Some(true),
        }
    }

    /// What a store holds: as declared for it, and what it does not say as
    /// declared for the activities that use it.
    pub fn of_store(store: &PersonalDataStore<'a>, register: &Register<'a>) -> DataAtRisk<'a> {
        let mut data = DataAtRisk {
            categories: store.data_categories().items().into_iter().collect(),
            subjects: store.data_subjects().items(),
            large_scale: store.large_scale().value() == Some(true),
        };
        let using: Vec<_> = register.activities_using(store.name()).into_iter().map(DataAtRisk::of_activity).collect();
        if data.categories.is_empty() {
            data.categories.extend(using.iter().flat_map(|other| other.categories.iter().copied()));
        }
        if data.subjects.is_empty() {
            let mut known = HashSet::new();
            let theirs = using.iter().flat_map(|other| other.subjects.iter().copied());
            data.subjects.extend(theirs.filter(|subject| known.insert(*subject)));
        }
        if !store.large_scale().is_stated() {
            data.large_scale |= using.iter().any(|other| other.large_scale);
        }
        data
    }

    /// How bad its loss is. Whatever the register names is personal data: it is never `none`.
    pub fn level(&self) -> PersonalData {
        if self.categories.iter().any(|category| category.is_sensitive()) {
            PersonalData::Special
        } else if self.subjects.contains(&"children") {
            PersonalData::Children
        } else if self.large_scale {
            PersonalData::LargeScale
        } else {
            PersonalData::Ordinary
        }
    }

    /// What it is, as in "holds …": `health data of patients and children`.
    pub fn phrase(&self) -> String {
        let sensitive: Vec<String> =
            self.categories.iter().filter(|category| category.is_sensitive()).map(|category| noun(*category)).collect();
        let what = if sensitive.is_empty() { "personal data".to_owned() } else { joined(&sensitive) };
        let whose = if self.subjects.is_empty() {
            String::new()
        } else {
            let named = self.subjects.iter().take(MOST_SUBJECTS);
            let mut subjects: Vec<String> = named.map(|subject| subject.replace('-', " ")).collect();
            let others = self.subjects.len().saturating_sub(MOST_SUBJECTS);
            if others > 0 {
                subjects.push(format!("{others} other groups"));
            }
            format!(" of {}", joined(&subjects))
        };
        let scale = if self.level() == PersonalData::LargeScale { " on a large scale" } else { "" };
        format!("{what}{whose}{scale}")
    }
}

/// A sensitive category before "of …".
fn noun(category: DataCategory) -> String {
    match category {
        DataCategory::Health | DataCategory::Genetic | DataCategory::Biometric => format!("{} data", category.as_str()),
        _ => category.phrase(),
    }
}

fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Weighs workloads. Those that the same documents select are weighed once.
pub(super) struct Weigher<'w, 'a> {
    register: &'w Register<'a>,
    documents: &'w HashMap<usize, AtRisk>,
    declared: HashMap<(*const usize, *const usize), Option<AtRisk>>,
}

impl<'w, 'a> Weigher<'w, 'a> {
    /// `documents`: what activities and stores put at risk, by the address of their resource.
    pub fn new(register: &'w Register<'a>, documents: &'w HashMap<usize, AtRisk>) -> Weigher<'w, 'a> {
        Weigher { register, documents, declared: HashMap::new() }
    }

    /// What a workload puts at risk: the worst of what is declared about it.
    /// What is recognised and declared nowhere is taken for personal data until
    /// somebody says otherwise.
    pub fn of_workload(&mut self, workload: &Resource) -> AtRisk {
        let (register, documents) = (self.register, self.documents);
        let declared = register.claims(workload).and_then(|claims| {
            let key = (claims.activities.as_ptr(), claims.stores.as_ptr());
            let weigh = || {
                let stores = register.stores_of(workload).into_iter().map(|store| store.resource());
                let activities = register.activities_of(workload).into_iter().map(|activity| activity.resource());
                worst(stores.chain(activities).filter_map(|resource| documents.get(&address(resource)).cloned()))
            };
            self.declared.entry(key).or_insert_with(weigh).clone()
        });
        let recognised = || {
            let store = register.recognised(workload)?;
            let engine = store.engine.meaning();
            let article = if engine.starts_with(['A', 'E', 'I', 'O', 'e', 'i', 'o']) { "an" } else { "a" };
            let reason = format!("recognised as {article} {engine} store; no register says what it holds");
            Some(AtRisk { level: PersonalData::Ordinary, reason: reason.into() })
        };
        declared.or_else(recognised).unwrap_or_default()
    }
}

/// What a declared store puts at risk.
pub(super) fn of_store(register: &Register<'_>, store: &PersonalDataStore<'_>) -> AtRisk {
    let data = DataAtRisk::of_store(store, register);
    let reason = format!("holds {} (store {})", data.phrase(), store.name());
    AtRisk { level: data.level(), reason: reason.into() }
}

/// What an activity puts at risk.
pub(super) fn of_activity(activity: &ProcessingActivity<'_>) -> AtRisk {
    from_activity("handles", activity)
}

/// An activity's data, and what somebody does with it.
pub(super) fn from_activity(verb: &str, activity: &ProcessingActivity<'_>) -> AtRisk {
    let data = DataAtRisk::of_activity(activity);
    let reason = format!("{verb} {} (activity {})", data.phrase(), activity.name());
    AtRisk { level: data.level(), reason: reason.into() }
}

/// The worst of several; of equals, the first.
pub(super) fn worst(all: impl IntoIterator<Item = AtRisk>) -> Option<AtRisk> {
    all.into_iter().reduce(|worst, next| if next.level > worst.level { next } else { worst })
}
