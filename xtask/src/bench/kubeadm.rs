//! A control plane node as kubeadm 1.37 makes it, laid out in a folder: static pods and processes with the flags that it
//! gives them, certificates, kubeconfigs, configurations, and a crowd of other processes.
//!
//! Source: `cmd/kubeadm/app/phases/{controlplane,etcd,certs,kubeconfig,kubelet}` of Kubernetes 1.37.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const PKI: &str = "/etc/kubernetes/pki";

/// The flags of each program, a line each.
const PROGRAMS: [(&str, &str); 6] = [
    ("kube-apiserver", include_str!("kubeadm/kube-apiserver.flags")),
    ("kube-controller-manager", include_str!("kubeadm/kube-controller-manager.flags")),
    ("kube-scheduler", include_str!("kubeadm/kube-scheduler.flags")),
    ("etcd", include_str!("kubeadm/etcd.flags")),
    ("kubelet", include_str!("kubeadm/kubelet.flags")),
    ("kube-proxy", "--config=/var/lib/kube-proxy/config.conf\n--hostname-override=node\n"),
];
/// Those that run as static pods.
const STATIC: usize = 4;
/// Certificates below the folder of the cluster's, with their keys.
const CERTIFICATES: [&str; 10] = [
    "ca",
    "apiserver",
    "apiserver-kubelet-client",
    "apiserver-etcd-client",
    "front-proxy-ca",
    "front-proxy-client",
    "etcd/ca",
    "etcd/server",
    "etcd/peer",
    "etcd/healthcheck-client",
];
const KUBECONFIGS: [&str; 5] = ["admin", "super-admin", "controller-manager", "scheduler", "kubelet"];

/// Writes the node below `root`, with so many more processes.
pub(super) fn lay_out(root: &Path, processes: usize) -> Result<()> {
    let node = Node(root);
    node.write("etc/hostname", "node\n")?;
    node.write("proc/sys/kernel/hostname", "node\n")?;
    node.write("proc/sys/kernel/osrelease", "6.8.0\n")?;
    node.write("etc/passwd", "root:x:0:0::/root:/bin/sh\netcd:x:999:999::/:/bin/false\n")?;
    node.write("etc/group", "root:x:0:\netcd:x:999:\n")?;
    let (certificate, key) = node.certificates()?;
    for name in KUBECONFIGS {
        node.write(&format!("etc/kubernetes/{name}.conf"), &kubeconfig(name, &certificate, &key))?;
    }
    for (index, (program, flags)) in PROGRAMS.into_iter().enumerate() {
        let flags: Vec<&str> = flags.lines().collect();
        let group = if index < STATIC {
            node.write(&format!("etc/kubernetes/manifests/{program}.yaml"), &static_pod(program, &flags))?;
            format!("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{index:032x}.slice/a.scope\n")
        } else {
            format!("0::/system.slice/{program}.service\n")
        };
        node.process(1000 + index, &format!("{program}\0{}\0", flags.join("\0")), &group)?;
    }
    for number in 0..processes {
        let line = format!("/usr/sbin/worker\0--listen=127.0.0.1\0--number={number}\0");
        node.process(2000 + number, &line, "0::/system.slice/worker.service\n")?;
    }
    node.write("var/lib/kubelet/config.yaml", include_str!("kubeadm/kubelet.yaml"))?;
    node.write("var/lib/kube-proxy/config.conf", include_str!("kubeadm/kube-proxy.yaml"))?;
    node.write("etc/cni/net.d/10-bridge.conflist", include_str!("kubeadm/network.json"))
}

struct Node<'r>(&'r Path);

impl Node<'_> {
    fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap_or(self.0))
            .with_context(|| format!("failed to make the folder of {}", path.display()))?;
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
    }

    fn process(&self, pid: usize, line: &str, group: &str) -> Result<()> {
        let name = line.split('\0').next().unwrap_or_default();
        self.write(&format!("proc/{pid}/cmdline"), line)?;
        self.write(&format!("proc/{pid}/status"), "Name:\tprogram\nUid:\t0\t0\t0\t0\n")?;
        self.write(&format!("proc/{pid}/cgroup"), group)?;
        let ticks = (4..=22).map(|field| field.to_string()).collect::<Vec<_>>().join(" ");
        self.write(&format!("proc/{pid}/stat"), &format!("{pid} ({name}) S {ticks}\n"))
    }

    /// Certificates and keys by openssl; the last pair, as PEM.
    fn certificates(&self) -> Result<(String, String)> {
        let mut last = (String::new(), String::new());
        for name in CERTIFICATES.iter().chain(&["../kubelet-client"]) {
            let path = self.0.join(format!("etc/kubernetes/pki/{name}.crt"));
            if !path.exists() {
                self.write(&format!("etc/kubernetes/pki/{name}.crt"), "")?;
                let subject = format!("/CN={}", name.replace('/', "-").trim_start_matches(['.', '-']));
                let made = Command::new("openssl")
                    .args(["req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "365", "-subj", &subject, "-out"])
                    .arg(&path)
                    .arg("-keyout")
                    .arg(path.with_extension("key"))
                    .stdin(Stdio::null())
                    .output()
                    .context("failed to start openssl")?;
                ensure!(made.status.success(), "no certificate: {}", String::from_utf8_lossy(&made.stderr));
            }
            last = (fs::read_to_string(&path)?, fs::read_to_string(path.with_extension("key"))?);
        }
        self.write("etc/kubernetes/pki/sa.key", &last.1)?;
        self.write("etc/kubernetes/pki/sa.pub", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")?;
        Ok(last)
    }
}

fn kubeconfig(user: &str, certificate: &str, key: &str) -> String {
    let (certificate, key) = (STANDARD.encode(certificate), STANDARD.encode(key));
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: kubernetes\n  cluster: {{server: \"https://10.0.0.1:6443\", certificate-authority-data: {certificate}}}\n\
         contexts:\n- name: own\n  context: {{cluster: kubernetes, user: {user}}}\ncurrent-context: own\nusers:\n- name: {user}\n  user:\n    \
         client-certificate-data: {certificate}\n    client-key-data: {key}\n"
    )
}

fn static_pod(program: &str, flags: &[&str]) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {program}\n  namespace: kube-system\n  labels: {{component: {program}, tier: control-plane}}\nspec:\n  \
         hostNetwork: true\n  priorityClassName: system-node-critical\n  containers:\n  - name: {program}\n    image: registry.example/{program}:v1.37.2\n    \
         volumeMounts:\n    - {{name: pki, mountPath: {PKI}, readOnly: true}}\n    command:\n    - {program}\n"
    );
    for flag in flags {
        let _ = writeln!(text, "    - {flag}");
    }
    let _ = writeln!(text, "  volumes:\n  - name: pki\n    hostPath: {{path: {PKI}, type: DirectoryOrCreate}}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_its_processes_and_readable_certificates() {
        let folder = tempfile::tempdir().unwrap();
        lay_out(folder.path(), 3).unwrap();
        let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("proc")).unwrap().count(), 1 + PROGRAMS.len() + 3);
        assert!(read("proc/1000/cmdline").starts_with("kube-apiserver\0--advertise-address="));
        assert!(read("etc/kubernetes/pki/etcd/server.crt").contains("BEGIN CERTIFICATE"));
        assert!(read("etc/kubernetes/manifests/etcd.yaml").contains("    - --client-cert-auth=true\n"));
        assert!(read("etc/kubernetes/admin.conf").contains("client-certificate-data: LS0tLS1CRUdJTi"));
    }
}
