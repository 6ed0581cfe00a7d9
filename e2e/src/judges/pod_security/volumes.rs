//! Volumes of every type that the API knows.

use serde_json::{Value, json};

use super::plan::{Fault, Plan};
use crate::judges::Dice;

/// Types that restricted allows.
fn allowed(dice: &mut Dice) -> Value {
    let choices = [
        json!({}), // the API server makes it an emptyDir
        json!({"emptyDir": {}}),
        json!({"emptyDir": {"medium": "Memory", "sizeLimit": "8Mi"}}),
        json!({"configMap": {"name": "settings"}}),
        json!({"secret": {"secretName": "credentials", "defaultMode": 256}}),
        json!({"persistentVolumeClaim": {"claimName": "data"}}),
        json!({"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}}),
        json!({"projected": {"sources": [{"configMap": {"name": "settings"}}]}}),
        json!({"csi": {"driver": "inline.example.com"}}),
        json!({"ephemeral": {"volumeClaimTemplate": {"spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}}}),
        json!({"image": {"reference": "example.com/data:1", "pullPolicy": "IfNotPresent"}}),
    ];
    dice.pick(&choices)
}

/// Types that restricted does not allow, but baseline does.
fn of_another_type(dice: &mut Dice) -> Value {
    let choices = [
        json!({"gcePersistentDisk": {"pdName": "a"}}),
        json!({"awsElasticBlockStore": {"volumeID": "a"}}),
        json!({"gitRepo": {"repository": "https://example.com/a.git"}}),
        json!({"nfs": {"server": "a.example.com", "path": "/a"}}),
        json!({"iscsi": {"targetPortal": "a", "iqn": "iqn.2001-04.com.example:storage.a", "lun": 0}}),
        json!({"glusterfs": {"endpoints": "a", "path": "a"}}),
        json!({"rbd": {"monitors": ["a"], "image": "a"}}),
        json!({"flexVolume": {"driver": "example.com/a"}}),
        json!({"cinder": {"volumeID": "a"}}),
        json!({"cephfs": {"monitors": ["a"]}}),
        json!({"flocker": {"datasetName": "a"}}),
        json!({"fc": {"targetWWNs": ["50060e801049cfd1"], "lun": 0}}),
        json!({"azureFile": {"secretName": "a", "shareName": "a"}}),
        json!({"vsphereVolume": {"volumePath": "a"}}),
        json!({"quobyte": {"registry": "a:1", "volume": "a"}}),
        json!({"azureDisk": {"diskName": "a", "diskURI": "https://a.blob.core.windows.net/a/a.vhd"}}),
        json!({"portworxVolume": {"volumeID": "a", "fsType": "ext4"}}),
        json!({"scaleIO": {"gateway": "https://a", "system": "a", "volumeName": "a", "secretRef": {"name": "a"}}}),
        json!({"storageos": {"volumeName": "a"}}),
    ];
    dice.pick(&choices)
}

/// The pod's volumes.
pub fn volumes(plan: &Plan, dice: &mut Dice) -> Vec<Value> {
    let mut sources: Vec<Value> = (0..dice.below(3)).map(|_| allowed(dice)).collect();
    if plan.has(Fault::HostPath) {
        let path = dice.pick(&["/", "/etc", "/var/run/docker.sock", "/data"]);
        let kind = dice.pick(&["", "Directory", "Socket"]);
        sources.push(json!({"hostPath": {"path": path, "type": kind}}));
    }
    if plan.has(Fault::VolumeType) {
        sources.push(of_another_type(dice));
    }
    let offset = dice.below(sources.len());
    sources.rotate_left(offset);
    for (index, source) in sources.iter_mut().enumerate() {
        if let Some(source) = source.as_object_mut() {
            source.insert("name".to_owned(), format!("volume-{index}").into());
        }
    }
    sources
}
