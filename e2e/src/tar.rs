//! Tar archives (POSIX ustar) of a few small files, the same bytes for the same content.

use anyhow::{Context, Result, bail};

const BLOCK: usize = 512;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Folder,
}

/// An archive that grows entry by entry.
#[derive(Debug, Default)]
pub struct Tar {
    bytes: Vec<u8>,
}

impl Tar {
    /// Adds a file.
    pub fn file(&mut self, path: &str, mode: u32, content: &[u8]) -> Result<()> {
        self.header(path, mode, content.len(), Kind::File, "")?;
        self.bytes.extend_from_slice(content);
        self.pad();
        Ok(())
    }

    /// Adds a symbolic link.
    pub fn link(&mut self, path: &str, target: &str) -> Result<()> {
        self.header(path, 0o777, 0, Kind::Link, target)
    }

    /// Adds a folder.
    pub fn folder(&mut self, path: &str, mode: u32) -> Result<()> {
        self.header(&format!("{path}/"), mode, 0, Kind::Folder, "")
    }

    /// The finished archive.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.resize(self.bytes.len() + 2 * BLOCK, 0);
        self.bytes
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK), 0);
    }

    fn header(&mut self, path: &str, mode: u32, size: usize, kind: Kind, target: &str) -> Result<()> {
        let mut header = [0_u8; BLOCK];
        put(&mut header, 0, 100, path)?;
        put(&mut header, 100, 8, &format!("{mode:07o}"))?;
        put(&mut header, 108, 8, "0000000")?; // user: root
        put(&mut header, 116, 8, "0000000")?; // group: root
        put(&mut header, 124, 12, &format!("{size:011o}"))?;
        put(&mut header, 136, 12, "00000000000")?; // no time, so that the bytes are the same every time
        put(&mut header, 148, 8, "        ")?; // the checksum counts itself as blanks
        let flag = match kind {
            Kind::File => "0",
            Kind::Link => "2",
            Kind::Folder => "5",
        };
        put(&mut header, 156, 1, flag)?;
        put(&mut header, 157, 100, target)?;
        put(&mut header, 257, 8, "ustar\x0000")?;
        let checksum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        put(&mut header, 148, 8, &format!("{checksum:06o}\0 "))?;
        self.bytes.extend_from_slice(&header);
        Ok(())
    }
}

fn put(header: &mut [u8; BLOCK], start: usize, width: usize, text: &str) -> Result<()> {
    if text.len() > width {
        bail!("{text:?} does not fit into {width} bytes of a tar header");
    }
    let field = header.get_mut(start..start + text.len()).context("a tar header has 512 bytes")?;
    field.copy_from_slice(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_system_tar_reads_what_was_written() {
        let mut tar = Tar::default();
        tar.folder("bin", 0o755).unwrap();
        tar.file("bin/tool", 0o750, &[7; 700]).unwrap();
        tar.link("bin/other", "tool").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.tar");
        std::fs::write(&archive, tar.finish()).unwrap();
        let output = Command::new("tar").arg("-tvf").arg(&archive).output().unwrap();
        let list = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        let names: Vec<_> =
            list.lines().map(|line| (line.get(..10).unwrap(), line.rsplit_once(":00 ").unwrap().1)).collect();
        assert_eq!(names, [("drwxr-xr-x", "bin/"), ("-rwxr-x---", "bin/tool"), ("lrwxrwxrwx", "bin/other -> tool")]);
    }

    #[test]
    fn a_path_that_does_not_fit_is_refused() {
        assert!(Tar::default().file(&"a".repeat(101), 0o644, b"").is_err());
    }
}
