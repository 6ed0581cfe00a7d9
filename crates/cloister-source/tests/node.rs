//! A host is read as it is, nothing outside of its root is opened, and nothing that opens a door leaves it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, reason = "a test that lays out a host")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use cloister_node::format::NodeFacts;
use cloister_source::node::{NodeRequest, collect};
use tempfile::TempDir;

/// A host laid out in a folder.
struct Host(TempDir);

impl Host {
    fn new() -> Host {
        let host = Host(TempDir::new().unwrap());
        host.write("etc/passwd", "root:x:0:0::/:/bin/sh\netcd:x:999:999::/:/bin/false\n");
        host.write("proc/sys/kernel/hostname", "Node-1\n");
        host
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn link(&self, path: &str, target: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        symlink(target, self.path(path)).unwrap();
    }

    fn process(&self, pid: u32, words: &[&str]) {
        self.write(&format!("proc/{pid}/cmdline"), &words.iter().map(|word| format!("{word}\0")).collect::<String>());
        self.write(&format!("proc/{pid}/status"), "Name:\tx\nUid:\t0\t0\t0\t0\n");
    }

    fn collect(&self) -> NodeFacts {
        collect(&request(self.0.path())).unwrap()
    }
}

fn request(root: &Path) -> NodeRequest {
    NodeRequest {
        root: root.to_owned(),
        name: None,
        folders: vec!["/srv/volumes".into()],
        at: "2026-11-26T00:00:00Z".into(),
        by: "test".into(),
    }
}

fn file<'f>(facts: &'f NodeFacts, path: &str) -> &'f cloister_node::format::File {
    facts.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is not in {:?}", facts.files))
}

#[test]
fn links_lead_nowhere_but_into_the_root() {
    let outside = TempDir::new().unwrap();
    fs::write(outside.path().join("secret"), "kind: KubeletConfiguration\n# planted-outside\nport: 1\n").unwrap();
    let host = Host::new();
    let secret = outside.path().join("secret");
    host.link("var/lib/kubelet/config.yaml", secret.to_str().unwrap());
    host.link("etc/kubernetes/admin.conf", &format!("../../../../../../../..{}", secret.display()));
    host.link("etc/kubernetes/pki/loop.crt", "loop.crt");
    // Inside of the root, an absolute link is the host's own.
    host.write("opt/scheduler.conf", "apiVersion: v1\nkind: Config\n");
    host.link("etc/kubernetes/scheduler.conf", "/opt/scheduler.conf");
    let facts = host.collect();
    let paths: Vec<&str> = facts.files.iter().map(|file| file.path.as_str()).collect();
    assert!(
        !paths.contains(&"/var/lib/kubelet/config.yaml") && !paths.contains(&"/etc/kubernetes/admin.conf"),
        "{paths:?}"
    );
    assert_eq!(file(&facts, "/etc/kubernetes/scheduler.conf").link.as_deref(), Some("/opt/scheduler.conf"));
    assert!(facts.unread.iter().any(|unread| unread.path.ends_with("loop.crt")), "{:?}", facts.unread);
    assert!(!serde_json::to_string(&facts).unwrap().contains("planted"), "{facts:?}");
}

#[test]
fn what_is_no_file_is_not_opened() {
    let host = Host::new();
    host.process(7, &["kubelet", "--config=/etc/pipe", "--kubeconfig=/etc/nowhere"]);
    nix_mkfifo(&host.path("etc/pipe"));
    let facts = host.collect();
    assert_eq!(file(&facts, "/etc/pipe").kind, "other");
    assert_eq!(file(&facts, "/etc/nowhere").kind, "missing");
    assert!(facts.unread.iter().any(|unread| unread.path == "/etc/pipe"), "{:?}", facts.unread);
}

fn nix_mkfifo(path: &Path) {
    let status = std::process::Command::new("mkfifo").arg(path).status().unwrap();
    assert!(status.success());
}

