//! Who may do what: RBAC and node authorisation, answered from a snapshot as the API server answers.
//!
//! ```text
//! Inventory ──▶ Policy ──▶ decide(Request)   yes, no or unknown, with the binding, role and rule
//!               indexed    who_can(Action)   every grant
//!                          what_can(Identity)
//!               Closure    what somebody can become by using what they may do
//!                          may_write_role, may_write_binding, may_impersonate: who may hand on rights, or take others'
//! ```
//!
//! Source of the rules: Kubernetes 1.37, the RBAC authoriser, the node authoriser and the group `system:masters`, in
//! the order of `--authorization-mode=Node,RBAC`.

mod aggregate;
mod binding;
mod bootstrap;
mod cover;
mod decide;
mod diagnose;
pub mod escalation;
mod impersonate;
mod node;
mod policy;
mod request;
mod resources;
mod role;
mod rule;
mod same;
mod who;
mod write;

pub use binding::{Binding, Subject, SubjectKind};
pub use bootstrap::{BOOTSTRAP, RESOURCES};
pub use cover::{Right, lacking};
pub use decide::{Decision, Grant, Verdict};
pub use impersonate::{Impersonation, Mode, Target, Way};
pub use policy::Policy;
pub use request::{Action, Identity, MASTERS, Request, ResourceAction};
pub use resources::{Catalogue, Known};
pub use role::Role;
pub use rule::Rule;
pub use who::Holding;
pub use write::{Method, Missing, Outcome, Permission, Write};
