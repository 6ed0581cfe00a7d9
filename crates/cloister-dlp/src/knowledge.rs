//! All that is known at one moment, free of what it was read from: a sensor changes it as a whole.

use cloister_inventory::Inventory;
use cloister_model::Diagnostic;
use cloister_register::Register;

use crate::directory::Directory;
use crate::policy::Policies;

/// Who is who, and what is watched for.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Who is who.
    pub directory: Directory,
    /// What is watched for.
    pub policies: Policies,
}

impl Knowledge {
    /// What an inventory says: pods, Services, nodes, the register and the policies. What cannot be read is told.
    pub fn of(inventory: &Inventory) -> (Knowledge, Vec<Diagnostic>) {
        let (register, mut diagnostics) = Register::from_inventory(inventory);
        let (policies, more) = Policies::of(inventory, &register);
        diagnostics.extend(more);
        (Knowledge { directory: Directory::of(inventory, &register), policies }, diagnostics)
    }
}
