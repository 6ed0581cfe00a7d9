//! Recognises credentials and personal data in text: by pattern, checksum and
//! context. Shared by the scanner and the network sensor.
//!
//! Values never leave: a [`Detection`] says what stands where, in masked form.
//! Everything is compiled once, works line by line (but for tables, whose heads
//! name what stands below) and costs time in proportion to the text, whatever
//! the text.

mod catalogue;
mod columns;
mod concept;
mod concepts;
mod contact;
mod credentials;
mod dates;
mod detection;
pub mod document;
mod engine;
mod fields;
mod finance;
mod fold;
mod identifiers;
pub mod keyed;
mod letters;
pub mod locate;
mod names;
mod network;
mod people;
mod placeholder;
pub mod profile;
mod scan;
mod words;

pub use catalogue::{Known, known};
pub use columns::Tables;
pub use credentials::credential_patterns;
pub use detection::{Category, Confidence, Detection};
pub use engine::Stream;
pub use fields::{Pair, pairs};
pub use identifiers::shape::Shape;
pub use identifiers::{Checksum, Kind, Proof, checksum, is_specimen, kinds};
pub use names::{Telling, telling};
pub use placeholder::{is_known_password, is_placeholder};
pub use scan::{mask, scan, scan_field};

/// What stands in place of a value.
pub const MASK: &str = "•••";
