//! A command line, understood.

use crate::diagnostic::{Diagnostic, Fault, Since};
use crate::effective::{Effective, Source};
use crate::gates::{Gate, Told, named};
use crate::kind::Kind;
use crate::outcome::{Outcome, Phase};
use crate::program::Program;
use crate::setting::Setting;
use crate::table::{Flag, flags};
use crate::value::Value;
use crate::version::{Version, Versions};
use crate::words::{Reader, Settings, find, known};

/// What the words after a program's name come to.
#[derive(Clone, Debug)]
pub struct CommandLine {
    program: Program,
    version: Option<Version>,
    settings: Settings,
    gates: Told,
    environment: Vec<(&'static str, Setting)>,
    diagnostics: Vec<Diagnostic>,
}

impl CommandLine {
    /// Reads the words after the program's name. A version that the tables do not hold is as good as none.
    #[must_use]
    pub fn parse(program: Program, version: Option<Version>, words: &[&str]) -> CommandLine {
        let version = version.filter(|version| program.versions().contain(*version));
        let settings = Reader::read(program, version, words);
        let mut diagnostics = settings.diagnostics.clone();
        let mut gates = Told::read(program, version, &settings.gates, &mut diagnostics);
        gates.emulates = emulates(&settings);
        let mut line = CommandLine { program, version, settings, gates, environment: Vec::new(), diagnostics };
        line.look_at_arguments(words);
        line.look_at_flags();
        line.diagnostics.sort_by_key(|diagnostic| diagnostic.word);
        line
    }

    /// Adds the environment of etcd, which sets what no word does (`ETCD_CERT_FILE`). Other programs do not look at it.
    #[must_use]
    pub fn with_environment<'e>(mut self, variables: impl IntoIterator<Item = (&'e str, &'e str)>) -> CommandLine {
        if self.program != Program::Etcd {
            return self;
        }
        for (name, value) in variables {
            let Some(flag) = name.strip_prefix("ETCD_").map(|name| name.to_lowercase().replace('_', "-")) else {
                continue;
            };
            let Some((flag, span)) = find(self.program, self.version, &flag) else { continue };
            if value.is_empty() || self.settings.by_flag.contains_key(flag.name) {
                continue;
            }
            let mut setting = Setting::new(span.default.clone());
            // What cannot be read keeps etcd from starting; here its default stands in.
            if setting.set(&span.kind, value, self.version).is_ok() {
                self.environment.push((flag.name, setting));
            }
        }
        self
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> Program {
        self.program
    }

    /// Its version, where the tables hold it.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// The names of all flags that the version has; of all versions, where it is not known.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let version = self.version;
        flags(self.program).iter().filter(move |flag| flag.spans_in(version).next().is_some()).map(|flag| flag.name)
    }

