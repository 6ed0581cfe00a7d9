//! A folder of YAML that is applied as a whole: what an earlier run left in it would be applied, too.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::way_out::failure;

/// Writes files into a folder that holds none of their kind yet; it is made where it is not there.
pub fn write(folder: &Path, files: &[(String, String)]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let is_yaml =
        |path: &Path| path.extension().is_some_and(|kind| matches!(&*kind.to_string_lossy(), "yaml" | "yml" | "json"));
    if let Some(there) = entries.flatten().map(|entry| entry.path()).find(|path| is_yaml(path)) {
        let help = "name an empty folder, so that nothing else is applied with it";
        return Err(failure(format!("{} is there already", there.display()), help));
    }
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// File names for these words, no two the same, on file systems that know no case either.
pub fn names<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut name = |word: &str| {
        let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.' | '@');
        let word: String = word.chars().take(150).map(|sign| if fits(sign) { sign } else { '-' }).collect();
        let numbered = (2..).map(|number| format!("{word}-{number}"));
        std::iter::once(word.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase())).unwrap_or(word)
    };
    words.into_iter().map(|word| format!("{}.yaml", name(word))).collect()
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_are_fit_for_files_and_differ() {
        let names = names(["user:a/b", "user:a:b", "USER-a-b", "../x"]);
        assert_eq!(names, ["user-a-b.yaml", "user-a-b-2.yaml", "USER-a-b-3.yaml", "..-x.yaml"]);
    }
}
