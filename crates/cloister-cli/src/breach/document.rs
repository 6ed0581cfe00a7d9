//! Documents of breaches, as files.

use std::path::{Path, PathBuf};

use cloister_breach::{Breach, Refusal};
use cloister_source::without_number;

use crate::way_out::failure;

/// A larger file is no such document.
const MOST: u64 = 4 << 20;
/// What such a document says of itself, in YAML and in JSON.
const SIGNS: [&str; 3] = ["kind: Breach", "\"kind\":\"Breach\"", "\"kind\": \"Breach\""];

/// A document, with its text.
pub struct Read {
    pub text: String,
    pub breach: Breach,
}

/// Reads one.
pub fn read(file: &Path) -> anyhow::Result<Read> {
    let text = text(file)?;
    let breach = Breach::read(&text).map_err(|fault| {
        let place = fault.at.map_or(String::new(), |(line, column)| format!(":{line}:{column}"));
        let more: String = fault.more.iter().map(|one| format!("\n{}: {one} ({})", file.display(), one.help)).collect();
        failure(format!("{}{place}: {}", file.display(), fault.cause), format!("{}{more}", fault.help))
    })?;
    Ok(Read { text, breach })
}

fn text(file: &Path) -> anyhow::Result<String> {
    let shown = file.display();
    let help = "name a document that cloister breach new wrote: docs/breach.md";
    let about = std::fs::metadata(file);
    match (std::fs::read_to_string(file), about) {
        (Ok(text), Ok(about)) if about.is_file() && about.len() <= MOST => Ok(text),
        (Ok(_), _) => Err(failure(format!("{shown} is no file of at most 4 MiB"), help)),
        (Err(error), _) => Err(failure(format!("{shown}: {}", without_number(&error.to_string())), help)),
    }
}

/// The documents that are named, and those in folders that are; whether some could not be read, which is told.
pub fn all(paths: &[PathBuf]) -> anyhow::Result<(Vec<Breach>, bool)> {
    let here = [PathBuf::from(".")];
    let mut breaches = Vec::new();
    let mut lost = false;
    for path in if paths.is_empty() { here.as_slice() } else { paths } {
        let files = if path.is_dir() { in_folder(path)? } else { vec![path.clone()] };
        for file in files {
            match read(&file) {
                Ok(read) => breaches.push(read.breach),
                Err(error) => {
                    eprintln!("error: {error:#}");
                    lost = true;
                }
            }
        }
    }
    breaches.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
    Ok((breaches, lost))
}

/// The files of a folder that say that they are breaches.
fn in_folder(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder);
    let entries = entries.map_err(|error| {
        failure(format!("{}: {}", folder.display(), without_number(&error.to_string())), "name another folder")
    })?;
    let written = |path: &PathBuf| {
        path.extension().is_some_and(|kind| ["yaml", "yml", "json"].iter().any(|known| kind == *known))
    };
    let says = |path: &PathBuf| text(path).is_ok_and(|text| SIGNS.iter().any(|sign| text.contains(sign)));
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| written(path) && says(path)).collect();
    files.sort();
    Ok(files)
}

/// A step that was refused, as an error.
pub fn refused(refusal: Refusal) -> anyhow::Error {
    failure(refusal.cause, refusal.help)
}