#[test]
fn programs_are_recognised_and_their_files_found() {
    let host = Host::new();
    host.process(1, &["/sbin/init"]);
    host.process(
        20,
        &["/usr/bin/kubelet", "--config", "/etc/k.yaml", "--config-dir=/etc/k.d", "--tls-min-version=VersionTLS13"],
    );
    host.process(21, &["etcd", "--data-dir=/data"]);
    host.process(22, &["/usr/bin/containerd-shim-runc-v2", "-namespace", "k8s.io"]);
    host.write("proc/23/cmdline", "");
    host.write("etc/k.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {x509: {clientCAFile: /etc/ca.crt}}\n");
    host.write(
        "etc/k.d/10-a.conf",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n",
    );
    host.write("etc/k.d/readme.txt", "not read");
    host.write("etc/ca.crt", "no certificate");
    fs::create_dir_all(host.path("data")).unwrap();
    fs::set_permissions(host.path("data"), fs::Permissions::from_mode(0o751)).unwrap();
    let facts = host.collect();
    let programs: Vec<&str> = facts.processes.iter().map(|process| process.program.as_str()).collect();
    assert_eq!(programs, ["kubelet", "etcd"]);
    assert_eq!(
        (file(&facts, "/data").role.as_str(), file(&facts, "/data").mode.as_deref()),
        ("etcd-data", Some("0751"))
    );
    assert_eq!(file(&facts, "/etc/ca.crt").role, "kubelet-client-ca");
    assert!(file(&facts, "/etc/k.d/10-a.conf").content.is_some());
    assert!(!facts.files.iter().any(|file| file.path.ends_with("readme.txt")));
    assert!(facts.unread.iter().any(|unread| unread.path == "/etc/ca.crt"), "{:?}", facts.unread);
    assert_eq!(facts.metadata.name, "node-1");
}

#[test]
fn files_of_a_static_pod_lie_where_its_volumes_say() {
    let host = Host::new();
    host.process(9, &["kube-apiserver", "--encryption-provider-config=/etc/enc/config.yaml"]);
    host.write(
        "etc/kubernetes/manifests/kube-apiserver.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver}\nspec:\n  containers:\n  - name: a\n    image: x/kube-apiserver:v1.37.2\n    command: [kube-apiserver]\n    volumeMounts: [{name: enc, mountPath: /etc/enc}]\n  volumes: [{name: enc, hostPath: {path: /srv/enc}}]\n",
    );
    host.write(
        "srv/enc/config.yaml",
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: []\n",
    );
    let facts = host.collect();
    let found = file(&facts, "/srv/enc/config.yaml");
    assert_eq!((found.role.as_str(), found.content.is_some()), ("encryption-config", true));
    assert_eq!(facts.processes[0].version.as_deref(), Some("v1.37.2"));
    assert_eq!(file(&facts, "/etc/kubernetes/manifests/kube-apiserver.yaml").role, "api-server-manifest");
}

/// Everything that may carry a secret, with one planted in it.
#[test]
fn no_key_token_or_password_leaves_the_host() {
    let host = Host::new();
    let key = "-----BEGIN RSA PRIVATE KEY-----\ncGxhbnRlZGtleXBsYW50ZWRrZXk=\n-----END RSA PRIVATE KEY-----\n";
    let user = "users: [{name: a, user: {token: planted-t, client-key-data: cGxhbnRlZA==, password: planted-p}}]\n";
    let kubeconfig = format!("apiVersion: v1\nkind: Config\n{user}");
    for path in ["admin.conf", "scheduler.conf", "controller-manager.conf", "kubelet.conf"] {
        host.write(&format!("etc/kubernetes/{path}"), &kubeconfig);
    }
    host.write("etc/kubernetes/pki/ca.key", key);
    host.write("etc/kubernetes/pki/both.crt", key);
    host.write("etc/tokens.csv", "planted-token,ann,1\n");
    host.write(
        "etc/enc.yaml",
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: k, secret: cGxhbnRlZHBsYW50ZWRwbGFudGVkcGxhbnRlZDEyMzQ=}]}\n",
    );
    host.write(
        "etc/kubernetes/manifests/etcd.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, annotations: {note: planted-annotation}}\nspec:\n  containers:\n  - name: e\n    command: [etcd, --initial-cluster-token=planted-cluster]\n    env: [{name: PLAIN, value: planted-env}, {name: ETCD_INITIAL_CLUSTER_TOKEN, value: planted-et}]\n",
    );
    host.process(
        5,
        &[
            "kube-apiserver",
            "--token-auth-file=/etc/tokens.csv",
            "--encryption-provider-config=/etc/enc.yaml",
            "--etcd-servers=https://u:planted-pw@h:2379",
        ],
    );
    host.process(6, &["k3s", "server", "--token", "planted-k3s", "--datastore-endpoint=postgres://u:planted-db@h/db"]);
    host.process(7, &["etcd"]);
    host.write(
        "proc/7/environ",
        "ETCD_NAME=a\0ETCD_INITIAL_CLUSTER_TOKEN=planted-e\0AWS_SECRET_ACCESS_KEY=planted-aws\0",
    );
    let facts = host.collect();
    let text = serde_json::to_string(&facts).unwrap();
    for planted in ["planted", "cGxhbnRlZ"] {
        assert!(!text.contains(planted), "{planted} left the host:\n{text}");
    }
    // What was looked at all the same.
    for told in ["/etc/tokens.csv", "/etc/kubernetes/pki/ca.key", "••• (32 bytes)", "ETCD_NAME"] {
        assert!(text.contains(told), "{told} is missing:\n{text}");
    }
}

