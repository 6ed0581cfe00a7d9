//! What the node authoriser lets a node have: what the pods that are bound to it use.
//! Source: Kubernetes 1.37, plugin/pkg/auth/authorizer/node/graph.go.

use std::borrow::Cow;

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};
use foldhash::{HashMap, HashSet};

/// Kinds of objects that nodes are given one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Pod,
    Secret,
    ConfigMap,
    PersistentVolumeClaim,
    PersistentVolume,
    ResourceClaim,
    ServiceAccount,
    VolumeAttachment,
    ResourceSlice,
    PodCertificateRequest,
}

type Object<'a> = (Kind, Cow<'a, str>, Cow<'a, str>);

/// Without these kinds an object may be used without our knowing.
const SOURCES: [&str; 5] = ["Pod", "PersistentVolume", "VolumeAttachment", "ResourceSlice", "PodCertificateRequest"];

/// Of a container.
const ENVIRONMENT: [(Kind, &str); 4] = [
    (Kind::Secret, "envFrom/*/secretRef/name"),
    (Kind::Secret, "env/*/valueFrom/secretKeyRef/name"),
    (Kind::ConfigMap, "envFrom/*/configMapRef/name"),
    (Kind::ConfigMap, "env/*/valueFrom/configMapKeyRef/name"),
];

/// Of a pod's spec.
const USED: [(Kind, &str); 17] = [
    (Kind::ServiceAccount, "serviceAccountName"),
    (Kind::Secret, "imagePullSecrets/*/name"),
    (Kind::Secret, "volumes/*/azureFile/secretName"),
    (Kind::Secret, "volumes/*/cephfs/secretRef/name"),
    (Kind::Secret, "volumes/*/cinder/secretRef/name"),
    (Kind::Secret, "volumes/*/csi/nodePublishSecretRef/name"),
    (Kind::Secret, "volumes/*/flexVolume/secretRef/name"),
    (Kind::Secret, "volumes/*/iscsi/secretRef/name"),
    (Kind::Secret, "volumes/*/projected/sources/*/secret/name"),
    (Kind::Secret, "volumes/*/rbd/secretRef/name"),
    (Kind::Secret, "volumes/*/scaleIO/secretRef/name"),
    (Kind::Secret, "volumes/*/secret/secretName"),
    (Kind::Secret, "volumes/*/storageos/secretRef/name"),
    (Kind::ConfigMap, "volumes/*/configMap/name"),
    (Kind::ConfigMap, "volumes/*/projected/sources/*/configMap/name"),
    (Kind::PersistentVolumeClaim, "volumes/*/persistentVolumeClaim/claimName"),
    (Kind::ResourceClaim, "resourceClaims/*/resourceClaimName"),
];

/// Of a volume's spec: where a secret is named, and whether it lies in the claim's namespace when none is written.
const OF_VOLUME: [(&str, bool); 10] = [
    ("cephfs/secretRef", true),
    ("cinder/secretRef", false),
    ("csi/nodeExpandSecretRef", false),
    ("csi/nodePublishSecretRef", false),
    ("csi/nodeStageSecretRef", false),
    ("flexVolume/secretRef", true),
    ("iscsi/secretRef", true),
    ("rbd/secretRef", true),
    ("scaleIO/secretRef", true),
    ("storageos/secretRef", false),
];

/// Which node has what.
#[derive(Debug, Default)]
pub(crate) struct NodeGraph<'a> {
    nodes: HashMap<&'a str, HashSet<Object<'a>>>,
    complete: bool,
}

