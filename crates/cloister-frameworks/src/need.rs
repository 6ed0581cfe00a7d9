//! Evidence that manifests do not hold.

use serde::{Deserialize, Serialize};

/// The input that would answer a part of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The record of processing.
    Register,
    /// Facts read on the nodes.
    NodeFacts,
    /// A live cluster.
    Cluster,
    /// The API server's audit log.
    AuditLog,
    /// Observed traffic.
    Traffic,
    /// The contents of images and their known vulnerabilities.
    ImageScan,
    /// The cloud account beneath the cluster.
    Cloud,
    /// A person's statement.
    Person,
}

impl Need {
    /// Every kind of evidence.
    pub const ALL: [Need; 8] = [
        Need::Register,
        Need::NodeFacts,
        Need::Cluster,
        Need::AuditLog,
        Need::Traffic,
        Need::ImageScan,
        Need::Cloud,
        Need::Person,
    ];

    /// The word in data files and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Need::Register => "register",
            Need::NodeFacts => "node-facts",
            Need::Cluster => "cluster",
            Need::AuditLog => "audit-log",
            Need::Traffic => "traffic",
            Need::ImageScan => "image-scan",
            Need::Cloud => "cloud",
            Need::Person => "person",
        }
    }

    /// The name for people, to follow "needs".
    pub fn title(self) -> &'static str {
        match self {
            Need::Register => "the register",
            Need::NodeFacts => "node facts",
            Need::Cluster => "a live cluster",
            Need::AuditLog => "the audit log",
            Need::Traffic => "observed traffic",
            Need::ImageScan => "image scans",
            Need::Cloud => "cloud facts",
            Need::Person => "a person's statement",
        }
    }

    /// What that evidence is, as one sentence without a full stop.
    pub fn explains(self) -> &'static str {
        match self {
            Need::Register => "the record of processing activities, as YAML beside the manifests",
            Need::NodeFacts => "flags, configuration files and file permissions read on each node",
            Need::Cluster => "the state of a running cluster, which files cannot show",
            Need::AuditLog => "what the API server recorded about who did what",
            Need::Traffic => "connections and their contents as a sensor sees them",
            Need::ImageScan => "the packages inside each image and their known vulnerabilities",
            Need::Cloud => "what the provider reports about disks, keys, networks and regions",
            Need::Person => "an Attestation with author, date, evidence and expiry",
        }
    }
}

impl std::str::FromStr for Need {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Need::ALL.into_iter().find(|need| need.as_str() == word).ok_or(())
    }
}
