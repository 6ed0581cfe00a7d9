//! Programs of Kubernetes that another program holds: which flags k3s and MicroK8s give to them.
//!
//! Source: K3s documentation, "Configuration File" and "CIS Self Assessment Guide" (the flags that K3s gives by itself);
//! `pkg/cli/cmds` and `pkg/configfilearg` of k3s-io/k3s (its variables, and what counts before what); MicroK8s documentation, "Configuring MicroK8s services". What changes by version is left out; `docs/nodes.md` says so.

use std::collections::BTreeMap;

use cloister_model::{Node, Value};

/// A program inside of another, and the words that it is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// `kube-apiserver`, `kubelet`…
    pub program: &'static str,
    /// Behind its name.
    pub words: Vec<String>,
}

/// K3s' own controller, which enforces network policies: no program of Kubernetes.
pub const POLICIES: &str = "network-policy-controller";

/// Flags of k3s by their names without dashes; each value in order.
type Settings = BTreeMap<String, Vec<String>>;

/// Suites that K3s lets its servers take.
const SUITES: &str = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,\
TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,\
TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305";

/// `DATA` stands for K3s' own folder.
const API_SERVER: &[(&str, &str)] = &[
    ("anonymous-auth", "false"),
    ("authorization-mode", "Node,RBAC"),
    ("bind-address", "127.0.0.1"),
    ("client-ca-file", "DATA/server/tls/client-ca.crt"),
    ("enable-admission-plugins", "NodeRestriction"),
    ("enable-bootstrap-token-auth", "true"),
    ("kubelet-certificate-authority", "DATA/server/tls/server-ca.crt"),
    ("kubelet-client-certificate", "DATA/server/tls/client-kube-apiserver.crt"),
    ("kubelet-client-key", "DATA/server/tls/client-kube-apiserver.key"),
    ("profiling", "false"),
    ("secure-port", "6444"),
    ("service-account-issuer", "https://kubernetes.default.svc.cluster.local"),
    ("service-account-key-file", "DATA/server/tls/service.key"),
    ("service-account-signing-key-file", "DATA/server/tls/service.current.key"),
    ("tls-cert-file", "DATA/server/tls/serving-kube-apiserver.crt"),
    ("tls-cipher-suites", SUITES),
    ("tls-private-key-file", "DATA/server/tls/serving-kube-apiserver.key"),
];
/// With etcd inside, or one that is named; without, what stores is SQLite behind a socket.
const ETCD_CLIENT: &[(&str, &str)] = &[
    ("etcd-cafile", "DATA/server/tls/etcd/server-ca.crt"),
    ("etcd-certfile", "DATA/server/tls/etcd/client.crt"),
    ("etcd-keyfile", "DATA/server/tls/etcd/client.key"),
    ("etcd-servers", "https://127.0.0.1:2379"),
];
const SOCKET: &[(&str, &str)] = &[("etcd-servers", "unix://kine.sock")];
const CONTROLLER_MANAGER: &[(&str, &str)] = &[
    ("bind-address", "127.0.0.1"),
    ("kubeconfig", "DATA/server/cred/controller.kubeconfig"),
    ("profiling", "false"),
    ("root-ca-file", "DATA/server/tls/server-ca.crt"),
    ("service-account-private-key-file", "DATA/server/tls/service.current.key"),
    ("use-service-account-credentials", "true"),
];
const SCHEDULER: &[(&str, &str)] =
    &[("bind-address", "127.0.0.1"), ("kubeconfig", "DATA/server/cred/scheduler.kubeconfig"), ("profiling", "false")];
const KUBELET: &[(&str, &str)] = &[
    ("anonymous-auth", "false"),
    ("authentication-token-webhook", "true"),
    ("authorization-mode", "Webhook"),
    ("client-ca-file", "DATA/agent/client-ca.crt"),
    ("kubeconfig", "DATA/agent/kubelet.kubeconfig"),
    ("read-only-port", "0"),
    ("tls-cert-file", "DATA/agent/serving-kubelet.crt"),
    ("tls-private-key-file", "DATA/agent/serving-kubelet.key"),
];
const PROXY: &[(&str, &str)] =
    &[("healthz-bind-address", "127.0.0.1"), ("kubeconfig", "DATA/agent/kubeproxy.kubeconfig")];

