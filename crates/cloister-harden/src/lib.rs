//! Configurations to roll out, written for what is in the input: one file a topic. Each says why it is as it is, and the steps that
//! lose no data. Nothing is written to disk here.

pub mod audit_policy;
pub mod authentication;
pub mod encryption_config;
pub mod kubelet;
pub mod mesh_mtls;
mod version;
mod yaml;

pub use version::Version;

/// One step of a roll-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// A name for a file: `1-read`.
    pub name: String,
    /// What to do with it, and when to go on.
    pub says: Vec<String>,
    /// The configuration of this step, without comments; empty where a step needs none.
    pub text: String,
}

impl Step {
    /// The configuration with what is to be done above it, as comments.
    pub fn annotated(&self) -> String {
        let comments: String = self.says.iter().map(|line| format!("# {line}\n")).collect();
        format!("{comments}{}", self.text)
    }
}
