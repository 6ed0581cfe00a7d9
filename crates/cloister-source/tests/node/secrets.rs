//! What opens a door stays on the host.

use crate::host::Host;

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
