//! Private by design: planted values pass through every protocol and many ways to fail, and then all that has left the sensor
//! is searched for them, crashes included. The values are made up.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that runs programs"
)]

#[path = "support/planted.rs"]
mod planted;
mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use cloister_e2e::{ControlPlane, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use planted::{Turn, conversations, needles, people};
use serde_json::json;
use support::{
    CLIENT, PATIENCE, POLICIES, SERVER, Sensor, Talk, add_pod, connect, get, iban, in_force, plane, policy,
    proc_status, root,
};

/// Who has no rights: what the sensor becomes.
const NOBODY: u32 = 65_534;

fn clinic() -> ControlPlane {
    let plane = plane();
    plane.kubectl().unwrap().apply(&support::deploy().join("sensor.yaml")).unwrap();
    plane.create_namespace("clinic", &[]).unwrap();
    add_pod(&plane, "web", CLIENT);
    add_pod(&plane, "api", SERVER);
    for (name, spec) in
        [("everything", json!({})), ("block", json!({ "action": "block", "categories": [{ "category": "health" }] }))]
    {
        plane.api().post(POLICIES, &policy(name, &spec)).unwrap().success().unwrap();
    }
    plane
}

/// Two ends say what they have to say, over real sockets; the last turn may be left open.
fn play(listener: &TcpListener, turns: &[Turn]) {
    let (mut client, mut server) = connect(listener);
    for (of_client, said) in turns {
        let (from, to) = if *of_client { (&mut client, &mut server) } else { (&mut server, &mut client) };
        from.write_all(said).unwrap();
        to.read_exact(&mut vec![0; said.len()]).unwrap();
    }
}

/// A question and an answer of DNS with a name that says too much.
fn ask_for_a_name() {
    let server = UdpSocket::bind((SERVER, 53)).unwrap();
    let client = UdpSocket::bind((CLIENT, 0)).unwrap();
    let labels: Vec<u8> = [iban(planted::ACCOUNT).as_str(), "wilhelmine-quendelmoor", "example"]
        .iter()
        .flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat())
        .collect();
    let question = [&labels[..], &[0, 0, 1, 0, 1]].concat();
    let asked = [&[1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], &question[..]].concat();
    let told = [
        &[1, 2, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
        &question[..],
        &[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 7],
    ]
    .concat();
    client.send_to(&asked, server.local_addr().unwrap()).unwrap();
    server.send_to(&told, client.local_addr().unwrap()).unwrap();
}

/// Takes what is forwarded, and acknowledges nothing: all of it comes several times.
fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, taken) = (listener.local_addr().unwrap().to_string(), Arc::new(Mutex::new(Vec::new())));
    let into = Arc::clone(&taken);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut piece = [0; 4096];
            while let Ok(read @ 1..) = stream.read(&mut piece) {
                into.lock().unwrap().extend_from_slice(&piece[..read]);
            }
        }
    });
    (address, taken)
}

/// Every file below a folder: its path and what is in it.
fn files(folder: &Path, into: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        into.extend_from_slice(entry.path().to_string_lossy().as_bytes());
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), into);
        } else {
            into.extend(fs::read(entry.path()).unwrap_or_default());
        }
    }
}

/// Fails where one of the planted values is in what has left the sensor; says where, not only that.
fn nothing_in(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    // Also as it would stand in groups.
    let joined: String = text.chars().filter(|it| !matches!(it, ' ' | '-' | '.')).collect();
    for needle in needles().iter().chain(&people()) {
        let at = text.find(needle.as_str()).map(|at| (&text, at));
        let at = at.or_else(|| joined.find(needle.as_str()).map(|at| (&joined, at)));
        if let Some((text, at)) = at {
            let around: String = text.chars().skip(text[..at].chars().count().saturating_sub(200)).take(400).collect();
            panic!("{needle} stands in {what}: {around}");
        }
    }
}

/// All that there is of a sensor: its files, its numbers, and what the API server was told.
fn search(plane: &ControlPlane, sensor: &Sensor) {
    let mut all = Vec::new();
    files(sensor.folder.path(), &mut all);
    nothing_in("a file of the sensor", &all);
    if let Ok(numbers) = get(sensor.metrics, "/metrics") {
        nothing_in("metrics", numbers.as_bytes());
    }
    nothing_in("a policy", plane.api().get(POLICIES).unwrap().body.as_bytes());
    nothing_in("the API server's log", &fs::read(plane.audit_log()).unwrap());
}

