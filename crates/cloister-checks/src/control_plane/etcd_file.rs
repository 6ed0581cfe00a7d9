//! etcd's configuration file, read as the flags that its settings stand for: with `--config-file`, etcd reads neither
//! other flags nor variables.
//!
//! Sources: `config.parse` in `server/etcdmain/config.go`, `configJSON` and `securityConfig` in `server/embed/config.go`
//! of etcd 3.6.

use std::borrow::Cow;

use cloister_model::{Node, Place};
use cloister_node::{Facts, File, Process, Role};

use super::components::Word;

/// The flag that names it.
pub(super) const FLAG: &str = "--config-file";
/// Sections of the file, and what the flags of their settings begin with.
const SECTIONS: [(&str, &str); 2] = [("client-transport-security", ""), ("peer-transport-security", "peer-")];
/// Settings in each of these sections.
const OF_SECTION: [&str; 5] = ["cert-file", "key-file", "client-cert-auth", "trusted-ca-file", "auto-tls"];
/// Settings outside of them that checks ask for.
const OUTSIDE: [&str; 3] = ["cipher-suites", "tls-min-version", "tls-max-version"];

/// The file of a process, as the facts of its node hold it: the one that `named` names, or the only one.
pub(super) fn of<'a>(process: Process<'a>, named: &str) -> Option<File<'a>> {
    let facts = Facts::of(process.resource())?;
    let files: Vec<File<'a>> = facts.files_of(Role::EtcdConfig).collect();
    // A container names it by its own path, and so by another one than the host.
    let own = files.iter().find(|file| file.path() == named).or(if files.len() == 1 { files.first() } else { None });
    own.copied().filter(|file| file.content().is_some_and(Node::is_map))
}

/// The words that say the same, each with its place in the file.
pub(super) fn words<'a>(file: &File<'a>) -> Vec<Word<'a>> {
    let Some(content) = file.content() else { return Vec::new() };
    let of_sections = SECTIONS.into_iter().flat_map(|(section, start)| {
        OF_SECTION.into_iter().filter_map(move |key| Some((format!("{start}{key}"), content.at(section)?.entry(key)?)))
    });
    let outside = OUTSIDE.into_iter().filter_map(|key| Some((key.to_owned(), content.entry(key)?)));
    let word = |(flag, entry): (String, &'a cloister_model::Entry)| {
        let value = value(&entry.node)?;
        let place = Place {
            mark: if entry.node.items().is_empty() { entry.node.mark } else { entry.mark },
            ..file.place(&entry.node)
        };
        Some((Cow::Owned(format!("--{flag}={value}")), place))
    };
    of_sections.chain(outside).filter_map(word).collect()
}

fn value(node: &Node) -> Option<String> {
    match node.items() {
        [] => node.scalar(),
        items => Some(items.iter().filter_map(Node::scalar).collect::<Vec<_>>().join(",")),
    }
}

/// Where a flag's setting belongs in the file.
pub(super) fn place<'a>(file: &File<'a>, flag: &str) -> Place<'a> {
    file.at(match split(flag) {
        (Some("client-transport-security"), _) => "content/client-transport-security",
        (Some(_), _) => "content/peer-transport-security",
        (None, _) => "content",
    })
}

/// What a flag is called in the file, as a message says it: `--peer-cert-file` is `cert-file in peer-transport-security`.
pub(super) fn named(flag: &str) -> String {
    let (flag, value) = flag.split_once('=').map_or((flag, None), |(flag, value)| (flag, Some(value)));
    let (section, key) = split(flag);
    let key = value.map_or_else(|| key.to_owned(), |value| format!("{key}: {value}"));
    section.map_or_else(|| key.clone(), |section| format!("{key} in {section}"))
}

/// A line of flags to write, as lines of the file.
pub(super) fn fix(line: &str) -> String {
    let Some((flag, value)) = line.trim_start_matches("- ").split_once('=') else { return line.to_owned() };
    match split(flag) {
        (Some(section), key) => format!("{section}:\n  {key}: {value}"),
        (None, key) if value.contains(',') => format!("{key}: [{}]", value.replace(',', ", ")),
        (None, key) => format!("{key}: {value}"),
    }
}

/// The section of a flag's setting, and its name there.
fn split(flag: &str) -> (Option<&'static str>, &str) {
    let flag = flag.trim_start_matches('-');
    let of_section = |(section, start): &(&'static str, &str)| {
        let key = flag.strip_prefix(start)?;
        OF_SECTION.contains(&key).then_some((Some(*section), key))
    };
    SECTIONS.iter().find_map(of_section).unwrap_or((None, flag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_told_as_the_file_writes_them() {
        assert_eq!(named("--peer-cert-file"), "cert-file in peer-transport-security");
        assert_eq!(named("--auto-tls=true"), "auto-tls: true in client-transport-security");
        assert_eq!(named("--tls-min-version"), "tls-min-version");
        assert_eq!(fix("- --peer-auto-tls=false"), "peer-transport-security:\n  auto-tls: false");
        assert_eq!(fix("- --cipher-suites=A,B"), "cipher-suites: [A, B]");
    }
}
