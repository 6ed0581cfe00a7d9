//! Where subjects go, one after the other.

use super::args::{Format, Output};
use super::report::{Foot, Head};
use super::{json, text};
use crate::folder::Folder;
use crate::output::{Writing, print};

/// One output while it is written.
#[derive(Debug)]
pub struct Sink {
    format: Format,
    /// Columns of text.
    pub width: usize,
    to: To,
    is_first: bool,
}

#[derive(Debug)]
enum To {
    Terminal,
    /// Standard output, when the one before it is done.
    Later(String),
    File(Writing),
    Folder(Folder),
}

/// Opens all outputs.
pub fn open(outputs: &[Output], width: usize) -> anyhow::Result<Vec<Sink>> {
    let mut is_free = true;
    let open = |output: &Output| {
        let to = match (&output.path, output.format) {
            (None, _) if std::mem::take(&mut is_free) => To::Terminal,
            (None, _) => To::Later(String::new()),
            (Some(path), Format::Yaml) => To::Folder(Folder::new(path)?),
            (Some(path), _) => To::File(Writing::to(path)?),
        };
        let width = if output.path.is_some() { 80 } else { width };
        Ok(Sink { format: output.format, width, to, is_first: true })
    };
    outputs.iter().map(open).collect()
}

impl Sink {
    pub fn format(&self) -> (Format, usize) {
        (self.format, self.width)
    }

    pub fn head(&mut self, head: &Head) -> anyhow::Result<()> {
        match self.format {
            Format::Text => self.write("", &text::head(head, self.width)),
            Format::Json => self.write("", &json::head(head)),
            Format::Yaml => Ok(()),
        }
    }

    /// Subjects, each with the word that names its file.
    pub fn subjects(&mut self, texts: &[(String, String)]) -> anyhow::Result<()> {
        for (word, text) in texts {
            if self.format == Format::Json && !std::mem::take(&mut self.is_first) {
                self.write("", ",")?;
            }
            self.write(word, text)?;
        }
        Ok(())
    }

    pub fn foot(mut self, foot: &Foot<'_>, head: &Head) -> anyhow::Result<()> {
        match self.format {
            Format::Text => self.write("", &text::foot(foot, head, self.width))?,
            Format::Json => self.write("", &json::foot(foot))?,
            Format::Yaml => {}
        }
        match self.to {
            To::Terminal | To::Folder(_) => Ok(()),
            To::Later(text) => print(&text),
            To::File(writing) => writing.end(),
        }
    }

    fn write(&mut self, word: &str, text: &str) -> anyhow::Result<()> {
        match &mut self.to {
            To::Terminal => print(text),
            To::Later(all) => {
                all.push_str(text);
                Ok(())
            }
            To::File(writing) => writing.write(text),
            To::Folder(folder) => folder.add(word, text),
        }
    }
}
