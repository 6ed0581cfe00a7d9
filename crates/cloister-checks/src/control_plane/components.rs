//! The programs of the control plane, where they run as pods (static pods of a cluster, or their manifests as files) and
//! where facts of a node show their processes.

use std::borrow::Cow;
use std::rc::Rc;

use cloister_flags::{CommandLine, Effective, Program, Source, Version};
use cloister_inventory::{Container, Inventory, Pod};
use cloister_model::Place;
use cloister_node::{File, Process};

use super::etcd_file;
use crate::Findings;
use crate::commands::commands;
use crate::shared::Shared;

/// Where a program runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Home<'a> {
    Container(Container<'a>),
    Process(Process<'a>),
}

/// The command line of one program.
#[derive(Debug)]
pub(crate) struct Flags<'a> {
    pub(super) home: Home<'a>,
    program: Program,
    /// The version, where the facts or the tag of the image tell one that the tables hold.
    told: Option<Version>,
    /// Those after the program's name.
    words: Vec<Word<'a>>,
    /// Of etcd with a file of settings, which is all that it reads then.
    written: Option<Written<'a>>,
    line: CommandLine,
}

/// A word, and where it stands.
pub(super) type Word<'a> = (Cow<'a, str>, Place<'a>);

/// A file that counts instead of the words.
#[derive(Debug)]
enum Written<'a> {
    Seen(File<'a>, Vec<Word<'a>>),
    Unseen,
}

/// Whether anything in the input starts `program`.
pub(crate) fn runs(inventory: &Inventory, containers: &[Container<'_>], program: &str) -> bool {
    inventory.node_facts().any(|facts| facts.runs(program))
        || containers.iter().any(|container| words_of(*container, program).is_some())
}

/// Each process of `program` in the input, once: what facts of a node show is not asked of the pod as well. Checks ask for
/// what is known of them already ([`Findings::processes_of`]).
pub(crate) fn each<'a>(inventory: &'a Inventory, program: &'static str) -> impl Iterator<Item = Flags<'a>> {
    let processes = inventory.node_facts().flat_map(|facts| facts.processes());
    let told: Vec<&str> =
        inventory.node_facts().filter(|facts| facts.runs(program)).map(|facts| facts.name()).collect();
    let pods = inventory.pods().filter(move |pod| node_of(pod).is_none_or(|node| !told.contains(&node)));
    let containers = pods.flat_map(|pod| pod.containers());
    processes
        .filter(move |process| process.program() == program)
        .filter_map(Flags::of_process)
        .chain(containers.filter_map(move |container| Flags::of_container(container, program)))
}

/// The node that a pod was given to.
fn node_of<'a>(pod: &Pod<'a>) -> Option<&'a str> {
    pod.spec.str_at("nodeName")
}

/// The words of a container from the program's name on, where it starts the program.
fn words_of<'a>(container: Container<'a>, program: &str) -> Option<Vec<Word<'a>>> {
    let nodes: Vec<_> = container.words().filter_map(|node| Some((node, node.as_str()?))).collect();
    let (_, first) = nodes.first()?;
    if first.rsplit('/').next() == Some(program) {
        return Some(nodes.iter().map(|(node, word)| (Cow::Borrowed(*word), container.place(node))).collect());
    }
    if !nodes.iter().any(|(_, word)| word.contains(program)) {
        return None;
    }
    let command = commands(&container).into_iter().find(|command| command.program() == program)?;
    let place = command.place(&container);
    Some(command.words.into_iter().map(|word| (Cow::Owned(word), place)).collect())
}

impl<'a> Flags<'a> {
    fn of_process(process: Process<'a>) -> Option<Flags<'a>> {
        let words = process.words().map(|(word, place)| (Cow::Borrowed(word), place)).collect();
        let version = process.version().and_then(Version::parse);
        Flags::new(Home::Process(process), process.program(), version, words)
    }

    fn of_container(container: Container<'a>, program: &str) -> Option<Flags<'a>> {
        let words = words_of(container, program)?.into_iter().skip(1).collect();
        Flags::new(Home::Container(container), program, Version::of_image(container.image()), words)
    }

    fn new(home: Home<'a>, program: &str, version: Option<Version>, words: Vec<Word<'a>>) -> Option<Flags<'a>> {
        let program = Program::named(program)?;
        let told = version.filter(|version| program.versions().contain(*version));
        let line = read(program, Some(program.nearest(version)), &words);
        let mut flags = Flags { home, program, told, words, written: None, line };
        if program == Program::Etcd {
            flags.line = flags.line.clone().with_environment(flags.environment());
            flags.read_file(program.nearest(version));
        }
        Some(flags)
    }

    /// Takes etcd's settings from its file, where it has one.
    fn read_file(&mut self, version: Version) {
        let Some(named) = self.value(etcd_file::FLAG).filter(|named| !named.is_empty()) else { return };
        let file = if let Home::Process(process) = self.home { etcd_file::of(process, &named) } else { None };
        self.written = Some(file.map_or(Written::Unseen, |file| {
            let words = etcd_file::words(&file);
            self.line = read(self.program, Some(version), &words);
            Written::Seen(file, words)
        }));
    }

    /// The file that it is set by, where its content is known.
    pub(super) fn file(&self) -> Option<&File<'a>> {
        if let Some(Written::Seen(file, _)) = &self.written { Some(file) } else { None }
    }

