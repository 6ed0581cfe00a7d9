//! `cargo xtask test`: everything that must hold, one step after the other, counted.

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo::{Count, WHOLE, cargo, count_tests, succeeds};
use crate::{outside, packages};

/// How many pods the sample of the Pod Security judge has.
const SAMPLE: &str = "600";
/// How many questions the sample of the RBAC judge has.
const QUESTIONS: &str = "1500";
/// How many attempts the sample of the judge of escalation has.
const ATTEMPTS: &str = "600";

/// How many requests the sample of the judge of least roles sends.
const REQUESTS: &str = "800";
/// The scenarios that the sample of the judge of climbing plays.
const CLIMBS: &str = "token,bind,escalate,certificate,constrained,create-pod,exec,host-path";
/// How many requests the sample of the judge of authorisers has.
const REVIEWS: &str = "150";

/// The configurations of the sample of the judge of configurations.
const CONFIGURATIONS: &str = "hardened,identity first,short key,by path,groups without a prefix,no truth value,\
     certificates of their own,no certificate for etcd,but for shells,ten seconds";

/// How many clusters the sample of the judge of networks has.
const NETWORKS: &str = "1500";

/// How many requests the sample of the judge of audit policies sends.
const AUDITED: &str = "250";

/// How many streams the sample of the judge of the reader has.
const STREAMS: &str = "20000";

/// How many clusters the sample of the judge of packets has.
const LABORATORIES: &str = "40";

/// How many command lines of each program the sample of the judge of flags has.
const LINES: &str = "300";
/// How many numbers of each kind the sample of the judge of identifiers has.
const NUMBERS: &str = "400";
/// How many documents of each language the sample of the judge of recognition has.
const DOCUMENTS: &str = "30";
/// How many sessions of each scenario the sample of the judge of streams has.
const SESSIONS: &str = "4";
/// How many servers of openssl the sample of the judge of the probe has, beside those of Kubernetes.
const ENDPOINTS: &str = "6";

