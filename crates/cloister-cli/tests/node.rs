//! `cloister node`: what it writes keeps to the published schema, is read again as it was written, and is assessed.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that runs the program"
)]

mod support;

use std::fs;
use std::path::Path;

use cloister_node::format::NodeFacts;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use support::cloister;
use support::schema::{keeps_to, plain, published};
use tempfile::TempDir;

fn schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<NodeFacts>();
    schema.insert("title".into(), "What a node is set to".into());
    plain(schema.to_value())
}

/// A control plane node, as its files show it.
fn host() -> TempDir {
    let host = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = host.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("proc/10/cmdline", "kube-apiserver\0--anonymous-auth=false\0--audit-policy-file=/etc/audit.yaml\0");
    write("proc/11/cmdline", "kubelet\0--config=/var/lib/kubelet/config.yaml\0");
    write("proc/sys/kernel/hostname", "no\n");
    write("etc/audit.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: RequestResponse\n");
    write(
        "var/lib/kubelet/config.yaml",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n",
    );
    write("etc/kubernetes/kubelet.conf", "apiVersion: v1\nkind: Config\nusers: [{name: a, user: {token: planted}}]\n");
    host
}

fn collect(host: &Path, output: &Path) {
    let arguments = ["node", "collect", "--root", host.to_str().unwrap(), "--output", output.to_str().unwrap()];
    let output = cloister().args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    published("node-facts.v1alpha1.json", &schema(), std::env::var_os("CLOISTER_GENERATE").is_some());
}

#[test]
fn facts_keep_to_the_schema_and_hold_no_token() {
    let host = host();
    let file = host.path().join("facts.yaml");
    collect(host.path(), &file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("planted"), "{text}");
    let facts: Value = serde_saphyr::from_str(&text).unwrap();
    keeps_to(&facts, &schema());
    // A name that YAML 1.1 takes for a boolean stays a name.
    assert_eq!(facts["metadata"]["name"], "no");
}

#[test]
fn a_scan_judges_what_was_collected_at_its_lines() {
    let host = host();
    let file = host.path().join("facts.yaml");
    collect(host.path(), &file);
    let arguments = ["scan", "--node-facts", file.to_str().unwrap(), "--output", "json", "--fail-on", "never"];
    let output = cloister().args(arguments).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let line = |check: &str| {
        let found = findings.iter().find(|finding| finding["check"] == check);
        found.map(|finding| (finding["resource"]["kind"].clone(), finding["location"]["line"].clone()))
    };
    let text = fs::read_to_string(&file).unwrap();
    let at = |part: &str| Value::from(text.lines().position(|line| line.contains(part)).unwrap() + 1);
    assert_eq!(line("kubelet-read-only-port"), Some(("NodeFacts".into(), at("readOnlyPort"))));
    assert_eq!(line("audit-policy-logs-secrets"), Some(("Policy".into(), at("level: RequestResponse"))));
    assert_eq!(line("api-server-anonymous-requests"), None);
    // Nothing of the node is taken for a workload.
    assert_eq!(report["subject"]["workloads"], 0);
}

/// On a worker, a pod runs an API server of its making and a kubelet before the real one.
#[test]
fn a_pod_answers_no_question_about_the_control_plane() {
    let host = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = host.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let pod = "0::/kubepods.slice/kubepods-pod0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0.slice/cri-containerd-a.scope\n";
    let forged = "--anonymous-auth=false\0--authorization-mode=Node,RBAC\0--read-only-port=0\0";
    write("proc/10/cmdline", &format!("kube-apiserver\0{forged}"));
    write("proc/11/cmdline", &format!("kubelet\0{forged}"));
    ["proc/10/cgroup", "proc/11/cgroup"].into_iter().for_each(|path| write(path, pod));
    write("proc/30/cmdline", "/usr/bin/kubelet\0--read-only-port=10255\0--v=\u{1b}[2J\n\u{9b}31m\0");
    let file = host.path().join("facts.yaml");
    collect(host.path(), &file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'), "{text:?}");
    keeps_to(&serde_saphyr::from_str(&text).unwrap(), &schema());
    let arguments = [
        "scan",
        "--framework",
        "cis-1.12",
        "--node-facts",
        file.to_str().unwrap(),
        "--output",
        "json",
        "--fail-on",
        "never",
    ];
    let output = cloister().args(arguments).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["check"] == "kubelet-read-only-port"));
    let requirements = report["requirements"].as_array().unwrap();
    let status = |id: &str| requirements.iter().find(|it| it["id"] == id).map(|it| it["status"].clone());
    assert_eq!(status("1.2.1"), Some("not-evaluated".into()));
}

/// Where a provider runs the control plane, by the files of a node or by the labels of Nodes, nothing of it fails and nothing
/// of it holds; what the user runs is judged.
#[test]
fn what_a_provider_runs_is_never_failed() {
    let host = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = host.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("proc/11/cmdline", "kubelet\0--read-only-port=10255\0");
    write("etc/eks/bootstrap.sh", "#!/bin/sh\n");
    let facts = host.path().join("facts.yaml");
    collect(host.path(), &facts);
    let node = host.path().join("node.yaml");
    fs::write(
        &node,
        "apiVersion: v1\nkind: Node\nmetadata: {name: n, labels: {eks.amazonaws.com/nodegroup: a}}\nspec: {}\n",
    )
    .unwrap();
    for (input, own) in [(["--node-facts", facts.to_str().unwrap()], true), (["scan", node.to_str().unwrap()], false)] {
        let mut arguments = vec!["scan", "--framework", "cis-1.12", "--output", "json", "--fail-on", "never"];
        arguments.extend(input.into_iter().filter(|it| *it != "scan"));
        let output = cloister().args(arguments).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let requirements = report["requirements"].as_array().unwrap();
        let sections = ["1.1.", "1.2.", "1.3.", "1.4.", "2."];
        let theirs = requirements.iter().filter(|it| {
            let id = it["id"].as_str().unwrap();
            sections.iter().any(|section| id.starts_with(section))
        });
        let mut told = 0;
        for requirement in theirs {
            assert_eq!(requirement["status"], "not-evaluated", "{requirement}");
            told += usize::from(requirement.to_string().contains("Amazon EKS runs the control plane"));
        }
        // All but the network plug-in's files, which are the nodes' own.
        assert!(told >= 60, "{told} requirements of {input:?} are told as the provider's");
        let port = requirements.iter().find(|it| it["id"] == "4.2.4").unwrap();
        assert_eq!(port["status"] == "not-satisfied", own, "{port}");
    }
}

