//! nginx with protocols, suites and curves as its configurations set them; and what openssl's client meets there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::openssl::{NAMED, Suite, compare, groups, openssl, preference, suites};
use super::{Dice, Tally, ask};
use crate::service::{Service, free_ports, run};

const READY: Duration = Duration::from_secs(60);
/// How many suites that nobody accepts are asked for at each server.
const OTHERS: usize = 25;
const NEW: &str = "TLSv1.2 TLSv1.3";
const OLD: &str = "TLSv1 TLSv1.1";
const ALL: &str = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3";

/// `ssl_protocols`, `ssl_ciphers` and what else stands in the server's block; and whether its order counts.
struct Case {
    protocols: &'static str,
    ciphers: &'static str,
    more: &'static str,
    prefers: bool,
}

const CASES: &[Case] = &[
    Case { protocols: "", ciphers: "", more: "", prefers: false },
    Case { protocols: NEW, ciphers: "", more: "", prefers: true },
    Case { protocols: "TLSv1.3", ciphers: "", more: "", prefers: false },
    Case { protocols: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-GCM-SHA384", more: "", prefers: true },
    Case {
        protocols: NEW,
        ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
        more: "",
        prefers: false,
    },
    Case { protocols: OLD, ciphers: "ALL:@SECLEVEL=0", more: "", prefers: false },
    Case { protocols: ALL, ciphers: "ALL:@SECLEVEL=0", more: "", prefers: true },
    Case { protocols: ALL, ciphers: "HIGH:!aNULL:!MD5:@SECLEVEL=0", more: "", prefers: false },
    Case { protocols: "TLSv1.1 TLSv1.2", ciphers: "AES128-SHA:AES256-SHA:@SECLEVEL=0", more: "", prefers: true },
    Case { protocols: NEW, ciphers: "HIGH:!aNULL", more: "ssl_ecdh_curve secp384r1;", prefers: true },
    Case {
        protocols: ALL,
        ciphers: "RSA:!ECDHE:@SECLEVEL=0",
        more: "ssl_ecdh_curve X25519:prime256v1;",
        prefers: false,
    },
    Case { protocols: NEW, ciphers: "", more: "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;", prefers: true },
    Case { protocols: NEW, ciphers: "", more: "ssl_verify_client on; ssl_client_certificate rsa.pem;", prefers: false },
    Case { protocols: NEW, ciphers: "", more: "ssl_session_tickets off;", prefers: false },
];

pub(super) fn judge(tally: &mut Tally, dice: &mut Dice) -> Result<()> {
    if run(Command::new("nginx").arg("-v")).is_err() {
        bail!("nginx is not installed: apt-get install --no-install-recommends nginx");
    }
    let all = suites()?;
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    certificate(folder.path(), "rsa", &["-newkey", "rsa:2048"])?;
    certificate(folder.path(), "ec", &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])?;
    for case in CASES {
        let before = tally.disagreements.len();
        let (mut server, port) = serve(folder.path(), case)?;
        server.wait_until(READY, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())?;
        let report = ask("localhost", port, None);
        tally.server("servers of nginx", &report);
        let met: Vec<&String> = report.tls.iter().flat_map(|tls| &tls.versions).flat_map(|it| &it.suites).collect();
        let told: Vec<Suite> = all
            .iter()
            .filter(|suite| met.contains(&&suite.standard) || dice.below(all.len()) < OTHERS)
            .cloned()
            .collect();
        compare(tally, port, NAMED, &report, &told)?;
        groups(tally, port, &report)?;
        preference(tally, case.prefers, &report);
        if !case.protocols.is_empty() {
            versions(tally, case, &report);
        }
        if tally.disagreements.len() > before {
            tally.disagreements.push(format!("  of nginx with {:?} {:?} {}", case.protocols, case.ciphers, case.more));
        }
    }
    Ok(())
}

/// A version that is named nowhere is served by nobody.
fn versions(tally: &mut Tally, case: &Case, report: &cloister_probe::Report) {
    for (word, told) in [("TLS 1.0", "TLSv1"), ("TLS 1.1", "TLSv1.1"), ("TLS 1.2", "TLSv1.2"), ("TLS 1.3", "TLSv1.3")] {
        let named = case.protocols.split(' ').any(|it| it == told);
        let version = report.tls.iter().flat_map(|tls| &tls.versions).find(|it| it.protocol.as_str() == word);
        let met = version.is_some_and(|it| it.accepted == cloister_probe::Voice::Yes);
        // What is named may lack a suite to serve it with.
        if !named {
            tally.same("versions that nginx was not told", word, met, false);
        }
    }
}

fn certificate(folder: &Path, name: &str, key: &[&str]) -> Result<()> {
    let at = |ending: &str| folder.join(format!("{name}.{ending}")).to_string_lossy().into_owned();
    fs::write(folder.join("req.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n").context("failed to write")?;
    let settings = folder.join("req.cnf").to_string_lossy().into_owned();
    let request = ["req", "-x509", "-nodes", "-subj", "/CN=localhost", "-config", &settings];
    let names = ["-addext", "subjectAltName=DNS:localhost"];
    run(openssl(&request).args(["-keyout", &at("key"), "-out", &at("pem")]).args(names).args(key))?;
    Ok(())
}

fn serve(folder: &Path, case: &Case) -> Result<(Service, u16)> {
    let [port] = free_ports()?;
    let directive =
        |name: &str, value: &str| if value.is_empty() { String::new() } else { format!("{name} {value};\n") };
    let prefers = if case.prefers { "on" } else { "off" };
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|it| format!("{it}_temp_path {it};\n"));
    let text = format!(
        "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{}\
         server {{\nlisten 127.0.0.1:{port} ssl;\nserver_name localhost;\n\
         ssl_certificate rsa.pem;\nssl_certificate_key rsa.key;\nssl_certificate ec.pem;\nssl_certificate_key ec.key;\n\
         ssl_prefer_server_ciphers {prefers};\n{}{}{}\nreturn 204;\n}}\n}}\n",
        temporary.concat(),
        directive("ssl_protocols", case.protocols),
        directive("ssl_ciphers", case.ciphers),
        case.more,
    );
    fs::write(folder.join("nginx.conf"), text).context("failed to write nginx's configuration")?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
    command.env("OPENSSL_CONF", "/dev/null").stdin(Stdio::null());
    Ok((Service::start("nginx", &mut command, folder)?, port))
}