/// Runs everything. The last line is `N passed, N failed`.
///
/// # Errors
/// cargo itself cannot be run.
pub fn test() -> Result<ExitCode> {
    let start = Instant::now();
    let mut count = Count::default();
    count.add(step("the format", || succeeds(&mut cargo(&["fmt", "--all", "--check"]))));
    let whole = ["--release", "--locked", "--workspace", "--features", WHOLE];
    let lint = [&["clippy"][..], &whole, &["--all-targets", "--", "--deny", "warnings"]].concat();
    count.add(step("the lints", || succeeds(&mut cargo(&lint))));
    count.add(step("the packages of a node", || packages::install().map(|()| true)));
    count.add(step("the tools", || cloister_tools::build().map(|_| true)));

    heading("the tests");
    count.add(count_tests(&mut cargo(&[&["test"][..], &whole, &["--no-fail-fast"]].concat()))?);
    count.add(step("the judge pod-security, a sample", || {
        succeeds(&mut judge_command("pod-security", &["--count", SAMPLE])?)
    }));
    count.add(step("the judge yaml, a sample", || succeeds(&mut judge_command("yaml", &["--count", STREAMS])?)));
    count.add(step("the judge rbac, a sample", || succeeds(&mut judge_command("rbac", &["--count", QUESTIONS])?)));
    count.add(step("the judge escalation, a sample", || {
        succeeds(&mut judge_command("escalation", &["--count", ATTEMPTS])?)
    }));
    count.add(step("the judge minimize, a sample", || {
        succeeds(&mut judge_command("minimize", &["--count", REQUESTS])?)
    }));
    count.add(step("the judge climb, a sample", || succeeds(&mut judge_command("climb", &["--only", CLIMBS])?)));
    count.add(step("the judge authorizers, a sample", || {
        succeeds(&mut judge_command("authorizers", &["--count", REVIEWS])?)
    }));
    count.add(step("the judge configurations, a sample", || {
        succeeds(&mut judge_command("configurations", &["--only", CONFIGURATIONS])?)
    }));
    count.add(step("the judge network, a sample", || succeeds(&mut judge_command("network", &["--count", NETWORKS])?)));
    count.add(step("the judge packets, a sample", || {
        succeeds(&mut judge_command("packets", &["--count", LABORATORIES])?)
    }));
    count.add(step("the judge flags, a sample", || succeeds(&mut judge_command("flags", &["--count", LINES])?)));
    count.add(step("the judge identifiers, a sample", || {
        succeeds(&mut judge_command("identifiers", &["--count", NUMBERS])?)
    }));
    count.add(step("the judge recognition, a sample", || {
        succeeds(&mut judge_command("recognition", &["--count", DOCUMENTS])?)
    }));
    count.add(step("the judge audit-policy, a sample", || {
        succeeds(&mut judge_command("audit-policy", &["--count", AUDITED])?)
    }));
    count.add(step("the judge probe, a sample", || {
        succeeds(&mut judge_command(
            "probe",
            &["--count", ENDPOINTS, "--only", "openssl,nginx,certificates,kubernetes"],
        )?)
    }));
    count.add(step("the judge streams, a sample", || succeeds(&mut judge_command("streams", &["--count", SESSIONS])?)));
    outside::report();

    println!("\ntook {} min {} s", start.elapsed().as_secs() / 60, start.elapsed().as_secs() % 60);
    count.failures.iter().for_each(|name| println!("failed: {name}"));
    println!("{} passed, {} failed", count.passed, count.failed);
    Ok(if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs one judge in full and lets it write what it found.
///
/// # Errors
/// A tool is missing and cannot be built, or cargo cannot be run.
pub fn judge(name: &str, rest: &[&str]) -> Result<ExitCode> {
    if name == "hub-crash" {
        return hub_crash(rest);
    }
    if matches!(name, "packets" | "probe" | "streams" | "messages") {
        packages::install()?;
    }
    cloister_tools::build()?;
    match name {
        "hub-load" => return hub_load(rest),
        "api" => return api(rest),
        _ => {}
    }
    // Judges of the whole program find it beside them.
    let built =
        succeeds(&mut cargo(&["build", "--release", "--locked", "--workspace", "--features", WHOLE, "--bins"]))?;
    ensure!(built, "the programs do not build");
    let mut arguments = vec!["--write"];
    arguments.extend(rest);
    let agreed = succeeds(&mut judge_command(name, &arguments)?)?;
    Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The hub, killed at random moments under load; a test of it that is run a few times by itself.
fn hub_crash(rest: &[&str]) -> Result<ExitCode> {
    let count = match rest {
        [] => "200",
        ["--count", count] => count,
        _ => bail!("the judge hub-crash takes --count N"),
    };
    let name = "trials::crash::what_a_killed_hub_acknowledged_is_there_once";
    let mut command =
        cargo(&["test", "--release", "--locked", "-p", "cloister-hub", "--lib", "--", "--exact", name, "--nocapture"]);
    let agreed = succeeds(command.env("CLOISTER_HUB_KILLS", count))?;
    Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A judge of those that were built beside this program. `cargo test` of the whole workspace builds them, too; building
/// them again by name would choose other features and so compile much twice.
fn judge_command(name: &str, arguments: &[&str]) -> Result<Command> {
    let own = std::env::current_exe().context("failed to find this program")?;
    let program = own.with_file_name("judge");
    ensure!(program.is_file(), "{} was not built", program.display());
    let mut command = Command::new(program);
    command.arg(name).args(arguments);
    Ok(command)
}

/// A hub that follows a real API server, with much to do; a test that is done on a small scale by itself.
fn hub_load(rest: &[&str]) -> Result<ExitCode> {
    let load = match rest {
        [] => "10000,2000,600".to_owned(),
        ["--resources", resources, "--changes", changes, "--seconds", seconds] => {
            format!("{resources},{changes},{seconds}")
        }
        _ => bail!("the judge hub-load takes --resources N --changes N-A-MINUTE --seconds N"),
    };
    in_full("hub_load", &[("CLOISTER_HUB_LOAD", &load)])
}

/// The hub's API before schemathesis; a test that makes few requests by itself.
fn api(rest: &[&str]) -> Result<ExitCode> {
    match rest {
        [] => in_full("api", &[("CLOISTER_API_EXAMPLES", "100")]),
        ["--count", count] => in_full("api", &[("CLOISTER_API_EXAMPLES", count)]),
        ["--count", count, "--seed", seed] => {
            in_full("api", &[("CLOISTER_API_EXAMPLES", count), ("CLOISTER_API_SEED", seed)])
        }
        _ => bail!("the judge api takes --count N, and --seed N behind it"),
    }
}

/// A test before the whole program, with more to do than it has by itself.
fn in_full(test: &str, load: &[(&str, &str)]) -> Result<ExitCode> {
    let whole = ["--release", "--locked", "--workspace", "--features", WHOLE];
    ensure!(succeeds(&mut cargo(&[&["build"][..], &whole, &["--bins"]].concat()))?, "the programs do not build");
    let mut run = cargo(&[&["test"][..], &whole, &["--test", test, "--", "--nocapture"]].concat());
    let agreed = succeeds(run.envs(load.iter().copied()))?;
    Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One step: what cannot be run has failed, with its reason.
fn step(name: &str, run: impl FnOnce() -> Result<bool>) -> Count {
    heading(name);
    let start = Instant::now();
    let passed = run().unwrap_or_else(|error| {
        println!("{name}: {error:#}");
        false
    });
    println!("{name}: {} after {} s", if passed { "passed" } else { "FAILED" }, start.elapsed().as_secs());
    Count::step(name, passed)
}

fn heading(name: &str) {
    println!("\n== {name}");
}
