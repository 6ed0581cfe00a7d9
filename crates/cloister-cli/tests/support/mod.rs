//! Runs the program on folders made for one test.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "tests")]

pub mod network;
pub mod schema;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A pod with one finding that every test can look for.
pub const POD: &str = "apiVersion: v1
kind: Pod
metadata:
  name: good
  namespace: clinic
spec:
  containers:
    - name: app
      image: registry.example/app:1
      securityContext:
        privileged: true
";

/// What a scan came to.
#[derive(Debug)]
pub struct Scanned {
    pub json: Value,
    pub exit: i32,
    pub errors: String,
}

impl Scanned {
    pub fn diagnostics(&self) -> &[Value] {
        self.json["diagnostics"].as_array().unwrap()
    }

    pub fn findings(&self) -> &[Value] {
        self.json["findings"].as_array().unwrap()
    }

    pub fn finds(&self, check: &str) -> bool {
        self.findings().iter().any(|finding| finding["check"] == check)
    }
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// A shell script that stands for helm or kubectl.
pub fn program(dir: &Path, body: &str) -> PathBuf {
    let path = dir.join("program.sh");
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The program with a clean environment.
pub fn cloister() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloister"));
    command.env_remove("KUBECONFIG").env("HOME", "/nonexistent");
    command
}

/// What a command came to.
#[derive(Debug)]
pub struct Ended {
    pub exit: i32,
    pub out: String,
    pub errors: String,
}

/// Runs a command to its end.
pub fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    Ended {
        exit: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// `cloister scan TARGET ARGUMENTS… -o json`.
pub fn scan(target: &Path, arguments: &[&str]) -> Scanned {
    let output = cloister().arg("scan").arg(target).args(arguments).args(["-o", "json"]).output().unwrap();
    scanned(&output)
}

/// `cloister scan -` with this input.
pub fn scan_stdin(input: &str) -> Scanned {
    let mut command = cloister();
    command.args(["scan", "-", "-o", "json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    scanned(&child.wait_with_output().unwrap())
}

fn scanned(output: &Output) -> Scanned {
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"));
    Scanned { json, exit: output.status.code().unwrap(), errors }
}
