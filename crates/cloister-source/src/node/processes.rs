//! Which programs of Kubernetes run.

use std::collections::BTreeMap;

use cloister_node::format::Process;

use super::masked;
use super::root::Root;

/// A program that matters.
const PROGRAMS: [&str; 16] = [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "kubelet",
    "kube-proxy",
    "containerd",
    "crio",
    "dockerd",
    "cri-dockerd",
    "k3s",
    "rke2",
    "kubelite",
    "k0s",
    "machined",
    "cloud-controller-manager",
];

/// The most that is kept of a command line: the kernel itself allows more.
const WORDS: usize = 1024;

/// The processes of these programs, by their numbers. One that ends meanwhile is not there.
pub(super) fn processes(root: &Root) -> std::io::Result<Vec<Process>> {
    let mut pids: Vec<u32> = root.list("/proc")?.iter().filter_map(|name| name.parse().ok()).collect();
    pids.sort_unstable();
    Ok(pids.into_iter().filter_map(|pid| process(root, pid)).collect())
}

fn process(root: &Root, pid: u32) -> Option<Process> {
    let line = root.find(&format!("/proc/{pid}/cmdline")).ok()?.bytes().ok()?;
    let mut words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    let first = words.next().filter(|word| !word.is_empty())?;
    let mut words: Vec<String> = words.collect();
    words.pop_if(|word| word.is_empty());
    let program = program(&first, &mut words)?;
    words.truncate(WORDS);
    let uid = root.text(&format!("/proc/{pid}/status")).ok().and_then(|status| uid(&status));
    let executable = root.link(&format!("/proc/{pid}/exe")).ok();
    let environment = if program == "etcd" { environment(root, pid) } else { BTreeMap::new() };
    let arguments = masked::arguments(words);
    Some(Process { program: program.to_owned(), pid, uid, executable, arguments, environment, ..Process::default() })
}

/// The program that a command line starts. `hyperkube kubelet` and `k3s server` name it in their second word; some
/// programs write their whole line into one word.
fn program(first: &str, words: &mut Vec<String>) -> Option<&'static str> {
    let (path, rest) = first.split_once(' ').map_or((first, None), |(path, rest)| (path, Some(rest)));
    let name = path.rsplit('/').next()?.trim_end_matches(':');
    let of = |name: &str| PROGRAMS.into_iter().find(|program| *program == name);
    if let (Some(rest), true) = (rest, words.is_empty()) {
        words.extend(rest.split_whitespace().map(str::to_owned));
    }
    if name == "hyperkube" && !words.is_empty() {
        return of(&words.remove(0));
    }
    // `containerd-shim` and the like are programs of their own.
    of(name)
}

fn uid(status: &str) -> Option<u32> {
    // Real, effective, saved: the second is what counts for files.
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?.parse().ok()
}

/// Variables that set flags; all others are left where they are.
fn environment(root: &Root, pid: u32) -> BTreeMap<String, String> {
    let bytes = root.find(&format!("/proc/{pid}/environ")).and_then(|found| found.bytes()).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    let kept = pairs.filter(|(name, _)| masked::sets_a_flag(name));
    kept.map(|(name, value)| (name.to_owned(), masked::arguments(vec![value.to_owned()]).join(" "))).collect()
}
