//! A hub that runs for a test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A running `cloister serve`, which ends with this value.
#[derive(Debug)]
pub struct Hub {
    child: Child,
    /// What it says goes on being read: who writes to nobody ends.
    _said: BufReader<std::process::ChildStdout>,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// The link that signs in once.
    pub link: String,
}

/// The program as it was built last.
pub fn program() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), PathBuf::from);
    target.join("release/cloister")
}

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Hub {
    /// Serves what these arguments say, with its data in `home`.
    ///
    /// # Errors
    /// The program is not built, or ends at once.
    pub fn start(home: &Path, arguments: &[&str]) -> Result<Hub> {
        let mut command = Command::new(program());
        command.arg("serve").args(arguments).args(["--listen", "127.0.0.1:0"]).current_dir(project());
        command
            .env("XDG_STATE_HOME", home)
            .env("USER", "mila")
            .env_remove("CLOISTER_HUB_TOKENS")
            .stdout(Stdio::piped());
        let mut child =
            command.spawn().with_context(|| format!("failed to run {}: build cloister-cli", program().display()))?;
        let mut said = BufReader::new(child.stdout.take().context("no output")?);
        let mut told = String::new();
        while said.read_line(&mut told)? > 0 {
            if let Some(link) = told.split_whitespace().find(|word| word.contains("/sign-in/")) {
                let (address, _) = link.split_once("/sign-in/").unwrap_or_default();
                let (address, link) = (address.to_owned(), link.to_owned());
                return Ok(Hub { child, _said: said, address, link });
            }
        }
        anyhow::bail!("the hub says no link: {told}")
    }

    /// Ends it at once, as a machine does that loses its power.
    pub fn kill(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.kill();
    }
}
