//! Where a report goes: `FORMAT[=FILE]`.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use cloister_assessment::Assessment;
use cloister_report::{Format, UnknownFormat, text};

use crate::terminal::Terminal;
use crate::way_out::failure;

/// One `--output`.
#[derive(Clone, Debug)]
pub struct Output {
    pub format: Format,
    /// `None` is standard output.
    pub file: Option<PathBuf>,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(argument: &str) -> Result<Self, String> {
        let (format, file) = match argument.split_once('=') {
            Some((_, "")) => return Err("the file after \"=\" has no name".to_owned()),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (argument, None),
        };
        let format = format.parse().map_err(|unknown: UnknownFormat| unknown.to_string())?;
        Ok(Output { format, file })
    }
}

impl Output {
    /// Whether there is a place for it: told before any work is done.
    pub fn can_be_written(&self) -> anyhow::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let cannot =
            |cause: &str, help: String| Err(failure(format!("{} cannot be written: {cause}", file.display()), help));
        if file.is_dir() {
            let inside = file.join(format!("report.{}", self.format.as_str()));
            return cannot(
                "it is a folder",
                format!("name a file in it: --output {}={}", self.format.as_str(), inside.display()),
            );
        }
        match file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
            Some(folder) => cannot("its folder is not there", format!("make it first: mkdir -p {}", folder.display())),
            None => Ok(()),
        }
    }

    /// Renders and writes.
    pub fn write(&self, assessment: &Assessment, verbose: bool, terminal: &Terminal) -> anyhow::Result<()> {
        let options = text::Options {
            width: if self.file.is_some() { 80 } else { terminal.width() },
            colour: self.file.is_none() && terminal.colour(),
            verbose,
        };
        let rendered = self.format.render(assessment, &options);
        match &self.file {
            Some(file) => write_file(file, &rendered),
            None => print(&rendered),
        }
    }
}

/// An ordinary file is replaced whole; devices, pipes and links stay what they are, and are written to.
pub fn write_file(file: &Path, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let mut writing = Writing::to(file)?;
    writing.write(content)?;
    writing.end()
}

/// A file that is written part by part. Unless it is a device, pipe or link, that happens beside it, so that a report is
/// there whole or not at all.
#[derive(Debug)]
pub struct Writing {
    to: File,
    path: PathBuf,
    /// Where it is written, to be moved at the end.
    beside: Option<PathBuf>,
}

impl Writing {
    /// Opens it.
    pub fn to(file: &Path) -> anyhow::Result<Writing> {
        let (beside, opened) = match file.symlink_metadata() {
            Ok(there) if !there.is_file() => (None, File::create(file)),
            _ => {
                let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                let beside = file.with_file_name(format!(".{name}.{}", std::process::id()));
                // Never through a link that somebody has put there, nor over what is there.
                let created = OpenOptions::new().write(true).create_new(true).open(&beside);
                (Some(beside), created)
            }
        };
        let to = opened.with_context(|| format!("{} cannot be written", file.display()))?;
        Ok(Writing { to, path: file.to_owned(), beside })
    }

    /// Writes one part.
    pub fn write(&mut self, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
        self.to.write_all(content.as_ref()).with_context(|| format!("{} cannot be written", self.path.display()))
    }

    /// Puts it where it belongs.
    pub fn end(mut self) -> anyhow::Result<()> {
        let moved = self.beside.as_ref().map_or(Ok(()), |beside| std::fs::rename(beside, &self.path));
        moved.with_context(|| format!("{} cannot be written", self.path.display()))?;
        self.beside = None;
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // Nothing was written, or only in part: leave no trace.
        if let Some(beside) = &self.beside {
            let _ = std::fs::remove_file(beside);
        }
    }
}

/// Prints; a reader that has seen enough (`| head`) is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("standard output"),
        _ => Ok(()),
    }
}
