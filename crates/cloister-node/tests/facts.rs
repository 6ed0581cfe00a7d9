//! Facts as they are read: what is merged, what becomes a resource of its own, and which layout is told.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_node::{Facts, Kubelet, Layout, Source, unfold};

fn read(text: &str) -> Vec<Resource> {
    let parsed = parse(text, &Origin::File("facts.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.resources
}

fn kubelet(arguments: &str, files: &str) -> Vec<Resource> {
    read(&format!(
        "apiVersion: cloister.dev/v1alpha1\nkind: NodeFacts\nmetadata: {{name: node-1}}\nprocesses:\n- program: kubelet\n  arguments: {arguments}\nfiles: {files}\n"
    ))
}

/// What `path` comes to, and who says so.
fn says(resources: &[Resource], path: &str) -> Option<(String, Source)> {
    let kubelet = Kubelet::of(Facts::of(&resources[0]).unwrap()).unwrap();
    kubelet.at(path).map(|value| (value.words.join(","), value.source))
}

const CONFIG: &str = "{path: /k, role: kubelet-config, content: {readOnlyPort: 10255, streamingConnectionIdleTimeout: 0s, tlsCipherSuites: [A, B]}}";
const DROP_INS: &str = "{path: /d/20.conf, role: kubelet-drop-in, content: {readOnlyPort: 2}}, {path: /d/10.conf, role: kubelet-drop-in, content: {readOnlyPort: 1, podPidsLimit: 7}}";

#[test]
fn flags_count_more_than_drop_ins_and_those_more_than_the_file() {
    let port = "readOnlyPort";
    let all = format!("[{CONFIG}, {DROP_INS}]");
    let flag = kubelet("[--config=/k, --config-dir=/d, --read_only_port, \"9\"]", &all);
    assert_eq!(says(&flag, port), Some(("9".into(), Source::Flag)));
    let dropped = kubelet("[--config=/k, --config-dir=/d]", &all);
    assert_eq!(says(&dropped, port), Some(("2".into(), Source::File)));
    assert_eq!(says(&dropped, "podPidsLimit"), Some(("7".into(), Source::File)));
    let filed = kubelet("[--config=/k]", &format!("[{CONFIG}]"));
    assert_eq!(says(&filed, port), Some(("10255".into(), Source::File)));
}

#[test]
fn without_a_file_the_defaults_are_the_old_ones() {
    let bare = kubelet("[]", "[]");
    assert_eq!(says(&bare, "readOnlyPort"), Some(("10255".into(), Source::Default)));
    assert_eq!(says(&bare, "authentication/anonymous/enabled"), Some(("true".into(), Source::Default)));
    let filed = kubelet("[--config=/k]", &format!("[{CONFIG}]"));
    assert_eq!(says(&filed, "authentication/anonymous/enabled"), Some(("false".into(), Source::Default)));
    // A file that is named and could not be read leaves open what it may say.
    let unread = kubelet("[--config=/k]", "[{path: /k, role: kubelet-config}]");
    assert_eq!(says(&unread, "readOnlyPort"), None);
    let by_flag = kubelet("[--config=/k, --read-only-port=0]", "[]");
    assert_eq!(says(&by_flag, "readOnlyPort"), Some(("0".into(), Source::Flag)));
}

#[test]
fn zero_is_the_default_of_a_duration_in_a_file_but_not_as_a_flag() {
    let path = "streamingConnectionIdleTimeout";
    let filed = kubelet("[--config=/k]", &format!("[{CONFIG}]"));
    assert_eq!(says(&filed, path), Some(("4h0m0s".into(), Source::Default)));
    let flag = kubelet("[--config=/k, --streaming-connection-idle-timeout=0]", &format!("[{CONFIG}]"));
    assert_eq!(says(&flag, path), Some(("0".into(), Source::Flag)));
}

#[test]
fn what_a_drop_in_takes_away_is_the_default_again() {
    let of = |drop_in: &str| {
        let file = "{path: /k, role: kubelet-config, content: {podPidsLimit: 7, streamingConnectionIdleTimeout: 10m, address: 192.0.2.1, authentication: {anonymous: {enabled: true}}}}";
        let drop_in = format!("{{path: /d/1.conf, role: kubelet-drop-in, content: {drop_in}}}");
        kubelet("[--config=/k, --config-dir=/d]", &format!("[{file}, {drop_in}]"))
    };
    let default = |text: &str| Some((text.to_owned(), Source::Default));
    assert_eq!(says(&of("{podPidsLimit: null}"), "podPidsLimit"), default("-1"));
    assert_eq!(says(&of("{authentication: null}"), "authentication/anonymous/enabled"), default("false"));
    assert_eq!(says(&of("{streamingConnectionIdleTimeout: 0s}"), "streamingConnectionIdleTimeout"), default("4h0m0s"));
    assert_eq!(says(&of("{address: ''}"), "address"), default("0.0.0.0"));
    // Where there is no file, it is the default of files all the same.
    let bare = "[{path: /d/1.conf, role: kubelet-drop-in, content: {authorization: {mode: null}}}]";
    assert_eq!(says(&kubelet("[--config-dir=/d]", bare), "authorization/mode"), default("Webhook"));
}

#[test]
fn the_flag_of_the_seccomp_default_takes_nothing_back() {
    let of = |flag: &str, file: bool| {
        let file = format!("[{{path: /k, role: kubelet-config, content: {{seccompDefault: {file}}}}}]");
        says(&kubelet(&format!("[--config=/k, --seccomp-default={flag}]"), &file), "seccompDefault").unwrap().0
    };
    assert_eq!(of("false", true), "true");
    assert_eq!(of("true", false), "true");
    assert_eq!(of("false", false), "false");
}

#[test]
fn drop_ins_are_read_folder_by_folder() {
    let drop_in =
        |path: &str, limit: u8| format!("{{path: {path}, role: kubelet-drop-in, content: {{podPidsLimit: {limit}}}}}");
    let both = format!("[{CONFIG}, {}, {}]", drop_in("/d/a.conf", 1), drop_in("/d/a/b.conf", 2));
    assert_eq!(
        says(&kubelet("[--config=/k, --config-dir=/d]", &both), "podPidsLimit"),
        Some(("1".into(), Source::File))
    );
}

#[test]
fn a_list_by_flags_adds_up_and_replaces_the_file() {
    let arguments = "[--config=/k, --tls-cipher-suites=C, \"--tls-cipher-suites=D,E\"]";
    let resources = kubelet(arguments, &format!("[{CONFIG}]"));
    assert_eq!(says(&resources, "tlsCipherSuites"), Some(("C,D,E".into(), Source::Flag)));
    let emptied = kubelet("[--config=/k, --tls-cipher-suites=, --tls-cipher-suites=F]", &format!("[{CONFIG}]"));
    assert_eq!(says(&emptied, "tlsCipherSuites"), Some(("F".into(), Source::Flag)));
}

#[test]
fn a_static_pod_is_a_resource_only_where_its_program_does_not_run() {
    let text = |program: &str| {
        format!(
            "apiVersion: cloister.dev/v1alpha1\nkind: NodeFacts\nmetadata: {{name: node-1}}\nprocesses: [{{program: {program}, arguments: []}}]\nfiles:\n\
             - path: /m/a.yaml\n  role: api-server-manifest\n  content: {{apiVersion: v1, kind: Pod, metadata: {{name: kube-apiserver}}, spec: {{containers: [{{command: [/bin/kube-apiserver]}}]}}}}\n\
             - path: /e.yaml\n  role: encryption-config\n  content: {{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: []}}\n"
        )
    };
    let names = |program: &str| {
        let mut resources = read(&text(program));
        unfold(&mut resources);
        resources.iter().skip(1).map(|it| format!("{} {}", it.kind, it.name)).collect::<Vec<_>>()
    };
    assert_eq!(names("kube-apiserver"), ["EncryptionConfiguration node-1:/e.yaml"]);
    assert_eq!(names("etcd"), ["Pod kube-apiserver-node-1", "EncryptionConfiguration node-1:/e.yaml"]);
}

#[test]
fn a_layout_is_told_by_what_shows_it() {
    let told = |path: &str| Layout::recognise(|it| it == path, |_| false);
    let of = |path: &str| told(path).map(|(layout, _)| (layout.name, layout.provider));
    assert_eq!(of("/etc/eks/bootstrap.sh"), Some(("eks", Some("Amazon EKS"))));
    assert_eq!(of("/var/lib/kubelet/kubeadm-flags.env"), Some(("kubeadm", None)));
    assert_eq!(of("/var/snap/microk8s/current/args"), Some(("microk8s", None)));
    assert_eq!(of("/nothing"), None);
    assert_eq!(Layout::recognise(|_| false, |name| name == "k3s").map(|it| it.0.name), Some("k3s"));
}
