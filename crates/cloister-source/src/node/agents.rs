//! Log agents that run on the host itself, and which logs of the node they read: only that is told of what configures them.

use std::collections::{BTreeMap, BTreeSet};

use cloister_node::format::{File, JOURNAL, Process};
use cloister_node::{InPod, Role};
use globset::GlobBuilder;

use super::masked;
use super::processes::{shorten, uid};
use super::root::Root;

/// A program that ships logs, and where its configuration mostly lies.
struct Agent {
    name: &'static str,
    folders: &'static [&'static str],
}

const AGENTS: [Agent; 17] = [
    Agent { name: "alloy", folders: &["/etc/alloy"] },
    Agent { name: "elastic-agent", folders: &["/etc/elastic-agent", "/opt/Elastic/Agent"] },
    Agent { name: "filebeat", folders: &["/etc/filebeat"] },
    Agent { name: "fluent-bit", folders: &["/etc/fluent-bit"] },
    Agent { name: "td-agent-bit", folders: &["/etc/td-agent-bit"] },
    Agent { name: "fluentd", folders: &["/etc/fluent", "/etc/td-agent"] },
    Agent { name: "td-agent", folders: &["/etc/td-agent"] },
    Agent { name: "grafana-agent", folders: &["/etc/grafana-agent", "/etc/grafana-agent.yaml"] },
    Agent { name: "logstash", folders: &["/etc/logstash"] },
    Agent { name: "otelcol", folders: &["/etc/otelcol"] },
    Agent { name: "otelcol-contrib", folders: &["/etc/otelcol-contrib"] },
    Agent { name: "promtail", folders: &["/etc/promtail"] },
    Agent { name: "rsyslogd", folders: &["/etc/rsyslog.conf", "/etc/rsyslog.d"] },
    Agent { name: "splunkd", folders: &["/opt/splunkforwarder/etc/system/local", "/opt/splunk/etc/system/local"] },
    Agent { name: "syslog-ng", folders: &["/etc/syslog-ng"] },
    Agent { name: "systemd-journal-upload", folders: &[] },
    Agent { name: "vector", folders: &["/etc/vector"] },
];

/// Endings of configurations.
const ENDINGS: [&str; 8] = [".conf", ".yaml", ".yml", ".toml", ".json", ".alloy", ".river", ".cfg"];
/// So many files of one agent are read, and so deep are its folders looked into.
const FILES: usize = 64;
const DEPTH: usize = 2;
/// Words of configurations by which agents read the journal.
const JOURNALS: [&str; 5] = ["journald", "imjournal", "systemd-journal", "systemd_input", "name systemd"];

