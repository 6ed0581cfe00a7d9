//! What runs on the nodes of generated clusters: pods and what they use, from which the node authoriser decides.

use serde_json::{Value, json};

use crate::judges::Dice;

/// The nodes.
pub const NODES: [&str; 2] = ["n1", "n2"];
/// Names of everything that pods use.
pub const USED: [&str; 5] = ["web", "db", "cache", "mail", "a"];
/// What is made last: when the server knows it, it knows the rest.
pub const LAST: &str = "last";

/// An object and the path of the API that it is posted to.
pub type Made = (String, Value);

/// The objects in these namespaces, in the order in which they are to be created.
pub fn generate(namespaces: &[String], dice: &mut Dice) -> Vec<Made> {
    let mut made: Vec<Made> = NODES.iter().map(|name| node(name)).collect();
    for (index, namespace) in namespaces.iter().enumerate() {
        made.push(account(namespace));
        made.extend((0..2).map(|pod| self::pod(&format!("p{pod}"), namespace, dice.pick(&NODES), dice)));
        let claim = dice.pick(&USED);
        made.push(volume(&format!("v{index}"), (namespace, claim), &dice.pick(namespaces), dice));
    }
    for index in 0..6 {
        let node = dice.pick(&NODES);
        made.push(attachment(&format!("t{index}"), node));
        made.push(slice(&format!("s{index}"), node));
    }
    made.extend(last(namespaces));
    made
}

/// One of each kind, all of them on the first node.
fn last(namespaces: &[String]) -> Vec<Made> {
    let Some(namespace) = namespaces.last() else { return Vec::new() };
    let spec = json!({
        "nodeName": NODES[0], "serviceAccountName": "runner", "containers": [{"name": "c", "image": "i"}],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": LAST}}],
    });
    let mut dice = Dice::new(0);
    vec![
        in_namespace("v1", "Pod", LAST, namespace, spec),
        volume(LAST, (namespace, LAST), namespace, &mut dice),
        attachment(LAST, NODES[0]),
        slice(LAST, NODES[0]),
    ]
}

fn node(name: &str) -> Made {
    ("/api/v1/nodes".to_owned(), json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}))
}

fn account(namespace: &str) -> Made {
    let metadata = json!({"name": "runner", "namespace": namespace});
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata});
    (format!("/api/v1/namespaces/{namespace}/serviceaccounts"), account)
}

fn in_namespace(version: &str, kind: &str, name: &str, namespace: &str, spec: Value) -> Made {
    let metadata = json!({"name": name, "namespace": namespace});
    let object = json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec});
    (format!("/api/{version}/namespaces/{namespace}/{}s", kind.to_lowercase()), object)
}

fn pod(name: &str, namespace: &str, node: &str, dice: &mut Dice) -> Made {
    let mut used = |chance| dice.chance(chance).then(|| dice.pick(&USED));
    let environment: Vec<Value> = [
        used(40).map(|name| json!({"name": "A", "valueFrom": {"secretKeyRef": {"name": name, "key": "k"}}})),
        used(40).map(|name| json!({"name": "B", "valueFrom": {"configMapKeyRef": {"name": name, "key": "k"}}})),
    ]
    .into_iter()
    .flatten()
    .collect();
    let from: Vec<Value> = [
        used(30).map(|name| json!({"secretRef": {"name": name}})),
        used(30).map(|name| json!({"configMapRef": {"name": name}})),
    ]
    .into_iter()
    .flatten()
    .collect();
    let projected: Vec<Value> = [
        used(60).map(|name| json!({"secret": {"name": name}})),
        used(60).map(|name| json!({"configMap": {"name": name}})),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut volumes: Vec<Value> = [
        used(40).map(|name| json!({"secret": {"secretName": name}})),
        used(40).map(|name| json!({"configMap": {"name": name}})),
        used(50).map(|name| json!({"persistentVolumeClaim": {"claimName": name}})),
        used(20).map(|name| json!({"csi": {"driver": "d", "nodePublishSecretRef": {"name": name}}})),
        used(20).map(|name| json!({"azureFile": {"shareName": "s", "secretName": name}})),
        used(20).map(|name| json!({"iscsi": {
            "targetPortal": "127.0.0.1:1", "iqn": "iqn.2001-04.com.example:d", "lun": 0, "secretRef": {"name": name},
        }})),
        Some(json!({"projected": {"sources": projected}})),
        used(30).map(|_| json!({"ephemeral": {"volumeClaimTemplate": {"spec": claim()}}})),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (index, volume) in volumes.iter_mut().enumerate() {
        volume["name"] = json!(format!("v{index}"));
    }
    let mut spec = json!({
        "nodeName": node, "volumes": volumes, "imagePullSecrets": [],
        "containers": [{"name": "c", "image": "i", "env": environment}],
        "initContainers": [{"name": "i", "image": "i", "envFrom": from}],
    });
    spec["serviceAccountName"] = json!("runner");
    if let Some(name) = used(30) {
        spec["imagePullSecrets"] = json!([{"name": name}]);
    }
    if let Some(name) = used(40) {
        spec["resourceClaims"] = json!([{"name": "r", "resourceClaimName": name}]);
    }
    in_namespace("v1", "Pod", name, namespace, spec)
}

fn claim() -> Value {
    json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}})
}

/// A volume that is bound to a claim, with secrets there or in another namespace.
fn volume(name: &str, (namespace, claim): (&str, &str), elsewhere: &str, dice: &mut Dice) -> Made {
    let mut reference = json!({"name": dice.pick(&USED)});
    if dice.chance(50) {
        reference["namespace"] = json!(namespace);
    }
    let placed = json!({"name": dice.pick(&USED), "namespace": elsewhere});
    let source = dice.below(4);
    let mut spec = json!({
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
        "claimRef": {"namespace": namespace, "name": claim}, "persistentVolumeReclaimPolicy": "Retain",
    });
    match source {
        0 => spec["cephfs"] = json!({"monitors": ["127.0.0.1"], "secretRef": reference}),
        1 => spec["azureFile"] = json!({"shareName": "s", "secretName": reference["name"]}),
        2 => spec["csi"] = json!({"driver": "d", "volumeHandle": name, "controllerPublishSecretRef": placed}),
        _ => {
            spec["csi"] = json!({"driver": "d", "volumeHandle": name, "nodePublishSecretRef": placed, "nodeStageSecretRef": placed});
        }
    }
    let object = json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec});
    ("/api/v1/persistentvolumes".to_owned(), object)
}

fn attachment(name: &str, node: &str) -> Made {
    let spec = json!({"attacher": "d", "nodeName": node, "source": {"persistentVolumeName": "v0"}});
    let object = json!({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": name}, "spec": spec});
    ("/apis/storage.k8s.io/v1/volumeattachments".to_owned(), object)
}

fn slice(name: &str, node: &str) -> Made {
    let pool = json!({"name": name, "generation": 1, "resourceSliceCount": 1});
    let spec = json!({"driver": "d.example", "nodeName": node, "pool": pool});
    let object =
        json!({"apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": {"name": name}, "spec": spec});
    ("/apis/resource.k8s.io/v1/resourceslices".to_owned(), object)
}
