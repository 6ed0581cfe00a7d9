//! The flags of the programs that make up the control plane, where they run as pods (static pods of a cluster, or their
//! manifests as files) and where facts of a node show their processes. Read as those programs read them: the last of
//! two counts, lists add up, `--flag value` and `--flag=value` are one.

use std::rc::Rc;

use cloister_inventory::{Container, Inventory, Pod};
use cloister_model::Place;
use cloister_node::Process;

use crate::Findings;
use crate::commands::commands;
use crate::shared::Shared;

/// What every check over control plane programs relies on.
pub(super) const PODS: &[&str] = &["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"];
pub(super) const API_SERVER: &str = "kube-apiserver";
pub(super) const CONTROLLER_MANAGER: &str = "kube-controller-manager";
pub(super) const SCHEDULER: &str = "kube-scheduler";
pub(super) const ETCD: &str = "etcd";

/// What a look at the flags came to.
pub(super) enum Verdict<'a> {
    Holds,
    /// The flags do not say, since a configuration file does.
    NotApplicable,
    Fault {
        /// Of the flag; none where a flag is missing.
        place: Option<Place<'a>>,
        /// The flag as it stands, or that it is missing.
        says: String,
        /// The line to write, where there is one.
        fix: String,
    },
}

/// Where a program runs.
#[derive(Clone, Copy)]
enum Home<'a> {
    Container(Container<'a>),
    Process(Process<'a>),
}

/// The command line of one program.
pub(super) struct Flags<'a> {
    home: Home<'a>,
    words: Vec<(String, Place<'a>)>,
}

/// One flag on the command line.
pub(super) struct Flag<'f, 'a> {
    place: Place<'a>,
    attached: Option<&'f str>,
    next: Option<&'f str>,
}

impl<'f> Flag<'f, '_> {
    /// Its value, behind `=` or as the next word; empty where it has none.
    pub(super) fn text(&self) -> &'f str {
        self.attached.or(self.next.filter(|word| !word.starts_with('-'))).unwrap_or_default()
    }

    /// A flag that only stands there is true.
    fn is_true(&self) -> bool {
        self.attached.is_none_or(|value| ["1", "t", "T", "true", "TRUE", "True"].contains(&value))
    }
}

/// Whether anything in the input starts `program`.
pub(crate) fn runs(inventory: &Inventory, containers: &[Container<'_>], program: &str) -> bool {
    inventory.node_facts().any(|facts| facts.runs(program))
        || containers.iter().any(|container| Flags::of_container(*container, program).is_some())
}

/// Each process of `program` in the input, once: what facts of a node show is not asked of the pod as well.
pub(super) fn each<'a>(inventory: &'a Inventory, program: &'static str) -> impl Iterator<Item = Flags<'a>> {
    let processes = inventory.node_facts().flat_map(|facts| facts.processes());
    let told: Vec<&str> =
        inventory.node_facts().filter(|facts| facts.runs(program)).map(|facts| facts.name()).collect();
    let pods = inventory.pods().filter(move |pod| node_of(pod).is_none_or(|node| !told.contains(&node)));
    let containers = pods.flat_map(|pod| pod.containers());
    processes
        .filter(move |process| process.program() == program)
        .map(Flags::of_process)
        .chain(containers.filter_map(move |container| Flags::of_container(container, program)))
}

/// The node that a pod was given to.
fn node_of<'a>(pod: &Pod<'a>) -> Option<&'a str> {
    pod.spec.str_at("nodeName")
}

/// Judges each process of `program` in the input.
pub(super) fn examine<'a>(
    program: &'static str,
    findings: &mut Findings<'a>,
    judge: impl Fn(&Flags<'a>) -> Verdict<'a>,
) {
    for flags in each(findings.inventory(), program) {
        match flags.home {
            Home::Container(container) => findings.within(Some(container), &Rc::new(Shared::of(container.node))),
            Home::Process(process) => findings.within(None, &Rc::new(Shared::of(process.node))),
        }
        match judge(&flags) {
            Verdict::Holds => {}
            Verdict::NotApplicable => findings.not_applicable(),
            Verdict::Fault { place, says, fix } => {
                let finding = findings.report(place.unwrap_or_else(|| flags.end()));
                let message = format!("{} ({says})", finding.message);
                finding.message(message);
                if !fix.is_empty() {
                    finding.fix(fix);
                }
            }
        }
        findings.count();
    }
}

