//! `cloister scan --record` and `cloister evidence`: what they say, and what they refuse.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that runs the program"
)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use support::{POD, cloister, folder};

/// A key whose log has the same name in every run.
const KEY: &str = "PRIVATE+KEY+clinic.example/log+6ead0535+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n\
                   PAYLOAD+KEY+CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n";

fn run(home: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = cloister();
    command.current_dir(home).env("HOME", home).env_remove("XDG_STATE_HOME");
    let output = command.args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A folder with a pod that was scanned and recorded.
fn recorded() -> tempfile::TempDir {
    let home = folder(&[("k8s/pod.yaml", POD)]);
    let (exit, _, errors) = scan(home.path(), &[]);
    assert_eq!(exit, Some(1), "{errors}");
    home
}

fn scan(home: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    run(home, &[&["scan", "k8s", "--record", "log", "--output", "json=report.json"], more].concat())
}

#[test]
fn a_log_is_begun_with_a_key_that_is_apart_from_it() {
    let home = folder(&[("k8s/pod.yaml", POD)]);
    let (_, _, said) = scan(home.path(), &[]);
    assert!(said.contains("private key") && said.contains("never in the log's folder"), "{said}");
    assert!(said.contains("Recorded as entry 0 in log: 1 entry, signed"), "{said}");
    let keys: Vec<_> = fs::read_dir(home.path().join(".local/state/cloister/evidence"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    let key = keys.iter().find(|path| path.extension().is_some_and(|kind| kind == "key")).unwrap();
    assert_eq!(fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
    let secret = fs::read_to_string(key).unwrap();
    let secret = secret.lines().next().unwrap().rsplit('+').next().unwrap().to_owned();
    assert!(!said.contains(&secret));
    let (exit, _, said) = scan(home.path(), &[]);
    assert_eq!(exit, Some(1));
    assert_eq!(said.trim(), "Recorded as entry 1 in log: 2 entries, signed");
    let (exit, text, _) = run(home.path(), &["evidence", "verify", "log", "--key", "log/key.pub"]);
    assert_eq!(exit, Some(0), "{text}");
    let (_, text, _) = run(home.path(), &["evidence", "show", "log", "1"]);
    let said: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        said["findings"],
        serde_json::from_str::<Value>(&fs::read_to_string(home.path().join("report.json")).unwrap()).unwrap()["findings"]
    );
    // What names people is nowhere in the log as it was said.
    let payloads = fs::read(home.path().join("log/payload/000000.data")).unwrap();
    assert!(!payloads.windows(20).any(|window| window == b"privileged-container"));
}

#[test]
fn what_it_refuses_it_refuses_with_a_way_out() {
    let home = recorded();
    let key = |name: &str| home.path().join(name);
    fs::write(key("open.key"), KEY).unwrap();
    fs::set_permissions(key("open.key"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::create_dir(key("full")).unwrap();
    fs::write(key("full/letter.txt"), "x").unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["scan", "k8s", "--record", "full"], "holds other files, and no log"),
        (&["scan", "k8s", "--record", "new", "--record-key", "new/my.key"], "would be in the log's own folder"),
        (&["scan", "k8s", "--record", "log", "--record-key", "open.key"], "others may read or change it (mode 644)"),
        (&["scan", "k8s", "--record", "log", "--record-key", "none.key"], "the private key of this log is not here"),
        (&["evidence", "verify", "k8s", "--key", "log/key.pub"], "neither a log nor a bundle"),
        (&["evidence", "verify", "log", "--key", "open.key"], "this is a private key"),
        (&["evidence", "show", "log", "7"], "the log has 1 entry"),
        (&["evidence", "erase", "log", "--due"], "this log has no policy"),
        (
            &["evidence", "export", "log", "--from", "2026-02-01", "--to", "2026-01-01", "-o", "b"],
            "2026-01-01 is before 2026-02-01",
        ),
    ];
    for (arguments, expected) in cases {
        let (exit, _, said) = run(home.path(), arguments);
        assert_eq!(exit, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected) && said.contains("help: "), "{arguments:?}: {said}");
    }
}

#[test]
fn a_log_that_was_set_back_is_not_added_to() {
    let home = recorded();
    let copy = |from: &str, to: &str| {
        std::process::Command::new("cp").args(["-a", from, to]).current_dir(home.path()).status().unwrap();
    };
    copy("log", "yesterday");
    scan(home.path(), &[]);
    copy("log", "today");
    fs::remove_dir_all(home.path().join("log")).unwrap();
    copy("yesterday", "log");
    let (exit, _, said) = scan(home.path(), &[]);
    assert_eq!(exit, Some(2));
    assert!(said.contains("the log was cut: it had 2 entries when this head was signed, and has 1"), "{said}");
    let verify = ["evidence", "verify", "log", "--key", "log/key.pub", "--since", "today/checkpoint"];
    let (exit, text, _) = run(home.path(), &verify);
    assert_eq!(exit, Some(1));
    assert!(text.contains("BROKEN") && text.contains("the log was cut"), "{text}");
}

#[test]
fn what_is_erased_stays_on_record() {
    let home = recorded();
    let (exit, said, errors) = run(home.path(), &["evidence", "erase", "log", "0", "--reason", "case 12"]);
    assert_eq!(exit, Some(0), "{errors}");
    assert!(said.starts_with("Erased what 1 entry said; entry 1 says so."), "{said}");
    let (exit, _, errors) = run(home.path(), &["evidence", "show", "log", "0"]);
    assert!(exit == Some(2) && errors.contains("what entry 0 said is erased"), "{errors}");
    let (_, text, _) = run(home.path(), &["evidence", "show", "log", "1"]);
    let said: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&said["entries"], &said["reason"]), (&serde_json::json!([[0, 0]]), &Value::from("case 12")));
    let (exit, text, _) = run(home.path(), &["evidence", "verify", "log", "--key", "log/key.pub"]);
    assert!(exit == Some(0) && text.contains("1 payload is erased, as the log itself says"), "{text}");
    run(home.path(), &["evidence", "retain", "log", "assessment=0"]);
    scan(home.path(), &[]);
    std::thread::sleep(std::time::Duration::from_millis(20));
    let (exit, said, _) = run(home.path(), &["evidence", "erase", "log", "--due"]);
    assert!(exit == Some(0) && said.starts_with("Erased what 1 entry said; entry 4 says so."), "{said}");
    let (_, said, _) = run(home.path(), &["evidence", "erase", "log", "--due"]);
    assert_eq!(said, "Nothing is due.\n");
}

