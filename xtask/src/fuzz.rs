//! `cargo xtask fuzz`: the targets of `fuzz/` under libFuzzer, each for a while.
//!
//! Stable Rust builds them: LLVM's pass that counts coverage is asked for by flags of the compiler, so neither cargo-fuzz
//! nor a nightly toolchain is needed. AddressSanitizer would be (`cargo fuzz run` adds it).

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};

use crate::cargo::{cargo, project};

/// A target: what it needs to be built, how long its inputs become, and what it begins with.
struct Target {
    name: &'static str,
    feature: &'static str,
    longest: u32,
    seeds: &'static [&'static str],
}

const DETECT: &[&str] = &["examples", "crates/cloister-detect/tests", "crates/cloister-detect/src/identifiers"];
const MANIFESTS: &[&str] = &["examples", "crates/cloister-checks/fixtures"];
const POLICIES: &[&str] = &["examples", "deploy/sensor"];
const SAMPLES: &[&str] = &["crates/cloister-protocol/tests/samples"];

const TARGETS: [Target; 22] = [
    target("detect", "wire", 4096, DETECT),
    target("document", "wire", 4096, DETECT),
    target("escapes", "wire", 2048, DETECT),
    target("mail", "wire", 4096, DETECT),
    target("session", "wire", 8192, SAMPLES),
    target("conversation", "wire", 8192, SAMPLES),
    target("multipart", "mesh", 4096, DETECT),
    target("parquet", "wire", 8192, &["crates/cloister-parquet/tests/data"]),
    target("baselines", "wire", 8192, &["fuzz/seeds/baselines"]),
    target("bundle", "wire", 1024, &[]),
    target("frames", "wire", 4096, &[]),
    target("reassembly", "wire", 2048, &[]),
    target("handover", "wire", 4096, &[]),
    target("policy", "policy", 8192, POLICIES),
    target("manifest", "configuration", 20_000, MANIFESTS),
    target("register", "configuration", 20_000, MANIFESTS),
    target("assessment", "configuration", 4000, MANIFESTS),
    target("audit", "configuration", 20_000, &["examples"]),
    target("rules", "configuration", 20_000, &["crates/cloister-rules"]),
    target("scanners", "scanners", 8192, &["fuzz/seeds/scanners"]),
    target("certificate", "configuration", 8192, &[]),
    target("handshake", "configuration", 20_000, &[]),
];

const fn target(name: &'static str, feature: &'static str, longest: u32, seeds: &'static [&'static str]) -> Target {
    Target { name, feature, longest, seeds }
}

/// What makes the compiler count which parts of a program an input reaches, and tell libFuzzer what is compared.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";
/// Building for a named target keeps these flags from build scripts and macros.
const TRIPLE: &str =
    if cfg!(target_arch = "aarch64") { "aarch64-unknown-linux-gnu" } else { "x86_64-unknown-linux-gnu" };

/// Runs targets, each for so many seconds; what is found is told with its file, and ends with a failure.
///
/// # Errors
/// A word is no target and no number, or a target does not build.
pub fn fuzz(arguments: &[&str]) -> Result<ExitCode> {
    let asked = Asked::read(arguments)?;
    let mut found = Vec::new();
    println!("seed {}", asked.seed);
    for target in &asked.targets {
        let program = build(target)?;
        let ran = run(target, &program, &asked)?;
        println!("{}: {} runs in {} s, {} MB at most", target.name, ran.runs, asked.seconds, ran.megabytes);
        if !ran.held {
            found.push(target.name);
        }
    }
    if found.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "found something: {} (inputs in fuzz/artifacts; add a test to the crate that it belongs to)",
        found.join(", ")
    );
    Ok(ExitCode::FAILURE)
}

struct Asked {
    targets: Vec<&'static Target>,
    seconds: u64,
    seed: u32,
}