/// Variables that k3s takes as flags, but for those that are secret or matter to nobody here.
pub const VARIABLES: [(&str, &str); 10] = [
    ("K3S_CONFIG_FILE", "config"),
    ("K3S_DATA_DIR", "data-dir"),
    ("K3S_DATASTORE_ENDPOINT", "datastore-endpoint"),
    ("K3S_DATASTORE_CAFILE", "datastore-cafile"),
    ("K3S_DATASTORE_CERTFILE", "datastore-certfile"),
    ("K3S_DATASTORE_KEYFILE", "datastore-keyfile"),
    ("K3S_CLUSTER_INIT", "cluster-init"),
    ("K3S_KUBECONFIG_OUTPUT", "write-kubeconfig"),
    ("K3S_KUBECONFIG_MODE", "write-kubeconfig-mode"),
    ("K3S_SELINUX", "selinux"),
];

/// How k3s was started.
#[derive(Clone, Copy, Debug)]
pub struct K3s<'k> {
    /// Behind the program's name: `server`, `agent`, flags.
    pub words: &'k [&'k str],
    /// Its configuration and what stands in `config.yaml.d`, in the order in which they are read.
    pub files: &'k [&'k Node],
    /// Its environment.
    pub variables: &'k BTreeMap<String, String>,
}

impl K3s<'_> {
    /// Its configuration: the variable counts before the word.
    pub fn configuration(&self) -> String {
        let named = self.variables.get("K3S_CONFIG_FILE").filter(|path| !path.is_empty()).cloned();
        let line = || line(self.words).remove("config").and_then(|mut values| values.pop());
        named.or_else(line).unwrap_or_else(|| "/etc/rancher/k3s/config.yaml".to_owned())
    }

    /// The last value of a flag, by whatever way it is given.
    pub fn setting(&self, flag: &str) -> Option<String> {
        settings(*self).remove(flag).and_then(|mut values| values.pop())
    }
}

/// What k3s runs inside of itself. `etcd` says whether its own etcd stores; `kubelet_files` is where newer versions keep
/// the kubelet's configuration, if it is there.
pub fn k3s(started: K3s<'_>, etcd: bool, kubelet_files: Option<&str>) -> Vec<Embedded> {
    let mut words = started.words.iter().copied();
    let Some(command @ ("server" | "agent")) = words.find(|word| !word.starts_with('-')) else {
        return Vec::new();
    };
    let settings = settings(started);
    let mut programs = Vec::new();
    if command == "server" {
        programs.extend(servers(&settings, etcd));
        if !is_on(&settings, "disable-network-policy") && !is_on(&settings, "disable-agent") {
            programs.push(Embedded { program: POLICIES, words: Vec::new() });
        }
    }
    if command == "agent" || !is_on(&settings, "disable-agent") {
        programs.push(match kubelet_files {
            Some(folder) => {
                let kubeconfig = ("kubeconfig", "DATA/agent/kubelet.kubeconfig");
                program("kubelet", &[kubeconfig], &[("config-dir", folder)], &settings, "kubelet-arg")
            }
            None => program("kubelet", KUBELET, &[], &settings, "kubelet-arg"),
        });
        programs.push(program("kube-proxy", PROXY, &[], &settings, "kube-proxy-arg"));
    }
    programs
}

fn servers(settings: &Settings, etcd: bool) -> Vec<Embedded> {
    let mut programs = Vec::new();
    if !is_on(settings, "disable-apiserver") {
        let given: Vec<(&str, &str)> = API_SERVER.iter().copied().chain(stored(settings, etcd)).collect();
        let sealed: &[(&str, &str)] = if is_on(settings, "secrets-encryption") {
            &[("encryption-provider-config", "DATA/server/cred/encryption-config.json")]
        } else {
            &[]
        };
        programs.push(program("kube-apiserver", &given, sealed, settings, "kube-apiserver-arg"));
    }
    for (name, given, off, own) in [
        (
            "kube-controller-manager",
            CONTROLLER_MANAGER,
            "disable-controller-manager",
            ["kube-controller-manager-arg", "kube-controller-arg"],
        ),
        ("kube-scheduler", SCHEDULER, "disable-scheduler", ["kube-scheduler-arg", "kube-scheduler-arg"]),
    ] {
        if !is_on(settings, off) {
            let [own, older] = own;
            let own = if settings.contains_key(own) { own } else { older };
            programs.push(program(name, given, &[], settings, own));
        }
    }
    programs
}

