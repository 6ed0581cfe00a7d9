//! All that a check may look at.

use cloister_detect::profile::Profile;
use cloister_inventory::Inventory;
use cloister_register::Register;
use jiff::civil::Date;

/// What checks see besides their own subject.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The snapshot.
    pub inventory: &'a Inventory,
    /// The record of processing in it.
    pub register: &'a Register<'a>,
    /// The day of the assessment: time is passed in.
    pub today: Date,
    /// What the organisation says of detections, if it says something.
    pub profile: Option<&'a Profile>,
}
