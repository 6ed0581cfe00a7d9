//! The programs inside of k3s and MicroK8s, with the flags that their files give to them.

use cloister_manifest::{Interner, parse_trees};
use cloister_model::Node;
use cloister_node::embedded::{Embedded, k3s, words_of_file, words_of_unit};
use cloister_node::format::Process;

use super::masked;
use super::root::Root;

const K3S: &str = "/var/lib/rancher/k3s";
/// Where MicroK8s keeps the words of each program.
const ARGUMENTS: &str = "/var/snap/microk8s/current/args";
const KUBELITE: [&str; 5] = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];

/// What runs inside of a process.
pub(super) fn embedded(root: &Root, process: &Process) -> Vec<Process> {
    let inside = match process.program.as_str() {
        "k3s" => inside_k3s(root, process),
        "kubelite" => inside_kubelite(root),
        _ => return Vec::new(),
    };
    let part = |part: Embedded| Process {
        program: part.program.to_owned(),
        embedded_in: Some(process.program.clone()),
        arguments: masked::arguments(part.words),
        ..process.clone()
    };
    inside.into_iter().map(part).collect()
}

/// K3s takes its flags off the process list, since they may hold passwords; what started it still has them.
fn inside_k3s(root: &Root, process: &Process) -> Vec<Embedded> {
    let shown: Vec<&str> = process.arguments.iter().map(String::as_str).collect();
    let command = shown.first().copied().unwrap_or_default();
    let unit = if command == "agent" { "k3s-agent" } else { "k3s" };
    let unit = root.text(&format!("/etc/systemd/system/{unit}.service")).unwrap_or_default();
    let started = words_of_unit(&unit);
    let words: Vec<&str> = match shown.as_slice() {
        [_, _, ..] => shown,
        _ if started.iter().any(|word| word == command) => started.iter().skip(1).map(String::as_str).collect(),
        _ => shown,
    };
    let files: Vec<Node> = configurations(root);
    let drop_ins = format!("{K3S}/agent/etc/kubelet.conf.d");
    let kubelet = root.has(&drop_ins).then_some(drop_ins.as_str());
    k3s(&words, &files.iter().collect::<Vec<_>>(), root.has(&format!("{K3S}/server/db/etcd")), kubelet)
}

/// Its configuration and what is added to it, by name. They may hold tokens, and are not kept.
fn configurations(root: &Root) -> Vec<Node> {
    const MAIN: &str = "/etc/rancher/k3s/config.yaml";
    let folder = format!("{MAIN}.d");
    let mut names = root.list(&folder).unwrap_or_default();
    names.retain(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
    names.sort();
    let paths = std::iter::once(MAIN.to_owned()).chain(names.into_iter().map(|name| format!("{folder}/{name}")));
    let read = |path: String| {
        let text = root.text(&path).ok()?;
        parse_trees(&text, &path, &mut Interner::default()).0.into_iter().next()
    };
    paths.filter_map(read).collect()
}

fn inside_kubelite(root: &Root) -> Vec<Embedded> {
    // On a node that only works, MicroK8s leaves this behind.
    let works_only = root.has("/var/snap/microk8s/current/var/lock/clustered.lock");
    let here = KUBELITE.into_iter().skip(if works_only { 3 } else { 0 });
    let read = |program| {
        let text = root.text(&format!("{ARGUMENTS}/{program}")).ok()?;
        Some(Embedded { program, words: words_of_file(&text) })
    };
    here.filter_map(read).collect()
}
