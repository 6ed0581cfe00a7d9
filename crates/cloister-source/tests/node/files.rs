//! Files as they lie on a host: links, pipes, static pods, kubeconfigs, and what is malformed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cloister_source::node::collect;
use tempfile::TempDir;

use crate::host::{API_POD, Host, file, request};

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
fn all_users_of_a_kubeconfig_are_told_that_of_the_current_context_first() {
    let host = Host::new();
    let data = |text: &'static str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix("client-certificate-data: ")).unwrap();
        line.split_whitespace().next().unwrap()
    };
    let admin =
        data(include_str!("../../../cloister-checks/fixtures/identity/client-certificate-of-masters/fail.yaml"));
    let person =
        data(include_str!("../../../cloister-checks/fixtures/identity/client-certificate-of-masters/pass.yaml"));
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
