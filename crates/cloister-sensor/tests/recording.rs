//! The sensor over a recording: what it writes, what it forwards, and what it never says.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

#[path = "../../cloister-dpi/tests/support/mod.rs"]
mod packets;
#[path = "../../cloister-dlp/tests/support/manifests.rs"]
mod pods;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use packets::{Says, connection, end, iban, json_response, pcap};
use serde_json::Value;

/// A folder with a recording of twenty leaks, and the addresses of pods.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut frames = Vec::new();
    for number in 0..20 {
        let answer = json_response(&format!("{{\"iban\": \"{}\", \"password\": \"hunter2hunter2\"}}", iban(number)));
        frames.extend(connection(
            end("10.244.0.9", 40_000 + number as u16),
            end("10.244.0.5", 8080),
            &[(Says::Client, b"GET /v1/accounts HTTP/1.1\r\nHost: api\r\n\r\n"), (Says::Server, &answer)],
        ));
    }
    fs::write(folder.path().join("leak.pcap"), pcap(&frames)).unwrap();
    fs::write(folder.path().join("pods.yaml"), pods::pods()).unwrap();
    folder
}

fn sensor(folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloister-sensor"));
    command.current_dir(folder.path()).args(["--recording", "leak.pcap", "--inventory", "pods.yaml"]);
    command.arg(pods::root().join("examples/clinic")).stdin(Stdio::null());
    command
}

#[test]
fn a_recording_becomes_findings_and_flows() {
    let folder = folder();
    let output = sensor(&folder).args(["--flows", "flows.jsonl"]).output().unwrap();
    let (told, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let crossed = lines.iter().find(|it| it["finding"] == "purpose-crossed").unwrap();
    assert_eq!((&crossed["values"], &crossed["distinct"], &crossed["messages"]), (&20.into(), &20.into(), &20.into()));
    let flows = fs::read_to_string(folder.path().join("flows.jsonl")).unwrap();
    assert_eq!(
        flows,
        "{\"source\":\"analytics/collector[Deployment]\",\"destination\":\"clinic/api[Deployment]\",\
         \"protocol\":\"TCP\",\"port\":8080,\"count\":20}\n"
    );
    let all = told + &errors + &flows;
    assert!(!all.contains("hunter2") && (0..20).all(|number| !all.contains(&iban(number))), "{all}");
}

/// What Fluentd would have got: one message, acknowledged with its own word.
fn take(listener: &TcpListener) -> (String, Vec<(i64, Value)>) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut got = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "it ended early");
        got.extend_from_slice(&piece[..read]);
        let Ok((tag, entries, options)) = rmp_serde::from_slice::<(String, Vec<(i64, Value)>, Value)>(&got) else {
            continue;
        };
        assert_eq!(options["size"], entries.len());
        let answer = rmp_serde::to_vec_named(&serde_json::json!({ "ack": options["chunk"] })).unwrap();
        stream.write_all(&answer).unwrap();
        return (tag, entries);
    }
}

#[test]
fn findings_are_forwarded_as_fluentd_reads_them() {
    let folder = folder();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let child =
        sensor(&folder).args(["--findings", "/dev/null", "--tag", "here", "--forward", &address]).spawn().unwrap();
    let (tag, entries) = take(&listener);
    assert_eq!(tag, "here");
    assert!(
        entries.iter().any(|(time, it)| *time >= 1_790_000_000 && it["finding"] == "purpose-crossed"),
        "{entries:?}"
    );
    assert!(!format!("{entries:?}").contains("hunter2"));
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn what_cannot_begin_is_told() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        let output = sensor(&folder).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, errors) = run(&["--policy", "nowhere.yaml"]);
    assert!(code == Some(0) && errors.contains("nowhere.yaml"), "{errors}");
    fs::write(folder.path().join("leak.pcap"), "no recording").unwrap();
    let (code, errors) = run(&[]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("this is neither a pcap nor a pcapng file"), "{errors}");
}

#[test]
fn a_recording_that_is_cut_short_or_broken_is_read_up_to_there_and_named() {
    let folder = folder();
    let path = folder.path().join("leak.pcap");
    let whole = fs::read(&path).unwrap();
    let run = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let output = sensor(&folder).output().unwrap();
        let (told, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        (output.status.code(), told.contains("personal-data-in-the-clear"), errors)
    };
    // In the last packet, anywhere.
    for cut in [1, 8, 20, 40, 60] {
        let (code, found, errors) = run(&whole[..whole.len() - cut]);
        assert!(code == Some(1) && found && errors.contains("cut short"), "{cut}: {code:?} {errors}");
    }
    // In the head of the file.
    for length in [0, 3, 23] {
        let (code, found, errors) = run(&whole[..length]);
        assert!(
            matches!(code, Some(1 | 2)) && !found && errors.contains("recording") | errors.contains("pcap"),
            "{length}: {code:?} {errors}"
        );
    }
    // A packet that says that it is longer than the file.
    let mut lying = whole.clone();
    lying[32..36].copy_from_slice(&[0xff; 4]);
    let (code, found, errors) = run(&lying);
    assert!(code == Some(1) && !found && errors.contains("recording is"), "{code:?} {errors}");
    // A kind of link that nobody reads.
    let mut foreign = whole;
    foreign[20] = 147;
    let (code, found, errors) = run(&foreign);
    assert!(code == Some(2) && !found && errors.contains("link"), "{code:?} {errors}");
}

#[test]
fn nobody_to_read_it_is_no_reason_to_crash() {
    let folder = folder();
    let output = sensor(&folder).args(["--findings", "/dev/full", "--flows", "/dev/full"]).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert!(errors.contains("\"findings\" is lost") && errors.contains("\"flows\" is lost"), "{errors}");
    // Neither findings nor what is wrong can be said.
    fs::write(folder.path().join("pods.yaml"), "{").unwrap();
    let mut child = sensor(&folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
