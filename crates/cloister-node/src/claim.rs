//! Which processes are believed to be what they call themselves. Any program may call itself `kube-apiserver` and bring
//! whatever flags it likes; in which control group it runs it cannot choose, since the kubelet does.

/// A pod of the node, by the control group of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InPod {
    /// The pod's uid.
    pub uid: String,
    /// It comes from a file of the node, and not from the API: its uid is the hash of that file.
    pub is_static: bool,
}

impl InPod {
    /// The pod in `/proc/PID/cgroup`. The outermost counts: what lies below a container's own group is its own to name.
    ///
    /// Sources: `pkg/kubelet/cm/pod_container_manager_linux.go`; `pkg/kubelet/config/common.go` for the uid of static pods.
    pub fn of(cgroup: &str) -> Option<InPod> {
        // `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1234.slice/cri-containerd-abc.scope`, or
        // `4:memory:/kubepods/burstable/pod1234/abc`.
        let paths = cgroup.lines().filter_map(|line| line.splitn(3, ':').nth(2));
        paths.flat_map(|path| path.split('/')).find_map(InPod::in_step)
    }

    fn in_step(step: &str) -> Option<InPod> {
        let (before, uid) = step.strip_suffix(".slice").unwrap_or(step).rsplit_once("pod")?;
        let uid = uid.replace('_', "-");
        let digits = uid.chars().filter(char::is_ascii_hexdigit).count();
        let plain = uid.chars().all(|letter| letter.is_ascii_hexdigit() || letter == '-');
        let is = plain && digits == 32 && (before.is_empty() || before.ends_with('-'));
        is.then(|| InPod { is_static: !uid.contains('-'), uid })
    }
}

/// What a process says that it is, and what shows it.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'p> {
    /// The program that it calls itself.
    pub program: &'p str,
    /// Who it runs as, where that is known.
    pub uid: Option<i64>,
    /// Whether it runs in a static pod or in one of the API; none where in neither, or where that is not known.
    pub in_static_pod: Option<bool>,
}

impl Claim<'_> {
    /// Whether it is believed, beside the others of its node.
    ///
    /// What runs in a pod of the API is nothing of the node's, but for kube-proxy, which mostly does. What root or the
    /// node's own files started counts more than what anybody may start.
    pub fn holds<'o>(self, others: impl IntoIterator<Item = Claim<'o>>) -> bool {
        if self.is_foreign() {
            return false;
        }
        let stronger = |other: Claim<'_>| other.program == self.program && !other.is_foreign() && other.is_certain();
        self.is_certain() || !others.into_iter().any(stronger)
    }

    fn is_foreign(self) -> bool {
        self.in_static_pod == Some(false) && self.program != "kube-proxy"
    }

    fn is_certain(self) -> bool {
        self.in_static_pod == Some(true) || (self.in_static_pod.is_none() && self.uid.is_none_or(|uid| uid == 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_are_told_by_control_groups_of_either_driver_and_version() {
        let of = |line: &str| InPod::of(line).map(|pod| (pod.uid, pod.is_static));
        let uid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
        let api = Some((uid.to_owned(), false));
        let escaped = uid.replace('-', "_");
        assert_eq!(
            of(&format!(
                "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{escaped}.slice/cri-containerd-ab.scope\n"
            )),
            api
        );
        assert_eq!(of(&format!("5:cpu:/\n4:memory:/kubepods/besteffort/pod{uid}/ab\n")), api);
        assert_eq!(of(&format!("0::/../../kubepods-pod{escaped}.slice/crio-ab.scope")), api);
        assert_eq!(of(&format!("0::/kubelet.slice/kubelet-kubepods-pod{escaped}.slice/x")), api);
        let hash = "0123456789abcdef0123456789abcdef";
        assert_eq!(of(&format!("0::/kubepods.slice/kubepods-pod{hash}.slice/x")), Some((hash.to_owned(), true)));
        // Below its own group a container may call a group as it likes.
        assert_eq!(of(&format!("0::/kubepods/pod{uid}/ab/pod{hash}/x")), api);
        for none in ["0::/system.slice/kubelet.service", "0::/", "", "0::/kubepods/podman/x", "0::/a/pod12", "nonsense"]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn what_root_and_the_nodes_files_started_prevails() {
        let claim = |uid, in_static_pod| Claim { program: "kubelet", uid: Some(uid), in_static_pod };
        let (host, guest, pod, own) =
            (claim(0, None), claim(1000, None), claim(0, Some(false)), claim(1000, Some(true)));
        assert!(!pod.holds([]) && !pod.holds([host]));
        assert!(host.holds([guest, pod]) && own.holds([guest, host]));
        assert!(guest.holds([pod]) && !guest.holds([host]) && !guest.holds([own]));
        let proxy = |in_static_pod| Claim { program: "kube-proxy", uid: Some(0), in_static_pod };
        assert!(proxy(Some(false)).holds([proxy(Some(false))]) && !proxy(Some(false)).holds([proxy(None)]));
    }
}
