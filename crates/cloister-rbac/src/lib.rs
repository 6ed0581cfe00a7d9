//! Who may do what: RBAC and node authorisation, answered from a snapshot as the API server answers.
//!
//! ```text
//! Inventory ──▶ Policy ──▶ decide(Request)   yes, no or unknown, with the binding, role and rule
//!               indexed    who_can(Action)   every grant
//!                          what_can(Identity)
//! ```
//!
//! Source of the rules: Kubernetes 1.37, the RBAC authoriser, the node authoriser and the group `system:masters`, in
//! the order of `--authorization-mode=Node,RBAC`.

mod aggregate;
mod binding;
mod bootstrap;
mod decide;
mod diagnose;
mod node;
mod node_graph;
mod policy;
mod request;
mod resources;
mod role;
mod rule;
mod who;

pub use binding::{Binding, Subject, SubjectKind};
pub use bootstrap::{BOOTSTRAP, RESOURCES};
pub use decide::{Decision, Grant, Verdict};
pub use policy::Policy;
pub use request::{Action, Identity, MASTERS, Request, ResourceAction};
pub use resources::{Catalogue, Known};
pub use role::Role;
pub use rule::Rule;
pub use who::Holding;
