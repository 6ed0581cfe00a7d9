//! `kubectl` against one kubeconfig.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::service::run;

/// `kubectl` with the kubeconfig of one control plane.
#[derive(Debug, Clone)]
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
}

impl Kubectl {
    pub(crate) fn new(kubeconfig: &Path) -> Result<Self> {
        Ok(Self { program: cloister_tools::path("kubectl")?, kubeconfig: kubeconfig.to_owned() })
    }

    /// Runs `kubectl` with these arguments and gives what it printed.
    ///
    /// # Errors
    /// kubectl failed; its own message is in the error.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        run(Command::new(&self.program).arg("--kubeconfig").arg(&self.kubeconfig).args(arguments))
    }

    /// `kubectl apply` of a file or folder, and of the folders in it.
    ///
    /// # Errors
    /// kubectl failed; its own message is in the error.
    pub fn apply(&self, path: &Path) -> Result<String> {
        self.run(&["apply", "--recursive", "--filename", &path.to_string_lossy()])
    }

    /// The API server's own answer to a GET of `path`.
    ///
    /// # Errors
    /// kubectl failed; its own message is in the error.
    pub fn raw(&self, path: &str) -> Result<String> {
        self.run(&["get", "--raw", path])
    }
}
