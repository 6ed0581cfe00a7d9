//! `cloister rbac minimize`.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use cloister_audit::Window;
use cloister_inventory::Inventory;
use cloister_privilege::{Limits, Seen, Who, born};
use cloister_rbac::Policy;
use jiff::Timestamp;

use super::args::Minimize;
use super::part::{self, Work};
use super::report::{Foot, Head};
use super::sink::{self, Sink};
use super::{logs, time};
use crate::input::read;
use crate::terminal::Terminal;
use crate::warn::tell;
use crate::way_out::failure;

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
    let users = ManuallyDrop::new(logs.log.users());
    let is_meant = |who: &Who| minimize.subject.is_empty() || minimize.subject.iter().any(|word| who.is_meant(word));
    let head =
        Head { tally: logs.log.tally, logs: logs.count, window, ..Head::of(&users, |name| is_meant(&Who::of(name))) };
    let masters = users.users.iter().any(|user| user.masters > 0 && is_meant(&Who::of(user.name)));
    if head.subjects == 0 && !masters {
        return nothing(&logs);
    }
    let birth = ManuallyDrop::new(born(""));
    let born = ManuallyDrop::new(Policy::new(&birth));
    let mut sinks = sink::open(&minimize.output, terminal.width())?;
    let work = Work {
        users: &users,
        is_meant: &is_meant,
        born: &born,
        present: policy.as_ref(),
        limits: Limits { names: minimize.generalise_names.0, namespaces: minimize.generalise_namespaces.0 },
        formats: sinks.iter().map(Sink::format).collect(),
    };
    let foot = ManuallyDrop::new(subjects(&work, &head, &mut sinks)?);
    sinks.into_iter().try_for_each(|sink| sink.foot(&foot, &head))?;
    Ok(ExitCode::from(if lost || !foot.refused.is_empty() { 2 } else { 0 }))
}

/// Makes, proves and writes the roles of everybody; what is told behind them.
fn subjects<'p>(work: &Work<'_, 'p, 'p>, head: &Head, sinks: &mut [Sink]) -> anyhow::Result<Foot<'p>> {
    let mut foot = Foot::default();
    let mut seen = work.present.map(Seen::new);
    sinks.iter_mut().try_for_each(|sink| sink.head(head))?;
    part::each(work, |part| {
        foot.subjects += part.subjects;
        foot.counted += part.counted;
        foot.masters.extend(part.masters);
        foot.refused.extend(part.refused);
        if let (Some(seen), Some(more)) = (&mut seen, part.seen) {
            seen.merge(more);
        }
        sinks.iter_mut().zip(&part.texts).try_for_each(|(sink, texts)| sink.subjects(texts))
    })?;
    foot.findings = seen.map(Seen::findings).unwrap_or_default();
    Ok(foot)
}

/// Where nothing counts there are no roles, and nothing to prove.
fn nothing(logs: &logs::Logs) -> anyhow::Result<ExitCode> {
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
    Ok(ExitCode::from(2))
}

fn present(minimize: &Minimize, terminal: &Terminal) -> anyhow::Result<Option<(Inventory, bool)>> {
    let cluster = &minimize.present;
    let asked = cluster.is_named() || !minimize.from.is_empty();
    asked.then(|| read(cluster.sources(&minimize.from), terminal)).transpose()
}
