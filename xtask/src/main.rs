//! The work around the code, as `cargo xtask COMMAND`.
//!
//! `cargo xtask test` is all that a fresh machine needs: it installs, builds, checks and tests, says what it does and
//! ends with `N passed, N failed`. Nothing is skipped in silence.

#![allow(clippy::disallowed_methods)] // a program whose work is files, clocks and other programs

mod bench;
mod cargo;
mod fuzz;
mod generate;
mod order;
mod outside;
mod packages;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask test                  everything that must hold before a change is merged
cargo xtask judge NAME [--seed N] [--count N] [--only PARTS]
                                  compare with what others say of the same input, in full; writes docs/conformance.md
cargo xtask judge hub-crash [--count N]
                                  kill the hub at random moments under load, 200 times: nothing acknowledged is lost or doubled
cargo xtask judge hub-load [--resources N --changes N-A-MINUTE --seconds N]
                                  a hub that follows a real API server: when each change is found, its memory, and that no event is lost
cargo xtask judge api [--count N [--seed N]]
                                  schemathesis over the hub's OpenAPI document, N requests of each kind for each operation (100)
cargo xtask conformance           the cases that other projects wrote ($CLOISTER_CONFORMANCE or ../shared/conformance)
cargo xtask bench [CORPORA]       race other scanners over ../shared/corpora; writes docs/benchmarks.md
cargo xtask bench hostile         how time grows with inventories in which everything meets everything
cargo xtask bench minimize        a gigabyte of audit log; writes its section of docs/benchmarks.md
cargo xtask bench rbac            how long questions take of 5,000 roles and 20,000 bindings, and of ten times that
cargo xtask bench network         how long the connections of 400, 5,000 and 50,000 workloads take; writes its section
cargo xtask bench node            how long collecting on a node takes, and assessing 1,000 and 10,000 of them; writes its section
cargo xtask bench detect          how fast detectors read, beside Vectorscan; writes its section
cargo xtask bench evidence        how fast a log takes entries durably, beside the disk itself; proofs and memory; writes its section
cargo xtask bench hub             pages and answers a second of a hub with 50,000 findings; writes its section
cargo xtask bench extproc         what the external processor adds to requests through Envoy; writes its section
cargo xtask bench rules           how many audit events a second are judged by every rule on one core; writes its section
cargo xtask bench sensor          how much of a wire the sensor follows on one core, and what connections cost; writes its section
cargo xtask bench store           how fast the hub's store takes events and assessments, SQLite and PostgreSQL; writes its section
cargo xtask fuzz [TARGET…] [--seconds N] [--seed N]
                                  random input for the readers of hostile text, for so long each; what is found stays
cargo xtask generate [--check]    write the generated files, or say which are stale
cargo xtask order                 find the functions that a scan runs, which the linker puts together; needs valgrind
cargo xtask tools                 build the programs that the tests run against
";

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["test"] => test::test(),
        ["judge", name, rest @ ..] => test::judge(name, rest),
        ["conformance"] => outside::conformance(),
        ["bench"] => bench::bench(None),
        ["bench", "hostile"] => bench::hostile(),
        ["bench", "minimize"] => bench::minimize(),
        ["bench", "rbac"] => bench::rbac(),
        ["bench", "network"] => bench::network(),
        ["bench", "node"] => bench::node(),
        ["bench", "detect"] => bench::detect(),
        ["bench", "evidence"] => bench::evidence(),
        ["bench", "hub"] => bench::hub(),
        ["bench", "extproc"] => bench::extproc(),
        ["bench", "rules"] => bench::rules(),
        ["bench", "sensor"] => bench::sensor(),
        ["bench", "store"] => bench::store(),
        ["bench", corpora] => bench::bench(Some(corpora)),
        ["fuzz", rest @ ..] => fuzz::fuzz(rest),
        ["generate"] => generate::generate(),
        ["generate", "--check"] => generate::check(),
        ["order"] => order::order(),
        ["tools"] => tools(),
        // How `bench` measures: one program in a process of its own. Not for people, so not in the usage.
        ["measure", report, program, rest @ ..] => bench::measure_here(report, program, rest),
        ["help" | "--help" | "-h"] | [] => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("cargo xtask {} is not a command\n\n{USAGE}", other.join(" ")),
    }
}

fn tools() -> Result<ExitCode> {
    let built = cloister_tools::build()?;
    println!("{built} tools built; kubectl is {}", cloister_tools::path("kubectl")?.display());
    Ok(ExitCode::SUCCESS)
}
