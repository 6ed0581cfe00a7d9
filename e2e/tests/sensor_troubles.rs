//! A sensor whose surroundings fail: interfaces that go away, rights that are missing, a capture that hangs. Each is named,
//! and none is a crash.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that runs programs"
)]

mod support;

use std::fs::{self, File};
use std::process::{Child, Command, Output, Stdio};

use cloister_e2e::wait_for;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use support::{PATIENCE, free_port, get, program};

/// A network namespace with a pair of interfaces, `left` and `right`, that goes away in the end.
struct Namespace(String);

impl Namespace {
    fn create(name: &str) -> Namespace {
        let namespace = Namespace(format!("cloister-sensor-{name}-{}", std::process::id()));
        assert!(Command::new("ip").args(["netns", "add", &namespace.0]).status().unwrap().success(), "this needs root");
        namespace.ip("link add left type veth peer name right");
        namespace.ip("link set lo up");
        namespace.ip("link set left up");
        namespace.ip("link set right up");
        namespace.ip("address add 192.0.2.1/24 dev left");
        namespace.ip("neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev left nud permanent");
        namespace
    }

    fn ip(&self, arguments: &str) {
        let status = Command::new("ip").args(["-n", &self.0]).args(arguments.split(' ')).status().unwrap();
        assert!(status.success(), "ip {arguments}");
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0, program]).args(arguments);
        command
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "delete", &self.0]).stderr(Stdio::null()).status();
    }
}

/// A process that is stopped when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sensor() -> String {
    program("cloister-sensor").to_str().unwrap().to_owned()
}

fn told(output: Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn an_interface_that_goes_away_is_named_and_what_was_found_is_told() {
    let namespace = Namespace::create("vanish");
    let folder = tempfile::tempdir().unwrap();
    let [findings, errors] = ["findings", "errors"].map(|name| folder.path().join(name));
    let metrics = "127.0.0.1:9464";
    let arguments = ["--interface", "right", "--metrics", metrics, "--findings", findings.to_str().unwrap()];
    let mut command = namespace.run(&sensor(), &arguments);
    let mut running = Running(command.stderr(File::create(&errors).unwrap()).spawn().unwrap());
    let said = || fs::read_to_string(&errors).unwrap();
    // Tells somebody who is not there, again and again, until it was seen.
    let tell = "exec 3>/dev/udp/192.0.2.2/514; printf 'patient=wilhelmine&iban=DE68370400440077001122\n' >&3";
    let seen = wait_for("what is told", PATIENCE, || {
        assert!(namespace.run("bash", &["-c", tell]).status().unwrap().success());
        let numbers = namespace.run("curl", &["--silent", &format!("http://{metrics}/metrics")]).output().unwrap();
        String::from_utf8_lossy(&numbers.stdout).contains("messages_total{protocol=\"unknown\"}").then_some(())
    });
    seen.unwrap_or_else(|error| panic!("{error:#}: {}", said()));
    namespace.ip("link delete left");
    let status = wait_for("the end", PATIENCE, || running.0.try_wait().unwrap()).unwrap();
    assert_eq!(status.code(), Some(1), "{}", said());
    assert!(said().contains("interface right"), "{}", said());
    // What was still open is told in the end.
    let text = fs::read_to_string(&findings).unwrap();
    let found: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(found["category"], "bank-details");
    assert!(!text.contains("77001122"), "{text}");
}

#[test]
fn what_is_missing_is_named_with_the_way_out() {
    let namespace = Namespace::create("missing");
    let no_right = ["--bounding-set", "-net_raw", "--inh-caps", "-net_raw", &sensor(), "--interface", "right"];
    let (code, text) = told(namespace.run("setpriv", &no_right).output().unwrap());
    assert!(code == Some(2) && text.contains("CAP_NET_RAW"), "{code:?} {text}");
    for (arguments, part) in [
        (&["--interface", "none-such0"][..], "none-such0"),
        (&["--interface", "right", "--filter", "no such words"], "right"),
        (&["--interface", "right", "--capture", "/nowhere"], "/nowhere"),
        (&["--interface", "right", "--watch"], "--kubeconfig"),
        (&["--interface", "right", "--watch", "--kubeconfig", "/nowhere"], "/nowhere"),
        (&["--interface", "right", "--metrics", "192.0.2.77:1"], "192.0.2.77:1"),
        (&["--interface", "right", "--findings", "/nowhere/findings"], "/nowhere/findings"),
    ] {
        let (code, text) = told(namespace.run(&sensor(), arguments).output().unwrap());
        assert!(code == Some(2) && text.contains(part), "{arguments:?}: {code:?} {text}");
    }
}

#[test]
fn a_capture_that_hangs_is_seen_from_outside() {
    let metrics = format!("127.0.0.1:{}", free_port());
    let mut command = Command::new(program("cloister-sensor"));
    command.args([
        "--interface",
        "lo",
        "--filter",
        "net 127.78.0.0/16",
        "--metrics",
        &metrics,
        "--findings",
        "/dev/null",
    ]);
    let running = Running(command.spawn().unwrap());
    let health = |status: &str| {
        let answer = get(metrics.parse().unwrap(), "/healthz").unwrap_or_default();
        answer.starts_with(&format!("HTTP/1.1 {status}")).then_some(())
    };
    wait_for("a sensor that is well", PATIENCE, || health("200")).unwrap();
    let id = running.0.id();
    let child = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    let capture = Pid::from_raw(child.trim().parse().unwrap());
    kill(capture, Signal::SIGSTOP).unwrap();
    wait_for("a sensor that is not well", PATIENCE, || health("503")).unwrap();
    kill(capture, Signal::SIGCONT).unwrap();
    wait_for("a sensor that is well again", PATIENCE, || health("200")).unwrap();
}
