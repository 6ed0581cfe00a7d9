//! The flags of kube-apiserver, where it runs as a pod that is in the input, or as a process in facts of a node.
//! Source: Kubernetes 1.37, `pkg/kubeapiserver/options/authorization.go`.

use cloister_flags::{CommandLine, Program, Version};
use cloister_inventory::{Container, Inventory};
use cloister_model::Place;
use cloister_node::Process;

use super::{Authorizer, Webhook};

const PROGRAM: &str = "kube-apiserver";

/// How one API server was told to authorise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// `--authorization-mode`; without any flag, everything is allowed.
    Modes(Vec<String>),
    /// `--authorization-config`, and its path on the server's own disk.
    File(String),
}

/// An API server in the input.
#[derive(Clone, Debug)]
pub(crate) struct Server<'a> {
    /// How it authorises.
    pub(crate) told: Told,
    /// Its version, where the image or the process tells it.
    pub(crate) version: Option<Version>,
    /// Whether the gate is off by which opening a connection asks for create, also where it comes as a GET.
    pub(crate) gate_off: bool,
    /// Where it is written.
    pub(crate) place: Place<'a>,
}

/// Which is on since 1.35.
const GATE: &str = "AuthorizePodWebsocketUpgradeCreatePermission";

/// Each API server in the input. What facts of a node show is not asked of its pod as well.
pub(crate) fn servers(inventory: &Inventory) -> Vec<Server<'_>> {
    let processes = inventory.node_facts().flat_map(|facts| facts.processes());
    let processes = processes.filter(|process| process.program() == PROGRAM).map(of_process);
    let nodes: Vec<&str> =
        inventory.node_facts().filter(|facts| facts.runs(PROGRAM)).map(|facts| facts.name()).collect();
    let seen = |node: &str| nodes.contains(&node);
    let pods = inventory.pods().filter(|pod| !pod.spec.str_at("nodeName").is_some_and(seen));
    processes.chain(pods.flat_map(|pod| pod.containers()).filter_map(of_container)).collect()
}

fn of_process(process: Process<'_>) -> Server<'_> {
    let words: Vec<&str> = process.words().map(|(word, _)| word).collect();
    server(&words, process.version().and_then(Version::parse), Place::of(process.resource(), process.node))
}

fn of_container(container: Container<'_>) -> Option<Server<'_>> {
    let place = Place::of(container.pod.resource, container.node);
    Some(server(&words(&container)?, Version::of_image(container.image()), place))
}

/// What follows the program's name on the command line, also on one that a shell is given.
fn words<'a>(container: &Container<'a>) -> Option<Vec<&'a str>> {
    let words: Vec<&str> = container.words().filter_map(|node| node.as_str()).collect();
    let is_program = |word: &str| word.rsplit('/').next() == Some(PROGRAM);
    if words.first().is_some_and(|first| is_program(first)) {
        return Some(words.into_iter().skip(1).collect());
    }
    let script = words.iter().find(|word| word.split_whitespace().any(is_program))?;
    Some(script.split_whitespace().skip_while(|word| !is_program(word)).skip(1).collect())
}

fn server<'a>(words: &[&str], version: Option<Version>, place: Place<'a>) -> Server<'a> {
    let line = CommandLine::parse(Program::ApiServer, Some(Program::ApiServer.nearest(version)), words);
    Server { told: told(&line), version, gate_off: line.gate(GATE).boolean() == Some(false), place }
}

fn told(line: &CommandLine) -> Told {
    if let Some(path) = line.effective("authorization-config").text().filter(|path| !path.is_empty()) {
        return Told::File(path.to_owned());
    }
    let modes = line.effective("authorization-mode");
    let modes = modes.list().unwrap_or_default().iter().map(|mode| mode.trim().to_owned());
    let modes: Vec<String> = modes.filter(|mode| !mode.is_empty()).collect();
    Told::Modes(if modes.is_empty() { vec!["AlwaysAllow".to_owned()] } else { modes })
}

/// The authorisers that modes mean; a webhook of flags is asked about everything, and its errors are no opinion.
pub(crate) fn authorizers(modes: &[String]) -> Vec<Authorizer> {
    modes.iter().map(|mode| super::configuration::built_in(mode).unwrap_or_else(|| other(mode))).collect()
}

fn other(mode: &str) -> Authorizer {
    match mode {
        "Webhook" => {
            Authorizer::Webhook(Webhook { name: "default".to_owned(), conditions: Vec::new(), denies_on_error: false })
        }
        mode => Authorizer::Other(mode.to_owned()),
    }
}
