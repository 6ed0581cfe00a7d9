//! Files of others without personal data but their authors' addresses: the sources of crates that this computer built
//! from, and published charts.
#![allow(clippy::disallowed_methods, reason = "files and where they are")]

use std::fs;
use std::path::{Path, PathBuf};

use cloister_dice::Dice;

use crate::quiet::Quiet;

/// Where cargo keeps what it built from.
fn registries() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let registries = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    registries.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Crates, drawn until they have so many bytes together.
pub fn crates(dice: &mut Dice, bytes: usize) -> Quiet {
    let mut all: Vec<PathBuf> = registries().iter().flat_map(|registry| sorted(registry)).collect();
    let mut quiet = Quiet::default();
    while quiet.bytes < bytes && !all.is_empty() {
        let drawn = all.swap_remove(dice.below(all.len()));
        quiet.draw(folder(&drawn));
    }
    quiet
}

/// All files below a folder.
pub fn folder(path: &Path) -> Quiet {
    let mut quiet = Quiet::default();
    read(path, path, &mut quiet);
    quiet
}

/// The entries of a folder in an order that depends on nothing but their names.
fn sorted(path: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries
}

fn read(root: &Path, path: &Path, quiet: &mut Quiet) {
    if path.is_dir() {
        sorted(path).iter().for_each(|entry| read(root, entry, quiet));
    } else if let Ok(text) = fs::read_to_string(path) {
        let place = path.strip_prefix(root.parent().unwrap_or(root)).unwrap_or(path);
        quiet.read(&place.display().to_string(), &text);
    }
}