impl Asked {
    fn read(arguments: &[&str]) -> Result<Asked> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut asked = Asked { targets: Vec::new(), seconds: 60, seed: now.subsec_nanos() | 1 };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut number = |what: &str| {
                let value = words.next().with_context(|| format!("{word} needs {what}"))?;
                value.parse::<u32>().with_context(|| format!("{word} {value}: this is no {what}"))
            };
            match *word {
                "--seconds" => asked.seconds = number("number of seconds")?.into(),
                "--seed" => asked.seed = number("number")?,
                name => asked.targets.push(named(name)?),
            }
        }
        if asked.targets.is_empty() {
            asked.targets = TARGETS.iter().collect();
        }
        Ok(asked)
    }
}

fn named(name: &str) -> Result<&'static Target> {
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        bail!("{name} is no target; there are {}", all.join(", "));
    };
    Ok(target)
}

fn folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| project().join("fuzz/target"), |it| PathBuf::from(it).join("fuzz"))
}

fn build(target: &Target) -> Result<PathBuf> {
    let folder = folder();
    let mut build =
        cargo(&["build", "--quiet", "--release", "--manifest-path", "fuzz/Cargo.toml", "--no-default-features"]);
    build.args(["--features", target.feature, "--bin", target.name, "--target", TRIPLE]);
    build.env("CARGO_TARGET_DIR", &folder).env("RUSTFLAGS", COVERAGE);
    ensure!(crate::cargo::succeeds(&mut build)?, "the target {} does not build", target.name);
    Ok(folder.join(TRIPLE).join("release").join(target.name))
}

struct Ran {
    held: bool,
    runs: u64,
    megabytes: u64,
}

fn run(target: &Target, program: &Path, asked: &Asked) -> Result<Ran> {
    let (corpus, artifacts) = (project().join("fuzz/corpus").join(target.name), project().join("fuzz/artifacts"));
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    }
    let mut command = Command::new(program);
    command.arg(&corpus).args(target.seeds.iter().map(|seeds| project().join(seeds)).filter(|seeds| seeds.is_dir()));
    command.arg(format!("-max_total_time={}", asked.seconds)).arg(format!("-max_len={}", target.longest));
    command.arg(format!("-seed={}", asked.seed)).args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
    command.arg(format!("-artifact_prefix={}/{}-", artifacts.display(), target.name));
    // One thread: which parts an input reaches must not depend on chance.
    command.env("RAYON_NUM_THREADS", "1").stdout(Stdio::null()).stderr(Stdio::piped());
    let output = command.output().with_context(|| format!("failed to run {}", program.display()))?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        println!("{}", tail(&told));
    }
    let stat = |name: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    let held = output.status.success();
    Ok(Ran { held, runs: stat("number_of_executed_units"), megabytes: stat("peak_rss_mb") })
}

/// The end of what a target said: what it fell over, and the file of the input.
fn tail(told: &str) -> String {
    let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with('#')).collect();
    lines.get(lines.len().saturating_sub(40)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_known_with_its_feature_and_its_seeds() {
        let manifest = std::fs::read_to_string(project().join("fuzz/Cargo.toml")).unwrap();
        let stated = manifest.matches("[[bin]]").count();
        assert_eq!(stated, TARGETS.len(), "a target of fuzz/Cargo.toml is not known here, or the other way round");
        for target in &TARGETS {
            let said =
                format!("path = \"fuzz_targets/{0}.rs\"\nrequired-features = [\"{1}\"]", target.name, target.feature);
            assert!(manifest.contains(&said), "{}", target.name);
            assert!(target.seeds.iter().all(|seeds| project().join(seeds).is_dir()), "{}", target.name);
        }
    }

    #[test]
    fn what_is_asked_is_read() {
        let asked = Asked::read(&["mail", "--seconds", "5", "--seed", "9"]).unwrap();
        assert_eq!((asked.targets[0].name, asked.seconds, asked.seed), ("mail", 5, 9));
        assert!(Asked::read(&["post"]).is_err() && Asked::read(&["--seconds"]).is_err());
        assert_eq!(Asked::read(&[]).unwrap().targets.len(), TARGETS.len());
    }
}
