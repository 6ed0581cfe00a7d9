//! `cloister evidence timestamp` and `cloister serve --timestamp`: openssl is the authority, over HTTP on this machine.
#![cfg(feature = "timestamp")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs the program"
)]

mod support;
#[path = "../../cloister-evidence/tests/support/tsa.rs"]
mod tsa;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use support::{POD, cloister, folder};
use tsa::Tsa;

const P256: &str = "ec -pkeyopt ec_paramgen_curve:P-256";

fn run(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = cloister();
    command.current_dir(home).env("HOME", home).env_remove("XDG_STATE_HOME");
    let output = command.args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout) + &text(output.stderr))
}

/// A folder with a log of one entry, and the authority's certificate.
fn recorded(tsa: &Tsa) -> tempfile::TempDir {
    let home = folder(&[("k8s/pod.yaml", POD)]);
    let (exit, said) = run(home.path(), &["scan", "k8s", "--record", "log", "--output", "json=report.json"]);
    assert_eq!(exit, Some(1), "{said}");
    fs::copy(tsa.ca(), home.path().join("ca.pem")).unwrap();
    home
}

fn stamp(home: &Path, url: &str) -> (Option<i32>, String) {
    run(home, &["evidence", "timestamp", "log", "--url", url, "--timestamp-ca", "ca.pem"])
}

fn verify(home: &Path, path: &str, more: &[&str]) -> (Option<i32>, String) {
    run(home, &[&["evidence", "verify", path, "--key", "log/key.pub", "--timestamp-ca", "ca.pem"], more].concat())
}

#[test]
fn an_auditor_sees_by_when_a_log_was_there() {
    let tsa = Arc::new(Tsa::new(P256));
    let home = recorded(&tsa);
    let at = home.path();
    let (exit, said) = verify(at, "log", &[]);
    assert!(exit == Some(1) && said.contains("timestamp: there is none here"), "{said}");
    let (exit, said) = stamp(at, &tsa.serve(|answer| answer));
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.starts_with("1 entry of cloister-log/") && said.contains("says CN=tsa,O=Clinic"), "{said}");
    let file = at.join(said.lines().last().unwrap().trim());
    assert!(tsa.verifies(&file.with_extension("head"), &file), "openssl takes what is kept");
    let (exit, said) = verify(at, "log", &[]);
    assert!(exit == Some(0) && said.contains("1 entry existed by 2"), "{said}");
    let export = ["evidence", "export", "log", "--from", "2020-01-01", "--to", "2199-12-31", "-o", "bundle"];
    let (exit, said) = run(at, &export);
    assert_eq!(exit, Some(0), "{said}");
    let (exit, said) = verify(at, "bundle", &["-o", "json"]);
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((exit, &told["timestamps"][0]["by"]), (Some(0), &"CN=tsa,O=Clinic".into()), "{said}");
    fs::copy(Tsa::new(P256).ca(), at.join("ca.pem")).unwrap();
    let (exit, said) = verify(at, "bundle", &[]);
    assert!(exit == Some(1) && said.contains("none of the 1 here is by an authority"), "{said}");
}

#[test]
fn an_authority_that_lies_or_is_away_changes_nothing() {
    let tsa = Arc::new(Tsa::new(P256));
    let home = recorded(&tsa);
    let at = home.path();
    let absent = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let flipped = |mut answer: Vec<u8>| {
        let last = answer.len() - 1;
        answer[last] ^= 1;
        answer
    };
    let other = Arc::new(Tsa::new(P256));
    for (url, cause) in [
        (tsa.serve(flipped), "its signature does not fit"),
        (tsa.serve(|_| b"<html>".to_vec()), "the answer is no TimeStampResp"),
        (tsa.serve(|_| vec![0x30; 100_000]), "answers with more than 64 KiB"),
        (other.serve(|answer| answer), "leads to no authority that is trusted here"),
        (format!("http://{absent}/tsr"), "refuses the connection"),
    ] {
        let (exit, said) = stamp(at, &url);
        assert!(exit == Some(1) && said.contains(cause) && said.contains("help: "), "{url}: {said}");
        assert!(!at.join("log/timestamp").exists());
    }
    let (exit, said) = run(at, &["evidence", "verify", "log", "--key", "log/key.pub"]);
    assert_eq!(exit, Some(0), "{said}");
    for url in ["ftp://tsa.example.org", "http://mila:secret@tsa.example.org/", "tsa", "http://"] {
        let (exit, said) = stamp(at, url);
        assert!(
            exit == Some(2) && said.contains("help: such as https://") && !said.contains("secret"),
            "{url}: {said}"
        );
    }
    let policy = ["--policy", "1.x", "--timestamp-ca", "ca.pem", "--url", "http://127.0.0.1:9/"];
    let (exit, said) = run(at, &[&["evidence", "timestamp", "log"][..], &policy].concat());
    assert!(exit == Some(2) && said.contains("\"1.x\" is no policy"), "{said}");
}

