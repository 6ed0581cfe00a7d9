//! A host laid out in a folder.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use cloister_node::format::{File, NodeFacts, Process};
use cloister_source::node::{NodeRequest, collect};
use tempfile::TempDir;

/// A pod of the API.
pub const API_POD: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
/// A pod of a file of the node.
pub const STATIC_POD: &str = "0123456789abcdef0123456789abcdef";

/// A host laid out in a folder.
pub struct Host(TempDir);

impl Host {
    pub fn new() -> Host {
        let host = Host(TempDir::new().unwrap());
        host.write("etc/passwd", "root:x:0:0::/:/bin/sh\netcd:x:999:999::/:/bin/false\n");
        host.write("proc/sys/kernel/hostname", "Node-1\n");
        host
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    pub fn link(&self, path: &str, target: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        symlink(target, self.path(path)).unwrap();
    }

    pub fn process(&self, pid: u32, words: &[&str]) {
        self.write(&format!("proc/{pid}/cmdline"), &words.iter().map(|word| format!("{word}\0")).collect::<String>());
        self.write(&format!("proc/{pid}/status"), "Name:\tx\nUid:\t0\t0\t0\t0\n");
    }

    pub fn collect(&self) -> NodeFacts {
        collect(&request(self.0.path())).unwrap()
    }

    /// The process belongs to a pod.
    pub fn in_pod(&self, pid: u32, uid: &str) {
        let uid = uid.replace('-', "_");
        let path = format!(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{uid}.slice/cri-containerd-a.scope"
        );
        self.write(&format!("proc/{pid}/cgroup"), &format!("0::{path}\n"));
    }
}

pub fn request(root: &Path) -> NodeRequest {
    NodeRequest {
        root: root.to_owned(),
        name: None,
        folders: vec!["/srv/volumes".into()],
        at: "2026-11-26T00:00:00Z".into(),
        by: "test".into(),
    }
}

pub fn file<'f>(facts: &'f NodeFacts, path: &str) -> &'f File {
    facts.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is not in {:?}", facts.files))
}

pub fn inside<'f>(facts: &'f NodeFacts, program: &str) -> &'f Process {
    facts.processes.iter().find(|process| process.program == program).unwrap_or_else(|| panic!("no {program}"))
}
