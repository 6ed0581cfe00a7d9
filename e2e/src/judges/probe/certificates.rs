//! Certificates of every sort of badness, served; and what openssl says of them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::openssl::{openssl, serve};
use super::{Tally, ask};
use crate::service::run;

struct Case {
    name: &'static str,
    key: &'static [&'static str],
    digest: &'static str,
    host: &'static str,
    from: &'static str,
    to: &'static str,
    by_itself: bool,
    /// The findings, and no others about certificates.
    found: &'static [&'static str],
}

const RSA: &[&str] = &["-newkey", "rsa:2048"];
const GOOD: Case = Case {
    name: "good",
    key: RSA,
    digest: "-sha256",
    host: "DNS:localhost",
    from: "20200101000000Z",
    to: "20991231235959Z",
    by_itself: false,
    found: &[],
};

const CASES: &[Case] = &[
    GOOD,
    Case { name: "expired", to: "20210101000000Z", found: &["certificate-expired"], ..GOOD },
    Case { name: "early", from: "20980101000000Z", found: &["certificate-not-yet-valid"], ..GOOD },
    Case { name: "other-host", host: "DNS:shop.example", found: &["certificate-other-host"], ..GOOD },
    Case { name: "address-only", host: "IP:127.0.0.1", found: &["certificate-other-host"], ..GOOD },
    Case { name: "wildcard", host: "DNS:*.localhost", found: &["certificate-other-host"], ..GOOD },
    Case { name: "short", key: &["-newkey", "rsa:1024"], found: &["certificate-weak-key"], ..GOOD },
    Case { name: "sha1", digest: "-sha1", found: &["certificate-weak-signature"], ..GOOD },
    Case { name: "md5", digest: "-md5", found: &["certificate-weak-signature"], ..GOOD },
    Case { name: "by-itself", by_itself: true, found: &["certificate-self-signed"], ..GOOD },
    Case {
        name: "everything",
        key: &["-newkey", "rsa:1024"],
        digest: "-sha1",
        host: "DNS:a.example",
        to: "20210101000000Z",
        found: &["certificate-expired", "certificate-other-host", "certificate-weak-key", "certificate-weak-signature"],
        ..GOOD
    },
    Case { name: "ed25519", key: &["-newkey", "ed25519"], ..GOOD },
    Case { name: "p384", key: &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], ..GOOD },
];

const CONFIGURATION: &str = "[req]\ndistinguished_name=dn\n[dn]\n[ca]\ndefault_ca=c\n[c]\ndatabase=db\nnew_certs_dir=.\n\
policy=p\nrand_serial=yes\ncopy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n[root]\n\
basicConstraints=critical,CA:true\n[leaf]\nbasicConstraints=critical,CA:false\n";

pub(super) fn judge(tally: &mut Tally) -> Result<()> {
    for case in CASES {
        let folder = tempfile::tempdir().context("failed to make a folder")?;
        let path = folder.path();
        make(case, path)?;
        let at = |name: &str| path.join(name).to_string_lossy().into_owned();
        let more = ["-cipher", "ALL:@SECLEVEL=0", "-cert_chain"].map(str::to_owned).into_iter();
        let more: Vec<String> = more.chain([at("root.pem"), "-naccept".to_owned(), "100000".to_owned()]).collect();
        let (mut server, port) = serve(path, &at("leaf.pem"), &at("leaf.key"), &more)?;
        let ready = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        server.wait_until(std::time::Duration::from_secs(60), ready)?;
        let report = ask("localhost", port, None);
        tally.server("certificates of openssl", &report);
        let mut found: Vec<&str> = report
            .findings
            .iter()
            .map(|finding| finding.name)
            .filter(|name| name.starts_with("certificate-"))
            .collect();
        found.sort_unstable();
        found.dedup();
        tally.same("certificate", &format!("{}: {found:?}", case.name), found == case.found, true);
        facts(tally, case, path, &report)?;
    }
    Ok(())
}

/// The facts are openssl's: names, dates, fingerprint.
fn facts(tally: &mut Tally, case: &Case, path: &Path, report: &cloister_probe::Report) -> Result<()> {
    let print = run(openssl(&["x509", "-in", "leaf.pem", "-noout", "-fingerprint", "-sha256"]).current_dir(path))?;
    let print = print.trim().rsplit('=').next().unwrap_or_default().replace(':', "").to_lowercase();
    let chains = report.tls.as_ref().map(|tls| tls.chains.as_slice()).unwrap_or_default();
    let own = chains.first().and_then(|chain| chain.certificates.first()).context("no certificate was read")?;
    tally.same("fingerprint", case.name, own.fingerprint == print, true);
    let host = run(openssl(&["x509", "-in", "leaf.pem", "-noout", "-checkhost", "localhost"]).current_dir(path))?;
    let ours = chains.iter().all(|chain| chain.matches_host);
    tally.same("host of a certificate", case.name, ours, host.contains("does match"));
    let over = openssl(&["x509", "-in", "leaf.pem", "-noout", "-checkend", "0"]).current_dir(path).output()?;
    let ours = own.is_expired(jiff::Timestamp::now());
    tally.same("end of a certificate", case.name, ours, !over.status.success());
    Ok(())
}

fn make(case: &Case, path: &Path) -> Result<()> {
    for (name, text) in [("c.cnf", CONFIGURATION), ("db", "")] {
        fs::write(path.join(name), text).context("failed to write")?;
    }
    let names = format!("subjectAltName={}", case.host);
    let go = |arguments: &[&str]| run(openssl(arguments).current_dir(path)).map(drop);
    let root = ["req", "-x509", "-nodes", "-config", "c.cnf", "-extensions", "root", "-newkey", "ed25519"];
    go(&[&root[..], &["-subj", "/CN=root", "-keyout", "root.key", "-out", "root.pem"]].concat())?;
    let request = ["req", "-new", "-nodes", "-config", "c.cnf", "-subj", "/CN=leaf", "-addext", &names];
    go(&[&request[..], case.key, &["-keyout", "leaf.key", "-out", "leaf.csr"]].concat())?;
    // Ed25519 signs without a digest: where one matters, an RSA key signs.
    let root_key = ["req", "-x509", "-nodes", "-config", "c.cnf", "-extensions", "root", "-newkey", "rsa:2048"];
    if case.digest != "-sha256" {
        go(&[&root_key[..], &["-subj", "/CN=root", "-keyout", "root.key", "-out", "root.pem"]].concat())?;
    }
    let by: &[&str] = if case.by_itself {
        &["-selfsign", "-keyfile", "leaf.key"]
    } else {
        &["-cert", "root.pem", "-keyfile", "root.key"]
    };
    let sign =
        ["ca", "-batch", "-config", "c.cnf", "-extensions", "leaf", "-in", "leaf.csr", "-out", "leaf.pem", "-notext"];
    let digest = case.digest.trim_start_matches('-');
    go(&[&sign[..], &["-md", digest, "-startdate", case.from, "-enddate", case.to], by].concat())
}
