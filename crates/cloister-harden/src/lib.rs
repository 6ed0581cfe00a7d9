//! Good configurations of a cluster, written for what is in the input: one file a topic. Each says why it is as it is,
//! and how to bring it in without losing anything.
//!
//! Nothing is written to disk here.

pub mod audit_policy;
