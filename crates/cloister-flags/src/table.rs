//! The tables of flags.

use std::sync::OnceLock;

use crate::kind::Kind;
use crate::program::Program;
use crate::value::Value;
use crate::version::{Version, Versions};

/// A flag of a program, through all versions of the table.
#[derive(Debug)]
pub struct Flag {
    /// Its name, without dashes before it.
    pub name: &'static str,
    /// What it is in which versions, the oldest first. Versions in which it does not exist are in none of them.
    pub spans: Vec<Span>,
}

/// Versions in which everything about a flag is the same.
#[derive(Debug)]
pub struct Span {
    /// Which ones.
    pub versions: Versions,
    /// The letter that stands for it.
    pub shorthand: Option<char>,
    /// How its values are read.
    pub kind: Kind,
    /// Its value where it stands without one; none where it takes the next word.
    pub bare: Option<&'static str>,
    /// What it is where no word sets it.
    pub default: Value,
    /// The flag whose setting this one is, too: either sets both.
    pub same: Option<&'static str>,
    /// Whether `--help` leaves it out.
    pub hidden: bool,
    /// Set where it is deprecated: what to write instead.
    pub deprecated: Option<Instead>,
}

/// What is to be written instead of a deprecated flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// The same setting in the file that `--config` names.
    ConfigurationFile,
    /// This flag.
    Flag(&'static str),
    /// Nothing: it has no effect any more, or goes without replacement.
    Nothing,
}

impl Flag {
    /// What it is in a version; without one, in each of those in which it exists.
    pub(crate) fn spans_in(&self, version: Option<Version>) -> impl DoubleEndedIterator<Item = &Span> {
        self.spans.iter().filter(move |span| version.is_none_or(|version| span.versions.contain(version)))
    }
}

/// The flags of a program, sorted by name.
#[must_use]
pub fn flags(program: Program) -> &'static [Flag] {
    static TABLES: [OnceLock<Vec<Flag>>; Program::ALL.len()] = [const { OnceLock::new() }; Program::ALL.len()];
    let index = Program::ALL.iter().position(|other| *other == program).unwrap_or_default();
    TABLES.get(index).map_or(&[], |table| table.get_or_init(|| parse(program)))
}

const fn text(program: Program) -> &'static str {
    match program {
        Program::ApiServer => include_str!("../data/kube-apiserver.tsv"),
        Program::ControllerManager => include_str!("../data/kube-controller-manager.tsv"),
        Program::Scheduler => include_str!("../data/kube-scheduler.tsv"),
        Program::Kubelet => include_str!("../data/kubelet.tsv"),
        Program::Proxy => include_str!("../data/kube-proxy.tsv"),
        Program::Etcd => include_str!("../data/etcd.tsv"),
    }
}

/// Lines that are none are left out: a test counts them.
fn parse(program: Program) -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for line in lines(text(program)) {
        let Some((name, span)) = row(program, line) else { continue };
        match flags.last_mut().filter(|flag| flag.name == name) {
            Some(flag) => flag.spans.push(span),
            None => flags.push(Flag { name, spans: vec![span] }),
        }
    }
    flags
}

pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The minor versions of a column: `30-37`, or one of them.
pub(crate) fn versions(program: Program, text: &str) -> Option<Versions> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(Versions { major: program.versions().major, first: first.parse().ok()?, last: last.parse().ok()? })
}

fn row(program: Program, line: &'static str) -> Option<(&'static str, Span)> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let versions = versions(program, columns.next()?)?;
    let kind = Kind::parse(columns.next()?)?;
    let default = kind.read(columns.next()?)?;
    let mut span =
        Span { versions, shorthand: None, kind, bare: None, default, same: None, hidden: false, deprecated: None };
    for remark in columns {
        match remark.split_once('=').unwrap_or((remark, "")) {
            ("short", letter) => span.shorthand = letter.chars().next(),
            ("bare", value) => span.bare = Some(value),
            ("same", flag) => span.same = Some(flag),
            ("hidden", _) => span.hidden = true,
            ("deprecated", "configuration-file") => span.deprecated = Some(Instead::ConfigurationFile),
            ("deprecated", "") => span.deprecated = Some(Instead::Nothing),
            ("deprecated", flag) => span.deprecated = Some(Instead::Flag(flag)),
            _ => return None,
        }
    }
    Some((name, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_flag_and_every_default_reads_as_it_is_printed() {
        for program in Program::ALL {
            let mut before = ("", 0);
            for line in lines(text(*program)) {
                let (name, span) = row(*program, line).unwrap_or_else(|| panic!("{}: {line}", program.name()));
                let shown = line.split('\t').nth(3).unwrap_or_default();
                assert_eq!(span.kind.show(&span.default), shown, "{}: {line}", program.name());
                assert!((name, span.versions.first) > before, "{}: {line} is not in order", program.name());
                before = (name, span.versions.last);
            }
        }
    }

    #[test]
    fn replacements_exist() {
        for program in Program::ALL {
            for flag in flags(*program) {
                for span in &flag.spans {
                    if let Some(Instead::Flag(other)) = span.deprecated {
                        assert!(flags(*program).iter().any(|flag| flag.name == other), "{} for {}", other, flag.name);
                    }
                }
            }
        }
    }
}
