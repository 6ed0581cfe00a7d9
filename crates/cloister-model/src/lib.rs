//! The words that every part of Cloister shares: a located tree of values, the
//! resource it makes up, places in it, findings and diagnostics.
//!
//! Nothing here reads, fetches or judges.

mod clean;
mod diagnostic;
mod fault;
mod finding;
pub mod head;
pub mod numbers;
mod personal_data;
mod place;
mod pointers;
mod resource;
pub mod shape;
pub mod spelling;
mod tree;

pub use clean::{clean, is_hostile};
pub use diagnostic::{Diagnostic, DiagnosticLevel};
pub use fault::place_of_panic;
pub use finding::{Finding, Severity, container_name};
pub use personal_data::PersonalData;
pub use place::{Location, Place, Rendered, Subject};
pub use pointers::Pointers;
pub use resource::{Origin, Resource, ResourceRef};
pub use tree::{Entry, Mark, Node, Value};
