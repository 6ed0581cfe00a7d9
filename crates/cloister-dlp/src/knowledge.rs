//! All that is known at one moment, free of what it was read from: a sensor changes it as a whole.

use std::sync::Arc;

use cloister_detect::keyed::Keys;
use cloister_inventory::Inventory;
use cloister_model::Diagnostic;
use cloister_register::Register;

use crate::directory::Directory;
use crate::lens::Lens;
use crate::policy::Policies;

/// Who is who, and what is watched for.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Who is who.
    pub directory: Directory,
    /// What is watched for.
    pub policies: Policies,
    /// How it is recognised.
    pub lens: Lens,
}

impl Knowledge {
    /// What an inventory says: pods, Services, nodes, the register and the policies. What cannot be read is told.
    pub fn of(inventory: &Inventory) -> (Knowledge, Vec<Diagnostic>) {
        Knowledge::with_keys(inventory, None)
    }

    /// The same, with keys by which allow-lists are compared.
    pub fn with_keys(inventory: &Inventory, keys: Option<Arc<Keys>>) -> (Knowledge, Vec<Diagnostic>) {
        let (register, mut diagnostics) = Register::from_inventory(inventory);
        let (policies, lens, more) = Policies::of(inventory, &register, keys);
        diagnostics.extend(more);
        (Knowledge { directory: Directory::of(inventory, &register), policies, lens }, diagnostics)
    }
}
