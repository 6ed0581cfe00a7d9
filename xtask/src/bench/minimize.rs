//! A gigabyte of audit log: how fast it is read, in how much memory, and how that grows.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use super::contestants;
use super::measure::{Measured, measure};
use super::page::{date, machine, mebibytes};
use super::section;
use crate::cargo::{cargo, project, succeeds};

const SMALL: u64 = 100_000_000;
const LARGE: u64 = 1_000_000_000;
const SUBJECTS: u64 = 500;
/// A log in which nearly every action is another one, which is the most that can be asked of memory.
const DIVERSE: u64 = 250_000_000;
const MANY_SUBJECTS: u64 = 40_000;
/// Runs of each, of which the fastest counts.
const RUNS: usize = 3;
/// Megabytes a second, and mebibytes.
const SPEED: f64 = 200.0;
const MEMORY: i64 = 200 * 1024;

/// Builds, generates, measures, writes its section of `docs/benchmarks.md`, and takes the logs away again.
///
/// # Errors
/// The program cannot be built or run, or it is slower or larger than it may be.
pub fn minimize() -> Result<ExitCode> {
    let built = succeeds(&mut cargo(&["build", "--release", "--locked", "--package", "cloister-cli"]))?;
    ensure!(built, "cloister does not build");
    let folder = project().join("target").join("bench-minimize");
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let measured = run(&folder);
    fs::remove_dir_all(&folder).with_context(|| format!("failed to remove {}", folder.display()))?;
    measured
}

fn run(folder: &Path) -> Result<ExitCode> {
    let small = generate(&folder.join("small.log"), SMALL, SUBJECTS)?;
    let large = generate(&folder.join("large.log"), LARGE, SUBJECTS)?;
    let diverse = generate(&folder.join("diverse.log"), DIVERSE, MANY_SUBJECTS)?;
    let packed = pack(&large)?;
    let cloister = contestants::cloister()?;
    let arguments = |log: &Path| -> Vec<std::ffi::OsString> {
        vec!["rbac".into(), "minimize".into(), "--audit-log".into(), log.into(), "-o".into(), "json".into()]
    };
    let lines = |log: &Path| vec!["-l".into(), log.into()];
    let rows = [
        ("`wc -l`, 1 GB", LARGE, fastest(Path::new("wc"), &lines(&large))?),
        ("100 MB", SMALL, fastest(&cloister, &arguments(&small))?),
        ("1 GB", LARGE, fastest(&cloister, &arguments(&large))?),
        ("1 GB, packed by gzip", LARGE, fastest(&cloister, &arguments(&packed))?),
        (
            "250 MB, nearly every action of 40,000 subjects another one",
            DIVERSE,
            fastest(&cloister, &arguments(&diverse))?,
        ),
    ];
    let text = page(&rows, fs::metadata(&packed).context("failed to read a size")?.len());
    println!("\n{text}");
    let path = project().join("docs/benchmarks.md");
    let old = fs::read_to_string(&path).unwrap_or_else(|_| "# Benchmarks\n".to_owned());
    let new = section::replaced(&old, "minimize", &text);
    fs::write(&path, new).with_context(|| format!("failed to write {}", path.display()))?;
    println!("wrote {}", path.display());
    let [_, _, (_, _, run), _, _] = &rows;
    ensure!(speed(LARGE, run) >= SPEED, "{:.0} MB/s are less than {SPEED}", speed(LARGE, run));
    for (name, _, run) in &rows {
        ensure!(run.peak < MEMORY, "{name}: {} are more than it may take", mebibytes(run.peak));
    }
    Ok(ExitCode::SUCCESS)
}

fn page(rows: &[(&str, u64, Measured); 5], packed: u64) -> String {
    let mut text = String::from("## Audit logs\n\n");
    let _ = writeln!(
        text,
        "`cloister rbac minimize` over generated logs of {SUBJECTS} subjects (where no other number stands), events of 1 to 2 kB, {}: {}. One log is read \
         on one core; the time includes making, replaying and writing the roles. The fastest of {RUNS} runs; the packed \
         log has {:.0} MB.\n\n| log | time | MB/s | peak |\n| --- | ---: | ---: | ---: |",
        date(),
        machine(),
        mega(packed)
    );
    for (name, bytes, run) in rows {
        let _ = writeln!(
            text,
            "| {name} | {:.2} s | {:.0} | {} |",
            run.wall.as_secs_f64(),
            speed(*bytes, run),
            mebibytes(run.peak)
        );
    }
    let [(_, _, lines), (_, _, small), (_, _, large), _, _] = rows;
    let ratio = |one: &Measured, other: &Measured| one.wall.as_secs_f64() / other.wall.as_secs_f64();
    let _ = writeln!(
        text,
        "\nThat is {:.1} times as long as `wc -l` takes. Ten times the log takes {:.1} times as long (to reach: {SPEED} MB/s, \
         less than 200 MiB).",
        ratio(large, lines),
        ratio(large, small)
    );
    text
}

pub(super) fn speed(bytes: u64, run: &Measured) -> f64 {
    mega(bytes) / run.wall.as_secs_f64()
}

/// Sizes are far below the 2^52 from which this would round.
pub(super) fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

pub(super) fn fastest(program: &Path, arguments: &[std::ffi::OsString]) -> Result<Measured> {
    let runs: Vec<Measured> = (0..RUNS).map(|_| measure(program, arguments)).collect::<Result<_>>()?;
    for run in &runs {
        ensure!(run.status == 0, "{} ended with {}", program.display(), run.status);
    }
    let peak = runs.iter().map(|run| run.peak).max().unwrap_or_default();
    let run = runs.into_iter().min_by_key(|run| run.wall).context("nothing was measured")?;
    Ok(Measured { peak, ..run })
}

