//! Mistakes on the command line: the cause, a way out, exit status 2, and never a panic.
#![allow(clippy::disallowed_methods, clippy::indexing_slicing, clippy::unwrap_used, reason = "tests run the program")]

mod support;

use std::fs;
use std::io::Read;
use std::process::Stdio;

use support::{POD, cloister, folder, scan};

/// What the program says when it refuses.
fn refused(arguments: &[&str]) -> String {
    let output = cloister().args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty() && said.starts_with("error: "), "{arguments:?}: {said}");
    said
}

#[test]
fn names_that_are_nearly_right_are_offered() {
    for (arguments, offered) in [
        (&["scan", "-f", "gdrp", "."][..], "did you mean gdpr?"),
        (&["scan", "-f", "nothing-like-it", "."], "there are gdpr, "),
        (&["scan", "--fail-on", "hihg", "."], "did you mean high?"),
        (&["scan", "--fail-on", "gdpr", "-f", "nsa", "."], "--framework gdpr"),
        (&["explain", "privileged-contaner"], "did you mean privileged-container?"),
        (&["explain", "32"], "there are 32(1)(a), "),
        (&["explain", "wholly-unheard"], "cloister list checks"),
    ] {
        let said = refused(arguments);
        assert!(said.contains("\n  help: ") && said.contains(offered), "{said}");
    }
}

#[test]
fn a_mistyped_path_is_offered_as_it_is() {
    let dir = folder(&[("k8s/billing.yaml", POD)]);
    let near = |path: &str| {
        let scanned = scan(&dir.path().join(path), &[]);
        assert_eq!(scanned.exit, 2);
        scanned.diagnostics()[0]["help"].as_str().unwrap().to_owned()
    };
    for mistyped in ["k8s/biling.yaml", "k9s/billing.yaml", "k9s/bilings.yaml"] {
        let help = near(mistyped);
        assert!(help.starts_with("did you mean ") && help.ends_with("k8s/billing.yaml?"), "{help}");
    }
    assert!(!near("k8s/nothing-like-it.yaml").contains("did you mean"));
}

#[test]
fn what_is_listed_for_other_programs_is_one_line_each() {
    let output = cloister().args(["list", "checks"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines = said.lines().filter(|line| line.starts_with("  ")).count();
    assert!(said.contains(&format!("\n{lines} checks.")), "{lines} lines");
}

#[test]
fn a_framework_is_explained_by_its_requirements() {
    let output = cloister().args(["explain", "gdpr"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("32(1)(a)") && said.contains("5(1)(f)"), "{said}");
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_work() {
    let dir = folder(&[("a.yaml", POD)]);
    let into = |file: &str| {
        let output = format!("json={}", dir.path().join(file).display());
        refused(&["scan", dir.path().to_str().unwrap(), "-o", &output])
    };
    assert!(into("no/such/report.json").contains("help: make it first: mkdir -p "));
    assert!(into("").contains("it is a folder"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "something was left behind");
}

#[test]
fn baselines_and_registers_say_what_is_wrong_with_them() {
    let dir = folder(&[("a.yaml", POD), ("b.json", "{}")]);
    let (pod, report) = (dir.path().join("a.yaml"), dir.path().join("b.json"));
    let (pod, report) = (pod.to_str().unwrap(), report.to_str().unwrap());
    assert!(refused(&["scan", pod, "--baseline", report]).contains("no \"findings\""));
    assert!(refused(&["scan", pod, "--baseline", pod]).contains("no JSON"));
    let gone = refused(&["scan", pod, "--baseline", "/nonexistent/b.json"]);
    assert!(!gone.contains("os error"), "{gone}");
    assert!(refused(&["register", "init", pod, "-o", report]).contains("never overwritten"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let dir = folder(&[("a.yaml", POD)]);
    for arguments in [&["list", "checks"][..], &["scan", dir.path().to_str().unwrap(), "-v", "--fail-on", "never"]] {
        let mut child = cloister().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_pod_without_a_token_is_told_what_it_lacks() {
    let pod = cloister()
        .env("KUBERNETES_SERVICE_HOST", "10.96.0.1")
        .env("KUBERNETES_SERVICE_PORT", "443")
        .args(["scan", "--cluster"])
        .output()
        .unwrap();
    let said = String::from_utf8(pod.stdout).unwrap();
    assert!(
        pod.status.code() == Some(2) && said.contains("in-cluster: the pod's own account cannot be used"),
        "{said}"
    );
    assert!(said.contains("automountServiceAccountToken"), "{said}");
}
