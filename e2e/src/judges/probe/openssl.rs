//! Servers of openssl with generated settings, and openssl's client as the one who knows.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use cloister_probe::{Order, Report, Voice};

use super::{Dice, Tally, ask};
use crate::service::{Service, free_ports, run};

const READY: Duration = Duration::from_secs(60);
/// The options of openssl's client, and the words of the report.
const VERSIONS: &[(&str, &str, &str)] = &[
    ("-tls1", "TLSv1", "TLS 1.0"),
    ("-tls1_1", "TLSv1.1", "TLS 1.1"),
    ("-tls1_2", "TLSv1.2", "TLS 1.2"),
    ("-tls1_3", "TLSv1.3", "TLS 1.3"),
];
const GROUPS: &[(&str, &str)] = &[
    ("X25519", "x25519"),
    ("P-256", "secp256r1"),
    ("X448", "x448"),
    ("P-384", "secp384r1"),
    ("P-521", "secp521r1"),
    ("ffdhe2048", "ffdhe2048"),
    ("ffdhe3072", "ffdhe3072"),
    ("secp224r1", "secp224r1"),
    ("brainpoolP256r1", "brainpoolP256r1"),
];
/// A name for the server to choose its certificate by (RFC 6066 section 3), and none, as goes with an address.
pub(super) const NAMED: &[&str] = &["-servername", "localhost"];
pub(super) const NAMELESS: &[&str] = &["-noservername"];
/// How many suites that a server was not given are asked for in each version.
const OTHERS: usize = 6;

/// A suite by the registry's name and openssl's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Suite {
    pub(super) standard: String,
    pub(super) own: String,
}

impl Suite {
    fn is_modern(&self) -> bool {
        !self.standard.contains("_WITH_")
    }
}

/// An openssl that no file of the system limits.
pub(super) fn openssl(arguments: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(arguments).env("OPENSSL_CONF", "/dev/null").stdin(Stdio::null());
    command
}

