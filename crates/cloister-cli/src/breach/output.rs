//! Where a draft goes: `FORMAT[=FILE]`.

use std::path::PathBuf;

use cloister_breach::draft::Draft;

use crate::output::{print, write_file};
use crate::way_out::failure;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Markdown,
    Json,
    Pdf,
}

/// One `--output`.
#[derive(Clone, Debug)]
pub struct Drafted {
    form: Form,
    /// `None` is standard output.
    file: Option<PathBuf>,
}

impl std::str::FromStr for Drafted {
    type Err = String;

    fn from_str(argument: &str) -> Result<Self, String> {
        let (form, file) = match argument.split_once('=') {
            Some((_, "")) => return Err("the file after \"=\" has no name".to_owned()),
            Some((form, file)) => (form, Some(PathBuf::from(file))),
            None => (argument, None),
        };
        let form = match form {
            "md" | "markdown" => Form::Markdown,
            "json" => Form::Json,
            "pdf" if file.is_none() => return Err("a PDF goes to a file: pdf=FILE".to_owned()),
            "pdf" => Form::Pdf,
            _ => return Err("there are md, json and pdf".to_owned()),
        };
        Ok(Drafted { form, file })
    }
}

impl Drafted {
    /// Writes it.
    pub fn write(&self, draft: &Draft) -> anyhow::Result<()> {
        let content = match self.form {
            Form::Markdown => draft.paper().to_markdown().into_bytes(),
            Form::Json => cloister_report::json::value(&serde_json::to_value(draft)?).into_bytes(),
            Form::Pdf => pdf(&draft.paper())?,
        };
        match &self.file {
            Some(file) => write_file(file, content),
            None => print(&String::from_utf8_lossy(&content)),
        }
    }
}

#[cfg(feature = "pdf")]
fn pdf(paper: &cloister_paper::Paper) -> anyhow::Result<Vec<u8>> {
    paper.to_pdf().map_err(|error| failure(error, "write it as Markdown: -o md"))
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &cloister_paper::Paper) -> anyhow::Result<Vec<u8>> {
    let help = "build it with PDF: cargo build --release --features pdf; or write it as Markdown: -o md";
    Err(failure("this program was built without PDF", help))
}
