//! What a check is made of.

use cloister_inventory::{Container, Pod};
use cloister_model::{Resource, Severity};

use crate::{Docs, Findings};

/// One automated test.
#[derive(Debug)]
pub struct Check {
    /// Kebab-case, chosen so that "allow NAME" reads well.
    pub name: &'static str,
    /// What a finding says, as one sentence without a full stop.
    pub title: &'static str,
    /// How bad a finding is, before personal data is weighed.
    pub severity: Severity,
    /// What must be in the input before this can be judged at all.
    pub needs: &'static [Need],
    /// What it looks at, and the function that judges.
    pub run: Run,
}

/// Input without which a check says `not-evaluated` instead of guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The record of processing.
    Register,
    /// A live cluster: files cannot show this.
    Cluster,
    /// Files: a cluster cannot show this.
    Files,
    /// A program of the control plane: a pod that starts it, or facts of a node on which it runs.
    Program(&'static str),
    /// Facts of a node.
    NodeFacts,
    /// Facts of a node on which this program runs.
    NodeOf(&'static str),
    /// What a kubelet is set to: facts of its node, or its configuration.
    Kubelet,
    /// A document of this kind, which lies on the control plane's own disk.
    Kind(&'static str),
    /// A document of this kind, or facts of a node.
    KindOrFacts(&'static str),
}

/// Judges one container.
pub type OfContainer = for<'a> fn(&Container<'a>, &mut Findings<'a>);
/// Judges one pod.
pub type OfPod = for<'a> fn(&Pod<'a>, &mut Findings<'a>);
/// Judges one resource.
pub type OfResource = for<'a> fn(&'a Resource, &mut Findings<'a>);
/// Judges all there is.
pub type OfInventory = fn(&mut Findings<'_>);

/// What a check looks at. In the first three forms the runner calls the
/// function once for each subject, and counts it as examined unless the
/// function says [`Findings::not_applicable`].
#[derive(Debug)]
pub enum Run {
    /// Each container of each workload.
    Container(OfContainer),
    /// The pod of each workload.
    Pod(OfPod),
    /// Each resource of the kinds named (`Ingress`; `Gateway.networking.istio.io` for foreign groups).
    Resource(&'static [&'static str], OfResource),
    /// The whole inventory; the kinds it relies on are named. The function
    /// itself says what it examined: [`Findings::examine`].
    Inventory(&'static [&'static str], OfInventory),
    /// People's decisions about findings: judged by `cloister-policy` after all others.
    Policy,
}

/// Families of checks: folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Pod Security Standards and what goes beyond them.
    PodSecurity,
    /// RBAC, service accounts and tokens.
    Identity,
    /// Policies, exposure, entry points.
    Network,
    /// Credentials and personal data, at rest and in transit.
    Data,
    /// Resilience and restore.
    Availability,
    /// Images and where they come from.
    SupplyChain,
    /// The flags of the control plane's own programs.
    ControlPlane,
    /// Hosts: their files, kubelets, kernels and disks.
    Node,
    /// Register, retention, transfers, defaults, accountability.
    Governance,
    /// Exceptions and attestations. Lives in `cloister-policy`.
    Policy,
}

impl Family {
    /// The families whose checks are folders of this crate, in the order of the documentation.
    pub const ALL: [Family; 9] = [
        Family::PodSecurity,
        Family::Identity,
        Family::Network,
        Family::Data,
        Family::Availability,
        Family::SupplyChain,
        Family::ControlPlane,
        Family::Node,
        Family::Governance,
    ];

    /// The folder's name.
    pub fn folder(self) -> &'static str {
        match self {
            Family::PodSecurity => "pod_security",
            Family::Identity => "identity",
            Family::Network => "network",
            Family::Data => "data",
            Family::Availability => "availability",
            Family::SupplyChain => "supply_chain",
            Family::ControlPlane => "control_plane",
            Family::Node => "node",
            Family::Governance => "governance",
            Family::Policy => "policy",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Family::PodSecurity => "Pod security",
            Family::Identity => "Identity and access",
            Family::Network => "Network",
            Family::Data => "Data at rest and in transit",
            Family::Availability => "Availability, resilience and restore",
            Family::SupplyChain => "Supply chain",
            Family::ControlPlane => "Control plane",
            Family::Node => "Nodes",
            Family::Governance => "Retention, transfers, defaults and accountability",
            Family::Policy => "Exceptions and attestations",
        }
    }
}

/// A check in the registry, with its family and its file.
#[derive(Debug)]
pub struct Entry {
    /// The check.
    pub check: &'static Check,
    /// Its family.
    pub family: Family,
    /// The head of its source file: its documentation.
    pub head: &'static str,
}

/// The entry of the check in module `$name` beside the calling file.
macro_rules! entry {
    ($family:ident, $name:ident) => {
        $crate::check::Entry {
            check: &$name::CHECK,
            family: $crate::check::Family::$family,
            head: ::cloister_model::head!(concat!(stringify!($name), ".rs")),
        }
    };
}
pub(crate) use entry;

impl Entry {
    /// The documentation at the head of the check's file.
    pub fn docs(&self) -> Docs {
        Docs::parse(self.head)
    }
}