#[test]
fn a_witness_signs_what_goes_on_and_nothing_else() {
    let home = recorded();
    let sign = |log: &str| {
        let arguments = [
            "evidence",
            "witness",
            log,
            "--key",
            "log/key.pub",
            "--private-key",
            "w.key",
            "--name",
            "auditor.example/w",
        ];
        run(home.path(), &arguments)
    };
    std::process::Command::new("cp").args(["-a", "log", "before"]).current_dir(home.path()).status().unwrap();
    scan(home.path(), &[]);
    let (exit, said, _) = sign("log");
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.starts_with("auditor.example/w has signed 2 entries of cloister-log/"), "{said}");
    let (exit, said, _) = sign("before");
    assert!(exit == Some(1) && said.contains("the log was cut"), "{said}");
    let verify = ["evidence", "verify", "log", "--key", "log/key.pub", "--witness", "w.pub"];
    let (exit, text, _) = run(home.path(), &verify);
    assert!(exit == Some(0) && text.contains("auditor.example/w has seen 2 entries at "), "{text}");
}

/// A person reads it at 80 columns; times, hashes and folders are those of the run.
#[test]
fn a_person_reads_it() {
    let home = folder(&[("k8s/pod.yaml", POD), ("my.key", KEY)]);
    fs::set_permissions(home.path().join("my.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let mut told = String::new();
    let mut tell = |arguments: &[&str]| {
        let (exit, out, errors) = run(home.path(), arguments);
        told += &format!("$ cloister {}\n{errors}{out}exit {}\n\n", arguments.join(" "), exit.unwrap());
    };
    let key = ["--private-key", "my.key"];
    tell(&["scan", "k8s", "--record", "log", "--record-key", "my.key", "--output", "json=report.json"]);
    tell(&[&["evidence", "retain", "log", "assessment=1095"][..], &key].concat());
    tell(&["evidence", "list", "log"]);
    tell(&["evidence", "verify", "log", "--key", "log/key.pub"]);
    tell(
        &[&["evidence", "export", "log", "--from", "2026-01-01", "--to", "2199-12-31", "-o", "bundle"][..], &key]
            .concat(),
    );
    tell(&["evidence", "verify", "bundle", "--key", "log/key.pub"]);
    fs::write(home.path().join("bundle/report.html"), "changed").unwrap();
    tell(&["evidence", "verify", "bundle", "--key", "log/key.pub"]);
    assert!(told.lines().filter(|line| !line.starts_with('$')).all(|line| line.chars().count() <= 80), "{told}");
    // With PDF there is a report.pdf more.
    assert_eq!(home.path().join("bundle/report.pdf").exists(), cfg!(feature = "pdf"));
    let told = if cfg!(feature = "pdf") { told.replace("in bundle: 11\n", "in bundle: 10\n") } else { told };
    insta::assert_snapshot!("evidence", without_times(&told));
}

/// `TIME` for each moment.
fn without_times(text: &str) -> String {
    const FORM: &[u8] = b"0000-00-00 00:00:00";
    let (bytes, mut told, mut at) = (text.as_bytes(), Vec::new(), 0);
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        b' ' => matches!(byte, b' ' | b'T'),
        form => byte == form,
    };
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.len() < FORM.len() || !rest.iter().zip(FORM).all(fits) {
            told.push(bytes[at]);
            at += 1;
            continue;
        }
        told.extend(b"TIME");
        at += FORM.len();
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        at += usize::from(bytes.get(at) == Some(&b'Z'));
    }
    String::from_utf8(told).unwrap()
}
