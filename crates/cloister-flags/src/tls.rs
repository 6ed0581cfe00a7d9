//! What the TLS of a program takes: what its flags say, and where they say nothing, what it was built with.
//! Source: component-base 0.37, `cli/flag/ciphersuites_flag.go` (`DefaultTLSVersion`); etcd 3.7,
//! `client/pkg/transport/listener.go`; Go 1.22–1.26, `crypto/tls/defaults.go`, under the `go` and `godebug` lines of
//! each version's `go.mod`.

use crate::command_line::CommandLine;
use crate::program::Program;
use crate::version::Version;

/// Suites of TLS 1.2 that Go takes where no flag lists any, since 1.22. Those with CBC are among them.
const SUITES: [&str; 10] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
];

/// Groups for the key exchange, by their numbers at IANA: 29 is X25519, 23 to 25 are the curves of NIST, the others join
/// ML-KEM to one of them.
const GROUPS: [&[u16]; 3] = [&[29, 23, 24, 25], &[4588, 29, 23, 24, 25], &[4588, 4587, 4589, 29, 23, 24, 25]];

/// What the TLS of a program takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The least version, as RFCs write it: `1.2`.
    pub least: &'static str,
    /// The suites of TLS 1.2 and before; none where the least version is 1.3, whose own cannot be chosen.
    pub suites: Vec<String>,
    /// Whether a flag lists them.
    pub listed: bool,
    /// The groups for the key exchange, by their numbers at IANA, where they are known.
    pub groups: Vec<u16>,
}

impl CommandLine {
    /// What the TLS of this program takes by its flags and the defaults of its version; a configuration file may say
    /// something else. A version that the program does not know counts as the default: it would not start.
    #[must_use]
    pub fn tls(&self) -> Tls {
        let etcd = self.program() == Program::Etcd;
        let least = match self.effective("tls-min-version").text().unwrap_or_default() {
            "VersionTLS10" => "1.0",
            "VersionTLS11" => "1.1",
            "VersionTLS13" | "TLS1.3" => "1.3",
            _ => "1.2",
        };
        let suites = self.effective(if etcd { "cipher-suites" } else { "tls-cipher-suites" });
        let named =
            suites.list().unwrap_or_default().iter().map(|suite| suite.trim()).filter(|suite| !suite.is_empty());
        let named: Vec<String> = named.map(str::to_owned).collect();
        let listed = !named.is_empty();
        let suites = match (least, listed) {
            ("1.3", _) => Vec::new(),
            (_, true) => named,
            (_, false) => SUITES.map(str::to_owned).to_vec(),
        };
        Tls { least, suites, listed, groups: self.groups() }
    }

    fn groups(&self) -> Vec<u16> {
        let named = self.effective("tls-curve-preferences");
        let named: Vec<u16> =
            named.list().unwrap_or_default().iter().filter_map(|number| number.parse().ok()).collect();
        match (named.is_empty(), self.version()) {
            (false, _) => named,
            (true, Some(version)) => default_groups(self.program(), version).to_vec(),
            (true, None) => Vec::new(),
        }
    }
}

/// Those of the Go version whose behaviour the program asks for; of etcd, the newest patch of each version.
fn default_groups(program: Program, version: Version) -> &'static [u16] {
    let [classic, first, all] = GROUPS;
    match (program, version.minor) {
        (Program::Etcd, _) | (_, 36..) => all,
        (_, 33..=35) => first,
        _ => classic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls(program: Program, version: &str, words: &[&str]) -> Tls {
        CommandLine::parse(program, Version::parse(version), words).tls()
    }

    #[test]
    fn nothing_said_is_what_the_program_was_built_with() {
        let tls = tls(Program::ApiServer, "v1.34.1", &[]);
        assert_eq!((tls.least, tls.listed, tls.suites.len()), ("1.2", false, 10));
        assert_eq!(tls.groups, [4588, 29, 23, 24, 25]);
    }

    #[test]
    fn suites_of_old_versions_are_void_where_the_least_is_the_newest() {
        let words = ["--tls-min-version=VersionTLS13", "--tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA"];
        assert!(tls(Program::ApiServer, "1.37", &words).suites.is_empty());
        assert_eq!(tls(Program::Etcd, "3.6", &["--tls-min-version=TLS1.3"]).least, "1.3");
    }

    #[test]
    fn what_flags_say_counts() {
        let words = ["--tls-cipher-suites=A,B", "--tls-curve-preferences=23,24", "--tls-min-version=VersionTLS11"];
        let tls = tls(Program::Scheduler, "1.37", &words);
        assert_eq!((tls.least, tls.listed), ("1.1", true));
        assert_eq!((tls.suites, tls.groups), (vec!["A".to_owned(), "B".to_owned()], vec![23, 24]));
    }
}
