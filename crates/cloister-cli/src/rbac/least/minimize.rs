//! `cloister rbac minimize`.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use cloister_audit::{Tally, Use, Window};
use cloister_inventory::Inventory;
use cloister_privilege::{Finding, Limits, Minimised, born, findings, manifest, minimise, replay};
use cloister_rbac::Policy;
use jiff::Timestamp;

use super::args::{Format, Minimize, Output};
use super::{folder, json, logs, text, time};
use crate::output::{print, write_file};
use crate::rbac::read;
use crate::rbac::warn::tell;
use crate::terminal::Terminal;
use crate::way_out::failure;

/// Subjects whose roles are read and asked at once: enough to be quick, few enough to be small.
const REPLAYED: usize = 1000;

/// Everything that a report tells.
pub struct Report<'r> {
    pub minimised: &'r Minimised<'r>,
    pub present: Option<&'r Policy<'r>>,
    pub findings: Vec<Finding<'r>>,
    pub uses: &'r [Use],
    pub tally: Tally,
    pub logs: usize,
    pub window: Window,
    /// Actions that the roles were made from.
    pub counted: usize,
    /// Those of them that the roles do not allow: there are none.
    pub refused: Vec<&'r Use>,
}

/// Reads, minimises, proves and writes.
pub fn run(minimize: &Minimize, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let now = Timestamp::now();
    let read = |option, text: &Option<String>| text.as_deref().map(|text| time::read(option, text, now)).transpose();
    let window = Window { since: read("--since", &minimize.since)?, until: read("--until", &minimize.until)? };
    if window.since.zip(window.until).is_some_and(|(since, until)| since >= until) {
        return Err(failure("--since is not before --until: nothing could count", "swap them, or leave one out"));
    }
    let progress = terminal.progress();
    progress.set_message("audit logs".to_owned());
    let logs = ManuallyDrop::new(logs::read(&minimize.audit_log, window));
    logs.log.diagnostics.iter().for_each(tell);
    progress.finish_and_clear();
    let present = present(minimize, terminal)?;
    let lost = !logs.log.diagnostics.is_empty() || present.as_ref().is_some_and(|(_, lost)| *lost);
    let inventory = ManuallyDrop::new(present.map(|(inventory, _)| inventory));
    let policy = ManuallyDrop::new(inventory.as_ref().map(Policy::new));
    let uses = ManuallyDrop::new(logs.log.uses());
    let birth = ManuallyDrop::new(born(""));
    let policy_of_birth = ManuallyDrop::new(Policy::new(&birth));
    let limits = Limits { names: minimize.generalise_names.0, namespaces: minimize.generalise_namespaces.0 };
    let is_meant = |who: &cloister_privilege::Who| {
        minimize.subject.is_empty() || minimize.subject.iter().any(|word| who.is_meant(word))
    };
    let minimised = ManuallyDrop::new(minimise(&uses, &policy_of_birth, limits, is_meant));
    if let Some(exit) = nothing(&minimised, &logs)? {
        return Ok(exit);
    }
    let report = ManuallyDrop::new(report(&minimised, policy.as_ref(), &uses, &logs, window));
    minimize.output.iter().try_for_each(|output| write(output, &report, terminal))?;
    Ok(ExitCode::from(if lost || !report.refused.is_empty() { 2 } else { 0 }))
}

/// Where nothing counts there are no roles, and nothing to prove.
fn nothing(minimised: &Minimised<'_>, logs: &logs::Logs) -> anyhow::Result<Option<ExitCode>> {
    if !minimised.subjects.is_empty() || !minimised.masters.is_empty() {
        return Ok(None);
    }
    if logs.log.tally.events > 0 {
        return Err(failure(
            "no request that counts",
            "check --since, --until and --subject, and that the audit policy logs Metadata or more",
        ));
    }
    if logs.log.diagnostics.is_empty() {
        return Err(failure(
            "no event is in the audit logs",
            "name what kube-apiserver's --audit-log-path writes; without --audit-policy-file it writes nothing",
        ));
    }
    // Told already, each with its way out.
    Ok(Some(ExitCode::from(2)))
}

fn present(minimize: &Minimize, terminal: &Terminal) -> anyhow::Result<Option<(Inventory, bool)>> {
    let cluster = &minimize.present;
    let asked = cluster.is_named() || !minimize.from.is_empty();
    asked.then(|| read(cluster.sources(&minimize.from), terminal)).transpose()
}

fn report<'r>(
    minimised: &'r Minimised<'r>,
    present: Option<&'r Policy<'r>>,
    uses: &'r [Use],
    logs: &logs::Logs,
    window: Window,
) -> Report<'r> {
    // Each binding names one subject: what is asked of all together is asked of each alone.
    let replayed = minimised.subjects.chunks(REPLAYED).flat_map(|subjects| {
        let manifests: String = subjects.iter().map(manifest).collect();
        replay(&manifests, subjects.iter().flat_map(|subject| &subject.uses).copied())
    });
    Report {
        minimised,
        present,
        findings: present.map(|present| findings(present, uses, minimised)).unwrap_or_default(),
        uses,
        tally: logs.log.tally,
        logs: logs.count,
        window,
        counted: minimised.subjects.iter().map(|subject| subject.uses.len()).sum(),
        refused: replayed.collect(),
    }
}

fn write(output: &Output, report: &Report<'_>, terminal: &Terminal) -> anyhow::Result<()> {
    let text = match output.format {
        Format::Text => text::write(report, if output.path.is_some() { 80 } else { terminal.width() }),
        Format::Json => json::write(report)?,
        Format::Yaml => return yaml(output, report),
    };
    output.path.as_ref().map_or_else(|| print(&text), |path| write_file(path, &text))
}

fn yaml(output: &Output, report: &Report<'_>) -> anyhow::Result<()> {
    let subjects = || report.minimised.subjects.iter().filter(|subject| !subject.roles.is_empty());
    let Some(path) = &output.path else {
        return print(&subjects().map(manifest).collect::<String>());
    };
    let words: Vec<String> = subjects().map(|subject| subject.who.role_name().replacen("least:", "", 1)).collect();
    let names = folder::names(words.iter().map(String::as_str));
    let files: Vec<(String, String)> = names.into_iter().zip(subjects().map(manifest)).collect();
    folder::write(path, &files)
}
