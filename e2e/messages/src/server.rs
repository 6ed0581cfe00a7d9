//! Servers that are started for a test, each in a folder of its own and for its own user.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};
use tempfile::TempDir;

/// A server that runs until this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: TempDir,
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to find a free port")?;
    Ok(listener.local_addr().context("a listener has no address")?.port())
}

/// A folder that belongs to a user.
pub(crate) fn folder(user: &str) -> Result<TempDir> {
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    let user = user_of(user)?;
    chown(folder.path(), Some(user.uid.as_raw()), Some(user.gid.as_raw())).context("failed to give the folder away")?;
    Ok(folder)
}

fn user_of(name: &str) -> Result<User> {
    let user = User::from_name(name).context("failed to read users")?;
    user.with_context(|| format!("there is no user {name}: is its package installed?"))
}

/// A command as another user.
pub(crate) fn command(user: &str, program: &str, folder: &Path) -> Result<Command> {
    let user = user_of(user)?;
    let mut command = Command::new(program);
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).current_dir(folder).stdin(Stdio::null());
    command.env("HOME", folder);
    Ok(command)
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("failed to run {}", command.get_program().display()))?;
    if !output.status.success() {
        bail!("{} failed: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

impl Server {
    /// Starts a server and waits until it takes connections.
    pub(crate) fn start(mut command: Command, port: u16, folder: TempDir) -> Result<Server> {
        let log = fs::File::create(folder.path().join("log")).context("failed to make a log")?;
        let error = log.try_clone().context("failed to share the log")?;
        // A group of its own, so that what it starts ends with it.
        command.process_group(0).stdout(log).stderr(error);
        let child = command.spawn().with_context(|| format!("failed to start {}", command.get_program().display()))?;
        let mut server = Server { child, port, folder };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if start.elapsed() > Duration::from_secs(90) || server.child.try_wait().is_ok_and(|end| end.is_some()) {
                let log = fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
                bail!("{} does not listen: {log}", command.get_program().display());
            }
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(-id), Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}