    /// Whether it is set by a file whose content is not known.
    pub(super) fn is_unseen(&self) -> bool {
        matches!(self.written, Some(Written::Unseen))
    }

    /// The variables that set flags of etcd.
    fn environment(&self) -> Vec<(&'a str, &'a str)> {
        let entries = match self.home {
            Home::Process(process) => process.node.entries_at("environment"),
            Home::Container(container) => return container_environment(container),
        };
        entries.iter().filter_map(|entry| Some((&*entry.key, entry.node.as_str()?))).collect()
    }

    /// Findings that follow are of this program's home.
    pub(super) fn enter(&self, findings: &mut Findings<'a>) {
        match self.home {
            Home::Container(container) => findings.within(Some(container), &Rc::new(Shared::of(container.node))),
            Home::Process(process) => findings.within(None, &Rc::new(Shared::of(process.node))),
        }
    }

    /// Where a missing flag belongs.
    pub(super) fn end(&self) -> Place<'a> {
        match self.home {
            Home::Container(container) => {
                container.at(if container.node.get("args").is_some() { "args" } else { "command" })
            }
            Home::Process(process) => process.at("arguments"),
        }
    }

    /// What a flag, written with its dashes or without, comes to.
    pub(super) fn effective(&self, flag: &str) -> Effective {
        self.line.effective(flag.trim_start_matches('-'))
    }

    /// What the words come to.
    pub(super) fn line(&self) -> &CommandLine {
        &self.line
    }

    /// What is the matter with the words in the version that runs; in all versions, where it is not known.
    pub(super) fn line_of_told_version(&self) -> CommandLine {
        read(self.program, self.told, &self.words)
    }

    /// A word and where it stands.
    pub(super) fn word(&self, index: usize) -> Option<(&str, Place<'a>)> {
        self.words.get(index).map(|(word, place)| (&**word, *place))
    }

    /// Where a flag is set, and how it is written there.
    pub(super) fn setting(&self, flag: &str) -> Option<(Option<Place<'a>>, String)> {
        let effective = self.effective(flag);
        match effective.source()? {
            Source::Words(words) if let Some(Written::Seen(_, written)) = &self.written => {
                let (word, place) = written.get(*words.last()?)?;
                Some((Some(*place), etcd_file::named(word)))
            }
            Source::Words(words) => {
                let at = *words.last()?;
                let (word, place) = self.word(at)?;
                let next = self.word(at + 1).map(|(next, _)| next).filter(|_| !word.contains('='));
                let value = next.filter(|next| effective.boolean().is_none() && !next.starts_with("--"));
                let says = value.map_or_else(|| word.to_owned(), |value| format!("{word} {value}"));
                Some((Some(place), says))
            }
            Source::Environment(name) => {
                let shown = effective.shown().unwrap_or_default();
                Some((self.variable(name), format!("{name}={shown}")))
            }
            Source::Default(_) => None,
        }
    }

    fn variable(&self, name: &str) -> Option<Place<'a>> {
        match self.home {
            Home::Container(container) => container.env_value(name).map(|node| container.place(node)),
            Home::Process(process) => {
                let entry = process.variable(name)?;
                Some(Place::of(process.resource(), &entry.node))
            }
        }
    }
}

fn read(program: Program, version: Option<Version>, words: &[Word<'_>]) -> CommandLine {
    let words: Vec<&str> = words.iter().map(|(word, _)| &**word).collect();
    CommandLine::parse(program, version, &words)
}

/// What the container's `env` sets by itself; what comes from elsewhere is not known.
fn container_environment<'a>(container: Container<'a>) -> Vec<(&'a str, &'a str)> {
    let named = container.node.items_at("env").iter().filter_map(|entry| entry.str_at("name"));
    let set = named.filter_map(|name| Some((name, container.env_value(name)?.as_str()?)));
    set.filter(|(name, _)| name.starts_with("ETCD_")).collect()
}
