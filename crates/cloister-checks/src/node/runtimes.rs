//! What container runtimes are set to.

use cloister_model::{Node, Place, Resource};
use cloister_node::{Facts, File, Role};

use super::files::lost;
use crate::Findings;

/// Judges each configuration of a runtime on a node, where any could be read.
pub(super) fn each<'a>(
    resource: &'a Resource,
    findings: &mut Findings<'a>,
    judge: impl Fn(&File<'a>, &'a Node, &mut Findings<'a>),
) {
    let files: Vec<File<'a>> =
        Facts::of(resource).into_iter().flat_map(|facts| facts.files_of(Role::RuntimeConfig)).collect();
    lost(resource, findings, |unread| unread.is(Role::RuntimeConfig));
    let mut seen = false;
    for file in &files {
        if let Some(content) = file.content() {
            seen = true;
            judge(file, content, findings);
        }
    }
    if !seen {
        findings.not_applicable();
    }
}

/// A setting wherever it stands, with its place: containerd's plug-ins are called otherwise in each version of its file.
pub(super) fn settings<'a>(file: &File<'a>, content: &'a Node, name: &str) -> Vec<(&'a Node, Place<'a>)> {
    let below = |node: &'a Node| settings(file, node, name);
    let of_entries = content.entries().iter().flat_map(|entry| {
        let own = (&*entry.key == name).then(|| (&entry.node, file.place(&entry.node)));
        own.into_iter().chain(below(&entry.node))
    });
    of_entries.chain(content.items().iter().flat_map(below)).collect()
}

/// Its words: of a list each, else the one.
pub(super) fn words<'a>(node: &'a Node, place: Place<'a>) -> Vec<(&'a str, Place<'a>)> {
    match node.items() {
        [] => node.as_str().map(|word| (word, place)).into_iter().collect(),
        items => items
            .iter()
            .filter_map(|item| Some((item.as_str()?, Place { mark: item.mark, node: item, ..place })))
            .collect(),
    }
}