/// What the collector could not read is told at once, told again by the scan, and no requirement that hangs on it holds.
#[test]
fn what_could_not_be_read_counts_neither_way() {
    let host = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = host.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "proc/10/cmdline",
        "kube-apiserver\0--audit-policy-file=/etc/a.yaml\0--encryption-provider-config=/etc/e.yaml\0",
    );
    write("etc/a.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [\n");
    write("etc/e.yaml", "resources: {planted\n");
    write("etc/kubernetes/pki/ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let file = host.path().join("facts.yaml");
    let arguments = ["node", "collect", "--root", host.path().to_str().unwrap(), "--output", file.to_str().unwrap()];
    let output = cloister().args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let lost = ["/etc/a.yaml", "/etc/e.yaml", "/etc/kubernetes/pki/ca.crt"];
    lost.iter().for_each(|path| assert!(said.contains(&format!("not read: {path}")), "{path} in {said}"));
    let text = fs::read_to_string(&file).unwrap();
    keeps_to(&serde_saphyr::from_str(&text).unwrap(), &schema());

    let arguments = ["scan", "--framework", "cis-1.12", "--node-facts", file.to_str().unwrap(), "--output", "json"];
    let output = cloister().args(arguments).args(["--fail-on", "never"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    for path in lost {
        let told = diagnostics.iter().find(|it| it["message"].as_str().unwrap().contains(path)).unwrap();
        let line = text.lines().position(|line| line.contains(path) && line.contains("- path")).map(|_| ());
        assert!(told["line"].is_u64() && line.is_some() && told["help"].is_string(), "{told}");
    }
    assert!(!diagnostics.iter().any(|it| it.to_string().contains("planted")), "{diagnostics:?}");
    let requirements = report["requirements"].as_array().unwrap();
    for (id, path) in [
        ("3.2.1", "audit-policy-file"),
        ("3.2.2", "/etc/a.yaml"),
        ("1.2.27", "encryption-provider-config"),
        ("1.2.28", "/etc/e.yaml"),
    ] {
        let requirement = requirements.iter().find(|it| it["id"] == id).unwrap();
        assert_eq!(requirement["status"], "not-evaluated", "{id}: {requirement}");
        assert!(
            requirement["notEvaluated"].to_string().contains(path) || requirement.to_string().contains(path),
            "{id}: {requirement}"
        );
    }
}

#[test]
fn a_root_that_is_not_there_is_an_error_with_a_way_out() {
    let output = cloister().args(["node", "collect", "--root", "/nowhere"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("/nowhere") && said.contains("--root /host"), "{said}");
}

/// A certificate of openssl for clients, with its key.
fn client(folder: &Path, name: &str, subject: &str, days: &str, key: &[&str]) {
    let path = |ending: &str| folder.join(format!("{name}.{ending}")).to_str().unwrap().to_owned();
    let settings = path("cnf");
    fs::write(&settings, "[req]\ndistinguished_name=dn\n[dn]\n").unwrap();
    let output = std::process::Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-config", &settings, "-subj", subject, "-days", days])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=clientAuth"])
        .args(["-keyout", &path("key"), "-out", &path("crt")])
        .args(key)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::remove_file(settings).unwrap();
}

#[test]
fn certificates_of_clients_are_judged_as_openssl_made_them() {
    let host = host();
    let folder = host.path().join("etc/kubernetes/pki");
    fs::create_dir_all(&folder).unwrap();
    let curve = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..];
    let old = "/O=system:masters/CN=kube-apiserver-kubelet-client";
    for (file, subject, days, key) in [
        ("apiserver-kubelet-client", old, "365", curve),
        ("front-proxy-client", "/CN=front-proxy-client", "3650", curve),
        ("weak-client", "/CN=weak", "20", &["-newkey", "rsa:1024", "-sha1"][..]),
        ("good-client", "/O=readers/CN=good", "365", curve),
    ] {
        client(&folder, file, subject, days, key);
    }
    let facts = host.path().join("facts.yaml");
    collect(host.path(), &facts);
    let output = cloister().args(["scan", "--node-facts", facts.to_str().unwrap(), "-o", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let wanted = |check: &str| {
        let findings = report["findings"].as_array().unwrap().iter();
        let own = findings.filter(|it| it["check"] == check).map(|it| it["message"].as_str().unwrap());
        let mut files: Vec<&str> = own.filter_map(|it| it.split("pki/").nth(1)?.split('.').next()).collect();
        files.sort_unstable();
        files
    };
    assert_eq!(wanted("client-certificate-of-masters"), ["apiserver-kubelet-client"]);
    assert_eq!(wanted("client-certificate-long-lived"), ["front-proxy-client"]);
    assert_eq!(wanted("certificate-weak-key"), ["weak-client"]);
    assert_eq!(wanted("certificate-near-its-end"), ["weak-client"]);
}