/// Where the API server stores: in an etcd of somebody else, in k3s' own, or behind the socket of what speaks to a database.
fn stored(settings: &Settings, etcd: bool) -> Vec<(&str, &str)> {
    let last = |flag: &str| settings.get(flag).and_then(|values| values.last()).map(String::as_str);
    match last("datastore-endpoint") {
        Some(endpoint) if endpoint.starts_with("http") => {
            let files = [
                ("etcd-cafile", "datastore-cafile"),
                ("etcd-certfile", "datastore-certfile"),
                ("etcd-keyfile", "datastore-keyfile"),
            ];
            let named = files.into_iter().filter_map(|(flag, own)| Some((flag, last(own)?)));
            named.chain([("etcd-servers", endpoint)]).collect()
        }
        Some(_) => SOCKET.to_vec(),
        None => if etcd { ETCD_CLIENT } else { SOCKET }.to_vec(),
    }
}

/// The flags that k3s gives, those that the user gives instead (`name=value`), and those that add (`name+=value`).
fn program(
    program: &'static str,
    given: &[(&str, &str)],
    more: &[(&str, &str)],
    settings: &Settings,
    own: &str,
) -> Embedded {
    let data = settings.get("data-dir").and_then(|values| values.last()).map_or("/var/lib/rancher/k3s", String::as_str);
    let own: Vec<(&str, &str)> = settings
        .get(own)
        .into_iter()
        .flatten()
        .map(|pair| pair.trim_start_matches('-').split_once('=').unwrap_or((pair.trim_start_matches('-'), "true")))
        .collect();
    let replaced = |name: &str| own.iter().any(|(other, _)| *other == name);
    let kept = given.iter().chain(more).filter(|(name, _)| !replaced(name));
    let kept = kept.map(|(name, value)| format!("--{name}={}", value.replace("DATA", data)));
    let own = own.iter().map(|(name, value)| format!("--{}={value}", name.trim_end_matches(['+', '-'])));
    Embedded { program, words: kept.chain(own).collect() }
}

fn is_on(settings: &Settings, flag: &str) -> bool {
    settings.get(flag).and_then(|values| values.last()).is_some_and(|value| value == "true")
}

/// The command line counts more than files, and replaces lists; of files, the later one counts, unless its key ends in
/// `+`. Files stand before the command line for k3s, so that variables count less than either.
fn settings(started: K3s<'_>) -> Settings {
    let given = VARIABLES.iter().filter_map(|(name, flag)| Some((*flag, started.variables.get(*name)?)));
    let given = given.filter(|(_, value)| !value.is_empty());
    let mut settings: Settings = given.map(|(flag, value)| (flag.to_owned(), vec![value.clone()])).collect();
    for entry in started.files.iter().flat_map(|file| file.entries()) {
        let adds = entry.key.ends_with('+');
        let values = texts(&entry.node);
        let known = settings.entry(entry.key.trim_end_matches('+').to_owned()).or_default();
        if !adds {
            known.clear();
        }
        known.extend(values);
    }
    settings.extend(line(started.words));
    settings
}

/// The flags of a command line.
fn line(words: &[&str]) -> Settings {
    let mut line = Settings::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let short = [("-c", "config"), ("-d", "data-dir")].iter().find(|(short, _)| short == word);
        let Some(name) = short.map(|(_, name)| *name).or_else(|| word.strip_prefix("--")) else { continue };
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => {
                let next = words.next_if(|next| !next.starts_with('-'));
                (name, next.map_or_else(|| "true".to_owned(), |next| (*next).to_owned()))
            }
        };
        line.entry(name.to_owned()).or_default().push(value);
    }
    line
}

fn texts(node: &Node) -> Vec<String> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(texts).collect(),
        Value::Text(text) => vec![text.to_string()],
        Value::Bool(it) => vec![it.to_string()],
        Value::Int(it) => vec![it.to_string()],
        _ => Vec::new(),
    }
}

/// The words of a file that MicroK8s keeps for a program: a flag a line, `#` before what does not count.
pub fn words_of_file(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let words = lines.flat_map(str::split_whitespace);
    let folders = [("SNAP_DATA", "/var/snap/microk8s/current"), ("SNAP_COMMON", "/var/snap/microk8s/common")];
    let path = |word: &str| {
        folders.iter().fold(word.to_owned(), |word, (name, folder)| {
            word.replace(&format!("${{{name}}}"), folder).replace(&format!("${name}"), folder)
        })
    };
    words.map(|word| path(word).trim_matches(['"', '\'']).to_owned()).collect()
}

/// What a unit of systemd starts: the words of `ExecStart`.
pub fn words_of_unit(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let line = joined.lines().rev().find_map(|line| line.trim().strip_prefix("ExecStart="));
    let words = line.unwrap_or_default().split_whitespace();
    words.map(|word| word.trim_matches(['"', '\'']).to_owned()).filter(|word| !word.is_empty()).collect()
}
