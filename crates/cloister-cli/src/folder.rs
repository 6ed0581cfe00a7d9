//! A folder of YAML that is applied as a whole: what an earlier run left in it would be applied, too.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::way_out::failure;

/// A folder that is filled file by file.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    names: Names,
}

impl Folder {
    /// One that holds no files of their kind yet; it is made where it is not there.
    pub fn new(folder: &Path) -> anyhow::Result<Folder> {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        let is_yaml = |path: &Path| {
            path.extension().is_some_and(|kind| matches!(&*kind.to_string_lossy(), "yaml" | "yml" | "json"))
        };
        if let Some(there) = entries.flatten().map(|entry| entry.path()).find(|path| is_yaml(path)) {
            let help = "name an empty folder, so that nothing else is applied with it";
            return Err(failure(format!("{} is there already", there.display()), help));
        }
        Ok(Folder { path: folder.to_owned(), names: Names::default() })
    }

    /// Writes a file that is named after this word.
    pub fn add(&mut self, word: &str, text: &str) -> anyhow::Result<()> {
        let name = self.names.of(word);
        self.put(&name, text)
    }

    /// Writes a file of this name.
    pub fn put(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.path.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// File names, no two the same, on file systems that know no case either.
#[derive(Debug, Default)]
struct Names(HashSet<String>);

impl Names {
    fn of(&mut self, word: &str) -> String {
        let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | '@');
        let word: String = word.chars().take(150).map(|sign| if fits(sign) { sign } else { '-' }).collect();
        let numbered = (2..).map(|number| format!("{word}-{number}"));
        let mut names = std::iter::once(word.clone()).chain(numbered);
        let name = names.find(|name| self.0.insert(name.to_lowercase())).unwrap_or(word);
        format!("{name}.yaml")
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_are_fit_for_files_and_differ() {
        let mut all = Names::default();
        let names = ["user:a/b", "user:a:b", "USER-a-b", "../x"].map(|word| all.of(word));
        assert_eq!(names, ["user-a-b.yaml", "user-a-b-2.yaml", "USER-a-b-3.yaml", "..-x.yaml"]);
    }
}
