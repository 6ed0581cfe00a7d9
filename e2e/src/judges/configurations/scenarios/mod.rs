//! The configurations: each one deviation from a hardened server.

mod audit;
mod authentication;
mod encryption;
mod servers;

/// One configuration of an API server and its etcd.
#[derive(Default)]
pub struct Scenario {
    pub name: &'static str,
    /// Flags that are set otherwise, or taken away.
    pub flags: &'static [(&'static str, Option<&'static str>)],
    /// Flags that name a file, and what stands in it. `KEY` is a key of 32 bytes, `AUTHORITY` the authority's certificate,
    /// `PLUG-IN` the socket of a key store.
    pub files: &'static [(&'static str, &'static str)],
    /// What etcd shows its clients.
    pub etcd: Etcd,
    /// What its members show each other.
    pub peers: Peers,
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

    /// Whether it needs a key store.
    pub fn has_plug_in(&self) -> bool {
        self.files.iter().any(|(_, text)| text.contains("PLUG-IN") || text.contains("HARDENED-BY kms"))
    }

    /// Whether a log is written by a policy.
    pub fn is_audited(&self) -> bool {
        self.has_flag("audit-log-path") && self.files.iter().any(|(name, _)| *name == AUDIT)
    }

    /// Whether a flag is set otherwise than everywhere, and not taken away.
    pub fn has_flag(&self, name: &str) -> bool {
        self.flags.iter().any(|(own, value)| *own == name && value.is_some())
    }

    /// Whether it says anything of service accounts.
    pub fn about_accounts(&self) -> bool {
        self.name == "hardened" || self.flags.iter().any(|(name, _)| name.starts_with("service-account-"))
    }
}

/// What etcd shows its clients, and whose certificates it takes.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Etcd {
    /// It speaks plain HTTP.
    #[default]
    Plain,
    /// All of the cluster's authority.
    Shared,
    /// All of an authority of its own.
    Own,
    /// A certificate that it makes itself; it asks for none.
    SelfMade,
}

/// What members of etcd show each other, and whose certificates they take.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Peers {
    /// They speak plain HTTP.
    #[default]
    Plain,
    /// All of etcd's authority.
    Known,
    /// Of etcd's authority, and they ask for none.
    Unasked,
    /// Certificates that they make themselves; they ask for none.
    SelfMade,
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
pub const ADMISSION: &str = "admission-control-config-file";

const NOTHING: Scenario = Scenario {
    name: "",
    flags: &[],
    files: &[],
    etcd: Etcd::Plain,
    peers: Peers::Plain,
    etcd_flags: &[],
    manager: None,
};

/// A scenario of encryption alone.
const fn encrypts(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Scenario {
    Scenario { name, files, ..NOTHING }
}

/// A scenario of flags alone.
const fn flags(name: &'static str, flags: &'static [(&'static str, Option<&'static str>)]) -> Scenario {
    Scenario { name, flags, ..NOTHING }
}

/// A scenario of an AuthenticationConfiguration, which says itself what is anonymous.
const fn authenticates(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Scenario {
    Scenario { name, flags: &[("anonymous-auth", None)], files, ..NOTHING }
}

/// All of them.
pub fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    [servers::ALL, audit::ALL, encryption::ALL, authentication::ALL].into_iter().flatten()
}
