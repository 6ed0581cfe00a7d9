//! Scenarios that reach the node: its file system, its kubelet, its static pods.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::pods::{websocket, words};
use super::rights::{as_node, text};
use super::scene::{POD, Scene, Step, TOOL, rule};
use crate::wait_for;

/// A folder of the node that holds the word.
fn folder_with_word(scene: &Scene<'_>) -> Result<PathBuf> {
    let folder = scene.stage.cluster.folder().join(format!("host-{}", scene.namespace));
    fs::create_dir_all(&folder).context("failed to make a folder")?;
    fs::write(folder.join("word"), scene.word()).context("failed to write a file")?;
    Ok(folder)
}

/// A pod's specification that reads the word from a volume, and passes the standard `restricted` but for the volume.
fn reading(scene: &Scene<'_>, volume: Value) -> Value {
    let mut spec = scene.pod("default", "cat /host/word");
    spec["volumes"] = json!([volume]);
    spec["securityContext"] =
        json!({"runAsNonRoot": true, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}});
    spec["containers"][0]["volumeMounts"] = json!([{"name": "host", "mountPath": "/host"}]);
    spec["containers"][0]["securityContext"] =
        json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}});
    spec
}

/// Reads a file of the node by a pod of the climber's.
pub fn host_path_pod(scene: &Scene<'_>) -> Step<()> {
    host_path_pod_in(scene, &scene.namespace)
}

/// The same in another namespace.
pub fn host_path_pod_in(scene: &Scene<'_>, namespace: &str) -> Step<()> {
    let folder = folder_with_word(scene)?;
    let spec = reading(scene, json!({"name": "host", "hostPath": {"path": folder}}));
    let pods = format!("/api/v1/namespaces/{namespace}/pods");
    scene.post(&pods, &json!({"metadata": {"name": "climb"}, "spec": spec}))?;
    scene.pod_says_word_in(namespace, "climb", "main")
}

/// A file of the node, by a pod.
pub fn host_path(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods"], &["create"])]))?;
    host_path_pod(scene)
}

/// A file of the node where `restricted` is enforced, by a volume that the climber makes, and a claim that a controller
/// makes for the pod.
pub fn volume(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["create"])]))?;
    scene.right_everywhere(json!([rule("", &["persistentvolumes"], &["create"])]))?;
    let folder = folder_with_word(scene)?;
    let size = json!({"storage": "1Mi"});
    let spec = json!({
        "capacity": size, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": folder}, "storageClassName": "climb",
        "claimRef": {"namespace": scene.namespace, "name": "climb-host"},
    });
    scene.post("/api/v1/persistentvolumes", &json!({"metadata": {"name": scene.namespace}, "spec": spec}))?;
    let claim = json!({
        "accessModes": ["ReadWriteOnce"], "storageClassName": "climb", "volumeName": scene.namespace,
        "resources": {"requests": size},
    });
    let spec = reading(scene, json!({"name": "host", "ephemeral": {"volumeClaimTemplate": {"spec": claim}}}));
    scene.post(&scene.path("pods"), &json!({"metadata": {"name": "climb"}, "spec": spec}))?;
    scene.pod_says_word("climb", "main")
}

/// The token of somebody else's pod, from the node that both run on.
pub fn node_pods(scene: &Scene<'_>) -> Step<()> {
    let pod = json!({"metadata": {"name": "others"}, "spec": scene.pod("owner", "true")});
    let pod = scene.admin_post("/api/v1", "pods", &pod)?;
    scene.running_pod()?;
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods"], &["create"])]))?;
    let folder = scene.stage.cluster.folder().join("kubelet/pods").join(text(&pod, "/metadata/uid"));
    let line = "cat /host/volumes/kubernetes.io~projected/*/token";
    let token = said_by_root(scene, &folder, line, |said| said.starts_with("ey"))?;
    scene.take_with(&token)
}

/// The node's own account, by the key of its kubelet.
pub fn node_identity(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods"], &["create"])]))?;
    let folder = scene.stage.cluster.folder().join("pki");
    let line = "cat /host/kubelet.crt; echo ----; cat /host/kubelet.key; echo done";
    let said = said_by_root(scene, &folder, line, |said| said.contains("\ndone"))?;
    let (certificate, rest) = said.split_once("----\n-----BEGIN PRIVATE").context("no certificate and key")?;
    let key = format!("-----BEGIN PRIVATE{}", rest.replace("\ndone", ""));
    as_node(scene, &scene.stage.cluster.api_with_certificate(certificate, &key)?)
}

