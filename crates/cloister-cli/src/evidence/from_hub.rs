//! `cloister evidence export --hub`: the bundle that a running hub makes.

use std::process::ExitCode;

#[cfg(feature = "timestamp")]
use cloister_evidence::folder::bundle::fetch::{From, fetch};

use super::args;
#[cfg(feature = "timestamp")]
use super::{open::told, verify::authorities};
#[cfg(feature = "timestamp")]
use crate::output::print;
use crate::way_out::failure;

/// Takes it from a hub.
#[cfg(feature = "timestamp")]
pub fn run(asked: &args::Export) -> anyhow::Result<ExitCode> {
    let (Some(hub), Some(file)) = (&asked.hub, &asked.token) else {
        return Err(failure("there is no log", "name its folder, or a hub: --hub URL"));
    };
    let token = std::fs::read_to_string(file).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(format!("{}: {why}", file.display()), "name a file with a token of the role dpo or admin: --token FILE")
    })?;
    let authorities = asked.hub_ca.as_deref().map(authorities).transpose()?;
    let from = From { hub, token: token.trim(), authorities: authorities.as_ref() };
    let days = (asked.from.to_string(), asked.to.to_string());
    let help =
        "check the address, and that the token is of the role dpo or admin; --hub-ca names an authority of your own";
    let made =
        fetch(from, &asked.framework, (&days.0, &days.1)).map_err(|why| failure(cloister_report::clean(&why), help))?;
    made.write(&asked.output).map_err(|fault| told(&fault))?;
    let to = asked.output.display();
    print(&format!(
        "The bundle of {} to {} is in {to}: {} files and their signed list.\n\
         It may name people. What it says is as the hub sent it: cloister evidence verify {to} --key KEY\n",
        asked.from,
        asked.to,
        made.count().saturating_sub(1)
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Built without what asks.
#[cfg(not(feature = "timestamp"))]
pub fn run(_: &args::Export) -> anyhow::Result<ExitCode> {
    Err(failure(
        "this program is built without what asks a hub",
        "name the folder of a log, or build it with its usual features",
    ))
}
