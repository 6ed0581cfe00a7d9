//! What processes say of themselves, and which of them are believed.

use crate::host::{API_POD, Host, STATIC_POD};

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
