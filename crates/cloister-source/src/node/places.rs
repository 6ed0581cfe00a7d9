//! Where the layouts keep what matters, beside what flags name.

use cloister_node::Role;

/// A place to look at: a file, a folder, or (`*`) all files of a folder.
pub(super) struct Place {
    pub path: &'static str,
    pub role: Role,
}

const fn place(path: &'static str, role: Role) -> Place {
    Place { path, role }
}

/// Places of kubeadm, k3s, RKE2, MicroK8s, minikube and the init systems.
pub(super) const PLACES: &[Place] = &[
    place("/etc/kubernetes/manifests/*", Role::StaticPod),
    place("/var/lib/rancher/rke2/agent/pod-manifests/*", Role::StaticPod),
    place("/etc/kubernetes/admin.conf", Role::AdminKubeconfig),
    place("/etc/kubernetes/super-admin.conf", Role::AdminKubeconfig),
    place("/etc/rancher/k3s/k3s.yaml", Role::AdminKubeconfig),
    place("/etc/rancher/rke2/rke2.yaml", Role::AdminKubeconfig),
    place("/var/snap/microk8s/current/credentials/client.config", Role::AdminKubeconfig),
    place("/etc/kubernetes/scheduler.conf", Role::SchedulerKubeconfig),
    place("/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig", Role::SchedulerKubeconfig),
    place("/var/lib/rancher/rke2/server/cred/scheduler.kubeconfig", Role::SchedulerKubeconfig),
    place("/var/snap/microk8s/current/credentials/scheduler.config", Role::SchedulerKubeconfig),
    place("/etc/kubernetes/controller-manager.conf", Role::ControllerManagerKubeconfig),
    place("/var/lib/rancher/k3s/server/cred/controller.kubeconfig", Role::ControllerManagerKubeconfig),
    place("/var/lib/rancher/rke2/server/cred/controller.kubeconfig", Role::ControllerManagerKubeconfig),
    place("/var/snap/microk8s/current/credentials/controller.config", Role::ControllerManagerKubeconfig),
    place("/etc/kubernetes/kubelet.conf", Role::KubeletKubeconfig),
    place("/var/lib/rancher/k3s/agent/kubelet.kubeconfig", Role::KubeletKubeconfig),
    place("/var/lib/rancher/rke2/agent/kubelet.kubeconfig", Role::KubeletKubeconfig),
    place("/var/snap/microk8s/current/credentials/kubelet.config", Role::KubeletKubeconfig),
    place("/var/lib/kube-proxy/kubeconfig.conf", Role::ProxyKubeconfig),
    place("/var/lib/rancher/k3s/agent/kubeproxy.kubeconfig", Role::ProxyKubeconfig),
    place("/var/lib/rancher/rke2/agent/kubeproxy.kubeconfig", Role::ProxyKubeconfig),
    place("/var/snap/microk8s/current/credentials/proxy.config", Role::ProxyKubeconfig),
    place("/etc/cni/net.d/*", Role::NetworkPlugin),
    place("/var/lib/rancher/k3s/agent/etc/cni/net.d/*", Role::NetworkPlugin),
    place("/var/lib/rancher/rke2/agent/etc/cni/net.d/*", Role::NetworkPlugin),
    place("/var/snap/microk8s/current/args/cni-network/*", Role::NetworkPlugin),
    place("/etc/systemd/system/kubelet.service", Role::KubeletService),
    place("/etc/systemd/system/kubelet.service.d/*", Role::KubeletService),
    place("/usr/lib/systemd/system/kubelet.service", Role::KubeletService),
    place("/usr/lib/systemd/system/kubelet.service.d/*", Role::KubeletService),
    place("/etc/init.d/kubelet", Role::KubeletService),
    place("/etc/conf.d/kubelet", Role::KubeletService),
    place("/etc/sv/kubelet/run", Role::KubeletService),
    place("/etc/systemd/system/k3s.service", Role::KubeletService),
    place("/etc/systemd/system/k3s-agent.service", Role::KubeletService),
    place("/var/lib/kubelet/config.yaml", Role::KubeletConfig),
    place("/etc/kubernetes/pki", Role::PkiFolder),
    place("/var/lib/minikube/certs", Role::PkiFolder),
    place("/var/lib/rancher/k3s/server/tls", Role::PkiFolder),
    place("/var/lib/rancher/rke2/server/tls", Role::PkiFolder),
    place("/var/snap/microk8s/current/certs", Role::PkiFolder),
    place("/etc/containerd/config.toml", Role::RuntimeConfig),
    place("/var/lib/rancher/k3s/agent/etc/containerd/config.toml", Role::RuntimeConfig),
    place("/var/lib/rancher/rke2/agent/etc/containerd/config.toml", Role::RuntimeConfig),
    place("/etc/containers/registries.conf", Role::RuntimeConfig),
    place("/etc/containers/registries.conf.d/*", Role::RuntimeConfig),
    place("/etc/crio/crio.conf", Role::RuntimeConfig),
    place("/etc/crio/crio.conf.d/*", Role::RuntimeConfig),
    place("/etc/docker/daemon.json", Role::RuntimeConfig),
    place("/run/containerd/containerd.sock", Role::RuntimeSocket),
    place("/run/crio/crio.sock", Role::RuntimeSocket),
    place("/run/docker.sock", Role::RuntimeSocket),
    place("/run/k3s/containerd/containerd.sock", Role::RuntimeSocket),
];

