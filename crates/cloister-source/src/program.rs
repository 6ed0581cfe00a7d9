//! The user's own programs: found on the path, bounded in time, heard in full.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use wait_timeout::ChildExt;

/// How long a renderer may take.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// How a program ended.
#[derive(Debug)]
pub enum Ended {
    /// It succeeded; this is what it wrote.
    Output(Vec<u8>),
    /// It failed; this is what it said.
    Failed(String),
    /// It was still running when its time was over, and was stopped.
    TimedOut,
    /// There is no such program.
    Missing,
}

/// A renderer opens no connection: what it fetches by HTTP goes to a port that
/// nobody listens on (9, "discard"), and git is allowed no transport.
const OFFLINE: [(&str, &str); 8] = [
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("ALL_PROXY", "http://127.0.0.1:9"),
    ("http_proxy", "http://127.0.0.1:9"),
    ("https_proxy", "http://127.0.0.1:9"),
    ("NO_PROXY", ""),
    ("no_proxy", ""),
    ("GIT_ALLOW_PROTOCOL", "none"),
];

/// More output than this is no rendered chart: 256 MiB.
const MAX_OUTPUT: u64 = 256 << 20;
/// What is said beyond this is not heard: 1 MiB.
const MAX_SAID: u64 = 1 << 20;
/// How long the pipes of a program that has ended may stay open: what it started may hold them.
const CLOSING: Duration = Duration::from_secs(5);

/// Runs a program without input.
pub fn run(program: &Path, arguments: &[&str]) -> Ended {
    let command = Command::new(program)
        .args(arguments)
        .envs(OFFLINE)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    ended(command, TIMEOUT)
}

/// How a program ended that was just started, if it was.
pub fn ended(started: std::io::Result<Child>, timeout: Duration) -> Ended {
    match started {
        Ok(child) => wait(child, timeout),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ended::Missing,
        Err(error) => Ended::Failed(error.to_string()),
    }
}

fn wait(mut child: Child, timeout: Duration) -> Ended {
    // Both pipes are drained while the program runs, so that it never blocks on us.
    let output = child.stdout.take().map(|pipe| drain(pipe, MAX_OUTPUT));
    let errors = child.stderr.take().map(|pipe| drain(pipe, MAX_SAID));
    let status = match child.wait_timeout(timeout) {
        Ok(Some(status)) => status,
        Ok(None) => {
            // Already gone is as good as killed.
            let _ = child.kill();
            let _ = child.wait();
            return Ended::TimedOut;
        }
        Err(error) => return Ended::Failed(error.to_string()),
    };
    let collect = |pipe: Option<Receiver<Vec<u8>>>| pipe.and_then(|pipe| pipe.recv_timeout(CLOSING).ok());
    if !status.success() {
        return Ended::Failed(String::from_utf8_lossy(&collect(errors).unwrap_or_default()).trim().to_owned());
    }
    match collect(output) {
        Some(output) if output.len() as u64 <= MAX_OUTPUT => Ended::Output(output),
        Some(_) => Ended::Failed(format!("it wrote more than {} MiB", MAX_OUTPUT >> 20)),
        None => Ended::Failed("it ended, and what it started still writes".to_owned()),
    }
}

/// Reads a pipe to its end; keeps what fits in `longest` and a byte more, to tell.
fn drain(pipe: impl Read + Send + 'static, longest: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut pipe = pipe;
        // What was read before an error still counts.
        let _ = (&mut pipe).take(longest + 1).read_to_end(&mut bytes);
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        // Nobody listens any more when it took too long.
        let _ = sender.send(bytes);
    });
    receiver
}

/// The line that says it best: the last one that says anything, bounded in length.
pub fn last_line(said: &str) -> String {
    let line = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    line.trim().trim_start_matches("Error: ").trim_start_matches("error: ").chars().take(300).collect()
}

/// A path as an argument that no program takes for an option.
pub fn argument(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.starts_with('-') { format!("./{text}") } else { text.into_owned() }
}
