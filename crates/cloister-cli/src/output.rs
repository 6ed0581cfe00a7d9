//! Where a report goes: `FORMAT[=FILE]`.

use std::fs::OpenOptions;
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
pub fn write_file(file: &Path, text: &str) -> anyhow::Result<()> {
    let written = match file.symlink_metadata() {
        Ok(there) if !there.is_file() => std::fs::write(file, text),
        _ => replace(file, text),
    };
    written.with_context(|| format!("{} cannot be written", file.display()))
}

/// Writes beside the file first, so that a report is there whole or not at all.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let beside = file.with_file_name(format!(".{name}.{}", std::process::id()));
    // Never through a link that somebody has put there, nor over what is there.
    let created = OpenOptions::new().write(true).create_new(true).open(&beside);
    let ours = created.is_ok();
    let written =
        created.and_then(|mut new| new.write_all(text.as_bytes())).and_then(|()| std::fs::rename(&beside, file));
    if ours && written.is_err() {
        // Nothing was written, or only in part: leave no trace.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Prints; a reader that has seen enough (`| head`) is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("standard output"),
        _ => Ok(()),
    }
}
