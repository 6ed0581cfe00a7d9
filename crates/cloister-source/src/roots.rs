//! Charts and overlays inside a folder, and the files that belong to them: what
//! a renderer reads is not scanned a second time as plain manifests.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use cloister_manifest::{Decoded, Interner, decode, parse_trees};
use cloister_model::{Diagnostic, Node};

use crate::files;

/// Names that kustomize itself looks for.
const KUSTOMIZATION: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a folder holds besides plain files.
#[derive(Debug, Default)]
pub struct Roots {
    /// Folders with a `Chart.yaml`, outermost only, and chart packages outside of them.
    pub charts: Vec<PathBuf>,
    /// Kustomization files outside charts.
    pub kustomizations: Vec<PathBuf>,
    /// The charts again, to be looked up.
    folders: BTreeSet<PathBuf>,
}

impl Roots {
    /// Sorts the charts and kustomizations out of a folder's files.
    pub fn find(paths: &[PathBuf]) -> Roots {
        let mut roots = Roots::default();
        let mut folders: Vec<&Path> =
            paths.iter().filter(|path| path.ends_with("Chart.yaml")).filter_map(|path| path.parent()).collect();
        folders.sort();
        for folder in folders {
            if !roots.in_chart(folder) {
                roots.charts.push(folder.to_owned());
                roots.folders.insert(folder.to_owned());
            }
        }
        let packages = paths.iter().filter(|path| crate::helm::is_package(path) && !roots.in_chart(path)).cloned();
        let packages: Vec<PathBuf> = packages.collect();
        roots.kustomizations =
            paths.iter().filter(|path| is_kustomization(path) && !roots.in_chart(path)).cloned().collect();
        roots.charts.extend(packages);
        roots
    }

    /// Whether a path lies in one of the charts.
    pub fn in_chart(&self, path: &Path) -> bool {
        path.ancestors().any(|folder| self.folders.contains(folder))
    }
}

fn is_kustomization(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| KUSTOMIZATION.contains(&name))
}

/// What the kustomizations of a folder take for themselves.
#[derive(Debug, Default)]
pub struct Claims {
    /// Folders to build: those that no other kustomization uses.
    pub overlays: Vec<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl Claims {
    /// Follows every reference of every kustomization.
    pub fn of(roots: &Roots, diagnostics: &mut Vec<Diagnostic>) -> Claims {
        let mut claims = Claims::default();
        let mut used = BTreeSet::new();
        let mut candidates = Vec::new();
        for file in &roots.kustomizations {
            let Some(folder) = file.parent() else { continue };
            claims.files.insert(normal(file));
            let Some(tree) = read(file, diagnostics) else { continue };
            for reference in references(&tree) {
                let path = normal(&folder.join(reference));
                if path.is_dir() {
                    used.insert(path)
                } else {
                    claims.files.insert(path)
                };
            }
            if tree.str_at("kind") != Some("Component") {
                candidates.push(folder.to_owned());
            }
        }
        claims.overlays = candidates.into_iter().filter(|folder| !used.contains(&normal(folder))).collect();
        claims
    }

    /// Whether a kustomization reads this file.
    pub fn claims(&self, path: &Path) -> bool {
        self.files.contains(&normal(path))
    }
}

fn read(file: &Path, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let bytes = match files::bytes_of(file) {
        Ok(bytes) => bytes,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return None;
        }
    };
    let Decoded::Text(text) = decode(&bytes) else { return None };
    let (trees, found) = parse_trees(&text, &files::shown(file), &mut Interner::default());
    diagnostics.extend(found);
    trees.into_iter().next()
}

/// Every path a kustomization names, whatever the field.
fn references(tree: &Node) -> Vec<String> {
    const LISTS: [&str; 9] = [
        "resources",
        "bases",
        "components",
        "crds",
        "configurations",
        "generators",
        "transformers",
        "validators",
        "patchesStrategicMerge",
    ];
    let mut found: Vec<String> = LISTS.iter().flat_map(|list| tree.strs_at(list)).map(str::to_owned).collect();
    for list in ["patches", "patchesJson6902", "replacements"] {
        found.extend(tree.items_at(list).iter().filter_map(|item| item.str_at("path")).map(str::to_owned));
    }
    for list in ["configMapGenerator", "secretGenerator"] {
        for generator in tree.items_at(list) {
            let files = generator.strs_at("files").chain(generator.strs_at("envs"));
            found.extend(files.map(|file| file.split_once('=').map_or(file, |(_, path)| path).to_owned()));
        }
    }
    found.retain(|reference| !reference.contains("://") && !reference.contains('\n'));
    found
}

/// The path without `.` and `..`, so that two ways to one file compare equal.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// A kustomization that is no file: kubectl would wait for what never comes.
pub fn pipe(folder: &Path) -> Option<PathBuf> {
    let mut named = KUSTOMIZATION.iter().map(|name| folder.join(name));
    named.find(|path| path.exists() && !path.is_file())
}

/// References that lead outside this machine, of a kustomization and of every one that it builds on.
pub fn remote_references(folder: &Path) -> Vec<String> {
    let (mut remote, mut seen) = (Vec::new(), BTreeSet::new());
    let mut next = vec![normal(folder)];
    while let Some(folder) = next.pop() {
        let file = KUSTOMIZATION.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let Some(tree) = file.filter(|_| seen.insert(folder.clone())).and_then(|file| read(&file, &mut Vec::new()))
        else {
            continue;
        };
        strings(&tree, &mut |text| {
            if is_url(text) {
                remote.push(text.to_owned());
            }
        });
        for reference in ["resources", "bases", "components"].iter().flat_map(|list| tree.strs_at(list)) {
            if is_forge(reference, &folder) && !is_url(reference) {
                remote.push(reference.to_owned());
            }
            next.push(normal(&folder.join(reference)));
        }
    }
    remote
}

/// Every text in a tree that is one word: what kustomize reads as a path it may also read as an address.
fn strings(tree: &Node, found: &mut impl FnMut(&str)) {
    tree.as_str().filter(|text| !text.contains(char::is_whitespace)).into_iter().for_each(&mut *found);
    tree.items().iter().for_each(|item| strings(item, found));
    let texts = |key: &str| matches!(key, "commonAnnotations" | "commonLabels" | "labels" | "literals" | "images");
    tree.entries().iter().filter(|entry| !texts(&entry.key)).for_each(|entry| strings(&entry.node, found));
}

fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | ':' | '-'))
    }) || text.starts_with("git@")
}

/// `github.com/owner/repository//path`: a host, not a folder beside us.
fn is_forge(reference: &str, folder: &Path) -> bool {
    let host = reference.split('/').next().unwrap_or("");
    host.contains('.') && !host.starts_with('.') && reference.contains('/') && !folder.join(reference).exists()
}
