//! The files of a race: plain manifests that every contestant can read, without charts that would need helm.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Manifests in a folder of their own.
#[derive(Debug)]
pub struct Corpus {
    /// The folder.
    pub folder: PathBuf,
    /// The files in it.
    pub files: Vec<PathBuf>,
    /// Their size together.
    pub bytes: u64,
}

impl Corpus {
    /// Copies the manifests below `from` into a new folder.
    pub fn copy(from: &Path, to: &Path) -> Result<Self> {
        let mut found = Vec::new();
        manifests(from, &mut found)?;
        ensure!(!found.is_empty(), "no manifests below {}", from.display());
        found.sort();
        let mut corpus = Self::empty(to)?;
        for path in &found {
            let text = fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
            let name = path.strip_prefix(from).unwrap_or(path).to_string_lossy().replace('/', "-");
            corpus.add(&name, &text)?;
        }
        Ok(corpus)
    }

    /// As many copies of these files in a new folder, each in namespaces of its own.
    pub fn copies(&self, to: &Path, count: usize) -> Result<Self> {
        let mut corpus = Self::empty(to)?;
        for path in &self.files {
            let text = fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            for copy in 0..count {
                corpus.add(&format!("{copy}-{name}"), &in_namespaces_of(&text, copy))?;
            }
        }
        Ok(corpus)
    }

    fn empty(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), files: Vec::new(), bytes: 0 })
    }

    fn add(&mut self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
        self.bytes += u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.files.push(path);
        Ok(())
    }
}

fn manifests(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if folder.join("Chart.yaml").is_file() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("failed to read {}", folder.display()))? {
        let path = entry.context("failed to read a folder")?.path();
        if path.is_dir() {
            manifests(&path, found)?;
        } else if path.extension().is_some_and(|kind| kind == "yaml" || kind == "yml") {
            found.push(path);
        }
    }
    Ok(())
}

/// The text with a number behind the name of every namespace that it names.
fn in_namespaces_of(text: &str, copy: usize) -> String {
    let mut result = String::with_capacity(text.len() + text.len() / 50);
    for line in text.lines() {
        let named = line.trim_start().trim_start_matches("- ").strip_prefix("namespace:").map(str::trim);
        match named {
            Some(name) if !name.is_empty() && !name.contains(['{', '$', '#', ' ']) => {
                let start = line.split("namespace:").next().unwrap_or_default();
                let name = name.trim_matches(['"', '\'']);
                result.push_str(&format!("{start}namespace: \"{name}-{copy}\""));
            }
            _ => result.push_str(line),
        }
        result.push('\n');
    }
    result
}

#[cfg(test)]
mod tests {
    use super::in_namespaces_of;

    #[test]
    fn every_named_namespace_gets_a_copy_of_its_own() {
        let text = "metadata:\n  namespace: shop\nsubjects:\n- namespace: \"shop\"\n  kind: Namespace\n";
        let expected = "metadata:\n  namespace: \"shop-3\"\nsubjects:\n- namespace: \"shop-3\"\n  kind: Namespace\n";
        assert_eq!(in_namespaces_of(text, 3), expected);
    }
}
