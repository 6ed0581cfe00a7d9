//! API servers that are really started: the words of their process beside what they show at `/flagz`.

use std::fs;

use anyhow::{Context, Result};
use cloister_flags::Program;

use super::{Tally, parse};
use crate::judges::Dice;
use crate::{ControlPlane, Options};

/// Flags that let a server start whatever they are, with values to try.
const HARMLESS: &[(&str, &[&str])] = &[
    ("profiling", &["true", "false", "0"]),
    ("contention-profiling", &["true", "f"]),
    ("max-requests-inflight", &["800", "0x200"]),
    ("max-mutating-requests-inflight", &["300"]),
    ("request-timeout", &["90s", "1.5h"]),
    ("min-request-timeout", &["900"]),
    ("event-ttl", &["2h", "30m"]),
    ("goaway-chance", &["0.001", "0"]),
    ("v", &["1", "2"]),
    ("vmodule", &["a=1,b=2"]),
    ("audit-log-maxage", &["30"]),
    ("audit-log-maxbackup", &["10"]),
    ("audit-log-maxsize", &["100"]),
    ("disable-admission-plugins", &["PodSecurity", "DefaultStorageClass,PodSecurity"]),
    ("enable-admission-plugins", &["AlwaysPullImages", "NodeRestriction,AlwaysPullImages"]),
    ("tls-min-version", &["VersionTLS12", "VersionTLS13"]),
    ("watch-cache-sizes", &["configmaps#100", "configmaps#100,secrets#50"]),
    ("runtime-config", &["api/alpha=true", "api/beta=false"]),
    ("service-account-max-token-expiration", &["24h"]),
    ("anonymous-auth", &["false", "true"]),
    ("default-not-ready-toleration-seconds", &["60"]),
    ("feature-gates", &["ComponentStatusz=false", "APIResponseCompression=false,ComponentStatusz=true"]),
    ("service-node-port-range", &["30000-31000", "30000+99"]),
];

/// What the server itself fills in after it has read its words (`Complete` of its options).
const FILLED_IN: &[&str] = &["advertise-address", "external-hostname", "authorization-mode", "watch-cache-sizes"];

/// How many flags it shows at least.
const LEAST: usize = 150;

/// Starts so many API servers.
pub(super) fn compare(tally: &mut Tally, count: usize, dice: &mut Dice) -> Result<()> {
    for _ in 0..count {
        let arguments = arguments(dice);
        let options = Options { arguments, ..Options::default() };
        let plane = ControlPlane::start_with(&options)?;
        let words = words_of(&plane)?;
        let text = plane.api().with_header("Accept", "text/plain").get("/flagz")?.success()?.body;
        let line = parse(Program::ApiServer, &words);
        let delimiter = delimiter(&text).context("/flagz does not show --allow-privileged")?;
        let mut seen = 0;
        for name in line.names().filter(|name| !FILLED_IN.contains(name)) {
            let Some(ours) = line.shown(name) else { continue };
            let real = shown(&text, delimiter, name);
            seen += usize::from(real.is_some());
            // Flags of logging and help stand in sets that are not shown.
            if real.is_some_and(|real| real != ours) {
                tally.differences.push(format!("/flagz shows --{name} as {real:?}, we say {ours:?}: {words:?}"));
            }
        }
        if seen < LEAST {
            tally.differences.push(format!("/flagz shows {seen} flags only: {text}"));
        }
        tally.servers = (tally.servers.0 + 1, tally.servers.1 + seen);
    }
    Ok(())
}

fn arguments(dice: &mut Dice) -> Vec<String> {
    let mut words = Vec::new();
    for (name, values) in HARMLESS {
        for _ in 0..dice.below(3) {
            let name = if dice.chance(30) { name.replace('-', "_") } else { (*name).to_owned() };
            let value = dice.pick(values);
            let spaced = dice.chance(40) && !matches!(value, "true" | "false" | "0" | "f");
            if spaced {
                words.extend([format!("--{name}"), value.to_owned()])
            } else {
                words.push(format!("--{name}={value}"))
            }
        }
    }
    words
}

/// The words of the running server, as its node shows them.
fn words_of(plane: &ControlPlane) -> Result<Vec<String>> {
    let port = plane.url().rsplit(':').next().unwrap_or_default().to_owned();
    let wanted = format!("--secure-port={port}");
    let processes = fs::read_dir("/proc").context("failed to list processes")?.flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let words = lines.map(|line| {
        let text = String::from_utf8_lossy(&line);
        text.trim_end_matches('\0').split('\0').map(str::to_owned).collect::<Vec<_>>()
    });
    let mut found = words.filter(|words| words.first().is_some_and(|first| first.ends_with("/kube-apiserver")));
    let words = found.find(|words| words.contains(&wanted)).context("the API server is not among the processes")?;
    Ok(words.into_iter().skip(1).collect())
}

/// What stands between a flag and its value: every server chooses it anew, so that nobody relies on it.
fn delimiter(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.strip_prefix("allow-privileged"))?;
    line.strip_suffix("true")
}

fn shown<'t>(text: &'t str, delimiter: &str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(delimiter))
}
