//! `cloister alert`: whether those who can be told are.

pub mod args;

use std::path::Path;
use std::process::ExitCode;

use cloister_alert::Config;
use cloister_alert::config::{Fault, MOST, Receiver};
use cloister_alert::send::{Report, test};
use cloister_report::clean;
use jiff::Timestamp;

use crate::output::print;
use crate::terminal::Terminal;
use crate::way_out::{did_you_mean, failure};
use args::{Alert, AlertCommand, Format, Test};

/// Answers.
pub fn run(alert: &Alert, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    match &alert.command {
        AlertCommand::Test(asked) => try_out(asked, terminal),
    }
}

fn try_out(asked: &Test, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let config = read(&asked.config)?;
    let receivers = chosen(&config, &asked.receiver)?;
    let now = Timestamp::now();
    let bar = terminal.progress();
    bar.set_message("sending a test");
    let id = format!("test-{}-{}", now.as_millisecond(), std::process::id());
    let report = test(&config, &receivers, &id, asked.by.as_deref(), now);
    bar.finish_and_clear();
    print(&match asked.output {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&report)?),
        Format::Text => text(&report),
    })?;
    Ok(ExitCode::from(u8::from(!report.all)))
}

/// Checks a configuration, for the hub, which reads it again when it changes.
#[cfg(feature = "hub")]
pub fn file(path: &Path) -> anyhow::Result<cloister_hub::AlertsFile> {
    read(path)?;
    cloister_hub::AlertsFile::read(path)
        .map_err(|why| failure(why, "name an AlertConfiguration: --alerts FILE (docs/alerts.md)"))
}

/// Reads a configuration.
fn read(file: &Path) -> anyhow::Result<Config> {
    let shown = file.display().to_string();
    let about = std::fs::metadata(file);
    let usable = about.as_ref().is_ok_and(|about| about.is_file() && about.len() <= MOST as u64);
    let text = match std::fs::read_to_string(file) {
        Ok(text) if usable => text,
        Ok(_) => return Err(failure(format!("{shown} is no file of at most 1 MiB"), "name an AlertConfiguration")),
        Err(error) => {
            let cause = error.to_string();
            let cause = format!("{shown}: {}", cloister_source::without_number(&cause));
            return Err(failure(cause, "name an AlertConfiguration: docs/alerts.md"));
        }
    };
    Config::read(&text, &shown).map_err(|faults| {
        let (first, rest) = faults.split_first().map_or((None, &[] as &[Fault]), |(first, rest)| (Some(first), rest));
        let more: String = rest.iter().map(|fault| format!("\n{fault} ({})", fault.help)).collect();
        let (cause, help) = first.map_or_else(Default::default, |first| (first.to_string(), first.help.clone()));
        failure(cause, format!("{help}{more}"))
    })
}

fn chosen<'c>(config: &'c Config, names: &[String]) -> anyhow::Result<Vec<&'c Receiver>> {
    if names.is_empty() {
        return Ok(config.receivers.iter().collect());
    }
    let find = |name: &String| {
        config.receiver(name).ok_or_else(|| {
            let known: Vec<&str> = config.receivers.iter().map(|receiver| receiver.name.as_str()).collect();
            let help =
                did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("there are {}", known.join(", ")));
            failure(format!("there is no receiver \"{name}\""), help)
        })
    };
    names.iter().map(find).collect()
}

fn text(report: &Report) -> String {
    let mut text = String::from("\n");
    for trial in &report.receivers {
        let word = if trial.taken { "taken" } else { "FAILED" };
        let head =
            format!(" {word:<7} {} ({}, {} ms): {}", trial.receiver, trial.kind, trial.milliseconds, trial.answer);
        text.push_str(&format!("{}\n", clean(&head)));
        trial.help.iter().for_each(|help| text.push_str(&format!("         help: {}\n", clean(help))));
    }
    let taken = report.receivers.iter().filter(|trial| trial.taken).count();
    text.push_str(&format!("\n {taken} of {} receivers took the test\n", report.receivers.len()));
    text
}
