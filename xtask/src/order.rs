//! Which functions a scan runs: the linker puts them beside each other, so that a scan maps 4 MB of code and not 15.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use crate::cargo::{cargo, project, succeeds};

/// What `build.rs` of the program hands to the linker.
const ORDER: &str = "crates/cloister-cli/functions.order";

/// Scans under callgrind, and writes down the functions that ran.
///
/// Names of functions hold a hash of their crate: after an update of dependencies, of the profile or of the compiler, some
/// are not found any more, and the program needs more memory until this is run again.
///
/// # Errors
/// Valgrind is not installed, or the program cannot be built or run.
pub fn order() -> Result<ExitCode> {
    let there = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    ensure!(there.is_ok_and(|status| status.success()), "valgrind is missing; as root: apt-get install valgrind");
    let build = ["rustc", "--release", "--locked", "-p", "cloister-cli", "--bin", "cloister", "--", "-C", "strip=none"];
    ensure!(succeeds(&mut cargo(&build))?, "cloister does not build");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), Into::into);
    let corpora = project().join("../shared/corpora");
    ensure!(corpora.is_dir(), "{} does not exist: a scan of little runs little", corpora.display());
    let mut names = BTreeSet::new();
    for scanned in [project().join("examples/clinic"), corpora] {
        names.extend(ran(&target.join("release/cloister"), &scanned, &target.join("callgrind.out"))?);
    }
    let text: String = names.iter().map(|name| format!("{name}\n")).collect();
    fs::write(project().join(ORDER), text).with_context(|| format!("failed to write {ORDER}"))?;
    println!("{ORDER}: {} functions", names.len());
    Ok(ExitCode::SUCCESS)
}

/// The functions of ours that a scan runs.
fn ran(program: &Path, scanned: &Path, profile: &Path) -> Result<BTreeSet<String>> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind", "--demangle=no"]);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display()));
    valgrind.arg(program).args(["scan", "--fail-on", "never"]).arg(scanned);
    let status = valgrind.stdout(Stdio::null()).stderr(Stdio::null()).status().context("failed to run valgrind")?;
    // 2: some input of the corpora cannot be read.
    ensure!(matches!(status.code(), Some(0 | 2)), "the scan of {} ended with {status}", scanned.display());
    let text = fs::read_to_string(profile).context("failed to read what callgrind wrote")?;
    fs::remove_file(profile).context("failed to remove what callgrind wrote")?;
    Ok(functions(&text))
}

/// Mangled names in the format of callgrind: `fn=(12) NAME`, and `cfn=` for what is called; `'2` marks recursion.
fn functions(profile: &str) -> BTreeSet<String> {
    let named = |line: &str| {
        let (_, name) = line.strip_prefix("fn=").or_else(|| line.strip_prefix("cfn="))?.split_once(") ")?;
        let name = name.split('\'').next().unwrap_or(name);
        (name.starts_with("_ZN") || name.starts_with("_R")).then(|| name.to_owned())
    };
    profile.lines().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn functions_of_rust_are_named_once() {
        let profile =
            "fn=(1) _ZN4scan3run17h0E\n12 3\ncfn=(2) _RNvC4scan\ncfn=(2)\nfn=(3) malloc\nfn=(4) _ZN4scan3run17h0E'2\n";
        assert_eq!(functions(profile).into_iter().collect::<Vec<_>>(), ["_RNvC4scan", "_ZN4scan3run17h0E"]);
    }
}
