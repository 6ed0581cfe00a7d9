//! Why a file was looked at.

/// What a file is on its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Static pod of the API server.
    ApiServerManifest,
    /// Static pod of the controller manager.
    ControllerManagerManifest,
    /// Static pod of the scheduler.
    SchedulerManifest,
    /// Static pod of etcd.
    EtcdManifest,
    /// Any other static pod.
    StaticPod,
    /// Configuration of the network plug-in.
    NetworkPlugin,
    /// Folder that etcd stores in.
    EtcdData,
    /// Kubeconfig of an administrator.
    AdminKubeconfig,
    /// Kubeconfig of the scheduler.
    SchedulerKubeconfig,
    /// Kubeconfig of the controller manager.
    ControllerManagerKubeconfig,
    /// Folder of the cluster's keys and certificates.
    PkiFolder,
    /// A certificate in that folder.
    PkiCertificate,
    /// A private key in that folder: its content is never read.
    PkiKey,
    /// What the init system starts the kubelet by.
    KubeletService,
    /// Kubeconfig of the kubelet.
    KubeletKubeconfig,
    /// `KubeletConfiguration` of the kubelet.
    KubeletConfig,
    /// A drop-in of it.
    KubeletDropIn,
    /// The authority of the kubelet's clients.
    KubeletClientCa,
    /// The certificate that the kubelet serves.
    KubeletCertificate,
    /// Kubeconfig of kube-proxy.
    ProxyKubeconfig,
    /// `KubeProxyConfiguration`.
    ProxyConfig,
    /// `EncryptionConfiguration` of the API server.
    EncryptionConfig,
    /// Audit policy of the API server.
    AuditPolicy,
    /// Audit log of the API server.
    AuditLog,
    /// `AuthenticationConfiguration` of the API server.
    AuthenticationConfig,
    /// `AuthorizationConfiguration` of the API server.
    AuthorizationConfig,
    /// `AdmissionConfiguration` of the API server.
    AdmissionConfig,
    /// Static tokens of the API server: its content is never read.
    TokenFile,
    /// Configuration file of etcd.
    EtcdConfig,
    /// Configuration file of the scheduler.
    SchedulerConfig,
    /// Configuration of the container runtime.
    RuntimeConfig,
    /// Socket of the container runtime.
    RuntimeSocket,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 32] = [
        Role::ApiServerManifest,
        Role::ControllerManagerManifest,
        Role::SchedulerManifest,
        Role::EtcdManifest,
        Role::StaticPod,
        Role::NetworkPlugin,
        Role::EtcdData,
        Role::AdminKubeconfig,
        Role::SchedulerKubeconfig,
        Role::ControllerManagerKubeconfig,
        Role::PkiFolder,
        Role::PkiCertificate,
        Role::PkiKey,
        Role::KubeletService,
        Role::KubeletKubeconfig,
        Role::KubeletConfig,
        Role::KubeletDropIn,
        Role::KubeletClientCa,
        Role::KubeletCertificate,
        Role::ProxyKubeconfig,
        Role::ProxyConfig,
        Role::EncryptionConfig,
        Role::AuditPolicy,
        Role::AuditLog,
        Role::AuthenticationConfig,
        Role::AuthorizationConfig,
        Role::AdmissionConfig,
        Role::TokenFile,
        Role::EtcdConfig,
        Role::SchedulerConfig,
        Role::RuntimeConfig,
        Role::RuntimeSocket,
    ];

    /// Kubeconfigs of whomever.
    pub const KUBECONFIGS: [Role; 5] = [
        Role::AdminKubeconfig,
        Role::SchedulerKubeconfig,
        Role::ControllerManagerKubeconfig,
        Role::KubeletKubeconfig,
        Role::ProxyKubeconfig,
    ];

    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::ApiServerManifest => "api-server-manifest",
            Role::ControllerManagerManifest => "controller-manager-manifest",
            Role::SchedulerManifest => "scheduler-manifest",
            Role::EtcdManifest => "etcd-manifest",
            Role::StaticPod => "static-pod",
            Role::NetworkPlugin => "network-plugin",
            Role::EtcdData => "etcd-data",
            Role::AdminKubeconfig => "admin-kubeconfig",
            Role::SchedulerKubeconfig => "scheduler-kubeconfig",
            Role::ControllerManagerKubeconfig => "controller-manager-kubeconfig",
            Role::PkiFolder => "pki-folder",
            Role::PkiCertificate => "pki-certificate",
            Role::PkiKey => "pki-key",
            Role::KubeletService => "kubelet-service",
            Role::KubeletKubeconfig => "kubelet-kubeconfig",
            Role::KubeletConfig => "kubelet-config",
            Role::KubeletDropIn => "kubelet-drop-in",
            Role::KubeletClientCa => "kubelet-client-ca",
            Role::KubeletCertificate => "kubelet-certificate",
            Role::ProxyKubeconfig => "proxy-kubeconfig",
            Role::ProxyConfig => "proxy-config",
            Role::EncryptionConfig => "encryption-config",
            Role::AuditPolicy => "audit-policy",
            Role::AuditLog => "audit-log",
            Role::AuthenticationConfig => "authentication-config",
            Role::AuthorizationConfig => "authorization-config",
            Role::AdmissionConfig => "admission-config",
            Role::TokenFile => "token-file",
            Role::EtcdConfig => "etcd-config",
            Role::SchedulerConfig => "scheduler-config",
            Role::RuntimeConfig => "runtime-config",
            Role::RuntimeSocket => "runtime-socket",
        }
    }

    /// The role of this name.
    pub fn of(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// The static pod of this program.
    pub fn manifest_of(program: &str) -> Role {
        match program {
            "kube-apiserver" => Role::ApiServerManifest,
            "kube-controller-manager" => Role::ControllerManagerManifest,
            "kube-scheduler" => Role::SchedulerManifest,
            "etcd" => Role::EtcdManifest,
            _ => Role::StaticPod,
        }
    }
}
