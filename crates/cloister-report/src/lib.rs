//! One assessment, many faces: for a terminal, for programs, for code hosts, for people.
//!
//! Reports arrange what an [`Assessment`](cloister_assessment::Assessment) says; they judge nothing, read
//! nothing and know no clock, so the same assessment gives the same bytes.
//!
//! What comes from manifests is hostile: every face neutralises it where it writes it
//! (`text::page`, `json::escape`, `html`), never where it is made.

pub mod evidence;
mod format;
pub mod html;
pub mod json;
pub mod sarif;
pub mod text;
pub mod words;

pub use cloister_model::clean;
pub use format::{Format, UnknownFormat};
