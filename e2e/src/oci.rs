//! Container images made by hand, as OCI archives that containerd imports: no registry is needed or asked.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::tar::Tar;

/// The statically linked busybox of Debian's package `busybox-static`.
const BUSYBOX: &str = "/bin/busybox";
/// The commands that images built on busybox have.
const APPLETS: &[&str] = &[
    "sh", "sleep", "cat", "echo", "ls", "env", "id", "true", "false", "wget", "httpd", "nc", "date", "mkdir", "rm",
    "touch", "ps", "kill", "grep", "head", "tail", "tee", "trap", "vi", "printf", "test", "sed", "awk", "hostname",
    "ip",
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
}

impl Image {
    /// An empty image with this full reference (`example.com/shop/web:1.0`) that runs `command`.
    pub fn new(reference: &str, command: &[&str]) -> Self {
        let command = command.iter().map(|&part| part.to_owned()).collect();
        Self { reference: reference.to_owned(), layer: Tar::default(), command, fixed: false, user: String::new() }
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
