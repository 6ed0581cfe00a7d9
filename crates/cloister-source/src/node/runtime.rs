//! What a container runtime is set to. Its files name accounts of registries, proxies with passwords, and whatever else
//! somebody wrote: only settings that are known to open no door leave, and everything else stays where it is.

use cloister_manifest::{Interner, parse_trees};
use serde_json::{Map, Value};

use super::masked;

/// Settings of Docker (`daemon.json`), of CRI-O and of containers' `registries.conf`, of containerd and of its `hosts.toml`.
const SETTINGS: [&str; 32] = [
    "allow-nondistributable-artifacts",
    "apparmor_profile",
    "blocked",
    "config_path",
    "disable_apparmor",
    "enable_selinux",
    "endpoint",
    "hosts",
    "icc",
    "imports",
    "insecure",
    "insecure-registries",
    "insecure_registries",
    "insecure_skip_verify",
    "live-restore",
    "location",
    "no-new-privileges",
    "pids_limit",
    "prefix",
    "privileged_seccomp_profile",
    "privileged_without_host_devices",
    "seccomp-profile",
    "seccomp_profile",
    "selinux",
    "server",
    "skip_verify",
    "tcp_address",
    "tls",
    "tlsverify",
    "unset_seccomp_profile",
    "userland-proxy",
    "userns-remap",
];

/// The settings in a configuration: JSON, where the file's name says so, else TOML.
pub(super) fn settings(path: &str, text: &str) -> Result<Option<Value>, String> {
    let tree = if path.ends_with(".json") { json(text)? } else { toml(text)? };
    Ok(known("", &tree))
}

/// Docker reads nothing but JSON; YAML holds it.
fn json(text: &str) -> Result<Value, String> {
    let (mut trees, wrong) = parse_trees(text, "file", &mut Interner::default());
    match (wrong.first(), trees.pop()) {
        (None, Some(tree)) => Ok(masked::content(&tree)),
        (None, None) => Ok(Value::Null),
        (Some(first), _) => Err(unreadable(first.line, "JSON")),
    }
}

fn toml(text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        unreadable(line.and_then(|line| u32::try_from(line).ok()), "TOML")
    })
}

/// The cause alone: an excerpt would quote the file.
fn unreadable(line: Option<u32>, language: &str) -> String {
    let line = line.map_or_else(String::new, |line| format!("line {line}: "));
    format!("{line}it cannot be read as {language}")
}

/// What is known of a tree, in its own places.
fn known(key: &str, value: &Value) -> Option<Value> {
    match value {
        Value::Object(entries) => {
            let kept = entries.iter().filter_map(|(key, value)| Some((masked::text(key), known(key, value)?)));
            let kept: Map<String, Value> = kept.collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let kept: Vec<Value> = items.iter().filter_map(|item| known("", item)).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        _ if !SETTINGS.contains(&key) => None,
        Value::String(text) => Some(Value::String(masked::text(text))),
        Value::Array(items) => Some(Value::Array(items.iter().filter_map(|item| known(key, item)).collect())),
        Value::Bool(_) | Value::Number(_) => Some(value.clone()),
        Value::Null => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn only_known_settings_leave() {
        let text = "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example\".tls]\n\
             insecure_skip_verify = true\nkey_file = \"/planted-1\"\n\
             [plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example\".auth]\npassword = \"planted-2\"\n\
             [plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = [\"http://u:planted-3@m.example\"]\n\
             [proxy]\nhttp = \"http://planted-4\"\n";
        let shown = settings("/etc/containerd/config.toml", text).unwrap().unwrap().to_string();
        assert!(!shown.contains("planted"), "{shown}");
        assert!(shown.contains(r#""insecure_skip_verify":true"#) && shown.contains("@m.example"), "{shown}");
        let text = r#"{"insecure-registries": ["r.example:5000"], "proxies": {"http-proxy": "planted"}, "hosts": ["tcp://0.0.0.0:2375"]}"#;
        let shown = settings("/etc/docker/daemon.json", text).unwrap().unwrap().to_string();
        assert_eq!(shown, r#"{"hosts":["tcp://0.0.0.0:2375"],"insecure-registries":["r.example:5000"]}"#);
    }

    #[test]
    fn what_is_broken_is_told_without_its_words() {
        assert_eq!(settings("/c.toml", "a = 1\nplanted = [").unwrap_err(), "line 2: it cannot be read as TOML");
        assert_eq!(settings("/c.toml", "").unwrap(), None);
        assert!(settings("/d.json", "{\"planted\": [").unwrap_err().ends_with("it cannot be read as JSON"));
    }
}