#[test]
fn planted_values_leave_by_no_way() {
    let plane = clinic();
    let (address, forwarded) = collector();
    let sensor = Sensor::start(&plane, "here", plane.url(), &["--forward", &address]);
    in_force(&plane, &sensor, "everything", 1, 1);

    let listener = TcpListener::bind((SERVER, 0)).unwrap();
    let all = conversations();
    assert!(all.len() > 100, "{}", all.len());
    for (_, turns) in &all {
        play(&listener, turns);
    }
    ask_for_a_name();
    // What comes after all that was read after all that.
    let mut last = Talk::new();
    let port = last.port();
    last.until(&sensor, "the end", |it| it["port"] == port);
    let numbers = sensor.numbers();
    for protocol in
        ["http1", "http2", "websocket", "postgresql", "mysql", "redis", "mongodb", "kafka", "amqp", "smtp", "tls"]
    {
        assert!(numbers.contains(&format!("protocol=\"{protocol}\"")), "no {protocol} was read: {numbers}");
    }
    assert!(numbers.contains("cloister_sensor_troubles_total{"), "nothing has failed: {numbers}");
    let kinds: Vec<String> = sensor.findings().iter().map(|it| it["finding"].to_string()).collect();
    for kind in ["personal-data-in-the-clear", "credentials-in-the-clear", "personal-data-in-url"] {
        assert!(kinds.iter().any(|it| it.contains(kind)), "{kind} was not found: {kinds:?}");
    }
    sensor.wait("findings in a status", || {
        (support::status(&plane, "everything")["findings"].as_i64() > Some(3)).then_some(())
    });

    // Asked to end, it ends well, and has written what it saw.
    signal(&sensor, Signal::SIGTERM);
    let mut sensor = sensor;
    assert_eq!(ended(&mut sensor).code(), Some(0), "{}", sensor.told("errors"));
    assert!(sensor.told("flows").contains("clinic/api[Pod]"), "{}", sensor.told("flows"));
    search(&plane, &sensor);
    let forwarded = forwarded.lock().unwrap().clone();
    assert!(forwarded.len() > 1_000, "{} bytes were forwarded", forwarded.len());
    nothing_in("what was forwarded", &forwarded);
}

fn signal(sensor: &Sensor, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(sensor.id()).unwrap()), signal).unwrap();
}

/// Waits for its end. A signal that comes from elsewhere, and not from a fault, may have to be sent twice.
fn ended(sensor: &mut Sensor) -> ExitStatus {
    wait_for("the end of the sensor", PATIENCE, || sensor.child.try_wait().unwrap()).unwrap()
}

/// A sensor whose memory is full of values: conversations that are not over.
fn filled(plane: &ControlPlane) -> (Sensor, Vec<(std::net::TcpStream, std::net::TcpStream)>) {
    let sensor = Sensor::start(plane, "here", plane.url(), &[]);
    in_force(plane, &sensor, "everything", 1, 1);
    let listener = TcpListener::bind((SERVER, 0)).unwrap();
    let open = conversations().into_iter().map(|(_, turns)| {
        let (mut client, mut server) = connect(&listener);
        let (of_client, said) = &turns[0];
        let from = if *of_client { &mut client } else { &mut server };
        from.write_all(&said[..said.len() - 1]).unwrap();
        (client, server)
    });
    let open = open.collect();
    Talk::new().until(&sensor, "a finding", |_| true);
    (sensor, open)
}

#[test]
fn nobody_reads_its_memory_and_no_crash_leaves_any() {
    let plane = clinic();
    let (mut sensor, _open) = filled(&plane);
    let id = sensor.id();
    let captures = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    let capture: u32 = captures.trim().parse().unwrap();
    for id in [id, capture] {
        assert_eq!(proc_status(id, "Uid").split_whitespace().next(), Some("65534"));
        assert_eq!((proc_status(id, "CapEff"), proc_status(id, "CapPrm")), ("0".repeat(16), "0".repeat(16)));
        assert_eq!((proc_status(id, "NoNewPrivs"), proc_status(id, "Seccomp")), ("1".to_owned(), "2".to_owned()));
        let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
        for file in ["mem", "maps", "environ"] {
            assert!(!nobody_reads(id, file), "others of its user read {file} of {id}");
        }
    }
    // Another process of that user can be read: it is the sensor that cannot.
    let mut other = Command::new("sleep").arg("1000").uid(NOBODY).gid(NOBODY).spawn().unwrap();
    assert!(nobody_reads(other.id(), "environ"));
    other.kill().unwrap();
    other.wait().unwrap();

    // The capture crashes: the sensor names it, and tells what it had found.
    kill(Pid::from_raw(i32::try_from(capture).unwrap()), Signal::SIGABRT).unwrap();
    assert_eq!(ended(&mut sensor).code(), Some(2));
    assert!(sensor.told("errors").contains("killed, or has crashed"), "{}", sensor.told("errors"));
    search(&plane, &sensor);
    for fault in [Signal::SIGABRT, Signal::SIGSEGV, Signal::SIGBUS] {
        let (mut sensor, _open) = filled(&plane);
        signal(&sensor, fault);
        // A handler that finds no fault of its own takes itself away, and lets the next one through.
        let status = wait_for("the crash", PATIENCE, || {
            let ended = sensor.child.try_wait().unwrap();
            if ended.is_none() {
                signal(&sensor, fault);
            }
            ended
        });
        let status = status.unwrap();
        assert!(status.signal() == Some(fault as i32) && !status.core_dumped(), "{fault}: {status}");
        search(&plane, &sensor);
    }
    // That a core would have been written of another program here is what makes this a test.
    let folder = tempfile::tempdir().unwrap();
    let script = "ulimit -c $(ulimit -H -c); kill -ABRT $$";
    let status =
        Command::new("sh").args(["-c", script]).current_dir(folder.path()).stderr(Stdio::null()).status().unwrap();
    println!("another program that is aborted here leaves a core: {}", status.core_dumped());
}

/// Whether a process of the sensor's user may read something of another.
fn nobody_reads(id: u32, file: &str) -> bool {
    let mut command = Command::new("head");
    command.args(["-c", "1", &format!("/proc/{id}/{file}")]).uid(NOBODY).gid(NOBODY);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
}
