//! The probe: whether what it tells of servers is what openssl's client meets there, and what the servers were told.

mod certificates;
mod kubernetes;
mod nginx;
mod openssl;
mod page;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use cloister_probe::{Endpoint, Kind, Limits, Report};

use super::{Dice, report};

/// Servers of openssl with generated settings in a full run.
pub const FULL_COUNT: usize = 100;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Tally {
    seed: u64,
    servers: BTreeMap<&'static str, usize>,
    /// Questions that were put to both, by what they are about; and how many were answered by yes.
    asked: BTreeMap<&'static str, (usize, usize)>,
    disagreements: Vec<String>,
    connections: usize,
}

impl Tally {
    fn server(&mut self, kind: &'static str, report: &Report) {
        *self.servers.entry(kind).or_default() += 1;
        self.connections += report.connections;
        if let Some(why) = report.unreached.as_ref().or(report.cut_short.as_ref()) {
            self.disagreements.push(format!("{}: not asked everything: {why}", report.endpoint));
        }
    }

    fn same(&mut self, about: &'static str, what: &str, ours: bool, theirs: bool) {
        let (all, yes) = self.asked.entry(about).or_default();
        *all += 1;
        *yes += usize::from(theirs);
        if ours != theirs {
            self.disagreements.push(format!("{about}: {what}: the probe says {ours}, and it is {theirs}"));
        }
    }
}

/// Probes a port of this machine by a name or an address.
fn ask(host: &str, port: u16, kind: Option<Kind>) -> Report {
    let endpoint = Endpoint { host: host.to_owned(), port, kind };
    // The machine may be busy: time is no matter of this judge.
    let limits = Limits { wait: Duration::from_secs(20), total: Duration::from_secs(300), ..Limits::default() };
    cloister_probe::probe(&endpoint, &limits, jiff::Timestamp::now())
}

/// Probes `count` servers of openssl, nginx, certificates, and the parts of Kubernetes.
///
/// # Errors
/// A server did not start.
pub fn judge(seed: u64, count: usize, only: &str) -> Result<Tally> {
    let mut tally = Tally { seed, ..Tally::default() };
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|name| name == part);
    if wanted("openssl") {
        openssl::judge(&mut tally, count, &mut Dice::new(seed))?;
    }
    if wanted("nginx") {
        nginx::judge(&mut tally, &mut Dice::new(seed))?;
    }
    if wanted("certificates") {
        certificates::judge(&mut tally)?;
    }
    if wanted("kubernetes") {
        kubernetes::judge(&mut tally)?;
    }
    if wanted("kubelet") {
        kubernetes::kubelets(&mut tally)?;
    }
    Ok(tally)
}

/// Runs the judge as a program: prints what it found and, with `write`, puts it into `docs/conformance.md`.
///
/// # Errors
/// See [`judge`]; or the document could not be written.
pub fn run(seed: u64, count: usize, only: &str, write: bool) -> Result<ExitCode> {
    println!("probe: {count} servers of openssl from seed {seed}");
    let tally = judge(seed, count, only)?;
    let text = page::page(&tally);
    println!("{text}");
    tally.disagreements.iter().take(20).for_each(|example| println!("{example}"));
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "probe", &text)?;
        println!("wrote {}", path.display());
    }
    Ok(if tally.disagreements.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
