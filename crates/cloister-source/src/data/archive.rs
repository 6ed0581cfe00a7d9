//! Archives: each file in them is a part of its own. Nothing is written, whatever their names say.

use std::io::{self, Cursor, Read, Seek};
use std::path::{Component, Path};
use std::sync::Arc;

use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;
use zip::result::ZipError;

use super::unpack::{Input, Unpack};

/// Files of one archive that are looked at.
const MOST_FILES: usize = 1_000_000;

/// The files of a zip, by its directory; without one, by what stands before each file.
pub fn zip<R: Read + Seek>(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, mut reader: R, depth: usize) {
    let mut archive = match ZipArchive::new(&mut reader) {
        Ok(archive) => archive,
        Err(error) => {
            let help = "get the whole file again; the files at its beginning were read";
            unpack.told(name, format!("is a broken zip: {}", cause(&error)), help);
            return salvage(unpack, name, &mut reader, depth);
        }
    };
    for index in 0..archive.len().min(MOST_FILES) {
        let named = archive.name_for_index(index).and_then(Result::ok).map(|name| name.into_owned());
        let inner = named.unwrap_or_else(|| format!("file {}", index + 1));
        match archive.by_index(index) {
            Ok(file) if file.is_file() => one(unpack, name, &inner, file, depth),
            Ok(_) => {}
            Err(error) => {
                let cause = format!("cannot be taken out: {}", cause(&error));
                unpack.told(&format!("{name}!{inner}"), cause, "unpack it with its password or its own program");
            }
        }
        if unpack.budget.left() == 0 {
            return;
        }
    }
}

/// Reads a zip from its beginning as far as it goes.
fn salvage<R: Read + Seek>(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, reader: &mut R, depth: usize) {
    if reader.rewind().is_err() {
        return;
    }
    for index in 0..MOST_FILES {
        match read_zipfile_from_stream(reader) {
            Ok(Some(file)) if file.is_file() => {
                let inner = file.name().map_or_else(|_| format!("file {}", index + 1), |name| name.into_owned());
                one(unpack, name, &inner, file, depth);
            }
            Ok(Some(_)) => {}
            // What follows was told of already.
            Ok(None) | Err(_) => return,
        }
    }
}

/// The files of a tar.
pub fn tar(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, reader: &mut dyn Read, depth: usize) {
    let mut archive = tar::Archive::new(reader);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return unpack.failed(name, &error),
    };
    for entry in entries.take(MOST_FILES) {
        match entry {
            Ok(file) if file.header().entry_type().is_file() => {
                let inner = String::from_utf8_lossy(&file.path_bytes()).into_owned();
                one(unpack, name, &inner, file, depth);
            }
            Ok(_) => {}
            Err(error) => return unpack.failed(name, &error),
        }
    }
}

fn one(unpack: &mut Unpack<'_, '_>, archive: &str, inner: &str, file: impl Read, depth: usize) {
    let name: Arc<str> = Arc::from(format!("{archive}!{inner}"));
    if leads_out(inner) {
        let cause = "has a name that leads out of its archive".to_owned();
        unpack.told(&name, cause, "do not unpack it; nothing was written here, and what it holds was read");
    }
    let mut metered = unpack.budget.meter(file);
    let mut head = Vec::new();
    match metered.by_ref().take(8 * 1024).read_to_end(&mut head) {
        Ok(_) => {
            let whole = Cursor::new(head).chain(metered);
            unpack.open(&name, Input::Stream(Box::new(whole)), depth + 1);
        }
        Err(error) => unpack.failed(&name, &error),
    }
}

fn leads_out(name: &str) -> bool {
    let path = name.replace('\\', "/");
    let path = Path::new(&path);
    path.is_absolute()
        || path.components().any(|part| matches!(part, Component::ParentDir))
        || name.get(1..2) == Some(":")
}

/// Why, in one line.
fn cause(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => "it is cut short".to_owned(),
        other => other.to_string().lines().next().unwrap_or("it cannot be read").to_owned(),
    }
}