/// Flags that name a file: of which program, which flag, and what the file is.
pub(super) const FLAGS: &[(&str, &str, Role)] = &[
    ("kube-apiserver", "encryption-provider-config", Role::EncryptionConfig),
    ("kube-apiserver", "audit-policy-file", Role::AuditPolicy),
    ("kube-apiserver", "audit-log-path", Role::AuditLog),
    ("kube-apiserver", "authentication-config", Role::AuthenticationConfig),
    ("kube-apiserver", "authorization-config", Role::AuthorizationConfig),
    ("kube-apiserver", "admission-control-config-file", Role::AdmissionConfig),
    ("kube-apiserver", "token-auth-file", Role::TokenFile),
    ("kube-apiserver", "client-ca-file", Role::PkiCertificate),
    ("kube-apiserver", "tls-cert-file", Role::PkiCertificate),
    ("kube-apiserver", "tls-private-key-file", Role::PkiKey),
    ("kube-apiserver", "kubelet-client-certificate", Role::PkiCertificate),
    ("kube-apiserver", "kubelet-client-key", Role::PkiKey),
    ("kube-apiserver", "etcd-cafile", Role::PkiCertificate),
    ("kube-apiserver", "etcd-certfile", Role::PkiCertificate),
    ("kube-apiserver", "etcd-keyfile", Role::PkiKey),
    ("kube-apiserver", "service-account-signing-key-file", Role::PkiKey),
    ("kube-controller-manager", "kubeconfig", Role::ControllerManagerKubeconfig),
    ("kube-controller-manager", "cluster-signing-key-file", Role::PkiKey),
    ("kube-controller-manager", "service-account-private-key-file", Role::PkiKey),
    ("kube-controller-manager", "root-ca-file", Role::PkiCertificate),
    ("kube-scheduler", "kubeconfig", Role::SchedulerKubeconfig),
    ("kube-scheduler", "config", Role::SchedulerConfig),
    ("etcd", "config-file", Role::EtcdConfig),
    ("etcd", "data-dir", Role::EtcdData),
    ("etcd", "cert-file", Role::PkiCertificate),
    ("etcd", "key-file", Role::PkiKey),
    ("etcd", "peer-cert-file", Role::PkiCertificate),
    ("etcd", "peer-key-file", Role::PkiKey),
    ("etcd", "trusted-ca-file", Role::PkiCertificate),
    ("kubelet", "config", Role::KubeletConfig),
    ("kubelet", "kubeconfig", Role::KubeletKubeconfig),
    ("kubelet", "client-ca-file", Role::KubeletClientCa),
    ("kubelet", "tls-cert-file", Role::KubeletCertificate),
    ("kubelet", "tls-private-key-file", Role::PkiKey),
    ("kube-proxy", "kubeconfig", Role::ProxyKubeconfig),
    ("kube-proxy", "config", Role::ProxyConfig),
];

/// Folders in which containerd finds a folder for each registry, with `hosts.toml` in it.
pub(super) const REGISTRIES: [&str; 3] = [
    "/etc/containerd/certs.d",
    "/var/lib/rancher/k3s/agent/etc/containerd/certs.d",
    "/var/lib/rancher/rke2/agent/etc/containerd/certs.d",
];

/// Folders whose disks matter.
pub(super) const DATA: [&str; 11] = [
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/containerd",
    "/var/lib/rancher",
    "/var/snap/microk8s/common",
    "/var/log",
    // Where provisioners of local volumes keep them.
    "/opt/local-path-provisioner",
    "/var/lib/rancher/k3s/storage",
    "/var/openebs/local",
    "/var/snap/microk8s/common/default-storage",
    "/tmp/hostpath-provisioner",
];
