//! What was found, in words that ask for something to be done.

use cloister_certificate::{Certificate, Weakness};
use cloister_model::Severity;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::Kind;
use crate::anonymous::Access;
use crate::report::{Chain, Demand, Report, Tls, Voice};
use crate::tls::suites;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Its name, for scripts: `old-tls-version`.
    pub name: &'static str,
    /// How much harm it allows.
    pub severity: Severity,
    /// One sentence.
    pub text: String,
    /// What to do.
    pub fix: &'static str,
}

/// A certificate that ends within so many days wants renewing.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
/// NIST SP 800-57: 112 bits.
const LEAST_PRIME: usize = 2048;

/// All findings, worst first.
pub(crate) fn of(report: &Report, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(tls) = &report.tls {
        versions(tls, &mut found);
        weak_suites(tls, &mut found);
        // kube-apiserver presents its own loopback certificate beside, to whoever gives no name.
        let named = tls.chains.iter().any(|chain| chain.matches_host);
        tls.chains.iter().for_each(|chain| certificate(chain, named, &report.endpoint, now, &mut found));
    }
    plaintext(report, &mut found);
    match report.kind {
        Kind::ApiServer => api_server(report, &mut found),
        Kind::Kubelet => kubelet(report, &mut found),
        Kind::Etcd => etcd(report, &mut found),
        Kind::Other => {}
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.severity));
    found
}

fn add(found: &mut Vec<Finding>, name: &'static str, severity: Severity, text: String, fix: &'static str) {
    found.push(Finding { name, severity, text, fix });
}

fn versions(tls: &Tls, found: &mut Vec<Finding>) {
    for version in tls.versions.iter().filter(|it| it.accepted == Voice::Yes) {
        let name = version.protocol.as_str();
        if version.protocol.is_old() {
            let fix = "accept TLS 1.2 and 1.3 only (RFC 8996)";
            add(found, "old-tls-version", Severity::High, format!("{name} is accepted"), fix);
        }
        if let Some(bits) = version.prime_bits.filter(|bits| *bits < LEAST_PRIME) {
            let text = format!("{name} exchanges keys with a prime of {bits} bits");
            add(found, "weak-key-exchange", Severity::High, text, "use ECDHE, or a prime of 2048 bits or more");
        }
    }
}

