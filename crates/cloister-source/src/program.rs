//! The user's own programs: found on the path, bounded in time, heard in full.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
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
    /// It was still running after [`TIMEOUT`], and was stopped.
    TimedOut,
    /// There is no such program.
    Missing,
}

/// Runs a program without input.
pub fn run(program: &Path, arguments: &[&str]) -> Ended {
    let command = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    match command {
        Ok(child) => wait(child),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ended::Missing,
        Err(error) => Ended::Failed(error.to_string()),
    }
}

fn wait(mut child: Child) -> Ended {
    // Both pipes are drained while the program runs, so that it never blocks on us.
    let output = child.stdout.take().map(drain);
    let errors = child.stderr.take().map(drain);
    let status = match child.wait_timeout(TIMEOUT) {
        Ok(Some(status)) => status,
        Ok(None) => {
            // Already gone is as good as killed.
            let _ = child.kill();
            let _ = child.wait();
            return Ended::TimedOut;
        }
        Err(error) => return Ended::Failed(error.to_string()),
    };
    let collect =
        |pipe: Option<thread::JoinHandle<Vec<u8>>>| pipe.and_then(|pipe| pipe.join().ok()).unwrap_or_default();
    let (output, errors) = (collect(output), collect(errors));
    if status.success() {
        Ended::Output(output)
    } else {
        Ended::Failed(String::from_utf8_lossy(&errors).trim().to_owned())
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error still counts.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
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