/// What a pod of the climber's says that runs as root and mounts a folder of the node.
fn said_by_root(scene: &Scene<'_>, folder: &Path, line: &str, is_all: impl Fn(&str) -> bool) -> Step<String> {
    let mut spec = scene.pod("default", line);
    spec["volumes"] = json!([{"name": "host", "hostPath": {"path": folder}}]);
    spec["containers"][0]["volumeMounts"] = json!([{"name": "host", "mountPath": "/host"}]);
    scene.post(&scene.path("pods"), &json!({"metadata": {"name": "climb"}, "spec": spec}))?;
    let path = scene.path("pods/climb/log");
    let said = wait_for("what a pod reads from the node", POD, || {
        let said = scene.admin().get(&path).ok().filter(|answer| answer.status == 200)?.body;
        is_all(&said).then_some(said)
    });
    Ok(said?)
}

/// The log of somebody else's pod that said the word, from the kubelet, by `get` of nodes/proxy.
pub fn kubelet_log(scene: &Scene<'_>) -> Step<()> {
    let spec = scene.pod("owner", &scene.line());
    scene.admin_post("/api/v1", "pods", &json!({"metadata": {"name": "others"}, "spec": spec}))?;
    scene.pod_says_word("others", "main")?;
    scene.may_everywhere(json!([rule("", &["nodes"], &["get", "list"])]))?;
    scene.right_everywhere(json!([rule("", &["nodes/proxy"], &["get"])]))?;
    let node = scene.stage.cluster.node();
    let answer = scene.get(&format!("/api/v1/nodes/{node}/proxy/containerLogs/{}/others/main", scene.namespace))?;
    scene.has_word(&answer.to_string())
}

/// A command in somebody else's pod, by the kubelet, with nothing but `get` of nodes/proxy: a WebSocket is a GET. The
/// kubelet itself is asked, since an API server that passes on a WebSocket leaves out its parameters.
pub fn kubelet_exec(scene: &Scene<'_>) -> Step<()> {
    let spec = scene.pod("owner", "true");
    scene.admin_post("/api/v1", "pods", &json!({"metadata": {"name": "others"}, "spec": spec}))?;
    scene.running_pod()?;
    scene.may_everywhere(json!([rule("", &["nodes"], &["get", "list"])]))?;
    scene.right_everywhere(json!([rule("", &["nodes/proxy"], &["get"])]))?;
    let cluster = &scene.stage.cluster;
    let node = scene.get(&format!("/api/v1/nodes/{}", cluster.node()))?;
    let url =
        format!("https://{}:{}", cluster.node_address(), node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"]);
    let path = format!("/exec/{}/others/main?output=1{}", scene.namespace, words(&scene.line()));
    let output = websocket(scene, &url, &path)?;
    scene.has_word(&output)
}

/// A privileged pod that no admission sees: its manifest is written into kubelet's folder by a pod with a hostPath.
pub fn static_pod(scene: &Scene<'_>) -> Step<()> {
    scene.may(json!([rule("", &["pods"], &["get"])]))?;
    scene.right(json!([rule("", &["pods"], &["create"])]))?;
    let folder = folder_with_word(scene)?;
    let container = json!({
        "name": "main", "image": TOOL, "imagePullPolicy": "Never",
        "command": ["sh", "-c", "cat /host/word > /host/reached; sleep 1000000"],
        "volumeMounts": [{"name": "host", "mountPath": "/host"}], "securityContext": {"privileged": true},
    });
    let spec = json!({
        "terminationGracePeriodSeconds": 0, "hostPID": true, "containers": [container],
        "volumes": [{"name": "host", "hostPath": {"path": folder}}],
    });
    // In a namespace where no such pod is admitted.
    let metadata = json!({"name": "reached", "namespace": "default"});
    let manifest = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec});
    let line = format!("printf '%s' '{manifest}' > /static/climb.json; echo written");
    let mut spec = scene.pod("default", &line);
    spec["volumes"] = json!([{"name": "static", "hostPath": {"path": scene.stage.cluster.static_pods()}}]);
    spec["containers"][0]["volumeMounts"] = json!([{"name": "static", "mountPath": "/static"}]);
    scene.post(&scene.path("pods"), &json!({"metadata": {"name": "climb"}, "spec": spec}))?;
    let reached = folder.join("reached");
    wait_for("what a static pod writes", Duration::from_secs(90), || {
        fs::read_to_string(&reached).is_ok_and(|text| text == scene.word()).then_some(())
    })?;
    // It goes with its manifest, as kubelet looks for changes.
    fs::remove_file(scene.stage.cluster.static_pods().join("climb.json")).context("failed to remove a manifest")?;
    Ok(())
}
