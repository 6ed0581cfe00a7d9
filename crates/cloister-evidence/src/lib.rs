//! The record that nobody can change unseen: an append-only Merkle log, its proofs and its signed heads.
//!
//! What proves does no I/O: who keeps the log hands over tiles and entries, and says what time it is. [`folder`] keeps one,
//! [`folder::bundle`] a part of one for an auditor, and [`verify`] checks either.
//!
//! ```text
//!  payload ─ salt ─▶ commitment ─▶ record ─▶ leaf ─▶ frontier ─▶ checkpoint ─▶ signatures
//!     │                                       │          │                       of the log, of witnesses
//!     └ beside the log: can be erased         └ bundles  └ tiles
//! ```
//!
//! What a record says of people is not in the log: the log holds a hash of it and of a random salt. When both are
//! erased, every proof still holds, and the hash tells nothing to whoever guesses.
//!
//! Formats: hashes and proofs of RFC 9162; of C2SP `tlog-tiles`, `tlog-checkpoint`, `signed-note` and
//! `tlog-cosignature`.

mod checkpoint;
mod commitment;
mod entries;
mod erasure;
pub mod folder;
mod hash;
mod key;
mod note;
mod record;
pub mod seal;
mod tile;
pub mod timestamp;
pub mod tree;
pub mod verify;
#[cfg(feature = "ask")]
mod web;

pub use checkpoint::{Checkpoint, NoCheckpoint};
pub use commitment::{Commitment, SALT};
pub use entries::{BrokenBundle, add_entry, entries};
pub use erasure::{Erasure, Retention, Rule};
pub use hash::Hash;
pub use key::{NoKey, Signer, Verifier};
pub use note::{BrokenNote, Note};
pub use record::{Kind, NoRecord, Record};
pub use tile::{MissingTile, NoTile, ReadTile, Tile, Tiles, WIDTH};
