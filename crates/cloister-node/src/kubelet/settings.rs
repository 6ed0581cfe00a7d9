//! What of a kubelet is asked for: its place in the configuration, its flag, and what counts without either.
//!
//! Source: `cmd/kubelet/app/options/options.go` and `pkg/kubelet/apis/config/v1beta1/defaults.go`, 1.30 to 1.37, which
//! agree in what stands here.

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A flag without a value means true.
    Switch,
    /// A number.
    Number,
    /// Such as `4h0m0s`; in the configuration zero means the default.
    Duration,
    /// Any text.
    Text,
    /// Words; a flag that is repeated adds to them.
    List,
}

impl Kind {
    /// What Go leaves out when it writes.
    pub(super) fn zero(self) -> Vec<String> {
        match self {
            Kind::Switch => vec!["false".to_owned()],
            Kind::Number => vec!["0".to_owned()],
            Kind::Duration => vec!["0s".to_owned()],
            Kind::Text | Kind::List => Vec::new(),
        }
    }
}

/// One setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// In `KubeletConfiguration`.
    pub path: &'static str,
    /// Without dashes; empty where there is none.
    pub flag: &'static str,
    /// How it is written.
    pub kind: Kind,
    /// What counts where a configuration file is read and does not say.
    pub default: &'static str,
    /// What counts without a configuration file.
    pub bare: &'static str,
}

const fn setting(path: &'static str, flag: &'static str, kind: Kind, default: &'static str) -> Setting {
    Setting { path, flag, kind, default, bare: default }
}

/// Every setting that is known here.
pub const SETTINGS: &[Setting] = &[
    Setting { bare: "true", ..setting("authentication/anonymous/enabled", "anonymous-auth", Kind::Switch, "false") },
    Setting {
        bare: "false",
        ..setting("authentication/webhook/enabled", "authentication-token-webhook", Kind::Switch, "true")
    },
    setting("authentication/x509/clientCAFile", "client-ca-file", Kind::Text, ""),
    Setting { bare: "AlwaysAllow", ..setting("authorization/mode", "authorization-mode", Kind::Text, "Webhook") },
    Setting { bare: "10255", ..setting("readOnlyPort", "read-only-port", Kind::Number, "0") },
    setting("streamingConnectionIdleTimeout", "streaming-connection-idle-timeout", Kind::Duration, "4h0m0s"),
    setting("makeIPTablesUtilChains", "make-iptables-util-chains", Kind::Switch, "true"),
    setting("", "hostname-override", Kind::Text, ""),
    setting("eventRecordQPS", "event-qps", Kind::Number, "50"),
    setting("tlsCertFile", "tls-cert-file", Kind::Text, ""),
    setting("tlsPrivateKeyFile", "tls-private-key-file", Kind::Text, ""),
    setting("serverTLSBootstrap", "rotate-server-certificates", Kind::Switch, "false"),
    setting("rotateCertificates", "rotate-certificates", Kind::Switch, "false"),
    setting("tlsCipherSuites", "tls-cipher-suites", Kind::List, ""),
    setting("tlsMinVersion", "tls-min-version", Kind::Text, ""),
    setting("podPidsLimit", "pod-max-pids", Kind::Number, "-1"),
    setting("seccompDefault", "seccomp-default", Kind::Switch, "false"),
    setting("protectKernelDefaults", "protect-kernel-defaults", Kind::Switch, "false"),
    setting("enableDebuggingHandlers", "enable-debugging-handlers", Kind::Switch, "true"),
    setting("enableProfilingHandler", "", Kind::Switch, "true"),
    setting("enableSystemLogQuery", "", Kind::Switch, "false"),
    setting("failSwapOn", "fail-swap-on", Kind::Switch, "true"),
    setting("staticPodPath", "pod-manifest-path", Kind::Text, ""),
    setting("staticPodURL", "manifest-url", Kind::Text, ""),
    setting("allowedUnsafeSysctls", "allowed-unsafe-sysctls", Kind::List, ""),
    setting("address", "address", Kind::Text, "0.0.0.0"),
    setting("healthzBindAddress", "healthz-bind-address", Kind::Text, "127.0.0.1"),
    setting(
        "containerRuntimeEndpoint",
        "container-runtime-endpoint",
        Kind::Text,
        "unix:///run/containerd/containerd.sock",
    ),
    setting("containerLogMaxSize", "container-log-max-size", Kind::Text, "10Mi"),
    setting("containerLogMaxFiles", "container-log-max-files", Kind::Number, "5"),
];
