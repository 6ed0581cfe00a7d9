//! The mode of mutual TLS of a workload and its ports (PeerAuthentication).

use cloister_model::{Node, Resource};

use super::{Mesh, all_ports};
use crate::endpoints::Workload;
use crate::ports::{PortSet, Protocol};

/// What a proxy demands of connections (`PeerAuthentication.MutualTLS.Mode`, without `UNSET`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Plain text only.
    Disable,
    /// Plain text or mutual TLS.
    Permissive,
    /// Mutual TLS only.
    Strict,
}

impl Mode {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Disable => "DISABLE",
            Mode::Permissive => "PERMISSIVE",
            Mode::Strict => "STRICT",
        }
    }

    /// `None` for UNSET and for what is no mode: it is inherited.
    fn of(mtls: Option<&Node>) -> Option<Mode> {
        match mtls?.str_at("mode")? {
            "DISABLE" => Some(Mode::Disable),
            "PERMISSIVE" => Some(Mode::Permissive),
            "STRICT" => Some(Mode::Strict),
            _ => None,
        }
    }
}

/// The mutual TLS that is in force for a workload.
#[derive(Clone, Debug)]
pub struct MutualTls<'a> {
    /// Of all ports but those below.
    pub mode: Mode,
    /// The policy that sets it; `None` where none does.
    pub by: Option<&'a Resource>,
    /// Ports with a mode of their own, in order.
    pub ports: Vec<(u16, Mode)>,
    /// The policy that sets those.
    pub ports_by: Option<&'a Resource>,
    /// Several policies of one level apply, and the input does not tell which is the oldest.
    pub disputed: bool,
}

/// The policies of the three levels.
#[derive(Default)]
struct Levels<'a> {
    mesh: Option<&'a Resource>,
    namespace: Option<&'a Resource>,
    workload: Option<&'a Resource>,
    disputed: bool,
}

pub(super) fn of<'a>(mesh: &Mesh<'_, 'a>, workload: &Workload<'a>) -> MutualTls<'a> {
    let levels = levels(mesh, workload);
    let mut found =
        MutualTls { mode: Mode::Permissive, by: None, ports: Vec::new(), ports_by: None, disputed: levels.disputed };
    for policy in [levels.mesh, levels.namespace, levels.workload].into_iter().flatten() {
        if let Some(mode) = Mode::of(policy.root.at("spec/mtls")) {
            (found.mode, found.by) = (mode, Some(policy));
        }
    }
    let Some(policy) = levels.workload else { return found };
    for entry in policy.root.entries_at("spec/portLevelMtls") {
        let Ok(port) = entry.key.parse::<u16>() else { continue };
        found.ports.push((port, Mode::of(Some(&entry.node)).unwrap_or(found.mode)));
        found.ports_by = Some(policy);
    }
    found.ports.sort_unstable();
    found
}

/// The oldest of each level counts. In the mesh's own namespace, policies with a selector count for nothing.
fn levels<'a>(mesh: &Mesh<'_, 'a>, workload: &Workload<'a>) -> Levels<'a> {
    let mut policies: Vec<&'a Resource> = mesh.policies("PeerAuthentication.security.istio.io", workload).collect();
    policies.sort_by_key(|policy| (age(policy), &policy.name, policy.namespace_or_default()));
    let mut levels = Levels::default();
    for policy in policies {
        let selects = !policy.root.entries_at("spec/selector/matchLabels").is_empty();
        let of_mesh = policy.namespace_or_default() == mesh.root;
        let level = match (of_mesh, selects) {
            (true, true) => continue,
            (true, false) => &mut levels.mesh,
            (false, false) => &mut levels.namespace,
            (false, true) => &mut levels.workload,
        };
        match level {
            None => *level = Some(policy),
            Some(first) => {
                let same = first.root.get("spec").map(|it| &it.value) == policy.root.get("spec").map(|it| &it.value);
                levels.disputed |= age(first).is_none() && !same;
            }
        }
    }
    levels
}

/// When it was made, as text that sorts.
fn age(policy: &Resource) -> Option<&str> {
    policy.root.str_at("metadata/creationTimestamp")
}

impl<'a> MutualTls<'a> {
    /// The mode of one port of the workload.
    pub fn of_port(&self, port: u16) -> Mode {
        self.ports.iter().find(|(own, _)| *own == port).map_or(self.mode, |(_, mode)| *mode)
    }

    /// Ports that take no mutual TLS.
    pub(super) fn disabled(&self) -> PortSet {
        let one = |(port, _): &(u16, Mode)| PortSet::one(Protocol::Tcp, *port);
        let join = |all: PortSet, it: PortSet| all.union(&it);
        let own = self.ports.iter().map(one).fold(PortSet::default(), join);
        let off = self.ports.iter().filter(|(_, mode)| *mode == Mode::Disable).map(one);
        let whole = if self.mode == Mode::Disable { all_ports().difference(&own) } else { PortSet::default() };
        off.fold(whole, join)
    }

    /// Ports that take mutual TLS only, and the policy that says so.
    pub(super) fn strict(&self) -> Vec<(PortSet, Option<&'a Resource>)> {
        let one = |(port, _): &(u16, Mode)| PortSet::one(Protocol::Tcp, *port);
        let own = self.ports.iter().map(one).fold(PortSet::default(), |all, it| all.union(&it));
        let strict = self.ports.iter().filter(|(_, mode)| *mode == Mode::Strict).map(one);
        let strict = strict.fold(PortSet::default(), |all, it| all.union(&it));
        let mut found = Vec::new();
        if self.mode == Mode::Strict {
            found.push((all_ports().difference(&own), self.by));
        }
        if !strict.is_empty() {
            found.push((strict, self.ports_by));
        }
        found
    }
}
