//! Real Kubernetes for the tests: a control plane, or a whole cluster with a node that runs pods.
//!
//! ```text
//! ControlPlane   etcd + kube-apiserver (+ kube-controller-manager)      about 5 seconds
//! Cluster        ControlPlane + kube-scheduler + containerd + kubelet   about 30 seconds, needs root
//! ```
//!
//! Each lives in a temporary folder of its own and on free loopback ports, is bounded in time, and takes itself down
//! when it is dropped. What is missing on the machine fails with its name; nothing is skipped.

#![allow(clippy::disallowed_methods)] // this crate's work is files, clocks and programs

mod api;
pub mod clinic;
mod cluster;
mod containers;
mod control_plane;
mod forwarder;
mod json;
pub mod judges;
mod kubectl;
mod network;
mod oci;
mod pipe;
mod pki;
mod tar;

pub use api::{Api, Request, Response};
use cloister_tools::service;
pub use cluster::Cluster;
pub use control_plane::{ControlPlane, Options};
pub use forwarder::Forwarder;
pub use json::json;
pub use kubectl::Kubectl;
pub use oci::Image;
pub use service::wait_for;