#[test]
fn a_half_mounted_root_is_told_and_the_rest_is_read() {
    let host = Host::new();
    host.write("etc/kubernetes/kubelet.conf", ": no : yaml : [");
    let facts = host.collect();
    assert!(facts.processes.is_empty());
    assert_eq!(facts.layout.kind, "kubeadm");
    assert!(facts.unread.iter().any(|unread| unread.path == "/etc/kubernetes/kubelet.conf"), "{:?}", facts.unread);
    let error = collect(&request(&host.path("nowhere"))).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn the_disks_of_folders_and_all_lasting_mounts_are_told() {
    let host = Host::new();
    let row = |at: &str, device: &str, rest: &str| format!("1 0 {device} / {at} rw shared:1 - {rest} rw\n");
    let table = [
        row("/", "253:0", "ext4 /dev/mapper/root"),
        row("/boot", "8:1", "ext4 /dev/sda1"),
        row("/mnt/disks/a\\040b", "8:17", "xfs /dev/sdb1"),
        row("/proc", "0:5", "proc proc"),
        row("/var/lib/kubelet/pods/1/volumes/x", "8:33", "ext4 /dev/sdc1"),
        row("/mnt/files", "0:60", "nfs4 files:/x"),
    ];
    host.write("proc/1/mountinfo", &table.concat());
    for (number, name) in [("253:0", "dm-0"), ("8:1", "sda1"), ("8:17", "sdb1")] {
        host.link(&format!("sys/dev/block/{number}"), &format!("../../devices/{name}"));
        fs::create_dir_all(host.path(&format!("sys/class/block/{name}"))).unwrap();
    }
    host.write("sys/class/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123-root\n");
    fs::create_dir_all(host.path("mnt/disks/a b/volumes")).unwrap();
    host.link("srv/volumes", "/mnt/disks/a b/volumes");
    fs::create_dir_all(host.path("var/lib/etcd")).unwrap();
    let facts = host.collect();
    let told = |disks: &[cloister_node::format::Disk]| -> Vec<(String, Option<bool>, Option<String>)> {
        disks.iter().map(|disk| (disk.path.clone(), disk.encrypted, disk.by.clone())).collect()
    };
    let luks = Some("LUKS2".to_owned());
    // The link leads to the other disk.
    assert_eq!(
        told(&facts.disks),
        [("/var/lib/etcd".to_owned(), Some(true), luks.clone()), ("/srv/volumes".to_owned(), Some(false), None)]
    );
    let mounts = [
        ("/".to_owned(), Some(true), luks),
        ("/boot".to_owned(), Some(false), None),
        ("/mnt/disks/a b".to_owned(), Some(false), None),
        ("/mnt/files".to_owned(), None, None),
    ];
    assert_eq!(told(&facts.mounts), mounts);
    // Inside of a container only its own mounts are seen: they are not the host's.
    fs::rename(host.path("proc/1"), host.path("proc/self")).unwrap();
    assert!(host.collect().mounts.is_empty());
}

const API_POD: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const STATIC_POD: &str = "0123456789abcdef0123456789abcdef";

impl Host {
    fn in_pod(&self, pid: u32, uid: &str) {
        let uid = uid.replace('-', "_");
        let path = format!(
            "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{uid}.slice/cri-containerd-a.scope"
        );
        self.write(&format!("proc/{pid}/cgroup"), &format!("0::{path}\n"));
    }
}

/// Processes of pods that call themselves parts of the control plane, bring good flags and lead to files of their own.
#[test]
fn what_a_pod_calls_itself_is_not_believed() {
    let host = Host::new();
    let planted =
        "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: []\nplanted: of-the-host\n";
    host.write("srv/secret.yaml", planted);
    host.process(5, &["kube-apiserver", "--anonymous-auth=false", "--encryption-provider-config=/srv/secret.yaml"]);
    host.in_pod(5, API_POD);
    host.process(6, &["kubelet", "--config=/srv/secret.yaml", "--anonymous-auth=false"]);
    host.in_pod(6, API_POD);
    host.process(7, &["k3s", "server"]);
    host.in_pod(7, API_POD);
    host.process(8, &["etcd", "--data-dir=/srv"]);
    host.in_pod(8, API_POD);
    host.write("proc/8/environ", "ETCD_NAME=planted-name\0");
    // Somebody who is signed in on the host, beside the kubelet that root started later.
    host.process(9, &["kubelet", "--anonymous-auth=false"]);
    host.write("proc/9/status", "Name:\tx\nUid:\t1000\t1000\t1000\t1000\n");
    host.process(20, &["/usr/bin/kubelet", "--read-only-port=1"]);
    host.process(21, &["kube-apiserver", "--profiling=true"]);
    host.in_pod(21, STATIC_POD);
    let facts = host.collect();
    let words = |pid: u32| facts.processes.iter().find(|process| process.pid == pid).unwrap().arguments.clone();
    for pid in [5, 6, 7, 8, 9] {
        assert!(words(pid).is_empty(), "{pid}: {:?}", words(pid));
        let told =
            facts.unread.iter().any(|unread| unread.path == format!("/proc/{pid}") && unread.why.contains("not taken"));
        assert!(told, "{pid} in {:?}", facts.unread);
    }
    assert_eq!((words(20), words(21)), (vec!["--read-only-port=1".to_owned()], vec!["--profiling=true".to_owned()]));
    assert_eq!(facts.layout.kind, "unknown");
    let text = serde_json::to_string(&facts).unwrap();
    assert!(!text.contains("/srv/secret") && !text.contains("planted"), "{text}");
}

/// kube-proxy runs in pods of the API, so that any pod may call itself so: it leads to no file of the host, and what its own
/// files say leads nowhere.
#[test]
fn kube_proxy_in_a_pod_is_seen_in_its_own_container() {
    let host = Host::new();
    host.write(
        "etc/kubernetes/manifests/kube-apiserver.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, command: [kube-apiserver]}]}\n",
    );
    host.write("var/lib/kube-proxy/config.conf", "kind: KubeProxyConfiguration\nplanted: of-the-host\n");
    let manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
    for (pid, address) in [(5, "127.0.0.1"), (6, "0.0.0.0")] {
        let config = "/var/lib/kube-proxy/config.conf";
        host.process(pid, &["kube-proxy", &format!("--config={config}"), &format!("--kubeconfig={manifest}")]);
        host.in_pod(pid, API_POD);
        let text = format!(
            "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmetricsBindAddress: {address}\n"
        );
        host.write(&format!("proc/{pid}/root{config}"), &text);
        host.write(&format!("proc/{pid}/root{manifest}"), "users: [{user: {client-certificate: /etc/passwd}}]\n");
    }
    let facts = host.collect();
    let configs = facts.files.iter().filter(|file| file.role == "proxy-config");
    let addresses: Vec<_> = configs.map(|file| file.content.clone().unwrap()["metricsBindAddress"].clone()).collect();
    assert_eq!(addresses, ["127.0.0.1", "0.0.0.0"]);
    assert!(!facts.files.iter().any(|file| file.path == "/etc/passwd"), "{:?}", facts.files);
    assert!(!serde_json::to_string(&facts).unwrap().contains("planted"));
}

#[test]
fn hostile_command_lines_cost_little_and_say_nothing() {
    let host = Host::new();
    let long = "x".repeat(100_000);
    let mut words = vec!["kube-apiserver"];
    words.extend(std::iter::repeat_n(long.as_str(), 20));
    for pid in 100..200 {
        host.process(pid, &words);
        host.in_pod(pid, API_POD);
    }
    // A process of the node is believed, and bounded.
    host.process(50, &words);
    host.link("proc/50/exe", "/usr/bin/kube-apiserver (deleted)");
    // A name with spaces, one with brackets in it, and one that is gone before it is read.
    host.process(51, &["kubelet \u{1b}]0;x\u{7}", "--v=\u{1b}[2J\n\u{9b}31m\u{202e}"]);
    host.write("proc/51/stat", "51 (a) b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0\n");
    host.write("proc/52/cmdline", "");
    let facts = host.collect();
    let told = facts.processes.iter().filter(|process| process.pid >= 100).count();
    assert_eq!(told, 32);
    assert!(facts.unread.iter().any(|unread| unread.path == "/proc" && unread.why.starts_with("100 processes")));
    let own = facts.processes.iter().find(|process| process.pid == 50).unwrap();
    assert_eq!((own.arguments.len(), own.executable.as_deref()), (2, Some("/usr/bin/kube-apiserver (deleted)")));
    assert!(facts.unread.iter().any(|unread| unread.path == "/proc/50/cmdline" && unread.why.contains("first words")));
    assert!(serde_json::to_string(&facts).unwrap().len() < 400_000);
}

/// Somebody swaps a file, a folder and a manifest for links out of the root while the collector reads, thousands of times.
#[test]
fn links_that_come_while_it_reads_lead_nowhere() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let outside = TempDir::new().unwrap();
    let text =
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDomain: planted-outside\n";
    for name in ["config.yaml", "admin.conf", "kubelet.yaml"] {
        fs::write(outside.path().join(name), text).unwrap();
    }
    let host = Host::new();
    host.process(7, &["kubelet", "--config=/var/lib/kubelet/config.yaml"]);
    let inside = text.replace("planted-outside", "inside");
    for path in ["var/lib/kubelet/config.yaml", "etc/kubernetes/admin.conf", "etc/kubernetes/manifests/kubelet.yaml"] {
        host.write(path, &inside);
    }
    let (done, swaps) = (AtomicBool::new(false), std::sync::atomic::AtomicUsize::new(0));
    // What is replaced, what by, and where the link to the outside waits.
    let places = [
        ("var/lib/kubelet/config.yaml", outside.path().join("config.yaml")),
        ("etc/kubernetes/manifests", outside.path().to_owned()),
        ("etc/kubernetes", outside.path().to_owned()),
    ];
    let (mut seen, mut rounds) = (0, 0);
    std::thread::scope(|scope| {
        for (index, (path, target)) in places.iter().enumerate() {
            let (own, aside, link) =
                (host.path(path), host.path(&format!("aside{index}")), host.path(&format!("link{index}")));
            symlink(target, &link).unwrap();
            let (done, swaps) = (&done, &swaps);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    // The folder above may be away itself: then this turn is none.
                    if fs::rename(&own, &aside).is_ok() {
                        let _ = fs::rename(&link, &own).and_then(|()| fs::rename(&own, &link));
                        while fs::rename(&aside, &own).is_err() && !done.load(Ordering::Relaxed) {
                            std::thread::yield_now();
                        }
                        swaps.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        while rounds < 300 {
            let facts = serde_json::to_string(&host.collect()).unwrap();
            rounds += 1;
            seen += usize::from(facts.contains("inside"));
            if facts.contains("planted") {
                done.store(true, Ordering::Relaxed);
                panic!("a byte of the outside in round {rounds}: {facts}");
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    let swaps = swaps.into_inner();
    assert!(seen > 0, "nothing was ever read");
    assert!(swaps > 1000, "{swaps} swaps are too few to show anything");
}

fn inside<'f>(facts: &'f NodeFacts, program: &str) -> &'f cloister_node::format::Process {
    facts.processes.iter().find(|process| process.program == program).unwrap_or_else(|| panic!("no {program}"))
}

#[test]
fn what_k3s_gives_to_its_programs_is_worked_out() {
    let host = Host::new();
    // It takes its own flags off the process list.
    host.process(7, &["/usr/local/bin/k3s", "server"]);
    host.write(
        "etc/systemd/system/k3s.service",
        "[Service]\nExecStart=/usr/local/bin/k3s \\\n    server \\\n\t'--kube-apiserver-arg=anonymous-auth=true' \\\n\t'--secrets-encryption'\n",
    );
    host.write(
        "etc/rancher/k3s/config.yaml",
        "token: planted-token\nkube-apiserver-arg: [profiling=true]\nkube-scheduler-arg:\n- bind-address=0.0.0.0\n",
    );
    host.write("etc/rancher/k3s/config.yaml.d/50.yaml", "kubelet-arg+: [read-only-port=10255]\n");
    let facts = host.collect();
    let has = |program: &str, word: &str| inside(&facts, program).arguments.iter().any(|other| other == word);
    assert_eq!(inside(&facts, "kube-apiserver").embedded_in.as_deref(), Some("k3s"));
    assert!(has("kube-apiserver", "--anonymous-auth=true") && !has("kube-apiserver", "--anonymous-auth=false"));
    assert!(has("kube-apiserver", "--profiling=false"), "the command line replaces the list of the file");
    let sealed = "--encryption-provider-config=/var/lib/rancher/k3s/server/cred/encryption-config.json";
    assert!(has("kube-apiserver", sealed));
    assert!(has("kube-scheduler", "--bind-address=0.0.0.0") && has("kube-scheduler", "--profiling=false"));
    assert!(has("kubelet", "--read-only-port=10255") && !has("kubelet", "--read-only-port=0"));
    let text = serde_json::to_string(&facts).unwrap();
    assert!(!text.contains("planted-token"), "{text}");
}

#[test]
fn an_agent_of_k3s_runs_no_control_plane() {
    let host = Host::new();
    host.process(7, &["/usr/local/bin/k3s", "agent", "--kubelet-arg", "anonymous-auth=true"]);
    let facts = host.collect();
    assert!(facts.processes.iter().all(|process| process.program != "kube-apiserver"));
    assert!(inside(&facts, "kubelet").arguments.contains(&"--anonymous-auth=true".to_owned()));
}

#[test]
fn microk8s_keeps_the_words_of_its_programs_in_files() {
    let host = Host::new();
    host.process(7, &["/snap/microk8s/1/kubelite", "--scheduler-args-file=/x"]);
    host.write(
        "var/snap/microk8s/current/args/kube-apiserver",
        "--authorization-mode=AlwaysAllow\n# --profiling=true\n--client-ca-file=${SNAP_DATA}/certs/ca.crt\n",
    );
    let server = inside(&host.collect(), "kube-apiserver").arguments.clone();
    assert_eq!(
        server,
        ["--authorization-mode=AlwaysAllow", "--client-ca-file=/var/snap/microk8s/current/certs/ca.crt"]
    );
}

#[test]
fn all_users_of_a_kubeconfig_are_told_that_of_the_current_context_first() {
    let host = Host::new();
    let data = |text: &'static str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix("client-certificate-data: ")).unwrap();
        line.split_whitespace().next().unwrap()
    };
    let admin = data(include_str!("../../cloister-checks/fixtures/identity/client-certificate-of-masters/fail.yaml"));
    let person = data(include_str!("../../cloister-checks/fixtures/identity/client-certificate-of-masters/pass.yaml"));
    host.write(
        "etc/kubernetes/admin.conf",
        &format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: b\ncontexts: [{{name: b, context: {{user: two}}}}]\nusers:\n\
             - {{name: one, user: {{client-certificate-data: {admin}}}}}\n- {{name: two, user: {{client-certificate-data: {person}}}}}\n"
        ),
    );
    host.write(
        "etc/kubernetes/kubelet.conf",
        "apiVersion: v1\nkind: Config\nusers:\n- {name: a, user: {token: t}}\n- {name: b, user: {client-certificate: pki/own.pem}}\n",
    );
    let pem = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, person).unwrap();
    host.write("etc/kubernetes/pki/own.pem", &String::from_utf8(pem).unwrap());
    let facts = host.collect();
    let names = |path: &str, role: &str| {
        let own = facts.files.iter().find(|file| file.path == path && file.role == role).unwrap();
        serde_json::to_value(&own.certificates).unwrap().to_string()
    };
    let told = names("/etc/kubernetes/admin.conf", "admin-kubeconfig");
    let (first, second) = (told.find("CN=ann").unwrap(), told.find("CN=kubernetes-super-admin").unwrap());
    assert!(first < second, "{told}");
    assert!(names("/etc/kubernetes/pki/own.pem", "kubelet-certificate").contains("CN=ann"));
}

#[test]
fn variables_and_the_program_of_k3s_are_read() {
    let host = Host::new();
    host.process(7, &["/usr/local/bin/k3s", "server"]);
    host.write(
        "proc/7/environ",
        "K3S_CONFIG_FILE=/opt/k3s.yaml\0K3S_TOKEN=planted-token\0K3S_DATASTORE_ENDPOINT=https://u:planted-user@etcd.example:2379\0\
         K3S_DATASTORE_CAFILE=/opt/ca.pem\0K3S_DATA_DIR=/data\0K3S_KUBECONFIG_OUTPUT=/opt/admin.yaml\0HOME=/root\0",
    );
    host.write("opt/k3s.yaml", "data-dir: /srv\nkube-apiserver-arg: [profiling=true]\n");
    host.write("etc/rancher/k3s/config.yaml", "kube-apiserver-arg: [anonymous-auth=true]\n");
    host.write("opt/admin.yaml", "kind: Config\n");
    let before = "x".repeat((1 << 20) - 4);
    host.write("srv/bin/k3s", &format!("github.com/x v1.2.3-k3s1 vanilla+k3s1 {before}v1.34.1+k3s2 and more"));
    host.link("proc/7/exe", "/srv/bin/k3s");
    let facts = host.collect();
    let server = inside(&facts, "kube-apiserver");
    let has = |word: &str| server.arguments.iter().any(|other| other == word);
    assert!(has("--profiling=true") && has("--anonymous-auth=false"), "{:?}", server.arguments);
    assert!(has("--client-ca-file=/srv/server/tls/client-ca.crt"), "a file counts more than a variable");
    assert!(has("--etcd-cafile=/opt/ca.pem") && server.arguments.iter().any(|it| it.contains("@etcd.example:2379")));
    assert_eq!(server.version.as_deref(), Some("v1.34.1+k3s2"));
    assert_eq!(file(&facts, "/opt/admin.yaml").role, "admin-kubeconfig");
    let text = serde_json::to_string(&facts).unwrap();
    assert!(!text.contains("planted"), "{text}");
}

#[test]
fn agents_of_the_host_tell_which_audit_log_they_read() {
    let host = Host::new();
    host.process(7, &["kube-apiserver", "--audit-log-path=/var/log/kubernetes/audit.log"]);
    host.write("var/log/kubernetes/audit.log", "");
    let service = |pid: u32, group: &str| {
        host.write(&format!("proc/{pid}/status"), "Uid:\t998\t998\t998\t998\n");
        host.write(&format!("proc/{pid}/cgroup"), &format!("0::{group}\n"));
    };
    host.process(8, &["/usr/bin/vector", "--config", "/opt/vector.toml"]);
    service(8, "/system.slice/vector.service");
    host.write("opt/vector.toml", "include = [\"/var/log/kubernetes/*.log\"]\npassword = \"planted\"\n");
    host.process(9, &["/usr/bin/fluent-bit", "-c", "/etc/fluent-bit/fluent-bit.conf", "--token=planted"]);
    service(9, "/user.slice/user-1000.slice/x.scope");
    host.process(10, &["/lib/systemd/systemd-journal-upload", "--save-state"]);
    service(10, "/system.slice/systemd-journal-upload.service");
    let facts = host.collect();
    assert_eq!(inside(&facts, "vector").reads, ["/var/log/kubernetes/audit.log"]);
    assert_eq!(inside(&facts, "systemd-journal-upload").reads, ["journal"]);
    assert!(facts.processes.iter().all(|it| it.program != "fluent-bit"), "somebody's session is no service");
    assert!(!serde_json::to_string(&facts).unwrap().contains("planted"));
}

/// Whoever lays files out may break each of them: the rest is told, and the broken ones by what they are.
#[test]
fn what_is_malformed_is_named_with_its_role() {
    let host = Host::new();
    host.process(10, &["kube-apiserver", "--encryption-provider-config=/etc/e.yaml", "--client-ca-file=/etc/ca.crt"]);
    host.process(11, &["etcd", "--config-file=/etc/etcd.yaml"]);
    // One that ended while it was looked at: its folder is there, what is in it no more.
    fs::create_dir_all(host.path("proc/12")).unwrap();
    host.write("etc/e.yaml", "resources: [\n- planted-value\n");
    host.write("etc/ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    host.write("etc/kubernetes/manifests/kube-scheduler.yaml", "spec: {{\n");
    host.write("etc/etcd.yaml", "client-transport-security:\n  auto-tls: true\ninitial-cluster-token: planted-token\n");
    let facts = host.collect();
    let role = |path: &str| {
        let unread = facts.unread.iter().find(|unread| unread.path == path);
        unread.unwrap_or_else(|| panic!("{path} in {:?}", facts.unread)).role.as_deref()
    };
    assert_eq!(role("/etc/e.yaml"), Some("encryption-config"));
    assert_eq!(role("/etc/ca.crt"), Some("pki-certificate"));
    assert_eq!(role("/etc/kubernetes/manifests/kube-scheduler.yaml"), Some("scheduler-manifest"));
    assert_eq!(file(&facts, "/etc/kubernetes/manifests/kube-scheduler.yaml").role, "scheduler-manifest");
    assert_eq!(facts.processes.len(), 2);
    let content = file(&facts, "/etc/etcd.yaml").content.as_ref().unwrap();
    assert_eq!(content.pointer("/client-transport-security/auto-tls"), Some(&true.into()));
    assert!(!serde_json::to_string(&facts).unwrap().contains("planted"), "{facts:?}");
}

#[test]
fn variables_that_cannot_be_read_are_told() {
    let host = Host::new();
    host.process(21, &["etcd", "--data-dir=/data"]);
    host.process(22, &["kubelet"]);
    // A folder stands for what may not be opened, since root may open every file.
    ["proc/21/environ", "proc/22/environ"].into_iter().for_each(|path| fs::create_dir_all(host.path(path)).unwrap());
    let told: Vec<String> = host.collect().unread.into_iter().map(|it| it.path).collect();
    assert_eq!(told, ["/proc/21/environ"]);
}

#[test]
fn init_systems_are_told_by_their_first_process_or_their_folders() {
    for (comm, folder, init) in [
        ("systemd\n", "", "systemd"),
        ("openrc-init\n", "", "openrc"),
        ("runit\n", "", "runit"),
        ("machined\n", "", "machined"),
        ("init\n", "", "sysvinit"),
        ("init\n", "run/openrc", "openrc"),
        // In a container that sees the host's processes, the first is not the init.
        ("pause\n", "run/systemd/system", "systemd"),
        ("pause\n", "", "unknown"),
        ("", "", "unknown"),
    ] {
        let host = Host::new();
        host.write("proc/1/comm", comm);
        if !folder.is_empty() {
            fs::create_dir_all(host.path(folder)).unwrap();
        }
        assert_eq!(host.collect().host.init, init, "{comm:?} {folder:?}");
    }
}

#[test]
fn a_process_that_ends_while_it_is_read_costs_only_itself() {
    let host = Host::new();
    host.process(7, &["kubelet", "--config=/var/lib/kubelet/config.yaml"]);
    // One has gone between its words and its owner, one before its words.
    host.write("proc/8/cmdline", "etcd\0--data-dir=/var/lib/etcd\0");
    fs::create_dir_all(host.path("proc/9")).unwrap();
    let (folder, ended) = (host.path("proc/10"), std::sync::atomic::AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // One that comes and goes.
            while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = fs::create_dir_all(&folder);
                let _ = fs::write(folder.join("cmdline"), "kube-scheduler\0--profiling=true\0");
                let _ = fs::write(folder.join("status"), "Name:\tx\nUid:\t0\t0\t0\t0\n");
                let _ = fs::remove_dir_all(&folder);
            }
        });
        for _ in 0..60 {
            let facts = host.collect();
            let programs: Vec<&str> = facts.processes.iter().map(|it| it.program.as_str()).collect();
            assert!(programs.contains(&"kubelet"), "{programs:?}");
            assert!(programs.iter().all(|it| ["kubelet", "etcd", "kube-scheduler"].contains(it)), "{programs:?}");
        }
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn the_configuration_of_kube_proxy_leads_to_its_kubeconfig_in_the_same_place() {
    let config = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n\
        clientConnection: {kubeconfig: /srv/proxy.conf}\n";
    let host = Host::new();
    let kubeconfig = |path: &str, mode: u32| {
        host.write(path, "apiVersion: v1\nkind: Config\n");
        fs::set_permissions(host.path(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    let found = || -> Vec<String> {
        let facts = host.collect();
        let own = facts.files.iter().filter(|file| file.role == "proxy-kubeconfig");
        own.map(|file| format!("{} {:?}", file.path, file.mode)).collect()
    };
    host.process(5, &["kube-proxy", "--config=/srv/config.yaml"]);
    host.write("srv/config.yaml", config);
    kubeconfig("srv/proxy.conf", 0o640);
    assert_eq!(found(), ["/srv/proxy.conf Some(\"0640\")"]);
    // In a pod, in its own container and nowhere else.
    host.in_pod(5, API_POD);
    host.write("proc/5/root/srv/config.yaml", config);
    kubeconfig("proc/5/root/srv/proxy.conf", 0o600);
    let [only] = found().try_into().unwrap_or_else(|found| panic!("{found:?}"));
    assert!(only.contains("/srv/proxy.conf") && only.contains("0600"), "{only}");
}

#[test]
fn drop_ins_are_found_in_folders_too() {
    let host = Host::new();
    host.process(7, &["kubelet", "--config-dir=/etc/kubelet.d"]);
    let text = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\npodPidsLimit: 7\n";
    for path in ["a.conf", "more/deeper/b.conf", "folder.conf/c.conf"] {
        host.write(&format!("etc/kubelet.d/{path}"), text);
    }
    host.write("etc/kubelet.d/more/d.yaml", text);
    host.link("etc/kubelet.d/loop", "/etc/kubelet.d");
    let facts = host.collect();
    let mut found: Vec<&str> =
        facts.files.iter().filter(|file| file.role == "kubelet-drop-in").map(|file| file.path.as_str()).collect();
    found.sort_unstable();
    let all = ["a.conf", "folder.conf/c.conf", "more/deeper/b.conf"].map(|path| format!("/etc/kubelet.d/{path}"));
    assert_eq!(found, all);
    // `null` takes away what files before it say, and so it stays.
    host.write(
        "etc/kubelet.d/a.conf",
        "kind: KubeletConfiguration\npodPidsLimit: null\nauthentication: {anonymous: null}\n",
    );
    let facts = host.collect();
    let content = file(&facts, "/etc/kubelet.d/a.conf").content.clone().unwrap();
    assert_eq!(content.get("podPidsLimit"), Some(&serde_json::Value::Null), "{content}");
    assert_eq!(content.pointer("/authentication/anonymous"), Some(&serde_json::Value::Null), "{content}");
}
