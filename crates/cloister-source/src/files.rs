//! Plain files and standard input.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use cloister_manifest::{Decoded, Interner, decode, parse};
use cloister_model::{Diagnostic, Origin};

use crate::Read;

/// Larger files are no manifests, whatever their name says: 64 MiB.
pub const MAX_FILE: u64 = 64 << 20;

/// What somebody pipes in is meant, and may be a whole cluster's objects in one list: 256 MiB, as of some 50,000 pods.
const MAX_INPUT: u64 = 256 << 20;

/// Whether a folder's file is read as manifests.
pub fn is_manifest(path: &Path) -> bool {
    matches!(path.extension().and_then(|extension| extension.to_str()), Some("yaml" | "yml" | "json"))
}

/// A path as reports show it: as the user wrote it, with `/` between its parts.
pub fn shown(path: &Path) -> Arc<str> {
    let text = path.to_string_lossy().replace('\\', "/");
    Arc::from(text.strip_prefix("./").unwrap_or(&text))
}

/// Reads one file.
pub fn file(path: &Path) -> Read {
    let name = shown(path);
    match bytes_of(path) {
        Ok(bytes) => contents(&bytes, name),
        Err(diagnostic) => Read::failed(diagnostic),
    }
}

/// The text of a file, or why there is none.
pub fn bytes_of(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let name = shown(path);
    let unreadable = |error: std::io::Error| {
        Diagnostic::error(name.clone(), format!("cannot be read: {}", without_number(&error.to_string())))
            .help("grant reading, or name it in .cloisterignore")
    };
    // Asked before opening: to open a named pipe is to wait for its writer.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(no_file(&name));
    }
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.len() > MAX_FILE {
        return Err(too_large(&name));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// A pipe, a socket or a device.
pub fn no_file(name: &Arc<str>) -> Diagnostic {
    Diagnostic::error(name.clone(), "is no ordinary file").help("pipe it into `cloister scan -`")
}

/// An error of the system without its number, which tells people nothing.
pub fn without_number(cause: &str) -> &str {
    cause.rsplit_once(" (os error ").filter(|(_, number)| number.ends_with(')')).map_or(cause, |(cause, _)| cause)
}

fn too_large(name: &str) -> Diagnostic {
    Diagnostic::error(name, format!("is larger than {} MiB", MAX_FILE >> 20))
        .help("split it, pipe it into `cloister scan -`, or name it in .cloisterignore if it holds no manifests")
}

/// Reads standard input.
pub fn standard_input() -> Read {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > MAX_INPUT => Read::failed(
            Diagnostic::error("-", format!("standard input is larger than {} MiB", MAX_INPUT >> 20))
                .help("scan the cluster itself, which is read page by page: cloister scan --cluster"),
        ),
        Ok(_) if bytes.iter().all(u8::is_ascii_whitespace) => Read::failed(
            Diagnostic::error("-", "standard input is empty")
                .help("pipe manifests in: kubectl get all -o yaml | cloister scan -"),
        ),
        Ok(_) => contents(&bytes, Arc::from("-")),
        Err(error) => Read::failed(Diagnostic::error(
            "-",
            format!("standard input cannot be read: {}", without_number(&error.to_string())),
        )),
    }
}

fn contents(bytes: &[u8], name: Arc<str>) -> Read {
    let text = match decode(bytes) {
        Decoded::Text(text) => text,
        Decoded::Binary => {
            return Read::failed(Diagnostic::error(name, "is binary, not text").help("name it in .cloisterignore"));
        }
        Decoded::NotUnicode { line } => {
            let diagnostic = Diagnostic::error(name, "is not written in UTF-8").at(line, 1);
            return Read::failed(diagnostic.help("save it as UTF-8: iconv -f LATIN1 -t UTF-8 FILE"));
        }
    };
    let parsed = parse(&text, &Origin::File(name), 1, &mut Interner::default());
    Read { resources: parsed.resources, diagnostics: parsed.diagnostics, files: 1, rendered: 0, others: parsed.others }
}

#[cfg(test)]
mod tests {
    use super::without_number;

    #[test]
    fn the_number_goes_and_the_cause_stays() {
        assert_eq!(without_number("a.yaml: File exists (os error 17)"), "a.yaml: File exists");
        assert_eq!(without_number("nothing (of that kind)"), "nothing (of that kind)");
    }
}
