//! A real PostgreSQL for a test, in a folder of its own, on a loopback port, by Debian's package.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use cloister_tools::service::free_ports;
use tempfile::TempDir;

const BIN: &str = "/usr/lib/postgresql/15/bin";
/// Runs the server until its input ends, as it does when the test process does, however that ends.
const GUARD: &str = r#""$@" <&- & server=$!; read -r word; kill -INT $server; wait $server"#;

/// A server, which ends with this value.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

/// The user that the package made, and its group, where this process may become it: a server does not run as root.
fn user() -> Result<Option<(u32, u32)>> {
    let id = |arguments: &[&str]| -> Result<u32> {
        let output = Command::new("id").args(arguments).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
    };
    if id(&["-u"])? != 0 {
        return Ok(None);
    }
    let of = |flag| id(&[flag, "postgres"]).context("there is no user postgres: install the package postgresql-15");
    Ok(Some((of("-u")?, of("-g")?)))
}

impl Postgres {
    /// A new one, which answers.
    ///
    /// # Errors
    /// The package is not there, or the server does not answer.
    pub fn start() -> Result<Postgres> {
        let folder = tempfile::tempdir()?;
        if let Some((user, group)) = user()? {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let [port] = free_ports::<1>()?;
        let mut server = Postgres { folder, port, child: None };
        let mut made = server.command("initdb")?;
        made.args(["-N", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "cloister", "-D"]).arg(server.data());
        let made = made.output().context("initdb cannot be run: install the package postgresql-15")?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.up()?;
        Ok(server)
    }

    /// Where its database is.
    pub fn address(&self) -> String {
        format!("postgresql://cloister@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it again, and waits until it answers.
    ///
    /// # Errors
    /// It does not.
    pub fn up(&mut self) -> Result<()> {
        let log = OpenOptions::new().create(true).append(true).open(self.folder.path().join("log"))?;
        let mut command = self.command("postgres")?;
        let program = command.get_program().to_owned();
        let mut guard = Command::new("/bin/sh");
        guard.args(["-c", GUARD, "guard"]).arg(program).arg("-D").arg(self.data());
        guard.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1", "-k"]).arg(self.folder.path());
        guard.current_dir(self.folder.path()).env("LC_ALL", "C.UTF-8").process_group(0).stdin(Stdio::piped());
        if let Some((user, group)) = user()? {
            guard.uid(user).gid(group);
        }
        self.child = Some(guard.stdout(log.try_clone()?).stderr(log).spawn()?);
        let begun = Instant::now();
        command = self.command("pg_isready")?;
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "cloister", "-d", "postgres", "-q"]);
        while !command.status()?.success() {
            if begun.elapsed() > Duration::from_secs(60) {
                bail!("{}", fs::read_to_string(self.folder.path().join("log"))?);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Ends it at once, and in order, as a restart does.
    pub fn down(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = child.stdin.take().map(|mut guard| writeln!(guard, "end"));
        let _ = child.wait();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Result<Command> {
        let mut command = Command::new(Path::new(BIN).join(program));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).env("HOME", self.folder.path());
        command.env("LC_ALL", "C.UTF-8");
        if let Some((user, group)) = user()? {
            command.uid(user).gid(group);
        }
        Ok(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.down();
    }
}
