//! Node facts: what a host and its part of the control plane are set to, collected once and assessed anywhere.
//!
//! A facts file is a resource like any other (`NodeFacts`, `cloister.dev/v1alpha1`), so that a finding points at a line
//! of it. [`format`] is how the collector writes it, [`Facts`] how analyses read it, and [`unfold`] makes the
//! configurations that a node holds resources of their own.

mod arguments;
mod certificate;
mod claim;
mod disk;
pub mod embedded;
pub mod format;
mod kubelet;
mod layout;
mod role;
mod unfold;
mod unread;
mod view;

pub use arguments::{Argument, arguments};
pub use claim::{Claim, InPod};
pub use disk::{OnDisk, PASSING, is_within};
pub use kubelet::{Kind, Kubelet, SETTINGS, Setting, Source, Value, kubelets};
pub use layout::{Layout, provider_of_node};
pub use role::Role;
pub use unfold::{roles_of, unfold};
pub use unread::{Unread, lost};
pub use view::{Facts, File, Process};

/// `apiVersion` of the format.
pub const API_VERSION: &str = "cloister.dev/v1alpha1";
/// `kind` of the format.
pub const KIND: &str = "NodeFacts";
