//! Flags of API server, etcd and controller manager, and the audit log.

use super::audit::{LOG, POLICY};
use super::encryption::SECRETBOX;
use super::{ADMISSION, Etcd, Peers, Scenario, flags};

/// Five events, and then one a second.
const LIMITS: (&str, &str) = (
    ADMISSION,
    "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name: EventRateLimit\n  \
     configuration: {apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration, limits: [{type: Server, \
     qps: 1, burst: 5}]}\n",
);
const LIMITED: (&str, Option<&str>) =
    ("enable-admission-plugins", Some("NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs,EventRateLimit"));
const KUBELETS: (&str, Option<&str>) = ("kubelet-certificate-authority", Some("FOLDER/pki/ca.crt"));
const SHOWN: (&str, Option<&str>) = ("kubelet-client-certificate", Some("FOLDER/pki/kubelet-client.crt"));
const PROVEN: (&str, Option<&str>) = ("kubelet-client-key", Some("FOLDER/pki/kubelet-client.key"));

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "hardened",
        flags: &[LOG, LIMITED, KUBELETS, SHOWN, PROVEN],
        files: &[POLICY, SECRETBOX, LIMITS],
        etcd: Etcd::Own,
        peers: Peers::Known,
        etcd_flags: &["--client-cert-auth=true"],
        manager: None,
    },
    flags(
        "as it comes",
        &[
            ("anonymous-auth", None),
            ("authorization-mode", None),
            ("enable-admission-plugins", None),
            ("profiling", None),
            ("service-account-lookup", None),
            ("service-account-extend-token-expiration", None),
            ("tls-min-version", None),
            ("tls-cipher-suites", None),
        ],
    ),
    flags("anonymous requests allowed", &[("anonymous-auth", Some("true"))]),
    flags("static tokens", &[("token-auth-file", Some("FOLDER/tokens.csv"))]),
    flags("AlwaysAllow", &[("authorization-mode", Some("AlwaysAllow"))]),
    flags("Node without RBAC", &[("authorization-mode", Some("Node"))]),
    flags("RBAC without Node", &[("authorization-mode", Some("RBAC"))]),
    flags("profiling", &[("profiling", Some("true"))]),
    flags("no client authority", &[("client-ca-file", None)]),
    flags("TLS 1.3 only", &[("tls-min-version", Some("VersionTLS13")), ("tls-cipher-suites", None)]),
    flags("suites of Go", &[("tls-cipher-suites", None)]),
    flags(
        "a suite with CBC",
        &[("tls-cipher-suites", Some("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"))],
    ),
    flags(
        "TLS 1.0",
        &[
            ("tls-min-version", Some("VersionTLS10")),
            ("tls-cipher-suites", Some("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")),
        ],
    ),
    Scenario {
        manager: Some(&[]),
        ..flags("tokens of deleted accounts", &[("service-account-lookup", Some("false"))])
    },
    flags("tokens that live a year", &[("service-account-extend-token-expiration", Some("true"))]),
    flags("no admission plug-ins", &[("enable-admission-plugins", None)]),
    flags("plug-ins switched off", &[("disable-admission-plugins", Some("ServiceAccount,NamespaceLifecycle"))]),
    flags("requests: ten seconds", &[("request-timeout", Some("10s"))]),
    flags("requests: a minute", &[("request-timeout", Some("1m0s"))]),
    flags("requests: two minutes", &[("request-timeout", Some("2m"))]),
    flags("kubelets of any authority", &[SHOWN, PROVEN]),
    flags("no certificate for kubelets", &[KUBELETS]),
    flags("a certificate of the server's own", &[("tls-cert-file", None), ("tls-private-key-file", None)]),
    flags("service-account tokens: no key to check them", &[("service-account-key-file", None)]),
    Scenario { etcd: Etcd::Shared, ..flags("etcd is given an authority alone", &[]) },
    Scenario { etcd: Etcd::Shared, etcd_flags: &["--client-cert-auth"], ..flags("etcd asks for certificates", &[]) },
    Scenario { etcd: Etcd::Own, ..flags("etcd with an authority of its own", &[]) },
    Scenario {
        etcd: Etcd::Own,
        ..flags("no certificate for etcd", &[("etcd-certfile", None), ("etcd-keyfile", None)])
    },
    Scenario { etcd: Etcd::Own, ..flags("no authority for etcd", &[("etcd-cafile", None)]) },
    Scenario { etcd: Etcd::SelfMade, ..flags("etcd makes its certificate", &[]) },
    Scenario { peers: Peers::Known, ..flags("peers of etcd: certificates", &[]) },
    Scenario { peers: Peers::Unasked, ..flags("peers of etcd: nobody is asked", &[]) },
    Scenario { peers: Peers::SelfMade, ..flags("peers of etcd: certificates of their own", &[]) },
    Scenario { manager: Some(&[]), ..flags("controller manager: hardened", &[]) },
    Scenario {
        manager: Some(&[("terminated-pod-gc-threshold", Some("100"))]),
        ..flags("controller manager: few pods are kept", &[])
    },
    Scenario {
        manager: Some(&[("terminated-pod-gc-threshold", Some("12500"))]),
        ..flags("controller manager: many pods are kept", &[])
    },
    Scenario { manager: Some(&[("profiling", None)]), ..flags("controller manager: profiling", &[]) },
    Scenario { manager: Some(&[("bind-address", None)]), ..flags("controller manager: every address", &[]) },
    Scenario {
        manager: Some(&[("bind-address", Some("0.0.0.0")), ("use-service-account-credentials", None)]),
        ..flags("controller manager: shared credentials", &[])
    },
    Scenario { manager: Some(&[("root-ca-file", None)]), ..flags("controller manager: no authority for pods", &[]) },
    Scenario {
        manager: Some(&[
            ("service-account-private-key-file", None),
            ("use-service-account-credentials", Some("false")),
        ]),
        ..flags("controller manager: no key for tokens", &[])
    },
];
