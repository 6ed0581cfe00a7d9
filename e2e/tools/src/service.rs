//! Child processes with a log file and a deadline, stopped by their id when dropped.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long a program may take to end after SIGTERM before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// How often a condition that only an outside program can bring about is looked at.
const POLL: Duration = Duration::from_millis(50);
/// How much of a log is shown when its program fails.
const LOG_TAIL: usize = 4_000;

/// A running program of ours.
pub struct Service {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Starts `command` with its output in `folder/NAME.log`.
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output = File::create(&log).with_context(|| format!("failed to create {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().context("failed to share a log file")?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("failed to start {name}"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Waits until `ready` holds.
    ///
    /// Fails with the end of the log when the program ends first or `limit` passes.
    pub fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !ready() {
            if let Some(status) = self.child.try_wait().context("failed to watch a process")? {
                bail!("{} ended with {status}:\n{}", self.name, self.log_tail());
            }
            if Instant::now() > deadline {
                bail!("{} was not ready after {} s:\n{}", self.name, limit.as_secs(), self.log_tail());
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the program has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The end of what the program wrote.
    pub fn log_tail(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let start = text.len().saturating_sub(LOG_TAIL);
        String::from_utf8_lossy(text.get(start..).unwrap_or_default()).into_owned()
    }

    fn terminate(&mut self) {
        let Ok(id) = i32::try_from(self.child.id()) else { return };
        // A process that already ended is what we want.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(POLL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.terminate();
    }
}

/// Waits until `ready` gives a value, looking again and again, for at most `limit`.
///
/// # Errors
/// The time passed; `what` names the thing waited for.
pub fn wait_for<T>(what: &str, limit: Duration, mut ready: impl FnMut() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = ready() {
            return Ok(value);
        }
        if Instant::now() > deadline {
            bail!("{what} was not there after {} s", limit.as_secs());
        }
        thread::sleep(POLL);
    }
}

/// Runs a program to its end and gives its standard output.
///
/// # Errors
/// It could not be started or failed; its standard error is in the message.
pub fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("failed to run {name}"))?;
    if !output.status.success() {
        let arguments: Vec<_> = command.get_args().map(|value| value.to_string_lossy()).collect();
        bail!("{name} {} failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{name} wrote bytes that are not UTF-8"))
}

/// As many different free loopback ports as asked for.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    // All are held at once, so that no port is given twice.
    let mut listeners = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("failed to find a free port")?;
        *port = listener.local_addr().context("failed to read a port")?.port();
        listeners.push(listener);
    }
    Ok(ports)
}
