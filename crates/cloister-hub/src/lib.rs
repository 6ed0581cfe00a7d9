//! The hub: what was assessed, kept current, shown in pages, and handed out by an API.
//!
//! ```text
//!  audit events, findings of sensors ─▶ queue ─▶ judge ─▶ detections ─▶ evidence log, store, pages, API
//!  other scanners' reports ─▶ parts by scanner and scope ─▶ evidence log, store, placed on workloads ─▶ pages, API
//!  objects that were assessed ─▶ questions: who may what, who reaches whom ─▶ pictures, tables, API
//!  folder, cluster ─▶ assess (the caller's) ─▶ JSON of a scan ─┐
//!  agents ──────────────────────────── JSON of a scan ─────────┴▶ snapshot ─▶ pages, tables, API
//!                                                                   │
//!                                     decisions of people ─▶ evidence log, next assessment
//! ```
//! A request is answered from one immutable [`Snapshot`], which the next assessment replaces as a whole: readers never wait
//! for a writer. What a route is called, what right it needs and what the API's document says of it stands once, in
//! `routes.rs`.
#![allow(clippy::disallowed_methods, reason = "below the line: a service listens, reads files and knows the time")]

mod alerts;
mod api;
mod breaches;
mod decisions;
mod detections;
mod evidence;
mod happened;
mod http;
mod hub;
mod ingest;
mod keep;
mod live;
mod numbers;
mod pages;
mod questions;
mod read;
mod replicas;
mod retention;
mod routes;
mod scanners;
mod search;
mod snapshot;
mod sources;
mod table;
mod timestamps;
#[cfg(test)]
mod trials;
mod view;
mod who;

pub use crate::alerts::AlertsFile;
pub use crate::detections::rules::RuleFiles;
pub use crate::detections::{By, Detection};
pub use crate::evidence::Log;
pub use crate::happened::Happened;
pub use crate::http::{BadTls, Files as TlsFiles, Limits, Listen, Tls, serve};
pub use crate::hub::{Config, Hub};
pub use crate::ingest::listen_for_forward;
pub use crate::read::{BadReport, Report};
pub use crate::retention::{KeepDays, Quota};
pub use crate::snapshot::Snapshot;
pub use crate::sources::supplement::{Supplement, supplement};
pub use crate::sources::watch::{Assess, Assessed, Followed, Watch};
pub use crate::timestamps::Timestamping;
pub use crate::who::kubernetes::{Access, Cluster, Kubernetes, Person};
pub use crate::who::oidc::{BadMapping, Mapping, Oidc, Secret as OidcSecret, Settings as OidcSettings};
pub use crate::who::role::{Right, Role};
pub use crate::who::scope::Scope;
pub use crate::who::tokens::{BadTokens, Tokens};
pub use cloister_store::Store;
