//! Audit logs of Kubernetes: who did what, streamed from logs of any length.
//!
//! ```text
//! bytes ──▶ Feed ──▶ lines, lists ──▶ Event ──▶ Log    each (identity, action) once: first, last, how often
//!           gzip     of events
//! ```
//!
//! [`events`] hands out whole [`Event`]s instead, for rules over them, and [`ingest`] reads them from what is sent: bodies of
//! webhooks, lines of JSON, and messages of the forward protocol.
//!
//! [`policy`] evaluates what decides what such a log holds: the audit policy.
//!
//! Nothing is opened here: whoever calls passes a reader. What cannot be read is told with file and line; the bodies of
//! requests are passed over unread (in an [`Event`] they lie as they came), and never told.
//!
//! Source: `audit.k8s.io/v1`, `v1beta1` and `v1alpha1`; Kubernetes 1.37, `apiserver/pkg/audit` and the filters of
//! `apiserver/pkg/endpoints` that write the annotations of authorisation.

mod actions;
mod document;
mod event;
mod feed;
mod full;
mod implied;
pub mod ingest;
mod journal;
mod key;
mod log;
pub mod policy;
mod reader;
mod text;
mod uri;
mod users;
mod words;

pub use event::Outcome;
pub use full::{Answer, Event, Object, Pairs, User as Asker};
pub use journal::{Journal, events};
pub use log::{Log, Tally, Use, Window};
pub use users::{User, Users};
