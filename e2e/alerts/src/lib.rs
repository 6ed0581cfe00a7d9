//! Receivers of alerts that others wrote, started for one test.

#![allow(clippy::disallowed_methods, reason = "starts programs")]

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server that runs until this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: PathBuf,
}

/// A port that nobody listens on.
///
/// # Errors
/// There is none.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to find a free port")?;
    Ok(listener.local_addr().context("a listener has no address")?.port())
}

impl Server {
    /// Starts a server, whose words go into this file, and waits until it takes connections.
    ///
    /// # Errors
    /// It does not.
    pub fn start(mut command: Command, port: u16, log: &Path) -> Result<Server> {
        let file = fs::File::create(log).context("failed to make a log")?;
        let error = file.try_clone().context("failed to share the log")?;
        // A group of its own, so that what it starts ends with it.
        command.process_group(0).stdin(Stdio::null()).stdout(file).stderr(error);
        let name = command.get_program().display().to_string();
        let child = command.spawn().with_context(|| format!("failed to start {name}: is its package installed?"))?;
        let mut server = Server { child, log: log.to_owned() };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if start.elapsed() > PATIENCE || server.child.try_wait().is_ok_and(|end| end.is_some()) {
                bail!("{name} does not listen: {}", server.said());
            }
            thread::park_timeout(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// What it has said.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
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

/// Waits until something is there.
///
/// # Errors
/// It is not, for a minute.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if start.elapsed() > PATIENCE {
            bail!("there is no {what} after a minute");
        }
        thread::park_timeout(Duration::from_millis(100));
    }
}

/// Runs a program to its end, and gives what it printed.
///
/// # Errors
/// It fails.
pub fn run(command: &mut Command) -> Result<String> {
    let name = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("failed to run {name}: is its package installed?"))?;
    let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{name} failed: {out}{errors}");
    Ok(out.into_owned())
}

/// What is answered at this path.
///
/// # Errors
/// Nothing is.
pub fn get(port: u16, path: &str) -> Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect(address).context("failed to connect")?;
    stream.set_read_timeout(Some(PATIENCE)).context("failed to set a time")?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
    stream.write_all(request.as_bytes()).context("failed to ask")?;
    let mut text = String::new();
    stream.read_to_string(&mut text).context("failed to read")?;
    Ok(text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}
