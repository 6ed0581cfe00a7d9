//! Real API servers, etcds and kubelets, told different things.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use cloister_probe::{Access, Demand, Kind, Report};
use serde_json::json;

use super::openssl::{NAMELESS, Suite, compare, suites};
use super::{Tally, ask};
use crate::pki::Authority;
use crate::service::{Service, free_ports};
use crate::{Cluster, ControlPlane, Options};

const READY: Duration = Duration::from_secs(120);

/// What an API server is told, and what must be seen.
struct Server {
    arguments: &'static [&'static str],
    versions: &'static [&'static str],
    /// The suites of TLS 1.2; none where they were not told.
    suites: &'static [&'static str],
    /// Everybody may read everything.
    open: bool,
    findings: &'static [&'static str],
}

const SERVERS: &[Server] = &[
    Server {
        arguments: &[],
        versions: &["TLS 1.3", "TLS 1.2"],
        suites: &[],
        open: false,
        findings: &["api-server-anonymous-requests"],
    },
    Server {
        arguments: &["--anonymous-auth=false", "--tls-min-version=VersionTLS13"],
        versions: &["TLS 1.3"],
        suites: &[],
        open: false,
        findings: &[],
    },
    Server {
        arguments: &[
            "--anonymous-auth=false",
            "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        ],
        versions: &["TLS 1.3", "TLS 1.2"],
        suites: &["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"],
        open: false,
        findings: &[],
    },
    Server {
        arguments: &[
            "--tls-min-version=VersionTLS10",
            "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,\
             TLS_ECDHE_ECDSA_WITH_RC4_128_SHA,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        ],
        versions: &["TLS 1.3", "TLS 1.2", "TLS 1.1", "TLS 1.0"],
        suites: &[
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
            // Without a name the server also presents its own loopback certificate, whose key is RSA.
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        ],
        open: true,
        findings: &["api-server-anonymous-access", "old-tls-version", "weak-suite"],
    },
];

/// API servers and etcds.
pub(super) fn judge(tally: &mut Tally) -> Result<()> {
    let all: Vec<Suite> = suites()?;
    for told in SERVERS {
        let arguments = told.arguments.iter().map(|&argument| argument.to_owned()).collect();
        let plane = ControlPlane::start_with(&Options { arguments, ..Options::default() })?;
        if told.open {
            open(&plane)?;
        }
        let report = ask("127.0.0.1", port(plane.url())?, None);
        tally.server("API servers", &report);
        api_server(tally, told, &report);
        let known: Vec<Suite> = all.iter().filter(|suite| !suite.standard.contains("_DH")).cloned().collect();
        compare(tally, port(plane.url())?, NAMELESS, &report, &known)?;
        etcd(tally, &ask("127.0.0.1", port(plane.etcd_url())?, None));
        println!("probe: an API server told {:?}", told.arguments);
    }
    etcds(tally, &all)
}

fn port(url: &str) -> Result<u16> {
    url.rsplit(':').next().unwrap_or_default().parse().with_context(|| format!("{url} has no port"))
}

/// Gives every right to everybody.
fn open(plane: &ControlPlane) -> Result<()> {
    let group = json!({"kind": "Group", "name": "system:unauthenticated", "apiGroup": "rbac.authorization.k8s.io"});
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "everybody"},
        "roleRef": {"kind": "ClusterRole", "name": "cluster-admin", "apiGroup": "rbac.authorization.k8s.io"},
        "subjects": [group],
    });
    plane.api().post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding.to_string())?.success()?;
    // The authoriser learns of it a moment later.
    crate::wait_for("the binding", READY, || {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
            "spec": {"groups": ["system:unauthenticated"], "user": "system:anonymous",
                "resourceAttributes": {"verb": "list", "resource": "secrets"}},
        });
        let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        let answer = plane.api().post(path, &review.to_string()).ok()?.json().ok()?;
        answer.pointer("/status/allowed")?.as_bool()?.then_some(())
    })
}

fn api_server(tally: &mut Tally, told: &Server, report: &Report) {
    let name = told.arguments.join(" ");
    tally.same("what it is", "an API server", report.kind == Kind::ApiServer, true);
    let version = report.version.as_deref() == Some(cloister_tools::KUBERNETES_VERSION);
    tally.same("its version is told", &name, version, !name.contains("--anonymous-auth=false"));
    let spoken: Vec<&str> = accepted(report).map(|version| version.protocol.as_str()).collect();
    tally.same("versions as told", &format!("{name}: {spoken:?}"), spoken == told.versions, true);
    if !told.suites.is_empty() {
        let mut suites: Vec<&str> = accepted(report)
            .filter(|version| version.protocol.as_str() == "TLS 1.2")
            .flat_map(|version| version.suites.iter().map(String::as_str))
            .collect();
        let mut wanted = told.suites.to_vec();
        suites.sort_unstable();
        wanted.sort_unstable();
        tally.same("suites as told", &format!("{name}: {suites:?}"), suites == wanted, true);
    }
    for path in ["/api/v1/secrets", "/api/v1/pods", "/api/v1/namespaces", "/metrics"] {
        tally.same("anonymous access", &format!("{name}: {path}"), answered(report, path), told.open);
    }
    let names: Vec<&str> = report.findings.iter().map(|finding| finding.name).collect();
    for wanted in told.findings {
        tally.same("finding", &format!("{name}: {wanted} in {names:?}"), names.contains(wanted), true);
    }
    let anonymous = names.iter().any(|name| name.starts_with("api-server-anonymous"));
    tally.same("anonymous requests", &name, anonymous, !name.contains("--anonymous-auth=false"));
}

