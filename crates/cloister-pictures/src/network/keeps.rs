//! Stores of personal data, as the register declares them or as they are recognised.

use cloister_model::{PersonalData, Resource};
use cloister_register::Register;
use cloister_register::exposure::DataAtRisk;

/// What a workload keeps.
#[derive(Clone, Debug)]
pub(super) struct Keeps {
    /// The store's name in the register, or its workload's.
    pub name: String,
    /// `health data of patients`.
    pub what: String,
    pub level: PersonalData,
}

/// What a workload keeps; `None` for what is no store.
pub(super) fn of(resource: &Resource, register: &Register<'_>) -> Option<Keeps> {
    if let Some(store) = register.stores_of(resource).first() {
        let data = DataAtRisk::of_store(store, register);
        return Some(Keeps { name: store.name().to_owned(), what: data.phrase(), level: data.level() });
    }
    let recognised = register.recognised(resource)?;
    let what = format!("{}, in no register", recognised.engine.meaning());
    Some(Keeps { name: resource.name.to_string(), what, level: PersonalData::Ordinary })
}