fn pack(log: &Path) -> Result<PathBuf> {
    let packed = log.with_extension("log.gz");
    let to = File::create(&packed).context("failed to create a file")?;
    let mut gzip = Command::new("gzip");
    ensure!(succeeds(gzip.arg("-1").arg("-c").arg(log).stdout(Stdio::from(to)))?, "gzip failed");
    Ok(packed)
}

/// Writes events until there are `bytes`.
pub(super) fn generate(path: &Path, bytes: u64, subjects: u64) -> Result<PathBuf> {
    println!("minimize: generating {:.0} MB", mega(bytes));
    let mut file = BufWriter::new(File::create(path).with_context(|| format!("failed to create {}", path.display()))?);
    let (mut dice, mut written, mut number) = (Dice(1), 0, 0);
    while written < bytes {
        number += 1;
        let event = event(&mut dice, number, subjects);
        written += event.len() as u64;
        file.write_all(event.as_bytes()).context("failed to write an event")?;
    }
    file.flush().context("failed to write events")?;
    Ok(path.to_owned())
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }

    fn pick<'w, const N: usize>(&mut self, words: [&'w str; N]) -> &'w str {
        let at = usize::try_from(self.below(N as u64)).unwrap_or_default();
        words.get(at).copied().unwrap_or_default()
    }
}

/// One event. Each subject has work of its own, which it repeats: a few resources, verbs and names in one namespace or
/// two; one in twenty is a controller that meets pods with other names each time.
/// Where there are many, every object has another name.
fn event(dice: &mut Dice, number: u64, subjects: u64) -> String {
    let subject = dice.below(subjects);
    let namespace = format!("team-{}", subject % 40 + dice.below(if subject.is_multiple_of(7) { 2 } else { 1 }));
    let (user, groups) = if subject.is_multiple_of(5) {
        (format!("person-{subject}@example.com"), r#""staff","system:authenticated""#.to_owned())
    } else {
        let of = format!("team-{}", subject % 40);
        let groups = format!(r#""system:serviceaccounts","system:serviceaccounts:{of}","system:authenticated""#);
        (format!("system:serviceaccount:{of}:worker-{subject}"), groups)
    };
    let task = subject * 7 + dice.below(2 + subject % 4) * 3;
    let verb = match task % 4 {
        0 => dice.pick(["get", "list", "watch"]),
        1 => dice.pick(["get", "get", "update"]),
        2 => dice.pick(["get", "patch", "create"]),
        _ => dice.pick(["list", "watch", "watch"]),
    };
    let (group, resource) = match task % 5 {
        0 => ("apps", "deployments"),
        1 => ("coordination.k8s.io", "leases"),
        2 => ("", "pods"),
        3 => ("", "services"),
        _ => ("", "configmaps"),
    };
    let name = match (verb, resource) {
        ("list" | "watch", _) => String::new(),
        _ if subjects > SUBJECTS => format!("{resource}-{number:x}"),
        (_, "pods") if subject.is_multiple_of(20) => format!("web-{subject}-{:05x}", dice.below(200)),
        _ => format!("{resource}-{}", dice.below(1 + task % 5)),
    };
    let base = if group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{group}/v1") };
    let uri_name = if verb == "create" || name.is_empty() { String::new() } else { format!("/{name}") };
    let body = if matches!(verb, "update" | "patch" | "create") {
        let data = "x".repeat(usize::try_from(dice.below(900)).unwrap_or_default());
        format!(
            r#""requestObject":{{"kind":"ConfigMap","apiVersion":"v1","metadata":{{"name":"{name}","labels":{{"a":"b"}}}},"data":{{"text":"{data}","more":"line\nline"}}}},"#
        )
    } else {
        String::new()
    };
    let (decision, code) = if dice.below(50) == 0 { ("forbid", 403) } else { ("allow", 200) };
    let (hour, minute, second) = (number / 3600 % 24, number / 60 % 60, number % 60);
    let day = number / 86_400 % 28 + 1;
    let time = format!("2026-11-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}Z", number % 1_000_000);
    format!(
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"{:08x}-{:04x}-4{:03x}-a{:03x}-{number:012x}","stage":"ResponseComplete","requestURI":"{base}/namespaces/{namespace}/{resource}{uri_name}?fieldManager=worker&fieldValidation=Strict&timeout=10s","verb":"{verb}","user":{{"username":"{user}","uid":"c3a1f7de-1111-4222-8333-{subject:012x}","groups":[{groups}],"extra":{{"authentication.kubernetes.io/credential-id":["JTI=9a1c3f04-5555-4666-8777-{subject:012x}"],"authentication.kubernetes.io/node-name":["node-{}"],"authentication.kubernetes.io/pod-name":["worker-{subject}-5d8c7b9f4-x2x4z"]}}}},"sourceIPs":["10.0.{}.{}"],"userAgent":"worker/v1.2.3 (linux/amd64) kubernetes/{number:x}","objectRef":{{"resource":"{resource}","namespace":"{namespace}","name":"{name}","apiGroup":"{group}","apiVersion":"v1","resourceVersion":"{number}"}},"responseStatus":{{"metadata":{{}},"code":{code}}},{body}"requestReceivedTimestamp":"{time}","stageTimestamp":"{time}","annotations":{{"authorization.k8s.io/decision":"{decision}","authorization.k8s.io/reason":"RBAC: allowed by RoleBinding \"worker-{subject}/{namespace}\" of Role \"worker\" to ServiceAccount \"worker-{subject}/team-{}\""}}}}
"#,
        dice.below(1 << 32),
        dice.below(1 << 16),
        dice.below(1 << 12),
        dice.below(1 << 12),
        dice.below(30),
        dice.below(256),
        dice.below(256),
        subject % 40,
    )
}
