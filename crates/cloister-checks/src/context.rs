//! All that a check may look at.

use cloister_inventory::Inventory;
use jiff::civil::Date;

/// What checks see besides their own subject.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The snapshot.
    pub inventory: &'a Inventory,
    /// The day of the assessment: time is passed in.
    pub today: Date,
}
