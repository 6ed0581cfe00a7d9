//! The program: it starts, says where it listens, and says what is wrong.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

const POLICY: &str =
    "apiVersion: cloister.dev/v1alpha1\nkind: DlpPolicy\nmetadata: {name: gate}\nspec: {action: block}\n";

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloister-extproc"));
    command.stdin(Stdio::null());
    command
}

#[test]
fn it_listens_on_a_socket_and_leaves_none_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, socket) = (folder.path().join("policy.yaml"), folder.path().join("extproc.sock"));
    std::fs::write(&policy, POLICY).unwrap();
    let listen = format!("unix:{}", socket.display());
    let mut child =
        program().args(["--listen", &listen, "--from"]).arg(&policy).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), format!("listening on {listen}"));
    UnixStream::connect(&socket).unwrap();
    let id = i32::try_from(child.id()).unwrap();
    let ended = Command::new("kill").arg(id.to_string()).status().unwrap();
    assert!(ended.success() && child.wait().unwrap().success());
    assert!(!socket.exists());
}

#[test]
fn without_a_policy_to_go_by_it_says_so() {
    let output = program().args(["--from", "no/such/place"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no/such/place") && said.contains("there is no policy to go by"), "{said}");
}
