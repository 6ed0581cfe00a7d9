//! A live interface, in a network namespace of the test's own: what is seen, which rights are left, and what is said when
//! the interface goes away. Needs root and iproute2; says so where they are missing.

#![cfg(feature = "libpcap")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::process::{Child, ChildStdout, Command, Stdio};

use cloister_capture::{Reader, Reason, Record};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cloister-capture");

/// A namespace with a pair of interfaces, `left` and `right`, that goes away in the end.
struct Namespace(String);

impl Namespace {
    fn create(name: &str) -> Option<Namespace> {
        let namespace = Namespace(format!("cloister-capture-{name}-{}", std::process::id()));
        let made = Command::new("ip").args(["netns", "add", &namespace.0]).stderr(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: no right to make network namespaces, or no iproute2");
            return None;
        }
        namespace.ip("link add left type veth peer name right");
        namespace.ip("link set left up");
        namespace.ip("link set right up");
        namespace.ip("address add 192.0.2.1/24 dev left");
        namespace.ip("neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev left nud permanent");
        Some(namespace)
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

    /// Sends datagrams to nobody, from a shell of its own.
    fn send(&self, text: &str) {
        let script = format!("exec 3>/dev/udp/192.0.2.2/9; printf '{text}' >&3");
        assert!(self.run("bash", &["-c", &script]).status().unwrap().success());
    }

    fn capture(&self, arguments: &[&str]) -> (Child, Reader<ChildStdout>) {
        let mut child = self.run(PROGRAM, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let reader = Reader::new(child.stdout.take().unwrap()).unwrap();
        (child, reader)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "delete", &self.0]).stderr(Stdio::null()).status();
    }
}

/// Reads up to a frame that ends so.
fn wait_for(reader: &mut Reader<ChildStdout>, text: &str) {
    loop {
        match reader.read().unwrap().unwrap() {
            Record::Frame { bytes, .. } if bytes.ends_with(text.as_bytes()) => return,
            Record::End { reason, text } => panic!("{reason:?}: {text}"),
            _ => {}
        }
    }
}

#[test]
fn it_sees_what_passes_and_keeps_no_right() {
    let Some(namespace) = Namespace::create("rights") else { return };
    let (mut child, mut reader) = namespace.capture(&["--interface", "right", "--filter", "udp port 9"]);
    namespace.send("something to see");
    wait_for(&mut reader, "something to see");
    // `ip netns exec` became the program itself.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"] {
        assert_eq!(field(set), ["0000000000000000"], "{set}");
    }
    assert_eq!((field("NoNewPrivs:"), field("Seccomp:")), (vec!["1".to_owned()], vec!["2".to_owned()]));
    assert_eq!(field("Uid:"), ["65534"; 4]);
    assert_eq!(field("Gid:"), ["65534"; 4]);
    assert!(field("Groups:").is_empty());
    assert_eq!(field("CoreDumping:"), ["0"]);
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    // Statistics come though nothing else does.
    loop {
        if let Record::Statistics(counted) = reader.read().unwrap().unwrap() {
            assert!(counted.received >= 1);
            break;
        }
    }
    drop(reader);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_interface_that_goes_away_is_named() {
    let Some(namespace) = Namespace::create("vanish") else { return };
    let (mut child, mut reader) = namespace.capture(&["--interface", "right"]);
    namespace.send("before it goes");
    wait_for(&mut reader, "before it goes");
    namespace.ip("link delete left");
    let (reason, text) = loop {
        if let Record::End { reason, text } = reader.read().unwrap().unwrap() {
            break (reason, text.to_owned());
        }
    };
    assert!(reason == Reason::Broken && text.contains("right"), "{reason:?}: {text}");
    assert_eq!(child.wait().unwrap().code(), Some(5));
}

#[test]
fn a_missing_right_is_named_with_the_way_out() {
    let Some(namespace) = Namespace::create("refused") else { return };
    let mut command = namespace.run("setpriv", &["--bounding-set", "-net_raw", "--inh-caps", "-net_raw", PROGRAM]);
    let output = command.args(["--interface", "right"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("CAP_NET_RAW"), "{text}");
}