/// All suites that openssl has, but for those that need a key agreed before.
pub(super) fn suites() -> Result<Vec<Suite>> {
    let text = run(&mut openssl(&["ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]))?;
    let suite = |line: &str| {
        let mut words = line.split_whitespace();
        let (standard, own) = (words.next()?.to_owned(), words.nth(1)?.to_owned());
        Some(Suite { standard, own }).filter(|suite| !suite.standard.contains("PSK") && !suite.standard.contains("SRP"))
    };
    Ok(text.lines().filter_map(suite).collect())
}

#[derive(Debug)]
struct Settings {
    key: &'static [&'static str],
    least: usize,
    most: usize,
    suites: Vec<Suite>,
    groups: Vec<&'static str>,
    prefers: bool,
}

fn settings(dice: &mut Dice, all: &[Suite]) -> Settings {
    const KEYS: &[&[&str]] = &[
        &["-newkey", "rsa:2048"],
        &["-newkey", "rsa:1024"],
        &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
        &["-newkey", "ed25519"],
    ];
    let (one, other) = (dice.below(VERSIONS.len()), dice.below(VERSIONS.len()));
    let share = [10, 40, 100].get(dice.below(3)).copied().unwrap_or(100);
    let mut suites = dice.some(all, share);
    if !suites.iter().any(Suite::is_modern) {
        suites.extend(all.iter().find(|suite| suite.is_modern()).cloned());
    }
    let groups: Vec<&str> = GROUPS.iter().map(|(own, _)| *own).collect();
    let mut groups = dice.some(&groups, 60);
    if groups.is_empty() {
        groups.push("P-256");
    }
    Settings {
        key: KEYS.get(dice.below(KEYS.len())).copied().unwrap_or_default(),
        least: one.min(other),
        most: one.max(other),
        suites,
        groups,
        prefers: dice.chance(50),
    }
}

pub(super) fn judge(tally: &mut Tally, count: usize, dice: &mut Dice) -> Result<()> {
    let all = suites()?;
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    for number in 0..count {
        let settings = settings(dice, &all);
        let before = tally.disagreements.len();
        one(tally, &settings, &all, folder.path(), dice)?;
        if tally.disagreements.len() > before {
            tally.disagreements.push(format!(
                "  of the server with {:?} {}-{} {:?}",
                settings.key, settings.least, settings.most, settings.groups
            ));
        }
        if number % 10 == 9 {
            println!("probe: {} of {count} servers, {} differences", number + 1, tally.disagreements.len());
        }
    }
    Ok(())
}

fn one(tally: &mut Tally, settings: &Settings, all: &[Suite], folder: &Path, dice: &mut Dice) -> Result<()> {
    let (certificate, key) = (folder.join("own.pem"), folder.join("own.key"));
    let (certificate, key) = (certificate.to_string_lossy(), key.to_string_lossy());
    let request = ["req", "-x509", "-nodes", "-subj", "/CN=localhost", "-config", "/dev/null", "-out", &certificate];
    fs::write(folder.join("req.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n").context("failed to write")?;
    let configuration = folder.join("req.cnf").to_string_lossy().into_owned();
    let request: Vec<&str> =
        request.iter().map(|word| if *word == "/dev/null" { configuration.as_str() } else { word }).collect();
    run(openssl(&request).args(["-keyout", &key, "-addext", "subjectAltName=DNS:localhost"]).args(settings.key))?;
    let (mut server, port) = serve(folder, &certificate, &key, &arguments(settings))?;
    server.wait_until(READY, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())?;
    let report = ask("localhost", port, None);
    tally.server("servers of openssl", &report);
    let told: Vec<Suite> =
        all.iter().filter(|suite| settings.suites.contains(suite) || dice.below(all.len()) < OTHERS).cloned().collect();
    compare(tally, port, NAMED, &report, &told)?;
    groups(tally, port, &report)?;
    preference(tally, settings.prefers, &report);
    Ok(())
}

fn arguments(settings: &Settings) -> Vec<String> {
    let join = |modern: bool| {
        let names: Vec<&str> =
            settings.suites.iter().filter(|it| it.is_modern() == modern).map(|it| it.own.as_str()).collect();
        names.join(":")
    };
    let version = |index: usize| VERSIONS.get(index).map_or("", |(_, name, _)| *name).to_owned();
    let mut all =
        vec!["-min_protocol".to_owned(), version(settings.least), "-max_protocol".to_owned(), version(settings.most)];
    all.extend(["-cipher".to_owned(), format!("{}:@SECLEVEL=0", join(false)).trim_start_matches(':').to_owned()]);
    all.extend(["-ciphersuites".to_owned(), join(true), "-groups".to_owned(), settings.groups.join(":")]);
    all.extend(settings.prefers.then(|| "-serverpref".to_owned()));
    all
}

/// Starts a server of openssl that answers HTTP.
pub(super) fn serve(folder: &Path, certificate: &str, key: &str, more: &[String]) -> Result<(Service, u16)> {
    let [port] = free_ports()?;
    let accept = format!("127.0.0.1:{port}");
    let mut command = openssl(&["s_server", "-accept", &accept, "-cert", certificate, "-key", key, "-www", "-quiet"]);
    Ok((Service::start("openssl", command.args(more), folder)?, port))
}

/// Whether openssl's client comes to an end of the handshake with exactly this. It offers all groups, as the probe does,
/// unless it is told which: of itself it knows none of the rare ones, and some servers have no other.
fn meets(port: u16, name: &[&str], version: &str, suite: &Suite, more: &[&str]) -> Result<bool> {
    let connect = format!("127.0.0.1:{port}");
    let mut command = openssl(&["s_client", "-connect", &connect, version]);
    command.args(name);
    let old = format!("{}:@SECLEVEL=0", suite.own);
    if suite.is_modern() {
        command.args(["-ciphersuites", &suite.own, "-cipher", "ALL:@SECLEVEL=0"]);
    } else {
        command.args(["-cipher", &old]);
    }
    if !more.contains(&"-groups") {
        let all: Vec<&str> = GROUPS.iter().map(|(own, _)| *own).collect();
        command.args(["-groups", &all.join(":")]);
    }
    let output = command.args(more).output().context("failed to run openssl")?;
    Ok(String::from_utf8_lossy(&output.stdout).contains(&format!("Cipher is {}\n", suite.own)))
}

/// Each version with each of the suites.
pub(super) fn compare(tally: &mut Tally, port: u16, name: &[&str], report: &Report, told: &[Suite]) -> Result<()> {
    for (option, version_name, word) in VERSIONS {
        let version = report.tls.iter().flat_map(|tls| &tls.versions).find(|it| it.protocol.as_str() == *word);
        let mut any = false;
        for suite in told.iter().filter(|suite| suite.is_modern() == (*version_name == "TLSv1.3")) {
            let theirs = meets(port, name, option, suite, &[])?;
            let ours = version.is_some_and(|version| version.suites.contains(&suite.standard));
            any |= theirs;
            tally.same("version and suite", &format!("{word} {}", suite.standard), ours, theirs);
        }
        // Of a version of which no suite was met nothing is known, unless all that the probe met were asked.
        let ours = version.is_some_and(|version| version.accepted == Voice::Yes);
        let asked =
            version.is_none_or(|version| version.suites.iter().all(|own| told.iter().any(|it| it.standard == *own)));
        if any || asked {
            tally.same("version", word, ours, any);
        }
    }
    Ok(())
}

pub(super) fn groups(tally: &mut Tally, port: u16, report: &Report) -> Result<()> {
    for version in report.tls.iter().flat_map(|tls| &tls.versions) {
        let Some((option, ..)) = VERSIONS.iter().find(|(_, _, word)| *word == version.protocol.as_str()) else {
            continue;
        };
        let modern = *option == "-tls1_3";
        let all = suites()?;
        // With an ECDSA certificate its curve must be offered, too: one group alone shows nothing.
        let usable = version
            .suites
            .iter()
            .find(|name| modern || name.starts_with("TLS_ECDHE_RSA") || name.starts_with("TLS_ECDH_anon"));
        let Some(suite) = usable.and_then(|name| all.iter().find(|suite| suite.standard == *name)) else { continue };
        for (own, word) in GROUPS {
            if (!modern && own.starts_with("ffdhe")) || (modern && matches!(*own, "secp224r1" | "brainpoolP256r1")) {
                continue;
            }
            let theirs = meets(port, NAMED, option, suite, &["-groups", own])?;
            let what = format!("{} {word} with {}", version.protocol.as_str(), suite.standard);
            tally.same("group", &what, version.groups.iter().any(|group| group == word), theirs);
        }
    }
    Ok(())
}

/// Only where both orders would differ is anything shown.
pub(super) fn preference(tally: &mut Tally, prefers: bool, report: &Report) {
    for version in report.tls.iter().flat_map(|tls| &tls.versions) {
        if let Some(order) = version.order {
            tally.same("whose order counts", version.protocol.as_str(), order == Order::Server, prefers);
        }
    }
}
