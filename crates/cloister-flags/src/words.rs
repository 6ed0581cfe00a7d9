//! How words become settings: pflag for Kubernetes' programs, Go's package `flag` for etcd.
//! Sources: `spf13/pflag` 1.0.10, `flag.go`; Go 1.26, `flag/flag.go`; component-base 0.37, `cli/flag/flags.go`.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Fault};
use crate::program::Program;
use crate::setting::Setting;
use crate::table::{Flag, Span, flags};
use crate::version::{Version, Versions};

/// The flag whose words are read a second time, as gates.
pub(crate) const GATES: &str = "feature-gates";

/// Everything that the words come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// By the flag that owns the setting.
    pub(crate) by_flag: BTreeMap<&'static str, Setting>,
    /// The words of each flag, by the name under which it is written.
    pub(crate) written: BTreeMap<&'static str, Vec<usize>>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The values of the flag of gates, with their words.
    pub(crate) gates: Vec<(usize, String)>,
    /// Words that belong to no flag.
    pub(crate) arguments: Vec<usize>,
    /// etcd prints its help where it meets the flag, before what is wrong later.
    pub(crate) help_at: Option<usize>,
}

/// Reads the words of one program.
pub(crate) struct Reader<'w> {
    program: Program,
    version: Option<Version>,
    words: &'w [&'w str],
    settings: Settings,
}

/// A flag as the version has it.
pub(crate) type Found = (&'static Flag, &'static Span);

/// The flag with this name; of several versions the newest says how it is read.
pub(crate) fn find(program: Program, version: Option<Version>, name: &str) -> Option<Found> {
    let table = flags(program);
    let flag = table.get(table.binary_search_by(|flag| flag.name.cmp(name)).ok()?)?;
    Some((flag, flag.spans_in(version).next_back()?))
}

/// The versions that have a flag, told in one where they follow each other.
pub(crate) fn known(versions: impl Iterator<Item = Versions>) -> Vec<Versions> {
    let mut rows: Vec<Versions> = Vec::new();
    for next in versions {
        match rows.last_mut().filter(|row| row.last + 1 == next.first) {
            Some(row) => row.last = next.last,
            None => rows.push(next),
        }
    }
    rows
}

impl<'w> Reader<'w> {
    pub(crate) fn read(program: Program, version: Option<Version>, words: &'w [&'w str]) -> Settings {
        let mut reader = Reader { program, version, words, settings: Settings::default() };
        if program.is_plain_go() {
            reader.go()
        } else {
            reader.pflag()
        }
        reader.settings
    }

    fn word(&self, at: usize) -> Option<&'w str> {
        self.words.get(at).copied()
    }

    fn pflag(&mut self) {
        let mut at = 0;
        while let Some(word) = self.word(at) {
            at = match word.strip_prefix('-') {
                Some("-") => {
                    self.settings.arguments.extend(at + 1..self.words.len());
                    return;
                }
                Some("") | None => {
                    self.settings.arguments.push(at);
                    at + 1
                }
                Some(rest) => match rest.strip_prefix('-') {
                    Some(long) => self.long(at, long),
                    None => self.short(at, rest),
                },
            };
        }
    }

    /// `--name`, `--name=value`, `--name value`. Returns where to go on.
    fn long(&mut self, at: usize, text: &str) -> usize {
        if text.starts_with(['-', '=']) {
            return self.fault(at, Fault::BadSyntax);
        }
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let name = name.replace('_', "-");
        let Some(found) = find(self.program, self.version, &name) else {
            self.unknown(at, name);
            // Its value, so that what follows can still be read.
            let skips = value.is_none() && self.word(at + 1).is_some_and(|next| !next.starts_with('-'));
            return at + 1 + usize::from(skips);
        };
        match value.or(found.1.bare) {
            Some(value) => self.set(at, found, value),
            None => self.set_next(at, at + 1, found),
        }
    }

    /// `-v2`, `-v=2`, `-v 2`, `-hv2`.
    fn short(&mut self, at: usize, letters: &str) -> usize {
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            // pflag leaves these to Go's testing, from 1.0.8 on.
            let skips_tests = self.version.is_none_or(|version| version.minor >= 35);
            if skips_tests && rest.starts_with("test.") {
                return at + 1;
            }
            let after = rest.strip_prefix(letter).unwrap_or_default();
            let Some(found) = self.shorthand(letter) else { return self.fault(at, Fault::UnknownShorthand { letter }) };
            let attached = after.strip_prefix('=').filter(|value| !value.is_empty());
            match (attached, found.1.bare) {
                (Some(value), _) => return self.set(at, found, value),
                (None, Some(bare)) => self.set(at, found, bare),
                (None, None) if after.is_empty() => return self.set_next(at, at + 1, found),
                (None, None) => return self.set(at, found, after),
            };
            rest = after;
        }
        at + 1
    }

    fn shorthand(&self, letter: char) -> Option<Found> {
        flags(self.program).iter().find_map(|flag| {
            let span = flag.spans_in(self.version).next_back()?;
            (span.shorthand == Some(letter)).then_some((flag, span))
        })
    }

    fn go(&mut self) {
        let mut at = 0;
        while let Some(word) = self.word(at) {
            let rest = word.strip_prefix('-').filter(|rest| !rest.is_empty());
            let Some(rest) = rest else { break };
            if rest == "-" {
                at += 1;
                break;
            }
            at = self.go_flag(at, rest.strip_prefix('-').unwrap_or(rest));
        }
        self.settings.arguments.extend(at..self.words.len());
    }

    fn go_flag(&mut self, at: usize, text: &str) -> usize {
        if text.starts_with(['-', '=']) {
            return self.fault(at, Fault::BadSyntax);
        }
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let Some(found) = find(self.program, self.version, name) else {
            if matches!(name, "h" | "help") {
                self.settings.help_at.get_or_insert(at);
                return at + 1;
            }
            self.unknown(at, name.to_owned());
            let skips = value.is_none() && self.word(at + 1).is_some_and(|next| !next.starts_with('-'));
            return at + 1 + usize::from(skips);
        };
        match value.or(found.1.bare) {
            Some(value) => self.set(at, found, value),
            None => self.set_next(at, at + 1, found),
        }
    }

    fn set_next(&mut self, at: usize, next: usize, found: Found) -> usize {
        let Some(value) = self.word(next) else {
            return self.fault(at, Fault::MissingValue { flag: found.0.name });
        };
        self.set(at, found, value);
        next + 1
    }

    fn set(&mut self, at: usize, (flag, span): Found, value: &str) -> usize {
        let owner = span.same.unwrap_or(flag.name);
        let setting = self.settings.by_flag.entry(owner).or_insert_with(|| Setting::new(span.default.clone()));
        match setting.set(&span.kind, value, self.version) {
            Ok(()) => setting.words.push(at),
            Err(why) => return self.fault(at, Fault::InvalidValue { flag: flag.name, why }),
        }
        self.settings.written.entry(flag.name).or_default().push(at);
        if flag.name == GATES {
            self.settings.gates.push((at, value.to_owned()));
        }
        at + 1
    }

    fn unknown(&mut self, at: usize, name: String) {
        let anywhere = find(self.program, None, &name);
        let known = known(anywhere.into_iter().flat_map(|(flag, _)| flag.spans.iter().map(|span| span.versions)));
        self.fault(at, Fault::UnknownFlag { name, known });
    }

    fn fault(&mut self, word: usize, fault: Fault) -> usize {
        self.settings.diagnostics.push(Diagnostic { word, fault });
        word + 1
    }
}
