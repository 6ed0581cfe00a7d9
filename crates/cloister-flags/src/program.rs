//! The programs whose flags are known.

use crate::version::Versions;

/// A program of the control plane or of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Program {
    /// kube-apiserver.
    ApiServer,
    /// kube-controller-manager.
    ControllerManager,
    /// kube-scheduler.
    Scheduler,
    /// kubelet.
    Kubelet,
    /// kube-proxy.
    Proxy,
    /// etcd.
    Etcd,
}

impl Program {
    /// All of them.
    pub const ALL: &[Program] = &[
        Program::ApiServer,
        Program::ControllerManager,
        Program::Scheduler,
        Program::Kubelet,
        Program::Proxy,
        Program::Etcd,
    ];

    /// The name of its binary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Program::ApiServer => "kube-apiserver",
            Program::ControllerManager => "kube-controller-manager",
            Program::Scheduler => "kube-scheduler",
            Program::Kubelet => "kubelet",
            Program::Proxy => "kube-proxy",
            Program::Etcd => "etcd",
        }
    }

    /// The program whose binary has this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Program> {
        Program::ALL.iter().copied().find(|program| program.name() == name)
    }

    /// The versions that its table holds.
    #[must_use]
    pub const fn versions(self) -> Versions {
        match self {
            Program::Etcd => Versions { major: 3, first: 5, last: 7 },
            _ => Versions { major: 1, first: 30, last: 37 },
        }
    }

    /// Whether its words are read by Go's own package `flag`, not by pflag.
    pub(crate) const fn is_plain_go(self) -> bool {
        matches!(self, Program::Etcd)
    }
}
