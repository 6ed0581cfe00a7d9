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
//! the order of `--authorization-mode=Node,RBAC`; [`Chain`] decides by whatever order an API server was told.
//!
//! The feature `conditions` understands the match conditions of webhooks, which are CEL; without, they are unknown.

mod aggregate;
mod authorizers;
mod binding;
mod bootstrap;
mod class;
mod cover;
mod decide;
mod diagnose;
mod difference;
pub mod escalation;
mod impersonate;
mod node;
mod node_graph;
pub mod personal_data;
mod policy;
mod reach;
mod request;
mod resources;
mod right;
mod role;
mod rule;
mod same;
mod server;
mod who;
mod write;

pub use authorizers::{Call, Chain, Details, Requirement, Ruling};
pub use binding::{Binding, Subject, SubjectKind};
pub use bootstrap::{BOOTSTRAP, RESOURCES, is_born_with};
pub use class::Class;
pub use cover::{Atom, lacking};
pub use decide::{Decision, Grant, Verdict};
pub use difference::{Change, only_in};
pub use impersonate::{Impersonation, Mode, Target, Way};
pub use policy::Policy;
pub use reach::Reach;
pub use request::{Action, Identity, MASTERS, Request, ResourceAction};
pub use resources::{Catalogue, Known};
pub use right::{Object, Right, Rights, VERBS, Who};
pub use role::{Role, SNAPSHOT};
pub use rule::Rule;
pub use server::{NEWEST, ServerRules, ToldBy};
pub use who::Holding;
pub use write::{Method, Missing, Outcome, Permission, Write};