/// One finding for each fault, with all suites that have it.
fn weak_suites(tls: &Tls, found: &mut Vec<Finding>) {
    let mut suites: Vec<&str> = tls.versions.iter().flat_map(|it| &it.suites).map(String::as_str).collect();
    suites.sort_unstable();
    suites.dedup();
    let mut faults: Vec<(Severity, &'static str)> = suites.iter().filter_map(|name| suites::fault(name)).collect();
    faults.sort_unstable();
    faults.dedup();
    for (severity, why) in faults {
        let those: Vec<&str> =
            suites.iter().copied().filter(|name| suites::fault(name) == Some((severity, why))).collect();
        let fix = "list suites with ECDHE and GCM or ChaCha20 only";
        add(found, "weak-suite", severity, format!("accepts suites with {why}: {}", some(&those)), fix);
    }
}

/// The first of them: all stand with their versions.
fn some(suites: &[&str]) -> String {
    const SHOWN: usize = 3;
    let first: Vec<&str> = suites.iter().take(SHOWN).copied().collect();
    match suites.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

fn certificate(chain: &Chain, named: bool, endpoint: &str, now: Timestamp, found: &mut Vec<Finding>) {
    let Some(own) = chain.certificates.first() else { return };
    let who = own.common_name.as_deref().map_or_else(|| own.subject.clone(), str::to_owned);
    if !named {
        let names: Vec<String> = own.names.iter().map(ToString::to_string).collect();
        let names = if names.is_empty() { "no name at all".to_owned() } else { names.join(", ") };
        let text = format!("the certificate is not for {endpoint}: it is for {names}");
        add(found, "certificate-other-host", Severity::High, text, "issue one whose alternative names hold the host");
    }
    if own.self_signed {
        let text = format!("the certificate of {who} is signed by itself");
        add(found, "certificate-self-signed", Severity::Medium, text, "issue one by an authority that clients trust");
    }
    if !own.is_expired(now) && own.left(now) < SOON {
        let text = format!("the certificate ends on {}", day(own.not_after));
        add(found, "certificate-expires-soon", Severity::Low, text, "renew it, and let that happen by itself");
    }
    for part in &chain.certificates {
        part.weaknesses(now).into_iter().for_each(|weakness| weak(part, weakness, found));
    }
}

fn weak(part: &Certificate, weakness: Weakness, found: &mut Vec<Finding>) {
    let who = &part.subject;
    let (name, severity, text, fix) = match weakness {
        Weakness::Expired => (
            "certificate-expired",
            Severity::High,
            format!("the certificate of {who} ended on {}", day(part.not_after)),
            "renew it, and let that happen by itself",
        ),
        Weakness::NotYetValid => (
            "certificate-not-yet-valid",
            Severity::High,
            format!("the certificate of {who} begins on {}", day(part.not_before)),
            "set the clock, or issue one that is valid now",
        ),
        Weakness::WeakKey => (
            "certificate-weak-key",
            Severity::High,
            format!("the key of {who} is too short: {}", part.key),
            "use RSA with 2048 bits or more, or P-256",
        ),
        Weakness::WeakSignature => (
            "certificate-weak-signature",
            Severity::High,
            format!("the certificate of {who} is signed with {}", part.signature),
            "sign with SHA-256 or better",
        ),
    };
    add(found, name, severity, text, fix);
}

fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn plaintext(report: &Report, found: &mut Vec<Finding>) {
    if report.plain.answers && !report.plain.redirects {
        let text = "answers HTTP without TLS".to_owned();
        add(found, "plaintext-http", Severity::High, text, "serve it through TLS, or only send on to https");
    }
}

/// The paths that were answered to nobody in particular, without those that tell nothing.
fn open(report: &Report, harmless: &[&str]) -> Vec<String> {
    let answered = report.anonymous.iter().filter(|it| it.access == Access::Answered);
    let path = answered.map(|it| it.path.split('?').next().unwrap_or_default());
    path.filter(|path| !harmless.contains(path)).map(str::to_owned).collect()
}

fn is_forbidden(report: &Report) -> bool {
    report.anonymous.iter().any(|it| it.access == Access::Forbidden)
}

fn api_server(report: &Report, found: &mut Vec<Finding>) {
    let open = open(report, &["/version", "/healthz"]);
    if !open.is_empty() {
        let worst = open.iter().any(|path| path.starts_with("/api/"));
        let severity = if worst { Severity::Critical } else { Severity::High };
        let text = format!("answers to anybody: {}", open.join(", "));
        let fix = "take the roles from system:anonymous and system:unauthenticated";
        add(found, "api-server-anonymous-access", severity, text, fix);
    }
    if is_forbidden(report) {
        let text = "takes requests of nobody in particular, and leaves the decision to roles".to_owned();
        let fix = "--anonymous-auth=false, or limit it to health checks in an AuthenticationConfiguration";
        add(found, "api-server-anonymous-requests", Severity::Medium, text, fix);
    }
}

fn kubelet(report: &Report, found: &mut Vec<Finding>) {
    let open = open(report, &["/healthz", "/version"]);
    if !open.is_empty() {
        let text = format!("kubelet answers to anybody: {}", open.join(", "));
        let fix = "authentication.anonymous.enabled: false, authorization.mode: Webhook, readOnlyPort: 0";
        add(found, "kubelet-anonymous-access", Severity::Critical, text, fix);
    }
    if is_forbidden(report) {
        let text = "kubelet takes requests of nobody in particular".to_owned();
        add(found, "kubelet-anonymous-requests", Severity::Medium, text, "authentication.anonymous.enabled: false");
    }
}

fn etcd(report: &Report, found: &mut Vec<Finding>) {
    if let Some(keys) = report.keys {
        let text = format!("etcd reads out its keys to anybody; it has {keys}");
        add(found, "etcd-anonymous-access", Severity::Critical, text, "--client-cert-auth, with --trusted-ca-file");
    } else if report.tls.as_ref().is_some_and(|tls| tls.client_certificate == Demand::NotAsked) {
        let text = "etcd asks no client for a certificate".to_owned();
        add(
            found,
            "etcd-without-client-certificates",
            Severity::High,
            text,
            "--client-cert-auth, with --trusted-ca-file",
        );
    }
}
