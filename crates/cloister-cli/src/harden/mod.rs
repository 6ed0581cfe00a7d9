//! `cloister harden`: good configurations, and how to roll them out.

mod audit_policy;
mod authentication;
mod encryption_config;
mod kubelet;
mod mesh_mtls;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use cloister_harden::encryption_config::Refusal;

use crate::terminal::Terminal;
use crate::way_out::failure;

#[derive(Debug, Args)]
pub struct Harden {
    #[command(subcommand)]
    pub command: HardenCommand,
}

#[derive(Debug, Subcommand)]
pub enum HardenCommand {
    /// An audit policy for kube-apiserver: all that a breach needs, and no content.
    AuditPolicy(audit_policy::AuditPolicy),
    /// Encryption of what lies in etcd: the configuration in three steps, so that nothing becomes unreadable.
    EncryptionConfig(encryption_config::EncryptionConfig),
    /// People by an issuer of OpenID Connect, and nobody unknown beyond the paths of health.
    Authentication(authentication::Authentication),
    /// A drop-in for kubelets: callers have names, certificates are renewed, pods are confined by default.
    Kubelet(kubelet::Kubelet),
    /// Mutual TLS for the mesh that is there: in steps that lose no connection, and proven.
    MeshMtls(mesh_mtls::MeshMtls),
}

/// Writes it.
pub fn run(harden: &Harden, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &harden.command {
        HardenCommand::AuditPolicy(asked) => audit_policy::run(asked, terminal),
        HardenCommand::EncryptionConfig(asked) => encryption_config::run(asked, terminal),
        HardenCommand::Authentication(asked) => authentication::run(asked, terminal),
        HardenCommand::Kubelet(asked) => kubelet::run(asked, terminal),
        HardenCommand::MeshMtls(asked) => mesh_mtls::run(asked, terminal),
    }
}

fn refused(refusal: Refusal) -> anyhow::Error {
    failure(refusal.cause, refusal.help)
}
