//! `judge NAME [--seed N] [--count N] [--only PARTS] [--write]`: runs a judge and says what it found. `climb` and
//! `configurations` play only the scenarios whose names hold one of the parts, which are set apart by commas;
//! `identifiers` judges only the kinds whose names hold the part, `messages` only such protocols.

#![allow(clippy::disallowed_methods)] // a program: arguments and files are its business

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use cloister_e2e::judges::{
    Dice, audit_policy, authorizers, climb, configurations, escalation, flags, identifiers, large_cluster, live,
    messages, minimize, network, packets, pod_security, probe, rbac, recognition, streams, yaml,
};

/// All of them.
const JUDGES: &str = "pod-security, large-cluster, live, yaml, rbac, authorizers, escalation, climb, minimize, network, \
    packets, flags, audit-policy, configurations, probe, identifiers, recognition, streams, messages";

/// How many pods a full run generates, and how many questions about roles.
const FULL_COUNT: usize = 5_000;
const FULL_QUESTIONS: usize = 50_000;
/// How many attempts at escalation.
const FULL_ATTEMPTS: usize = 5_000;

struct Arguments {
    name: String,
    seed: u64,
    count: Option<usize>,
    write: bool,
    only: String,
}

fn arguments() -> Result<Arguments> {
    let mut given = std::env::args().skip(1);
    let mut arguments =
        Arguments { name: String::new(), seed: Dice::fresh_seed(), count: None, write: false, only: String::new() };
    while let Some(argument) = given.next() {
        let mut number = || -> Result<u64> {
            let value = given.next().with_context(|| format!("{argument} needs a number"))?;
            value.parse().with_context(|| format!("{argument}: {value} is not a number"))
        };
        match argument.as_str() {
            "--seed" => arguments.seed = number()?,
            "--count" => arguments.count = Some(usize::try_from(number()?).context("--count is too large")?),
            "--only" => arguments.only = given.next().context("--only needs a name")?,
            "--write" => arguments.write = true,
            name if arguments.name.is_empty() && !name.starts_with('-') => name.clone_into(&mut arguments.name),
            other => bail!("{other} is not an argument of this program"),
        }
    }
    Ok(arguments)
}

fn main() -> Result<ExitCode> {
    let arguments = arguments()?;
    match arguments.name.as_str() {
        "pod-security" => pod_security::run(arguments.seed, arguments.count.unwrap_or(FULL_COUNT), arguments.write),
        "rbac" => rbac::run(arguments.seed, arguments.count.unwrap_or(FULL_QUESTIONS), arguments.write),
        "escalation" => escalation::run(arguments.seed, arguments.count.unwrap_or(FULL_ATTEMPTS), arguments.write),
        "minimize" => minimize::run(arguments.seed, arguments.count.unwrap_or(minimize::FULL_COUNT), arguments.write),
        "network" => network::run(arguments.seed, arguments.count.unwrap_or(network::FULL_COUNT), arguments.write),
        "packets" => packets::run(arguments.seed, arguments.count.unwrap_or(packets::FULL_COUNT), arguments.write),
        // How that judge runs in the namespace of each pod. Not for people, so not in the list.
        "packets-agent" => packets::serve(),
        "flags" => flags::run(arguments.seed, arguments.count.unwrap_or(flags::FULL_COUNT), arguments.write),
        "identifiers" => {
            let count = arguments.count.unwrap_or(identifiers::FULL_COUNT);
            identifiers::run(arguments.seed, count, &arguments.only, arguments.write)
        }
        "probe" => {
            probe::run(arguments.seed, arguments.count.unwrap_or(probe::FULL_COUNT), &arguments.only, arguments.write)
        }
        "messages" => {
            let count = arguments.count.unwrap_or(messages::FULL_COUNT);
            messages::run(arguments.seed, count, &arguments.only, arguments.write)
        }
        "recognition" => {
            recognition::run(arguments.seed, arguments.count.unwrap_or(recognition::FULL_COUNT), arguments.write)
        }
        "streams" => streams::run(arguments.seed, arguments.count.unwrap_or(streams::FULL_COUNT), arguments.write),
        "climb" => climb::run(&arguments.only, arguments.write),
        "configurations" => configurations::run(&arguments.only, arguments.write),
        "authorizers" => {
            authorizers::run(arguments.seed, arguments.count.unwrap_or(authorizers::FULL_COUNT), arguments.write)
        }
        "audit-policy" => {
            audit_policy::run(arguments.seed, arguments.count.unwrap_or(audit_policy::FULL_COUNT), arguments.write)
        }
        "large-cluster" => large_cluster::run(arguments.write),
        "live" => live::run(arguments.write),
        "yaml" => yaml::run(arguments.seed, arguments.count.unwrap_or(yaml::FULL_COUNT), arguments.write),
        "" => bail!("name a judge: {JUDGES}"),
        other => bail!("no judge is called {other}; there are: {JUDGES}"),
    }
}