/// Nothing is left behind, whatever fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(feature = "hub")]
#[test]
fn a_hub_has_its_record_stamped_and_gives_it_to_an_auditor_while_it_runs() {
    let tsa = Arc::new(Tsa::new(P256));
    let home = folder(&[("k8s/pod.yaml", POD)]);
    let at = home.path();
    fs::copy(tsa.ca(), at.join("ca.pem")).unwrap();
    let url = tsa.serve(|answer| answer);
    let serve = ["serve", "--watch", "k8s", "--listen", "127.0.0.1:0", "--data", "data", "--timestamp-every", "5s"];
    let mut command = cloister();
    command.current_dir(at).env("HOME", at).args(serve).args(["--timestamp", &url, "--timestamp-ca", "ca.pem"]);
    fs::write(at.join("tokens"), format!("mila dpo {}\nli viewer {}\n", "d".repeat(26), "v".repeat(26))).unwrap();
    let mut hub = Running(command.args(["--tokens", "tokens"]).stdout(Stdio::piped()).spawn().unwrap());
    let (mut out, mut greeting) = (BufReader::new(hub.0.stdout.take().unwrap()), String::new());
    let address = loop {
        assert!(out.read_line(&mut greeting).unwrap() > 0, "{greeting}");
        if let Some(rest) = greeting.split("http://").nth(1).filter(|rest| rest.contains('/')) {
            break rest.split('/').next().unwrap().to_owned();
        }
    };
    let stamped = || fs::read_dir(at.join("data/evidence/timestamp")).is_ok_and(|mut files| files.next().is_some());
    let is_said = || {
        let verify =
            ["evidence", "verify", "data/evidence", "--key", "data/evidence/key.pub", "--timestamp-ca", "ca.pem"];
        stamped() && run(at, &verify).1.contains("existed by")
    };
    while !is_said() {
        std::thread::sleep(Duration::from_millis(100));
    }
    // The hub holds the log's lock.
    let erase = ["evidence", "erase", "data/evidence", "0", "--reason", "case"];
    assert!(run(at, &erase).1.contains("is in use by another process"));
    let export = ["evidence", "export", "data/evidence", "--from", "2020-01-01", "--to", "2199-12-31", "-o", "bundle"];
    let (exit, said) = run(at, &export);
    assert_eq!(exit, Some(0), "{said}");
    let (exit, said) = run(at, &["evidence", "verify", "bundle", "--key", "data/evidence/key.pub"]);
    assert_eq!(exit, Some(0), "{said}");
    // The same by the hub itself, for whoever may.
    let hub = format!("http://{address}");
    for (name, token) in [("dpo", "d"), ("viewer", "v")] {
        fs::write(at.join(name), format!("{}\n", token.repeat(26))).unwrap();
    }
    let take = |token: &str, to: &str| {
        let period = ["--from", "2020-01-01", "--to", "2199-12-31", "-o", to];
        run(at, &[&["evidence", "export", "--hub", &hub, "--token", token][..], &period].concat())
    };
    let (exit, said) = take("dpo", "taken");
    assert_eq!(exit, Some(0), "{said}");
    let verify = ["evidence", "verify", "taken", "--key", "data/evidence/key.pub", "--timestamp-ca", "ca.pem"];
    let (exit, said) = run(at, &verify);
    assert!(exit == Some(0) && said.contains("existed by"), "{said}");
    let (exit, said) = take("viewer", "refused");
    assert!(exit == Some(2) && said.contains("answers 403") && !at.join("refused").exists(), "{said}");
    let far = ["evidence", "export", "--hub", "http://hub.example.org", "--token", "dpo", "--from", "2020-01-01"];
    let (exit, said) = run(at, &[&far[..], &["--to", "2020-01-02", "-o", "far"]].concat());
    assert!(exit == Some(2) && said.contains("a token is sent by https alone"), "{said}");
}
