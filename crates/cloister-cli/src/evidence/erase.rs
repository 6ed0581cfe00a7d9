//! `cloister evidence erase` and `retain`: what is kept no longer, said in the log itself.

use std::process::ExitCode;

use cloister_evidence::folder::{Kept, Reader, random};
use cloister_evidence::{Kind, Retention, Rule};
use jiff::Timestamp;

use super::args::{Erase, Retain};
use super::count;
use super::open::{Open, head, told};
use crate::output::print;
use crate::way_out::failure;

/// Erases, and says what.
pub fn run(asked: &Erase) -> anyhow::Result<ExitCode> {
    let mut open = Open::existing(&asked.log, asked.keys.private_key.as_deref())?;
    let now = Timestamp::now();
    let (mut entries, rule) =
        if asked.due { (due(&open, now)?, Rule::Retention) } else { (asked.entries.clone(), Rule::Request) };
    entries.sort_unstable();
    entries.dedup();
    if entries.is_empty() {
        print("Nothing is due.\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    let reason = asked.reason.as_deref().unwrap_or("kept as long as the policy of this log says");
    let number = open.folder.erase(&entries, rule, reason, random()?, now).map_err(|fault| told(&fault))?;
    open.remember()?;
    let what = count(entries.len() as u64, "entry", "entries");
    print(&format!(
        "Erased what {what} said; entry {number} says so.\nCopies of the log, and bundles, still have it.\n"
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// What was kept as long as the policy says.
fn due(open: &Open, now: Timestamp) -> anyhow::Result<Vec<u64>> {
    let reader = Reader::new(&open.path);
    let Some(policy) = policy(&reader, open.folder.size())? else {
        return Err(failure("this log has no policy", "cloister evidence retain LOG assessment=1095 says one"));
    };
    let over = reader.records(open.folder.size()).filter(|(_, record)| policy.is_over(record.kind, record.time, now));
    let is_there = |number: &u64| !matches!(reader.kept(*number), Ok(Kept::Erased));
    Ok(over.map(|(number, _)| number).filter(is_there).collect())
}

/// The last that was said.
fn policy(reader: &Reader, size: u64) -> anyhow::Result<Option<Retention>> {
    let mut last = None;
    for (number, record) in reader.records(size) {
        if record.kind == Kind::Configuration {
            let content = reader.content(number, None).map_err(|fault| told(&fault))?.unwrap_or_default();
            last = serde_json::from_slice(&content).ok().or(last);
        }
    }
    Ok(last)
}

/// Says how long things are kept, or shows it.
pub fn retain(asked: &Retain) -> anyhow::Result<ExitCode> {
    if asked.policy.is_empty() {
        let (_, head) = head(&asked.log)?;
        print(&shown(policy(&Reader::new(&asked.log), head.size)?.as_ref()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut open = Open::existing(&asked.log, asked.keys.private_key.as_deref())?;
    let policy = Retention { retention_days: asked.policy.iter().copied().collect() };
    let number = open.append(&[(Kind::Configuration, serde_json::to_vec(&policy)?)])?;
    let erase = format!("Daily, erase what is over: cloister evidence erase {} --due\n", asked.log.display());
    print(&format!("{}Recorded as entry {number}.\n{erase}", shown(Some(&policy))))?;
    Ok(ExitCode::SUCCESS)
}

fn shown(policy: Option<&Retention>) -> String {
    let Some(policy) = policy else { return "Everything is kept until it is erased: there is no policy.\n".to_owned() };
    let lines = policy.retention_days.iter().map(|(kind, days)| format!("{:<16} {days} days\n", kind.as_str()));
    lines.chain(["everything else  until it is erased\n".to_owned()]).collect()
}
