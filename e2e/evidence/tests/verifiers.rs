//! What the program exports, before verifiers that share no line with it.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests run programs"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cloister_dice::Dice;

/// The program, which was built beside this test.
fn cloister(home: &Path, arguments: &[&str]) -> Output {
    let own = std::env::current_exe().unwrap();
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join("cloister")).find(|path| path.is_file());
    let program = beside.unwrap_or_else(|| panic!("cloister is not built: cargo build --release"));
    let mut command = Command::new(program);
    let output =
        command.args(arguments).current_dir(home).env("HOME", home).env_remove("XDG_STATE_HOME").output().unwrap();
    assert!(output.status.code() < Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A bundle of a log of three scans of the clinic, of which one was erased; and its key, and the head after the first.
fn bundle(home: &Path) -> [PathBuf; 3] {
    let clinic = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
    let scan =
        || cloister(home, &["scan", clinic.to_str().unwrap(), "--record", "log", "--output", "json=report.json"]);
    scan();
    fs::copy(home.join("log/checkpoint"), home.join("older")).unwrap();
    scan();
    scan();
    cloister(home, &["evidence", "retain", "log", "assessment=1095"]);
    cloister(home, &["evidence", "erase", "log", "0", "--reason", "case 1"]);
    let export =
        ["evidence", "export", "log", "--from", "2020-01-01", "--to", "2999-12-31", "--since", "older", "-o", "bundle"];
    cloister(home, &export);
    ["bundle", "log/key.pub", "older"].map(|name| home.join(name))
}

fn verifier(arguments: &[&Path]) -> (bool, String) {
    cloister_tools::build().unwrap();
    let output = Command::new(cloister_tools::path("evidence-verifier").unwrap()).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn files(root: &Path) -> Vec<PathBuf> {
    let (mut open, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn a_verifier_in_another_language_agrees() {
    let home = tempfile::tempdir().unwrap();
    let [bundle, key, older] = bundle(home.path());
    let (holds, said) = verifier(&[&bundle, &key, &older]);
    assert!(holds, "{said}");
    assert!(said.ends_with(" 1 erased"), "{said}");
    cloister(home.path(), &["evidence", "verify", "bundle", "--key", "log/key.pub", "--since", "older"]);
    // And on what is broken, too.
    let seed = Dice::fresh_seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    for path in files(&bundle) {
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        changed[dice.below(whole.len())] ^= 1 << dice.below(8);
        fs::write(&path, changed).unwrap();
        assert!(!verifier(&[&bundle, &key]).0, "{}", path.display());
        let ours = cloister(home.path(), &["evidence", "verify", "bundle", "--key", "log/key.pub"]);
        assert_eq!(ours.status.code(), Some(1), "{}", path.display());
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn oscal_is_read_as_its_schema_says() {
    let home = tempfile::tempdir().unwrap();
    let [bundle, ..] = bundle(home.path());
    let file = bundle.join("assessment-results.json");
    let python = cloister_tools::python(cloister_tools::TRESTLE).unwrap().join("bin/python");
    let read = "import sys, pathlib; from trestle.oscal.assessment_results import AssessmentResults; \
                it = AssessmentResults.oscal_read(pathlib.Path(sys.argv[1])); \
                print(len(it.results), sum(len(one.findings or []) for one in it.results))";
    let trestle = |file: &Path| Command::new(&python).args(["-c", read]).arg(file).output().unwrap();
    let output = trestle(&file);
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let numbers: Vec<usize> = said.split(' ').map(|number| number.parse().unwrap()).collect();
    assert!(numbers[0] == 2 && numbers[1] > 0, "{said}");
    // It can say no.
    let broken = fs::read_to_string(&file).unwrap().replace("\"reason\": \"fail\"", "\"reason\": \"two words\"");
    let other = home.path().join("broken.json");
    fs::write(&other, broken).unwrap();
    assert!(!trestle(&other).status.success());
}
