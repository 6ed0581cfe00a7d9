//! Container images made by hand, as OCI archives that containerd imports: no registry is needed or asked.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::service::run;
use crate::tar::Tar;

/// The statically linked busybox of Debian's package `busybox-static`.
const BUSYBOX: &str = "/bin/busybox";
/// The commands that images built on busybox have.
const APPLETS: &[&str] = &[
    "sh", "sleep", "cat", "echo", "ls", "env", "id", "true", "false", "wget", "httpd", "nc", "date", "mkdir", "rm",
    "touch", "ps", "kill", "grep", "head", "tail", "tee", "trap", "vi", "printf", "test", "sed", "awk", "hostname",
    "ip", "mv", "od", "tr",
];

/// An image: a root file system and the command that runs in it.
#[derive(Debug)]
pub struct Image {
    reference: String,
    layer: Tar,
    command: Vec<String>,
    /// Whether `command` stays when a pod gives arguments.
    fixed: bool,
    user: String,
    /// Libraries that are in it.
    libraries: BTreeSet<String>,
}

impl Image {
    /// An empty image with this full reference (`example.com/shop/web:1.0`) that runs `command`.
    pub fn new(reference: &str, command: &[&str]) -> Self {
        let command = command.iter().map(|&part| part.to_owned()).collect();
        Self {
            reference: reference.to_owned(),
            layer: Tar::default(),
            command,
            fixed: false,
            user: String::new(),
            libraries: BTreeSet::new(),
        }
    }

    /// An image with a shell and the usual commands, made of Debian's `busybox-static`.
    ///
    /// # Errors
    /// The package is not installed.
    pub fn busybox(reference: &str, command: &[&str]) -> Result<Self> {
        let program = fs::read(BUSYBOX).with_context(|| format!("{BUSYBOX} is missing: install busybox-static"))?;
        let mut image = Self::new(reference, command);
        for (folder, mode) in [("bin", 0o755), ("etc", 0o755), ("www", 0o755), ("var", 0o755), ("tmp", 0o1777)] {
            image.layer.folder(folder, mode)?;
        }
        image.layer.file("etc/passwd", 0o644, b"root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n")?;
        image.layer.file("bin/busybox", 0o755, &program)?;
        for applet in APPLETS {
            image.layer.link(&format!("bin/{applet}"), "busybox")?;
        }
        Ok(image)
    }

    /// Adds a file to the root file system; `path` has no leading slash.
    ///
    /// # Errors
    /// The path is longer than 100 bytes.
    pub fn with_file(mut self, path: &str, mode: u32, content: &[u8]) -> Result<Self> {
        self.layer.file(path, mode, content)?;
        Ok(self)
    }

    /// Adds a program of this machine with the libraries that it is linked with, each in its own place.
    ///
    /// # Errors
    /// It cannot be read, or `ldd` does not understand it.
    pub fn with_program(mut self, path: &str, program: &Path) -> Result<Self> {
        let content = fs::read(program).with_context(|| format!("failed to read {}", program.display()))?;
        self.layer.file(path, 0o755, &content)?;
        let libraries = run(Command::new("ldd").arg(program))?;
        for library in libraries.split_whitespace().filter(|word| word.starts_with('/')) {
            if self.libraries.insert(library.to_owned()) {
                let content = fs::read(library).with_context(|| format!("failed to read {library}"))?;
                self.layer.file(library.trim_start_matches('/'), 0o755, &content)?;
            }
        }
        Ok(self)
    }

    /// Runs its command whatever `args` a pod gives: an `ENTRYPOINT`, not a `CMD`.
    #[must_use]
    pub fn with_fixed_command(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// Runs as this user (`65534` or `65534:65534`).
    #[must_use]
    pub fn with_user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    /// Runs its command whatever arguments a pod gives, as database images do.
    #[must_use]
    pub fn as_entrypoint(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// The reference under which a pod names the image.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Writes the OCI archive.
    pub(crate) fn write(self, path: &Path) -> Result<()> {
        let layer = self.layer.finish();
        let config = json!({
            "architecture": architecture(),
            "os": "linux",
            "config": {(if self.fixed { "Entrypoint" } else { "Cmd" }): self.command, "User": self.user, "Env": ["PATH=/bin"], "WorkingDir": "/"},
            "rootfs": {"type": "layers", "diff_ids": [digest(&layer)]},
        });
        let config = config.to_string().into_bytes();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar", &layer)],
        });
        let manifest = manifest.to_string().into_bytes();
        let mut entry = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
        if let Some(entry) = entry.as_object_mut() {
            let annotations = json!({"io.containerd.image.name": self.reference});
            entry.insert("annotations".to_owned(), annotations);
        }
        let index = json!({"schemaVersion": 2, "manifests": [entry]}).to_string();

        let mut archive = Tar::default();
        archive.file("oci-layout", 0o644, br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        archive.file("index.json", 0o644, index.as_bytes())?;
        for blob in [&layer, &config, &manifest] {
            archive.file(&format!("blobs/{}", digest(blob).replace(':', "/")), 0o644, blob)?;
        }
        fs::write(path, archive.finish()).with_context(|| format!("failed to write {}", path.display()))
    }
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn descriptor(media_type: &str, content: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": digest(content), "size": content.len()})
}

fn digest(content: &[u8]) -> String {
    let hex: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