    /// What is to be said of the words, in their order.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether the program takes its words.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        if self.diagnostics.iter().any(|one| one.fault == Fault::OtherCommand) {
            return Outcome::OtherCommand;
        }
        for phase in self.program.phases() {
            let ends = match phase {
                Phase::Help => self.prints_help().then_some(Outcome::PrintsHelp),
                Phase::Version => self.prints_version().then_some(Outcome::PrintsVersion),
                _ => self.stop(phase).map(Outcome::Fails),
            };
            if let Some(ends) = ends {
                return ends;
            }
        }
        let open = self.diagnostics.iter().find(|one| matches!(one.fault, Fault::OnlyIn { .. }));
        open.map_or(Outcome::Starts, Outcome::Depends)
    }

    /// What a flag comes to; its name is written without dashes before it.
    #[must_use]
    pub fn effective(&self, flag: &str) -> Effective {
        let Some((flag, span)) = find(self.program, self.version, flag) else { return Effective::Absent };
        if let Some(setting) =
            self.settings.by_flag.get(span.same.unwrap_or(flag.name)).filter(|setting| setting.changed)
        {
            let source = Source::Words(setting.words.clone());
            return Effective::Is { value: setting.value.clone(), kind: span.kind.clone(), source };
        }
        if let Some((_, setting)) = self.environment.iter().find(|(name, _)| *name == flag.name) {
            let source = Source::Environment(format!("ETCD_{}", flag.name.to_uppercase().replace('-', "_")));
            return Effective::Is { value: setting.value.clone(), kind: span.kind.clone(), source };
        }
        self.default(flag)
    }

    /// Whether a feature gate is on.
    #[must_use]
    pub fn gate(&self, name: &str) -> Effective {
        let here =
            |gate: &&Gate| gate.name == name && self.version.is_none_or(|version| gate.versions.contain(version));
        let spans: Vec<&Gate> = named(self.program, name).filter(here).collect();
        if self.gates.emulates && !self.gates.set.contains_key(name) {
            return Effective::Unknown("the version that is emulated decides");
        }
        let answers: Vec<(Versions, bool, &[usize])> =
            spans.iter().map(|gate| (gate.versions, self.gates.of(gate).0, self.gates.of(gate).1)).collect();
        let Some((versions, on, words)) = answers.first().copied() else { return Effective::Absent };
        let differs = answers.iter().any(|(_, other, by)| *other != on || by.is_empty() != words.is_empty());
        let certain =
            self.version.is_some() || known(spans.iter().map(|gate| gate.versions)) == [self.program.versions()];
        if differs || (!certain && words.is_empty()) {
            let each = answers.into_iter().map(|(versions, on, _)| (versions, Some(Value::Boolean(on))));
            return Effective::Depends(each.collect());
        }
        let all = answers.iter().map(|(versions, ..)| *versions).next_back().unwrap_or(versions);
        let source = match words {
            [] => Source::Default(Versions { last: all.last, ..versions }),
            words => Source::Words(words.to_vec()),
        };
        Effective::Is { value: Value::Boolean(on), kind: Kind::Boolean, source }
    }

    /// A flag as the program prints it where it tells its settings (`/flagz`, its log).
    #[must_use]
    pub fn shown(&self, flag: &str) -> Option<String> {
        let (found, span) = find(self.program, self.version, flag)?;
        match self.settings.by_flag.get(span.same.unwrap_or(found.name)).filter(|setting| setting.changed) {
            Some(setting) => Some(setting.shown(&span.kind)),
            None => self.effective(flag).shown(),
        }
    }

    fn default(&self, flag: &'static Flag) -> Effective {
        let spans: Vec<_> = flag.spans_in(self.version).collect();
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Effective::Absent };
        let whole = known(spans.iter().map(|span| span.versions)) == [self.program.versions()];
        if (self.version.is_none() && !whole) || spans.iter().any(|span| span.default != last.default) {
            let each = spans.iter().map(|span| (span.versions, Some(span.default.clone())));
            return Effective::Depends(each.collect());
        }
        let versions = Versions { last: last.versions.last, ..first.versions };
        Effective::Is { value: last.default.clone(), kind: last.kind.clone(), source: Source::Default(versions) }
    }

    fn stop(&self, phase: Phase) -> Option<&Diagnostic> {
        // etcd sets gates while it reads its words.
        let early = self.program == Program::Etcd;
        let stops =
            |fault: &Fault| fault.stops().map(|stop| if early && stop == Phase::Gates { Phase::Words } else { stop });
        self.diagnostics.iter().find(|diagnostic| stops(&diagnostic.fault) == Some(phase))
    }

    fn prints_help(&self) -> bool {
        self.settings.help_at.is_some() || self.effective("help").boolean() == Some(true)
    }

    fn prints_version(&self) -> bool {
        let asked = self.effective("version");
        asked.boolean() == Some(true) || asked.text().is_some_and(|text| matches!(text, "true" | "raw"))
    }

    fn look_at_arguments(&mut self, words: &[&str]) {
        let command = self.program == Program::Etcd
            && words.first().is_some_and(|word| matches!(*word, "gateway" | "grpc-proxy"));
        if command {
            self.diagnostics.push(Diagnostic { word: 0, fault: Fault::OtherCommand });
        }
        // An empty word is let through by all but the kubelet and etcd.
        let strict = matches!(self.program, Program::Kubelet | Program::Etcd);
        let stray =
            self.settings.arguments.iter().find(|at| strict || words.get(**at).is_some_and(|word| !word.is_empty()));
        if let Some(word) = stray {
            self.diagnostics.push(Diagnostic { word: *word, fault: Fault::Argument });
        }
        // Help ends etcd before it meets what is wrong later.
        if let Some(help) = self.settings.help_at {
            self.diagnostics.retain(|diagnostic| diagnostic.word < help);
        }
    }

    fn look_at_flags(&mut self) {
        for (name, words) in &self.settings.written {
            let Some((flag, span)) = find(self.program, self.version, name) else { continue };
            let Some(last) = words.last().copied() else { continue };
            let mut say = |fault| self.diagnostics.push(Diagnostic { word: last, fault });
            if let Some(instead) = span.deprecated {
                say(Fault::Deprecated { flag: flag.name, since: since(self.program, flag), instead });
            }
            let versions = known(flag.spans.iter().map(|span| span.versions));
            if self.version.is_none() && versions != [self.program.versions()] {
                say(Fault::OnlyIn { name: format!("--{}", flag.name), versions });
            }
        }
        for (name, setting) in &self.settings.by_flag {
            let Some((flag, span)) = find(self.program, self.version, name) else { continue };
            let Some((by, earlier)) = setting.words.split_last().filter(|_| !span.kind.adds_up()) else { continue };
            let overridden =
                |word: &usize| Diagnostic { word: *word, fault: Fault::Overridden { flag: flag.name, by: *by } };
            self.diagnostics.extend(earlier.iter().map(overridden));
        }
    }
}

/// Whether another version than the program's own is asked for.
fn emulates(settings: &Settings) -> bool {
    ["emulated-version", "min-compatibility-version"].iter().any(|flag| settings.by_flag.contains_key(flag))
}

/// Since when a flag has been deprecated without a break.
fn since(program: Program, flag: &Flag) -> Since {
    let first = flag.spans.iter().rev().take_while(|span| span.deprecated.is_some()).last();
    let first = first.map_or(program.versions().first, |span| span.versions.first);
    if first == program.versions().first {
        return Since::Before(program.versions());
    }
    Since::Version { major: program.versions().major, minor: first }
}