fn accepted(report: &Report) -> impl Iterator<Item = &cloister_probe::Version> {
    let versions = report.tls.iter().flat_map(|tls| &tls.versions);
    versions.filter(|version| version.accepted == cloister_probe::Voice::Yes)
}

fn answered(report: &Report, path: &str) -> bool {
    report.anonymous.iter().any(|answer| answer.path.starts_with(path) && answer.access == Access::Answered)
}

/// The etcd beside an API server: plain HTTP, open to this machine.
fn etcd(tally: &mut Tally, report: &Report) {
    tally.server("etcds", report);
    tally.same("what it is", "an etcd", report.kind == Kind::Etcd, true);
    tally.same("plain HTTP", "etcd", report.plain.answers, true);
    tally.same("anonymous access", "etcd's keys", report.keys.is_some_and(|keys| keys > 0), true);
}

/// etcds with TLS, with and without certificates of clients.
fn etcds(tally: &mut Tally, all: &[Suite]) -> Result<()> {
    for (asks, more) in [
        (false, &[][..]),
        (true, &[][..]),
        (true, &["--tls-min-version=TLS1.3"][..]),
        (
            false,
            &[
                "--cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "--tls-max-version=TLS1.2",
            ][..],
        ),
    ] {
        let folder = tempfile::tempdir().context("failed to make a folder")?;
        let authority = Authority::new(&folder.path().join("pki"))?;
        let own = authority.identity("etcd", "etcd", &[], &["127.0.0.1", "localhost"])?;
        let [client, peer] = free_ports()?;
        let (url, peer) = (format!("https://127.0.0.1:{client}"), format!("http://127.0.0.1:{peer}"));
        let mut command = Command::new(cloister_tools::path("etcd")?);
        command
            .arg(format!("--data-dir={}", folder.path().join("data").display()))
            .arg(format!("--listen-client-urls={url}"))
            .arg(format!("--advertise-client-urls={url}"))
            .arg(format!("--listen-peer-urls={peer}"))
            .arg(format!("--initial-advertise-peer-urls={peer}"))
            .arg(format!("--initial-cluster=default={peer}"))
            .arg(format!("--cert-file={}", own.certificate_file.display()))
            .arg(format!("--key-file={}", own.key_file.display()))
            .arg("--unsafe-no-fsync")
            .args(more);
        if asks {
            command
                .arg("--client-cert-auth")
                .arg(format!("--trusted-ca-file={}", authority.certificate_file.display()));
        }
        let mut service = Service::start("etcd", &mut command, folder.path())?;
        service.wait_until(READY, || std::net::TcpStream::connect(("127.0.0.1", client)).is_ok())?;
        let report = ask("127.0.0.1", client, Some(Kind::Etcd));
        tally.server("etcds", &report);
        let demand = report.tls.as_ref().map(|tls| tls.client_certificate);
        let name = format!("etcd {asks} {more:?}: {demand:?} {:?}", report.anonymous);
        tally.same("certificates of clients", &name, demand == Some(Demand::Required), asks);
        tally.same("anonymous access", &name, report.keys.is_some(), !asks);
        tally.same("plain HTTP", &name, report.plain.answers, false);
        if asks {
            // openssl's client presents no certificate: what it is refused for is not the suite.
            continue;
        }
        let known: Vec<Suite> = all.iter().filter(|suite| suite.standard.contains("_ECDSA_")).cloned().collect();
        compare(tally, client, NAMELESS, &report, &known)?;
    }
    Ok(())
}

/// kubelets of a real node, one strict and one open.
pub(super) fn kubelets(tally: &mut Tally) -> Result<()> {
    let strict = json!({});
    let known = json!({"authentication": {"anonymous": {"enabled": true}}});
    let open = json!({
        "authentication": {"anonymous": {"enabled": true}}, "authorization": {"mode": "AlwaysAllow"},
        "tlsMinVersion": "VersionTLS13",
    });
    for (name, kubelet, anonymous) in
        [("strict", strict, None), ("known", known, Some(false)), ("open", open, Some(true))]
    {
        let cluster = Cluster::start_with(&Options { kubelet: Some(kubelet), ..Options::default() })?;
        let report = ask(&cluster.node_address(), cluster.kubelet_port(), None);
        tally.server("kubelets", &report);
        tally.same("what it is", "a kubelet", report.kind == Kind::Kubelet, true);
        for path in ["/pods", "/configz", "/runningpods/", "/metrics"] {
            let what = format!("kubelet {name}: {path} {:?}", report.anonymous);
            tally.same("anonymous access", &what, answered(&report, path), anonymous == Some(true));
        }
        let names: Vec<&str> = report.findings.iter().map(|finding| finding.name).collect();
        let requests = names.contains(&"kubelet-anonymous-requests");
        tally.same("anonymous requests", &format!("kubelet {name}: {names:?}"), requests, anonymous == Some(false));
        let old = accepted(&report).any(|version| version.protocol.as_str() == "TLS 1.2");
        tally.same("versions as told", &format!("kubelet {name}"), old, name != "open");
        println!("probe: a kubelet, {name}");
    }
    Ok(())
}
