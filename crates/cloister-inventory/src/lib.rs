//! The inventory: one indexed, immutable snapshot of resources at one moment.
//!
//! Every analysis reads from here and from nowhere else.

mod image;
mod inputs;
mod inventory;
mod kinds;
mod names;
mod owners;
mod pod;
mod selector;
mod template;
mod typed;
mod versions;
mod workloads;

pub use image::Image;
pub use inputs::{Inputs, Unread};
pub use inventory::Inventory;
pub use kinds::{Scope, matches_kind, scope_of};
pub use pod::{Container, ContainerRole, Pod};
pub use selector::Selector;