/// The agent that a command line starts, outside of pods: those are seen as pods. Anybody may start a program and call it
/// so; what counts is root's, or a service of the system.
pub(super) fn agent(root: &Root, pid: u32, first: &str, mut words: Vec<String>) -> Option<Process> {
    let name = first.split(' ').next()?.rsplit('/').next()?.trim_end_matches(':');
    let agent = AGENTS.iter().find(|agent| agent.name == name)?;
    let cgroup = root.text(&format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let uid = root.text(&format!("/proc/{pid}/status")).ok().and_then(|status| uid(&status));
    let is_service = cgroup.lines().any(|line| line.splitn(3, ':').nth(2).is_some_and(is_of_system));
    if InPod::of(&cgroup).is_some() || !(uid == Some(0) || is_service) {
        return None;
    }
    shorten(&mut words);
    let arguments = masked::arguments(words);
    Some(Process { program: agent.name.to_owned(), pid, uid, arguments, ..Process::default() })
}

fn is_of_system(group: &str) -> bool {
    group.starts_with("/system.slice/")
}

/// Tells of each agent which logs of the API server it reads.
pub(super) fn tell(root: &Root, processes: &mut [Process], files: &[File]) {
    let logs: BTreeSet<&str> =
        files.iter().filter(|it| it.role == Role::AuditLog.as_str()).map(|it| it.path.as_str()).collect();
    for process in processes {
        let Some(agent) = AGENTS.iter().find(|agent| agent.name == process.program) else { continue };
        let mut read = BTreeSet::new();
        if agent.name == "systemd-journal-upload" {
            read.insert(JOURNAL.to_owned());
        }
        for text in configurations(root, agent, process).values() {
            look(text, &logs, &mut read);
        }
        process.reads = read.into_iter().collect();
    }
}

/// What a configuration names.
fn look(text: &str, logs: &BTreeSet<&str>, read: &mut BTreeSet<String>) {
    for line in text.lines().map(str::trim) {
        let lower = line.to_ascii_lowercase();
        if line.starts_with(['#', ';']) || line.starts_with("//") || lower.contains("exclude") {
            continue;
        }
        let plain = lower.split_whitespace().collect::<Vec<_>>().join(" ");
        if JOURNALS.iter().any(|word| plain.contains(word)) {
            read.insert(JOURNAL.to_owned());
        }
        for path in line.split(|sign: char| sign.is_whitespace() || "\"'`,;()[]=<>".contains(sign)) {
            if path.starts_with('/') {
                read.extend(logs.iter().filter(|log| covers(path, log)).map(|log| (*log).to_owned()));
            }
        }
    }
}

/// Whether a path of a configuration, with `*` and the like, is this log.
fn covers(path: &str, log: &str) -> bool {
    let glob = GlobBuilder::new(path).literal_separator(true).build();
    path == log || glob.is_ok_and(|glob| glob.compile_matcher().is_match(log))
}

/// The texts of an agent's configuration, by their paths: where it mostly lies, and what its command line names.
fn configurations(root: &Root, agent: &Agent, process: &Process) -> BTreeMap<String, String> {
    let named = process.arguments.iter().map(|word| word.split_once('=').map_or(word.as_str(), |(_, path)| path));
    let named = named.filter(|path| path.starts_with('/'));
    let mut texts = BTreeMap::new();
    agent.folders.iter().copied().chain(named).for_each(|path| read(root, path, 0, &mut texts));
    texts
}

fn read(root: &Root, path: &str, depth: usize, texts: &mut BTreeMap<String, String>) {
    let Ok(found) = root.find(path) else { return };
    if texts.len() >= FILES || texts.contains_key(path) {
        return;
    }
    if found.kind() == "directory" {
        if depth < DEPTH {
            let names = root.list(path).unwrap_or_default();
            names.iter().take(FILES).for_each(|name| read(root, &format!("{path}/{name}"), depth + 1, texts));
        }
    } else if depth == 0 || ENDINGS.iter().any(|ending| path.ends_with(ending)) {
        texts.extend(found.text().ok().map(|text| (path.to_owned(), text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let logs = BTreeSet::from(["/var/log/kubernetes/audit.log"]);
        let mut read = BTreeSet::new();
        look(text, &logs, &mut read);
        read.into_iter().collect()
    }

    #[test]
    fn a_configuration_names_logs_in_many_ways() {
        for text in [
            "[INPUT]\n  Name tail\n  Path /var/log/kubernetes/audit.log\n",
            "  include = [\"/var/log/kubernetes/*.log\"]\n",
            "paths: ['/var/log/**/audit.log']\n",
            "          __path__: /var/log/kubernetes/audit*\n",
            "input(type=\"imfile\" File=\"/var/log/kubernetes/audit.log\" Tag=\"a\")\n",
        ] {
            assert_eq!(read(text), ["/var/log/kubernetes/audit.log"], "{text}");
        }
        for text in [
            "# Path /var/log/kubernetes/audit.log\n",
            "Exclude_Path /var/log/kubernetes/audit.log\n",
            "Path /var/log/*.log\n",
            "Path /var/log/kubernetes/audit\n",
            "",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_journal_is_a_log() {
        for text in ["[INPUT]\n    Name   systemd\n", "type: journald\n", "module(load=\"imjournal\")\n"] {
            assert_eq!(read(text), [JOURNAL], "{text}");
        }
        assert!(read("name: systemctl\n").is_empty());
    }
}
