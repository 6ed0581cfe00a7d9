//! The personal data that a finding puts at risk: for workloads by what the
//! register declares or by recognition, for everything else by the workloads
//! that it is used by, selects or contains.

mod data;
mod index;
mod links;
mod paths;
mod references;

use std::sync::Arc;

use cloister_model::{PersonalData, ResourceRef};
use serde::Serialize;

pub use data::DataAtRisk;
use index::Index;
pub(crate) use references::references;

use crate::register::Register;

/// The personal data at risk in one place, and why we think so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AtRisk {
    /// How bad.
    pub level: PersonalData,
    /// A phrase without a full stop, such as `holds health data of patients
    /// (store patients-db)`; empty where the level is `none`.
    pub reason: Arc<str>,
}

/// Answers, for any resource of the inventory, which personal data it puts at risk.
#[derive(Debug)]
pub struct Exposure<'a> {
    index: Index<'a>,
}

impl<'a> Exposure<'a> {
    /// Weighs the inventory that `register` was read from.
    pub fn new(register: &Register<'a>, inventory: &'a cloister_inventory::Inventory) -> Exposure<'a> {
        Exposure { index: Index::new(register, inventory) }
    }

    /// The personal data at risk in a resource of the inventory.
    pub fn of_resource(&self, resource: &'a cloister_model::Resource) -> AtRisk {
        paths::at_risk(&self.index, resource)
    }

    /// The personal data at risk in what a finding names: a resource of the
    /// inventory, or a namespace that has no object.
    pub fn of_reference(&self, reference: &ResourceRef) -> AtRisk {
        match self.index.find(reference) {
            Some(resource) => self.of_resource(resource),
            None if &*reference.kind == "Namespace" => self.index.in_namespace(&reference.name),
            None => AtRisk::default(),
        }
    }

    /// The most that is at risk anywhere: for findings about something that
    /// is absent altogether.
    pub fn of_everything(&self) -> AtRisk {
        self.index.everywhere()
    }
}
