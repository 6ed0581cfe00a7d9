//! Which namespaces a check over namespaces speaks of, and how it names them.

use cloister_inventory::Inventory;
use cloister_model::{Resource, Subject};

use crate::system::is_system_namespace;

/// A namespace to be judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    object: Option<&'a Resource>,
}

impl<'a> Judged<'a> {
    /// The Namespace object, or its name where no object was read.
    pub(crate) fn subject(&self) -> Subject<'a> {
        match self.object {
            Some(object) => object.into(),
            None => Subject::Named(Inventory::namespace_reference(self.name)),
        }
    }
}

/// Namespaces that workloads live in or that were written on purpose: not the
/// cluster's own, and not an empty `default`, which every cluster has.
pub(crate) fn judged(inventory: &Inventory) -> impl Iterator<Item = Judged<'_>> {
    inventory.namespaces().filter(|(name, _)| !is_system_namespace(name)).filter_map(|(name, object)| {
        let lived_in = inventory.pods_in(name).next().is_some();
        let written = object.is_some() && name != "default";
        (lived_in || written).then_some(Judged { name, object })
    })
}
