//! Flags of API server, etcd and controller manager, and the audit log.

use super::encryption::SECRETBOX;
use super::{AUDIT, Scenario, flags};

const POLICY: (&str, &str) = (AUDIT, "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n");
const LOG: (&str, Option<&str>) = ("audit-log-path", Some("FOLDER/audit.log"));

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "hardened",
        flags: &[LOG],
        files: &[POLICY, SECRETBOX],
        etcd_tls: true,
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
    Scenario { files: &[POLICY], ..flags("an audit policy without a log", &[]) },
    flags("an audit log without a policy", &[LOG]),
    Scenario {
        files: &[(AUDIT, "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Request\n")],
        ..flags("audited", &[LOG])
    },
    Scenario { etcd_tls: true, ..flags("etcd asks nobody for a certificate", &[]) },
    Scenario { etcd_tls: true, etcd_flags: &["--client-cert-auth"], ..flags("etcd asks for certificates", &[]) },
    Scenario { manager: Some(&[]), ..flags("controller manager: hardened", &[]) },
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
