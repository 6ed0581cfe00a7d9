//! What a generated pod is to get wrong: decided first, so that enough pods are admitted and every control is met.

use std::collections::BTreeSet;

use crate::judges::Dice;

/// A fault of a pod. What the standard says of it is for the API server to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Windows `hostProcess`.
    HostProcess,
    /// Host network, process or IPC namespace.
    HostNamespace,
    /// A privileged container.
    Privileged,
    /// A capability beyond the default set.
    Capability,
    /// A `hostPath` volume.
    HostPath,
    /// A port on the host.
    HostPort,
    /// A probe or hook that names a host.
    HostProbe,
    /// AppArmor turned off.
    AppArmor,
    /// SELinux user, role or a type of one's own.
    SeLinux,
    /// seccomp turned off.
    Seccomp,
    /// A sysctl outside the safe set.
    Sysctl,
    /// `procMount: Unmasked`, which validation allows in a user namespace only.
    ProcMount,
    /// A volume type outside the list of restricted.
    VolumeType,
    /// `allowPrivilegeEscalation` not false.
    Escalation,
    /// `runAsNonRoot` not true.
    NonRoot,
    /// `runAsUser: 0`.
    RootUser,
    /// No seccomp profile.
    SeccompMissing,
    /// Capabilities not dropped, or some of the default set added.
    NotDropped,
}

const OF_BASELINE: [Fault; 11] = [
    Fault::HostProcess,
    Fault::HostNamespace,
    Fault::Privileged,
    Fault::Capability,
    Fault::HostPath,
    Fault::HostPort,
    Fault::HostProbe,
    Fault::AppArmor,
    Fault::SeLinux,
    Fault::Seccomp,
    Fault::Sysctl,
];
const OF_RESTRICTED: [Fault; 7] = [
    Fault::ProcMount,
    Fault::VolumeType,
    Fault::Escalation,
    Fault::NonRoot,
    Fault::RootUser,
    Fault::SeccompMissing,
    Fault::NotDropped,
];

/// What one pod is to be.
#[derive(Debug, Clone)]
pub struct Plan {
    faults: BTreeSet<Fault>,
    /// `os.name`, if any.
    pub os: Option<&'static str>,
    /// `hostUsers`, if set.
    pub host_users: Option<bool>,
}

impl Plan {
    /// Draws a plan: half without a fault of baseline, a third without any.
    pub fn draw(dice: &mut Dice) -> Self {
        let mut faults = BTreeSet::new();
        let of_baseline = dice.pick(&[0, 0, 0, 0, 0, 1, 1, 1, 2, 4]);
        let of_restricted = dice.pick(&[0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
        draw(&OF_BASELINE, of_baseline, &mut faults, dice);
        draw(&OF_RESTRICTED, of_restricted, &mut faults, dice);
        let mut plan = Self { faults, os: None, host_users: None };
        plan.os = dice.pick(&[None, None, None, None, None, None, Some("linux"), Some("linux"), Some("windows")]);
        plan.settle(dice);
        plan
    }

    /// Leaves out what validation refuses before Pod Security admission sees it.
    fn settle(&mut self, dice: &mut Dice) {
        if self.has(Fault::HostProcess) {
            self.faults.insert(Fault::HostNamespace);
            if self.os == Some("linux") {
                self.os = None;
            }
        }
        if self.has(Fault::HostNamespace) {
            self.faults.remove(&Fault::ProcMount);
            self.faults.remove(&Fault::Sysctl);
        } else if self.os != Some("windows") {
            self.host_users = dice.pick(&[None, None, None, None, None, None, Some(true), Some(false)]);
        }
        if self.has(Fault::ProcMount) && self.os != Some("windows") {
            self.host_users = Some(false);
        }
    }

    /// Leaves out what ephemeral containers cannot have in the pod that they are added to.
    pub fn for_ephemeral_containers(&mut self) {
        self.faults.remove(&Fault::HostProcess);
        if self.host_users != Some(false) {
            self.faults.remove(&Fault::ProcMount);
        }
    }

    /// Whether the pod is to have this fault somewhere.
    pub fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Whether the pod is one for Windows nodes by its own word, where Linux fields are not valid.
    pub fn is_windows(&self) -> bool {
        self.os == Some("windows")
    }
}

fn draw(from: &[Fault], count: usize, into: &mut BTreeSet<Fault>, dice: &mut Dice) {
    for _ in 0..count {
        if let Some(&fault) = from.get(dice.below(from.len())) {
            into.insert(fault);
        }
    }
}