impl<'a> NodeGraph<'a> {
    pub(crate) fn new(inventory: &'a Inventory) -> NodeGraph<'a> {
        let inputs = inventory.inputs();
        let unread = |kind: &&str| inputs.unread.iter().any(|unread| &*unread.kind == *kind);
        let mut graph = NodeGraph { complete: inputs.cluster && !SOURCES.iter().any(unread), ..Self::default() };
        inventory.of_kind("Pod").for_each(|pod| graph.add_pod(pod));
        inventory.of_kind("PersistentVolume").for_each(|volume| graph.add_volume(volume));
        let own = [
            (Kind::VolumeAttachment, "VolumeAttachment"),
            (Kind::ResourceSlice, "ResourceSlice"),
            (Kind::PodCertificateRequest, "PodCertificateRequest"),
        ];
        for (kind, name) in own {
            for object in inventory.of_kind(name) {
                let namespace = object.namespace.as_deref().unwrap_or_default();
                if let Some(node) = object.root.str_at("spec/nodeName").filter(|node| !node.is_empty()) {
                    graph.add(node, kind, namespace, object.name.to_string());
                }
            }
        }
        graph
    }

    /// Whether a node may have an object; `None` when the input does not tell.
    pub(crate) fn gives(&self, node: &str, kind: Kind, namespace: &str, name: &str) -> Option<bool> {
        let key = (kind, Cow::Borrowed(namespace), Cow::Borrowed(name));
        let given = self.nodes.get(node).is_some_and(|objects| objects.contains(&key));
        (given || self.complete).then_some(given)
    }

    fn add(&mut self, node: &'a str, kind: Kind, namespace: &'a str, name: impl Into<Cow<'a, str>>) {
        let name = name.into();
        if !name.is_empty() {
            self.nodes.entry(node).or_default().insert((kind, Cow::Borrowed(namespace), name));
        }
    }

    fn add_pod(&mut self, pod: &'a Resource) {
        let Some(spec) = pod.root.get("spec") else { return };
        let Some(node) = spec.str_at("nodeName").filter(|node| !node.is_empty()) else { return };
        let namespace = pod.namespace_or_default();
        self.add(node, Kind::Pod, namespace, &*pod.name);
        // A node makes mirror pods itself: they must give it nothing.
        if pod.root.entries_at("metadata/annotations").iter().any(|entry| &*entry.key == "kubernetes.io/config.mirror")
        {
            return;
        }
        let containers = ["containers", "initContainers", "ephemeralContainers"];
        let mut used = Vec::new();
        USED.iter().for_each(|(kind, path)| each(spec, path, &mut |name| used.push((*kind, name))));
        for container in containers.iter().flat_map(|list| spec.items_at(list)) {
            ENVIRONMENT.iter().for_each(|(kind, path)| each(container, path, &mut |name| used.push((*kind, name))));
        }
        used.into_iter().for_each(|(kind, name)| self.add(node, kind, namespace, name));
        for volume in spec.items_at("volumes").iter().filter(|volume| volume.get("ephemeral").is_some()) {
            let name = format!("{}-{}", pod.name, volume.str_at("name").unwrap_or_default());
            self.add(node, Kind::PersistentVolumeClaim, namespace, name);
        }
        let made = pod.root.items_at("status/resourceClaimStatuses").iter();
        let extended = pod.root.at("status/extendedResourceClaimStatus").into_iter();
        for name in made.chain(extended).filter_map(|status| status.str_at("resourceClaimName")) {
            self.add(node, Kind::ResourceClaim, namespace, name);
        }
    }

    /// A bound volume, and the secrets to mount it, go wherever its claim does.
    fn add_volume(&mut self, volume: &'a Resource) {
        let Some(spec) = volume.root.get("spec") else { return };
        let of = |field| spec.str_at(field).unwrap_or_default();
        let claim = (of("claimRef/namespace"), of("claimRef/name"));
        let key = (Kind::PersistentVolumeClaim, Cow::Borrowed(claim.0), Cow::Borrowed(claim.1));
        let having = |(_, objects): &(&&'a str, &HashSet<Object<'a>>)| objects.contains(&key);
        let nodes: Vec<&'a str> = self.nodes.iter().filter(having).map(|(node, _)| *node).collect();
        let secrets = secrets_of(spec, claim.0);
        for node in nodes {
            self.add(node, Kind::PersistentVolume, "", &*volume.name);
            secrets.iter().for_each(|(namespace, name)| self.add(node, Kind::Secret, namespace, *name));
        }
    }
}

/// Namespaces and names of the secrets that a node needs for a volume.
fn secrets_of<'a>(spec: &'a Node, claim_namespace: &'a str) -> Vec<(&'a str, &'a str)> {
    let written = |node: &'a Node, field| node.str_at(field).unwrap_or_default();
    let or_claims = |namespace: &'a str| if namespace.is_empty() { claim_namespace } else { namespace };
    let mut secrets: Vec<(&str, &str)> = Vec::new();
    for (path, falls_back) in OF_VOLUME {
        let Some(reference) = spec.at(path) else { continue };
        let namespace = written(reference, "namespace");
        secrets.push((if falls_back { or_claims(namespace) } else { namespace }, written(reference, "name")));
    }
    if let Some(file) = spec.get("azureFile") {
        secrets.push((or_claims(written(file, "secretNamespace")), written(file, "secretName")));
    }
    secrets
}

/// Calls `visit` with each text at `path`, in which `*` stands for every item of a list.
fn each<'a>(node: &'a Node, path: &str, visit: &mut impl FnMut(&'a str)) {
    match path.split_once("/*/") {
        Some((list, rest)) => node.items_at(list).iter().for_each(|item| each(item, rest, visit)),
        None => node.str_at(path).into_iter().for_each(visit),
    }
}
