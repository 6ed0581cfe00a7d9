//! `cloister probe`.

pub mod args;
mod words;

use std::process::ExitCode;
use std::time::Duration;

use cloister_probe::{Document, Limits, Report, probe};
use jiff::Timestamp;

use crate::output::print;
use crate::terminal::Terminal;
use crate::threshold::Threshold;
use args::{Format, Probe};

/// Asks one endpoint after the other.
pub fn run(asked: &Probe, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let limits = Limits {
        wait: Duration::from_secs(asked.wait),
        total: Duration::from_secs(asked.total),
        connections: asked.connections.into(),
        ..Limits::default()
    };
    let now = Timestamp::now();
    let bar = terminal.progress();
    let mut reports = Vec::new();
    for endpoint in &asked.endpoints {
        bar.set_message(format!("asking {endpoint}"));
        let mut endpoint = endpoint.clone();
        endpoint.kind = asked.kind.map(args::Is::kind);
        reports.push(probe(&endpoint, &limits, now));
    }
    bar.finish_and_clear();
    print(&match asked.output {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&Document::new(&reports, now))?),
        Format::Text => words::text(&reports, terminal),
    })?;
    Ok(exit(&reports, asked.fail_on))
}

fn exit(reports: &[Report], threshold: Threshold) -> ExitCode {
    if reports.iter().any(|report| report.unreached.is_some() || report.cut_short.is_some()) {
        return ExitCode::from(2);
    }
    let worst = reports.iter().flat_map(|report| &report.findings).map(|finding| finding.severity).max();
    let over = matches!((threshold, worst), (Threshold::From(least), Some(worst)) if worst >= least);
    ExitCode::from(u8::from(over))
}
