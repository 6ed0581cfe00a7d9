//! The documents that judges write: each owns one section, between two marks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The title of `docs/conformance.md`.
pub const TITLE: &str = "What others say of the same input";

/// Today, as it stands in a document.
pub fn today() -> String {
    jiff::Zoned::now().strftime("%-d %B %Y").to_string()
}

/// The folder that holds the whole project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Puts `text` into the section `name` of a document, which is made where it does not exist.
pub fn write_section(path: &Path, title: &str, name: &str, text: &str) -> Result<()> {
    let old = fs::read_to_string(path).unwrap_or_else(|_| format!("# {title}\n"));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
    }
    fs::write(path, replaced(&old, name, text)).with_context(|| format!("failed to write {}", path.display()))
}

fn replaced(document: &str, name: &str, text: &str) -> String {
    let (start, end) = (format!("<!-- {name}: written by its judge -->\n"), format!("<!-- {name}: end -->\n"));
    let section = format!("{start}{}\n{end}", text.trim_end());
    match document.split_once(&start) {
        Some((before, rest)) => {
            let after = rest.split_once(&end).map_or("", |(_, after)| after);
            format!("{before}{section}{after}")
        }
        None => format!("{}\n\n{section}", document.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_section_is_added_and_then_replaced_and_the_rest_stays() {
        let first = replaced("# Results\n", "a", "one");
        let both = replaced(&first, "b", "two");
        let again = replaced(&both, "a", "three");
        assert!(!again.contains("one"));
        assert!(again.starts_with("# Results\n\n<!-- a: written by its judge -->\nthree\n<!-- a: end -->\n"));
        assert!(again.ends_with("two\n<!-- b: end -->\n"));
    }
}
