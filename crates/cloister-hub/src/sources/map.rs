//! The map of personal data: what is done with it, where it is kept, who gets it; as the register says it.

use std::collections::HashSet;

use cloister_model::{Location, ResourceRef};
use cloister_register::{Basis, Processor, Register};

/// As the register has it; empty without one.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// What is done.
    pub activities: Vec<Activity>,
    /// Where it is kept.
    pub stores: Vec<Store>,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
}

/// A processing activity.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its name in the register.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Why.
    pub purposes: Vec<String>,
    /// On what basis; empty where none is stated.
    pub basis: &'static str,
    /// Whose data.
    pub subjects: Vec<String>,
    /// Which data.
    pub categories: Vec<String>,
    /// Which stores.
    pub stores: Vec<String>,
    /// To whom.
    pub recipients: Vec<String>,
    /// The workloads that carry it out.
    pub workloads: Vec<Workload>,
    /// Where it is written.
    pub location: Option<Location>,
}

/// A store of personal data.
#[derive(Clone, Debug)]
pub struct Store {
    /// Its name in the register.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Whose data.
    pub subjects: Vec<String>,
    /// Which data.
    pub categories: Vec<String>,
    /// The workloads that it is.
    pub workloads: Vec<Workload>,
    /// Where it is written.
    pub location: Option<Location>,
}

/// Somebody who gets personal data.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The name.
    pub name: String,
    /// What it is to us, or does.
    pub service: String,
    /// Where it processes; empty where nobody says.
    pub country: String,
    /// Which activities disclose to it.
    pub activities: Vec<String>,
    /// Whether the register describes it.
    pub described: bool,
}

/// A workload by kind, namespace and name.
pub type Workload = (String, Option<String>, String);

impl Map {
    /// The part of it that is carried out by workloads that are seen: an activity or a store none of whose workloads is seen
    /// is not in it, nor who gets data of such an activity alone.
    #[must_use]
    pub fn within(&self, sees: impl Fn(&ResourceRef) -> bool) -> Map {
        let mut map = self.clone();
        let seen = |one: &Workload| {
            let (kind, namespace, name) = one;
            let namespace = namespace.as_deref().map(Into::into);
            sees(&ResourceRef { api_version: "".into(), kind: (**kind).into(), namespace, name: (**name).into() })
        };
        map.activities.iter_mut().for_each(|one| one.workloads.retain(seen));
        map.activities.retain(|one| !one.workloads.is_empty());
        map.stores.iter_mut().for_each(|one| one.workloads.retain(seen));
        map.stores.retain(|one| !one.workloads.is_empty());
        let stores: HashSet<&str> = map.stores.iter().map(|one| &*one.name).collect();
        map.activities.iter_mut().for_each(|one| one.stores.retain(|name| stores.contains(&**name)));
        let activities: HashSet<&str> = map.activities.iter().map(|one| &*one.name).collect();
        map.recipients.iter_mut().for_each(|one| one.activities.retain(|name| activities.contains(&**name)));
        map.recipients.retain(|one| !one.activities.is_empty());
        map
    }
}

/// Takes it from the register.
pub fn of(register: &Register<'_>) -> Map {
    let mut map = Map::default();
    for one in register.activities() {
        map.activities.push(activity(one, register));
    }
    for one in register.stores() {
        map.stores.push(Store {
            name: one.name().to_owned(),
            title: one.title().value().unwrap_or(one.name()).to_owned(),
            subjects: owned(one.data_subjects().items()),
            categories: one.data_categories().items().into_iter().map(|one| one.as_str().to_owned()).collect(),
            workloads: register.workloads_of_store(one).into_iter().map(workload).collect(),
            location: one.place().location(),
        });
    }
    map.recipients = recipients(register, &map.activities);
    map
}

fn activity(one: &cloister_register::ProcessingActivity<'_>, register: &Register<'_>) -> Activity {
    let recipients = one.recipients().items();
    let recipients = recipients.iter().filter_map(|one| one.processor().value().or(one.name().value()));
    Activity {
        name: one.name().to_owned(),
        title: one.title().value().unwrap_or(one.name()).to_owned(),
        purposes: owned(one.purposes().items()),
        basis: one.lawful_basis().value().and_then(|basis| basis.basis().value()).map_or("", Basis::as_str),
        subjects: owned(one.data_subjects().items()),
        categories: one.data_categories().items().into_iter().map(|one| one.as_str().to_owned()).collect(),
        stores: owned(one.stores().items()),
        recipients: recipients.map(str::to_owned).collect(),
        workloads: register.workloads_of_activity(one).into_iter().map(workload).collect(),
        location: one.place().location(),
    }
}

/// Those that the register describes, then those that activities only name.
fn recipients(register: &Register<'_>, activities: &[Activity]) -> Vec<Recipient> {
    let to = |name: &str| -> Vec<String> {
        activities
            .iter()
            .filter(|one| one.recipients.iter().any(|known| known == name))
            .map(|one| one.name.clone())
            .collect()
    };
    let described = |one: &Processor<'_>| Recipient {
        name: one.name().to_owned(),
        service: one.service().value().unwrap_or("").to_owned(),
        country: one.country().value().map_or(String::new(), |country| country.code().to_owned()),
        activities: to(one.name()),
        described: true,
    };
    let mut all: Vec<Recipient> = register.processors().iter().map(described).collect();
    for name in activities.iter().flat_map(|one| &one.recipients) {
        if all.iter().all(|known| known.name != *name) {
            let (name, service, country) = (name.clone(), String::new(), String::new());
            all.push(Recipient { activities: to(&name), name, service, country, described: false });
        }
    }
    all
}

fn workload(one: &cloister_register::Workload<'_>) -> Workload {
    (one.resource.kind.to_string(), Some(one.namespace().to_owned()), one.resource.name.to_string())
}

fn owned(all: Vec<&str>) -> Vec<String> {
    all.into_iter().map(str::to_owned).collect()
}
