//! The configurations: each one deviation from a hardened server.

/// One configuration of an API server and its etcd.
#[derive(Default)]
pub struct Scenario {
    pub name: &'static str,
    /// Flags that are set otherwise, or taken away.
    pub flags: &'static [(&'static str, Option<&'static str>)],
    /// Flags that name a file, and what stands in it. `KEY` is a key of 32 bytes, `AUTHORITY` the authority's certificate.
    pub files: &'static [(&'static str, &'static str)],
    /// etcd speaks TLS.
    pub etcd_tls: bool,
    /// Further flags of etcd.
    pub etcd_flags: &'static [&'static str],
}

/// What a hardened server has beside its keys.
pub const HARDENED: &[(&str, &str)] = &[
    ("anonymous-auth", "false"),
    ("authorization-mode", "Node,RBAC"),
    ("enable-admission-plugins", "NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs"),
    ("profiling", "false"),
    ("service-account-lookup", "true"),
    ("service-account-extend-token-expiration", "false"),
    ("tls-min-version", "VersionTLS12"),
    ("tls-cipher-suites", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
];

pub const ENCRYPTION: &str = "encryption-provider-config";
pub const AUTHENTICATION: &str = "authentication-config";
pub const AUDIT: &str = "audit-policy-file";

const POLICY: (&str, &str) = (AUDIT, "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n");
const LOG: (&str, Option<&str>) = ("audit-log-path", Some("FOLDER/audit.log"));

macro_rules! encryption {
    ($text:expr) => {
        concat!("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n", $text)
    };
}

macro_rules! authentication {
    ($text:expr) => {
        concat!("apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n", $text)
    };
}

const SECRETBOX: (&str, &str) = (
    ENCRYPTION,
    encryption!("- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"),
);

/// A scenario of encryption alone.
const fn encrypts(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Scenario {
    Scenario { name, flags: &[], files, etcd_tls: false, etcd_flags: &[] }
}

/// A scenario of flags alone.
const fn flags(name: &'static str, flags: &'static [(&'static str, Option<&'static str>)]) -> Scenario {
    Scenario { name, flags, files: &[], etcd_tls: false, etcd_flags: &[] }
}

/// A scenario of an AuthenticationConfiguration, which says itself what is anonymous.
const fn authenticates(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Scenario {
    Scenario { name, flags: &[("anonymous-auth", None)], files, etcd_tls: false, etcd_flags: &[] }
}

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "hardened",
        flags: &[LOG],
        files: &[POLICY, SECRETBOX],
        etcd_tls: true,
        etcd_flags: &["--client-cert-auth=true"],
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
    encrypts(
        "encryption: secretbox first, identity last",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n  - identity: {}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: identity first",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - identity: {}\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: secrets not named",
        &[(
            ENCRYPTION,
            encryption!("- resources: [configmaps]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"),
        )],
    ),
    encrypts(
        "encryption: aescbc",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets, configmaps]\n  providers:\n  - aescbc: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: aesgcm, two keys",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - aesgcm: {keys: [{name: a, secret: c2VjcmV0IGlzIHNlY3VyZQ==}, {name: b, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: everything by *.*",
        &[(
            ENCRYPTION,
            encryption!("- resources: ['*.*']\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"),
        )],
    ),
    encrypts(
        "encryption: the core group, Secrets exempt",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - identity: {}\n- resources: ['*.']\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: one name in two entries",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n- resources: [secrets]\n  providers:\n  - identity: {}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: an entry behind *.*",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: ['*.*']\n  providers:\n  - identity: {}\n- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: overlap in one list",
        &[(ENCRYPTION, encryption!("- resources: [secrets, '*.']\n  providers:\n  - identity: {}\n"))],
    ),
    encrypts(
        "encryption refused: a short key",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: c2VjcmV0IGlzIHNlY3VyZQ==}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: a key that is no base64",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: a, secret: 'no base64!'}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: identity without a body",
        &[(ENCRYPTION, encryption!("- resources: [secrets]\n  providers:\n  - identity:\n"))],
    ),
    encrypts(
        "encryption refused: metadata",
        &[(ENCRYPTION, encryption!("- resources: [secrets]\n  providers:\n  - identity: {}\nmetadata: {name: a}\n"))],
    ),
    encrypts(
        "encryption refused: a field misspelt",
        &[(ENCRYPTION, encryption!("- resources: [secrets]\n  provider:\n  - identity: {}\n"))],
    ),
    encrypts(
        "encryption refused: KMS v1",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {name: a, endpoint: 'unix://FOLDER/kms.sock'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: KMS over TCP",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'tcp://127.0.0.1:1'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: a capital letter",
        &[(ENCRYPTION, encryption!("- resources: [Secrets]\n  providers:\n  - identity: {}\n"))],
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
            ("tls-cipher-suites", Some("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")),
        ],
    ),
    flags("tokens of deleted accounts", &[("service-account-lookup", Some("false"))]),
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
    authenticates(
        "anonymous by path",
        &[(
            AUTHENTICATION,
            authentication!(
                "anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}]}\n"
            ),
        )],
    ),
    authenticates(
        "anonymous by a path of the API",
        &[(
            AUTHENTICATION,
            authentication!("anonymous: {enabled: true, conditions: [{path: /healthz}, {path: /version}]}\n"),
        )],
    ),
    authenticates(
        "anonymous everywhere, by configuration",
        &[(AUTHENTICATION, authentication!("anonymous: {enabled: true}\n"))],
    ),
    authenticates(
        "anonymous nowhere, by configuration",
        &[(AUTHENTICATION, authentication!("anonymous: {enabled: false}\n"))],
    ),
    authenticates("anonymous not said, by configuration", &[(AUTHENTICATION, authentication!("jwt: []\n"))]),
];
