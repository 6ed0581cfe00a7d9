//! Kubernetes in one program: k3s and MicroK8s.

use crate::host::{Host, file, inside};

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