impl<'a> Flags<'a> {
    fn of_process(process: Process<'a>) -> Flags<'a> {
        let program = (process.program().to_owned(), process.at("program"));
        let words = process.words().map(|(word, place)| (word.to_owned(), place));
        Flags { home: Home::Process(process), words: std::iter::once(program).chain(words).collect() }
    }

    fn of_container(container: Container<'a>, program: &str) -> Option<Flags<'a>> {
        let nodes: Vec<_> = container.words().filter_map(|node| Some((node, node.as_str()?))).collect();
        let (_, first) = nodes.first()?;
        if first.rsplit('/').next() == Some(program) {
            let words = nodes.iter().map(|(node, word)| ((*word).to_owned(), container.place(node))).collect();
            return Some(Flags { home: Home::Container(container), words });
        }
        if !nodes.iter().any(|(_, word)| word.contains(program)) {
            return None;
        }
        let command = commands(&container).into_iter().find(|command| command.program() == program)?;
        let place = command.place(&container);
        let words = command.words.into_iter().map(|word| (word, place)).collect();
        Some(Flags { home: Home::Container(container), words })
    }

    /// Where a missing flag belongs.
    fn end(&self) -> Place<'a> {
        match self.home {
            Home::Container(container) => {
                container.at(if container.node.get("args").is_some() { "args" } else { "command" })
            }
            Home::Process(process) => process.at("arguments"),
        }
    }

    fn all(&self, flag: &str) -> impl DoubleEndedIterator<Item = Flag<'_, 'a>> {
        let wanted = flag.trim_start_matches('-').to_owned();
        self.words.iter().enumerate().skip(1).filter_map(move |(index, (word, place))| {
            let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?;
            let (name, attached) = bare.split_once('=').map_or((bare, None), |(name, value)| (name, Some(value)));
            let next = self.words.get(index + 1).map(|(word, _)| word.as_str());
            (name.replace('_', "-") == wanted).then_some(Flag { place: *place, attached, next })
        })
    }

    /// A flag as it counts.
    pub(super) fn last(&self, flag: &str) -> Option<Flag<'_, 'a>> {
        self.all(flag).next_back()
    }

    /// Where a flag stands.
    pub(super) fn place(&self, flag: &str) -> Option<Place<'a>> {
        self.last(flag).map(|flag| flag.place)
    }

    /// Its value; for etcd also from its environment, where the command line has none.
    pub(super) fn value(&self, flag: &str) -> Option<String> {
        if let Some(flag) = self.last(flag) {
            return Some(flag.text().to_owned());
        }
        let variable = format!("ETCD_{}", flag.trim_start_matches('-').replace('-', "_").to_uppercase());
        let set = match self.home {
            Home::Container(container) => container.env_value(&variable)?,
            Home::Process(process) => &process.variable(&variable)?.node,
        };
        Some(set.as_str()?.to_owned())
    }

    /// Whether a flag has a value that is not empty.
    pub(super) fn is_set(&self, flag: &str) -> bool {
        self.value(flag).is_some_and(|value| !value.is_empty())
    }

    /// Whether a switch that is off without it is on.
    pub(super) fn is_on(&self, flag: &str) -> bool {
        self.last(flag).is_some_and(|flag| flag.is_true())
    }

    /// The words of a flag that is a list.
    pub(super) fn list(&self, flag: &str) -> Vec<String> {
        self.all(flag).flat_map(|flag| flag.text().split(',').map(|word| word.trim().to_owned())).collect()
    }

