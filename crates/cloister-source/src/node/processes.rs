//! Which programs of Kubernetes run.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use cloister_node::InPod;
use cloister_node::format::{Process, ProcessPod, Unread};

use super::root::Root;
use super::{agents, masked};

/// ESRCH: how `/proc` answers for a process that ended.
const ENDED: i32 = rustix::io::Errno::SRCH.raw_os_error();

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
const BYTES: usize = 256 << 10;
/// So many of those that are not believed are told one by one.
const IMPOSTORS: usize = 32;

/// What runs.
pub(super) struct Processes {
    /// Those of the programs that matter, by their numbers.
    pub all: Vec<Process>,
    /// What is not wholly told of them, and which ones are not believed.
    pub unread: Vec<Unread>,
}

/// The processes of these programs. One that ends meanwhile is not there.
pub(super) fn processes(root: &Root) -> std::io::Result<Processes> {
    let mut pids: Vec<u32> = root.list("/proc")?.iter().filter_map(|name| name.parse().ok()).collect();
    pids.sort_unstable();
    let mut found = Processes { all: Vec::new(), unread: Vec::new() };
    let mut impostors = 0;
    for pid in pids {
        let Some((process, lost)) = process(root, pid, &mut found.all) else { continue };
        // Alone it is believed unless it runs in a pod; who counts more is known when all are.
        if !process.claim().holds([]) {
            impostors += 1;
            if impostors > IMPOSTORS {
                continue;
            }
        }
        let path = || format!("/proc/{pid}");
        found.unread.extend(lost.into_iter().map(|why| Unread { path: path(), why, ..Unread::default() }));
        found.all.push(process);
    }
    if impostors > IMPOSTORS {
        let why = format!("{impostors} processes of pods call themselves programs of the node; {IMPOSTORS} are told");
        found.unread.push(Unread { path: "/proc".to_owned(), why, doubted: true, ..Unread::default() });
    }
    found.doubt();
    Ok(found)
}

impl Processes {
    /// Of those that are not believed nothing is kept that they chose themselves.
    fn doubt(&mut self) {
        let held: Vec<bool> = self.all.iter().map(|it| it.claim().holds(self.all.iter().map(Process::claim))).collect();
        for (process, _) in self.all.iter_mut().zip(held).filter(|(_, held)| !held) {
            process.arguments.clear();
            process.environment.clear();
            process.executable = None;
            let place = match &process.pod {
                Some(pod) => format!("runs in the pod {}", pod.uid),
                None => "is nobody's that the node trusts".to_owned(),
            };
            let why = format!("calls itself {}, {place}, and is not taken for it", process.program);
            self.unread.push(Unread {
                path: format!("/proc/{}", process.pid),
                why,
                doubted: true,
                ..Unread::default()
            });
        }
    }

    /// Those that are believed.
    pub(super) fn believed(&self) -> Vec<Process> {
        let others = || self.all.iter().map(Process::claim);
        self.all.iter().filter(|process| process.claim().holds(others())).cloned().collect()
    }
}

/// A process, and what was lost of it: words beyond those that are kept, and variables. A log agent goes to `all`.
fn process(root: &Root, pid: u32, all: &mut Vec<Process>) -> Option<(Process, Vec<String>)> {
    // Most are none that matter, and cost one look.
    let (first, mut words) = command_line(root, pid)?;
    if program(&first, &mut words).is_none() {
        all.extend(agents::agent(root, pid, &first, words));
        return None;
    }
    let born = start(root, pid);
    let (first, mut words) = command_line(root, pid)?;
    let program = program(&first, &mut words)?;
    let mut lost = Vec::new();
    if shorten(&mut words) {
        lost.push(format!("only the first words of the command line of {program} were read"));
    }
    let uid = root.text(&format!("/proc/{pid}/status")).ok().and_then(|status| uid(&status));
    let executable = root.link(&format!("/proc/{pid}/exe")).ok();
    let cgroup = root.text(&format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let pod = InPod::of(&cgroup).map(|pod| ProcessPod { uid: pod.uid, is_static: pod.is_static });
    let environment = if matches!(program, "etcd" | "k3s") { environment(root, pid) } else { Ok(BTreeMap::new()) };
    let environment = environment.unwrap_or_else(|error| {
        lost.push(format!("the variables of {program}, which set flags, were not read: {error}"));
        BTreeMap::new()
    });
    // Another process may have been given the number meanwhile: then these are not the words of one process.
    if start(root, pid) != born {
        return None;
    }
    let arguments = masked::arguments(words);
    let program = program.to_owned();
    Some((Process { program, pid, uid, executable, pod, arguments, environment, ..Process::default() }, lost))
}

/// The first word of a command line, and those behind it.
fn command_line(root: &Root, pid: u32) -> Option<(String, Vec<String>)> {
    let line = root.find(&format!("/proc/{pid}/cmdline")).ok()?.bytes().ok()?;
    let mut words = line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
    let first = words.next().filter(|word| !word.is_empty())?;
    let mut words: Vec<String> = words.collect();
    words.pop_if(|word| word.is_empty());
    Some((first, words))
}

/// When a process began, in ticks. Its own name stands before that, in brackets, and may hold brackets itself.
/// Source: `Documentation/filesystems/proc.rst`, table 1-4.
fn start(root: &Root, pid: u32) -> Option<u64> {
    let stat = root.text(&format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

pub(super) fn shorten(words: &mut Vec<String>) -> bool {
    let mut bytes = 0;
    let kept = words.iter().take(WORDS).take_while(|word| {
        bytes += word.len();
        bytes <= BYTES
    });
    let kept = kept.count();
    let cut = kept < words.len();
    words.truncate(kept);
    cut
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

pub(super) fn uid(status: &str) -> Option<u32> {
    // Real, effective, saved: the second is what counts for files.
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?.parse().ok()
}

/// Variables that set flags; all others are left where they are. One that ended has none.
fn environment(root: &Root, pid: u32) -> std::io::Result<BTreeMap<String, String>> {
    let bytes = match root.find(&format!("/proc/{pid}/environ")).and_then(|found| found.bytes()) {
        Err(error) if error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(ENDED) => {
            return Ok(BTreeMap::new());
        }
        read => read?,
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    let kept = pairs.filter(|(name, _)| masked::sets_a_flag(name));
    Ok(kept.map(|(name, value)| (name.to_owned(), masked::arguments(vec![value.to_owned()]).join(" "))).collect())
}
