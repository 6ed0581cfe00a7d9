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
    /// A controller manager runs, too, with these flags otherwise.
    pub manager: Option<&'static [(&'static str, Option<&'static str>)]>,
}

impl Scenario {
    /// Whether it needs an issuer of tokens.
    pub fn has_issuer(&self) -> bool {
        self.files.iter().any(|(_, text)| text.contains("ISSUER") || text.contains("HARDENED-BY authentication"))
            || self.flags.iter().any(|(_, value)| value.is_some_and(|value| value.contains("ISSUER")))
    }

    /// Whether it says anything of service accounts.
    pub fn about_accounts(&self) -> bool {
        self.name == "hardened" || self.flags.iter().any(|(name, _)| name.starts_with("service-account-"))
    }
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

/// With an issuer, and what follows of its claims.
macro_rules! issuer {
    ($text:expr) => {
        authentication!(concat!(
            "jwt:\n- issuer: {url: 'ISSUER', audiences: [kubernetes], certificateAuthority: \"AUTHORITY\"}\n  claimMappings: ",
            $text
        ))
    };
}

const SECRETBOX: (&str, &str) = (
    ENCRYPTION,
    encryption!("- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"),
);

/// A scenario of encryption alone.
const fn encrypts(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Scenario {
    Scenario { name, flags: &[], files, etcd_tls: false, etcd_flags: &[], manager: None }
}

/// A scenario of flags alone.
const fn flags(name: &'static str, flags: &'static [(&'static str, Option<&'static str>)]) -> Scenario {
    Scenario { name, flags, files: &[], etcd_tls: false, etcd_flags: &[], manager: None }
}

/// A scenario of an AuthenticationConfiguration, which says itself what is anonymous.
const fn authenticates(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Scenario {
    Scenario { name, flags: &[("anonymous-auth", None)], files, etcd_tls: false, etcd_flags: &[], manager: None }
}

pub const SCENARIOS: &[Scenario] = &[
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
    encrypts("harden encryption-config, step 1", &[(ENCRYPTION, "HARDENED-BY 1-read")]),
    encrypts("harden encryption-config, step 2", &[(ENCRYPTION, "HARDENED-BY 2-write")]),
    encrypts("harden encryption-config, step 3", &[(ENCRYPTION, "HARDENED-BY 3-drop")]),
    authenticates("harden authentication", &[(AUTHENTICATION, "HARDENED-BY authentication")]),
    authenticates(
        "issuer: prefixes",
        &[(
            AUTHENTICATION,
            issuer!("{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: 'oidc:'}}\n"),
        )],
    ),
    authenticates(
        "issuer: groups without a prefix",
        &[(
            AUTHENTICATION,
            issuer!("{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: ''}}\n"),
        )],
    ),
    authenticates(
        "issuer: names without a prefix",
        &[(AUTHENTICATION, issuer!("{username: {claim: sub, prefix: ''}}\n"))],
    ),
    authenticates(
        "issuer: no prefix, but rules",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: sub, prefix: ''}, groups: {claim: groups, prefix: ''}}\n  userValidationRules: [{expression: '!user.username.startsWith(\"system:\")'}, {expression: 'user.groups.all(group, !group.startsWith(\"system:\"))'}]\n"
            ),
        )],
    ),
    authenticates(
        "issuer: groups by an expression",
        &[(
            AUTHENTICATION,
            issuer!("{username: {expression: '\"oidc:\" + claims.sub'}, groups: {expression: 'claims.roles'}}\n"),
        )],
    ),
    authenticates(
        "issuer: groups by an expression with a prefix",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {expression: '\"oidc:\" + claims.sub'}, groups: {expression: 'dyn(claims.roles).map(role, \"oidc:\" + role)'}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: a loop over a claim",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {expression: '\"oidc:\" + claims.sub'}, groups: {expression: 'claims.roles.map(role, \"oidc:\" + role)'}}\n"
            ),
        )],
    ),
    authenticates(
        "issuer: a rule about claims",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: ''}}\n  claimValidationRules: [{expression: '!(\"system:masters\" in claims.groups) && !(\"system:nodes\" in claims.groups)'}]\n"
            ),
        )],
    ),
    authenticates(
        "issuer: a rule about something else",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: ''}}\n  claimValidationRules: [{claim: hd, requiredValue: example.org}]\n"
            ),
        )],
    ),
    authenticates("issuer: addresses", &[(AUTHENTICATION, issuer!("{username: {claim: email, prefix: 'oidc:'}}\n"))]),
    authenticates(
        "issuer: verified addresses",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: email, prefix: 'oidc:'}}\n  claimValidationRules: [{expression: 'claims.?email_verified.orValue(false) == true'}]\n"
            ),
        )],
    ),
    authenticates(
        "issuer: two audiences",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'ISSUER', audiences: [kubernetes, wiki], audienceMatchPolicy: MatchAny, certificateAuthority: \"AUTHORITY\"}\n  claimMappings: {username: {claim: sub, prefix: 'oidc:'}}\n"
            ),
        )],
    ),
    flags(
        "oidc flags",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
        ],
    ),
    flags(
        "oidc flags with groups",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-groups-claim", Some("groups")),
        ],
    ),
    flags(
        "oidc flags with groups and a prefix",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-groups-claim", Some("groups")),
            ("oidc-groups-prefix", Some("oidc:")),
        ],
    ),
    flags(
        "oidc flags without any prefix",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-username-prefix", Some("-")),
        ],
    ),
    flags(
        "oidc flags with addresses",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-username-claim", Some("email")),
            ("oidc-username-prefix", Some("oidc:")),
        ],
    ),
    authenticates(
        "authentication refused: http",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'http://id.example.org', audiences: [a]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: no audience",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org'}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: audiences without a policy",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a, b]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: no prefix",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {claim: sub}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: no truth value",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n  claimValidationRules: [{expression: claims.admin}]\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: an unverified address by an expression",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {expression: claims.email}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: a variable that is not there",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {expression: 'claim.sub'}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: conditions of nothing",
        &[(AUTHENTICATION, authentication!("anonymous: {enabled: false, conditions: [{path: /livez}]}\n"))],
    ),
    authenticates(
        "authentication refused: a field misspelt",
        &[(AUTHENTICATION, authentication!("anonymous: {enable: true}\n"))],
    ),
    Scenario {
        files: &[(AUTHENTICATION, authentication!("anonymous: {enabled: false}\n"))],
        ..flags("authentication refused: the flag, too", &[])
    },
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
