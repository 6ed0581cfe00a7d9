//! The programs inside of k3s and MicroK8s, with the flags that their files give to them.

use std::collections::BTreeMap;
use std::io::Read;

use cloister_manifest::{Interner, parse_trees};
use cloister_model::Node;
use cloister_node::embedded::{Embedded, K3s, k3s, words_of_file, words_of_unit};
use cloister_node::format::Process;

use memchr::memmem;

use super::masked;
use super::root::Root;

/// Where k3s keeps everything, where it is not told otherwise.
const K3S: &str = "/var/lib/rancher/k3s";
/// The most that is read of a program, how much at once, and how much of that once more.
const PROGRAM: u64 = 512 << 20;
const CHUNK: usize = 1 << 20;
const OVERLAP: usize = 64;
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
        environment: BTreeMap::new(),
        ..process.clone()
    };
    inside.into_iter().map(part).collect()
}

/// The version of k3s, `v1.34.1+k3s1`: it stands in the program (`-X …/pkg/version.Version`, `scripts/package-cli` of
/// k3s-io/k3s).
pub(super) fn version(root: &Root, process: &Process) -> Option<String> {
    let path = process.executable.as_deref().filter(|_| process.program == "k3s")?;
    let mark = memmem::Finder::new("+k3s");
    let mut file = root.find(path).ok()?.file().ok()?.take(PROGRAM);
    let mut bytes = Vec::with_capacity(CHUNK + OVERLAP);
    loop {
        let read = file.by_ref().take(CHUNK as u64).read_to_end(&mut bytes).ok()?;
        let found = mark.find_iter(&bytes).find_map(|at| version_around(&bytes, at));
        if found.is_some() || read == 0 {
            return found;
        }
        // A version may lie across two of them.
        bytes.drain(..bytes.len().saturating_sub(OVERLAP));
    }
}

/// `v`, three numbers, and perhaps a candidate's, before the mark; a number behind it.
fn version_around(bytes: &[u8], mark: usize) -> Option<String> {
    let before = bytes.get(mark.saturating_sub(24)..mark)?;
    let start = before.iter().rposition(|byte| *byte == b'v')?;
    let digits = bytes.get(mark + 4..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let version = before.get(start..)?;
    let plain = version.iter().skip(1).all(|byte| byte.is_ascii_digit() || b".-rc".contains(byte));
    let dots = version.iter().filter(|byte| **byte == b'.').count();
    let whole = [version, bytes.get(mark..mark + 4 + digits)?].concat();
    (plain && dots == 2 && digits > 0).then(|| String::from_utf8_lossy(&whole).into_owned())
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
    let started = K3s { words: &words, files: &[], variables: &process.environment };
    let files: Vec<Node> = configurations(root, &started.configuration());
    let files: Vec<&Node> = files.iter().collect();
    let started = K3s { files: &files, ..started };
    let data = started.setting("data-dir").unwrap_or_else(|| K3S.to_owned());
    let drop_ins = format!("{data}/agent/etc/kubelet.conf.d");
    let kubelet = root.has(&drop_ins).then_some(drop_ins.as_str());
    k3s(started, root.has(&format!("{data}/server/db/etcd")), kubelet)
}

/// Its configuration and what is added to it, by name. They may hold tokens, and are not kept.
fn configurations(root: &Root, main: &str) -> Vec<Node> {
    let folder = format!("{main}.d");
    let mut names = root.list(&folder).unwrap_or_default();
    names.retain(|name| name.ends_with(".yaml") || name.ends_with(".yml"));
    names.sort();
    let paths = std::iter::once(main.to_owned()).chain(names.into_iter().map(|name| format!("{folder}/{name}")));
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
