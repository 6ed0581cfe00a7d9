//! Host data of the cases, as facts of nodes: what their collector tells of a host is translated into ours, so that the
//! same checks judge it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloister_manifest::{Interner, parse_trees};
use cloister_model::{Node, Resource, Value as Tree};
use serde_json::{Map, Value, json};

/// The group of their host data.
const GROUP: &str = "hostdata.kubescape.cloud";

/// Whether a resource is host data.
pub fn is_host_data(resource: &Resource) -> bool {
    resource.group() == GROUP
}

/// Facts that say what a resource of host data says; none for other resources.
/// A program that a pod of the case shows, too, is the pod's to tell: that is what the case speaks of.
pub fn facts(resource: &Resource, others: &[Resource]) -> Option<Value> {
    if !is_host_data(resource) {
        return None;
    }
    let data = plain(resource.root.get("data")?);
    let mut facts = Facts::default();
    match &*resource.kind {
        "KubeletInfo" => kubelet(&data, &mut facts),
        "KubeProxyInfo" => {
            facts.process("kube-proxy", &data);
            facts.file(data.get("kubeConfigFile"), "proxy-kubeconfig", "");
        }
        "ControlPlaneInfo" => control_plane(&data, &mut facts),
        "LinuxKernelVariables" => facts.kernel(&data),
        "CNIInfo" => facts.files(data.get("CNIConfigFiles"), "network-plugin"),
        _ => return None,
    }
    let in_pod = |program: &Value| {
        let starts = |pod: &&Resource| program.as_str().is_some_and(|program| pod.name.starts_with(program));
        others.iter().filter(|it| &*it.kind == "Pod").any(|pod| starts(&pod))
    };
    facts.processes.retain(|process| !in_pod(&process["program"]));
    let name = if resource.name.is_empty() { "node" } else { &*resource.name };
    Some(json!({
        "apiVersion": "cloister.dev/v1alpha1", "kind": "NodeFacts", "metadata": {"name": name},
        "processes": facts.processes, "files": facts.files, "kernel": facts.kernel,
    }))
}

fn kubelet(data: &Value, facts: &mut Facts) {
    facts.process("kubelet", data);
    let line = data.get("cmdLine").and_then(Value::as_str).unwrap_or_default();
    let named = line.split_whitespace().filter_map(|word| word.strip_prefix("--config=")).next_back();
    facts.file(data.get("configFile"), "kubelet-config", named.unwrap_or("/var/lib/kubelet/config.yaml"));
    facts.file(data.get("kubeConfigFile"), "kubelet-kubeconfig", "");
    facts.file(data.get("clientCAFile"), "kubelet-client-ca", "");
    facts.files(data.get("serviceFiles"), "kubelet-service");
}

fn control_plane(data: &Value, facts: &mut Facts) {
    for (key, program, manifest, kubeconfig) in [
        ("APIServerInfo", "kube-apiserver", "api-server-manifest", ""),
        (
            "controllerManagerInfo",
            "kube-controller-manager",
            "controller-manager-manifest",
            "controller-manager-kubeconfig",
        ),
        ("schedulerInfo", "kube-scheduler", "scheduler-manifest", "scheduler-kubeconfig"),
    ] {
        let Some(info) = data.get(key) else { continue };
        facts.process(program, info);
        facts.file(info.get("specsFile"), manifest, "");
        facts.file(info.get("configFile"), kubeconfig, "");
        facts.file(info.get("encryptionProviderConfigFile"), "encryption-config", "");
        facts.file(info.get("auditPolicyFile"), "audit-policy", "");
    }
    let etcd = ["etcdConfigFile", "etcdDataDir"].iter().any(|key| data.get(key).is_some());
    if etcd {
        facts.process("etcd", &json!({}));
    }
    facts.file(data.get("etcdConfigFile"), "etcd-manifest", "");
    facts.file(data.get("etcdDataDir"), "etcd-data", "");
    facts.file(data.get("adminConfigFile"), "admin-kubeconfig", "");
    facts.file(data.get("PKIDir"), "pki-folder", "");
    for file in data.get("PKIFiles").and_then(Value::as_array).into_iter().flatten() {
        let key = file.get("path").and_then(Value::as_str).is_some_and(|path| path.ends_with(".key"));
        facts.file(Some(file), if key { "pki-key" } else { "pki-certificate" }, "");
    }
}

#[derive(Default)]
struct Facts {
    processes: Vec<Value>,
    files: Vec<Value>,
    kernel: Map<String, Value>,
}

impl Facts {
    fn process(&mut self, program: &str, info: &Value) {
        let line = info.get("cmdLine").and_then(Value::as_str).unwrap_or_default();
        // Some lines begin with the program, others with its first flag.
        let words: Vec<&str> = line.split_whitespace().skip_while(|word| !word.starts_with('-')).collect();
        self.processes.push(json!({"program": program, "pid": 1, "arguments": words}));
    }

    /// Settings of the kernel, each with the file that it was read from.
    fn kernel(&mut self, data: &Value) {
        for variable in data.as_array().into_iter().flatten() {
            let text = |key: &str| variable.get(key).and_then(Value::as_str);
            let (Some(source), Some(value)) = (text("source"), text("value")) else { continue };
            let name = source.trim_start_matches("/proc/sys/").replace('/', ".");
            self.kernel.insert(name, json!(value.trim()));
        }
    }

    fn files(&mut self, list: Option<&Value>, role: &str) {
        let items = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        items.iter().for_each(|item| self.file(Some(item), role, ""));
    }

    fn file(&mut self, info: Option<&Value>, role: &str, path: &str) {
        let Some(info) = info.filter(|_| !role.is_empty()) else { return };
        let path = info.get("path").and_then(Value::as_str).unwrap_or(path);
        let mut file = Map::from_iter([
            ("path".into(), json!(path)),
            ("role".into(), json!(role)),
            ("type".into(), json!("file")),
        ]);
        if let Some(mode) = info.get("permissions").and_then(Value::as_u64) {
            file.insert("mode".into(), json!(format!("{mode:04o}")));
        }
        for (ours, theirs) in [("uid", "uid"), ("gid", "gid"), ("owner", "username"), ("group", "groupname")] {
            if let Some(value) = info.pointer(&format!("/ownership/{theirs}")) {
                file.insert(ours.into(), value.clone());
            }
        }
        if let Some(content) = info.get("content").and_then(Value::as_str).and_then(decoded) {
            file.insert("content".into(), content);
        }
        self.files.push(Value::Object(file));
    }
}

/// A configuration that came as base64.
fn decoded(text: &str) -> Option<Value> {
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (trees, _) = parse_trees(&text, "content", &mut Interner::default());
    let mut content = plain(trees.first()?);
    // Some cases leave out what the kubelet would not start without.
    if let Value::Object(map) = &mut content
        && map.get("apiVersion").is_some_and(|it| it.as_str().is_some_and(|it| it.starts_with("kubelet.config")))
    {
        map.entry("kind").or_insert(json!("KubeletConfiguration"));
    }
    Some(content)
}

fn plain(node: &Node) -> Value {
    match &node.value {
        Tree::Null => Value::Null,
        Tree::Bool(it) => json!(it),
        Tree::Int(it) => json!(it),
        Tree::Float(it) => json!(it),
        Tree::Text(text) => json!(text),
        Tree::List(items) => items.iter().map(plain).collect(),
        Tree::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.to_string(), plain(&entry.node))).collect())
        }
    }
}