    /// A fault at a flag, or at the end of the command line where it is missing.
    pub(super) fn fault(&self, flag: &str, fix: impl Into<String>) -> Verdict<'a> {
        let found = self.last(flag);
        let says = match &found {
            Some(Flag { attached: None, next, .. }) => match next.filter(|word| !word.starts_with('-')) {
                Some(value) => format!("{flag} {value}"),
                None => flag.to_owned(),
            },
            Some(Flag { attached: Some(value), .. }) => format!("{flag}={value}"),
            None => format!("no {flag}"),
        };
        Verdict::Fault { place: found.map(|flag| flag.place), says, fix: fix.into() }
    }

    /// A switch must come to `wanted`; `default` is what the program does without the flag.
    pub(super) fn switch(&self, flag: &str, wanted: bool, default: bool) -> Verdict<'a> {
        let variable = || self.value(flag).map(|value| value == "true" || value == "1");
        let is = self.last(flag).map(|flag| flag.is_true()).or_else(variable).unwrap_or(default);
        if is == wanted { Verdict::Holds } else { self.fault(flag, format!("- {flag}={wanted}")) }
    }

    /// Each of the flags must have a value.
    pub(super) fn needs(&self, flags: &[&str]) -> Verdict<'a> {
        match flags.iter().find(|flag| !self.is_set(flag)) {
            Some(flag) => self.fault(flag, format!("- {flag}=…")),
            None => Verdict::Holds,
        }
    }

    /// The flag must have no value.
    pub(super) fn forbids(&self, flag: &str) -> Verdict<'a> {
        if self.is_set(flag) { self.fault(flag, "") } else { Verdict::Holds }
    }

    /// A number must be at least this; what is missing or no number is not.
    pub(super) fn at_least(&self, flag: &str, least: u64) -> Verdict<'a> {
        let value = self.value(flag).and_then(|value| value.parse::<u64>().ok());
        if value.is_some_and(|value| value >= least) {
            return Verdict::Holds;
        }
        self.fault(flag, format!("- {flag}={least}"))
    }

    /// The same of the audit log's files, where there are any: a webhook alone keeps none here.
    pub(super) fn audit_log_at_least(&self, flag: &str, least: u64) -> Verdict<'a> {
        if self.is_set("--audit-webhook-config-file") && !self.is_set("--audit-log-path") {
            return Verdict::NotApplicable;
        }
        self.at_least(flag, least)
    }

    /// The address must be one that only the node itself reaches; all are the default.
    pub(super) fn loopback(&self, flag: &str) -> Verdict<'a> {
        let value = self.value(flag).unwrap_or_default();
        let local = value.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if local { Verdict::Holds } else { self.fault(flag, format!("- {flag}=127.0.0.1")) }
    }

    /// An admission plug-in that is off until it is named.
    pub(super) fn needs_plugin(&self, plugin: &str) -> Verdict<'a> {
        const ENABLE: &str = "--enable-admission-plugins";
        if self.list(ENABLE).iter().any(|name| name == plugin) {
            return Verdict::Holds;
        }
        let all = self.list(ENABLE).into_iter().filter(|name| !name.is_empty()).chain([plugin.to_owned()]);
        let fix = format!("- {ENABLE}={}", all.collect::<Vec<_>>().join(","));
        Verdict::Fault { place: self.last(ENABLE).map(|flag| flag.place), says: format!("{plugin} is not on"), fix }
    }

    /// An admission plug-in that is on until it is named among the others.
    pub(super) fn keeps_plugin(&self, plugin: &str) -> Verdict<'a> {
        const DISABLE: &str = "--disable-admission-plugins";
        if !self.list(DISABLE).iter().any(|name| name == plugin) {
            return Verdict::Holds;
        }
        let says = format!("{plugin} is off");
        Verdict::Fault { place: self.last(DISABLE).map(|flag| flag.place), says, fix: String::new() }
    }

    /// Judges the authorisation modes, where the flag sets them: `AlwaysAllow` without it.
    pub(super) fn modes(&self, holds: impl Fn(&[String]) -> bool) -> Verdict<'a> {
        const MODES: &str = "--authorization-mode";
        if self.is_set("--authorization-config") {
            return Verdict::NotApplicable;
        }
        if holds(&self.list(MODES)) { Verdict::Holds } else { self.fault(MODES, format!("- {MODES}=Node,RBAC")) }
    }
}

/// Judges flags of etcd, unless a file holds them: then etcd reads no flags at all.
pub(super) fn etcd<'a>(flags: &Flags<'a>, judge: impl Fn(&Flags<'a>) -> Verdict<'a>) -> Verdict<'a> {
    if flags.is_set("--config-file") { Verdict::NotApplicable } else { judge(flags) }
}
