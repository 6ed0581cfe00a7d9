//! One view over every pod, whatever kind of workload it is written in.

use cloister_model::{Entry, Node, Place, Resource};

/// The pod of a workload: the template of a Deployment, a Pod itself, or what
/// an unknown kind carries.
#[derive(Clone, Copy, Debug)]
pub struct Pod<'a> {
    /// The resource that carries it.
    pub resource: &'a Resource,
    /// The template: `metadata` and `spec`.
    pub template: &'a Node,
    /// Its `spec`.
    pub spec: &'a Node,
}

/// Which list of the pod a container stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerRole {
    /// `containers`.
    Regular,
    /// `initContainers`, run before the others.
    Init,
    /// `initContainers` with `restartPolicy: Always`, which run beside the others.
    Sidecar,
    /// `ephemeralContainers`, added for debugging.
    Ephemeral,
}

/// A container with the pod that it runs in.
#[derive(Clone, Copy, Debug)]
pub struct Container<'a> {
    /// Its pod.
    pub pod: Pod<'a>,
    /// The container as written.
    pub node: &'a Node,
    /// Which list it stands in.
    pub role: ContainerRole,
}

impl<'a> Pod<'a> {
    /// The view of one template; `None` when it has no `spec`.
    pub fn new(resource: &'a Resource, template: &'a Node) -> Option<Pod<'a>> {
        Some(Pod { resource, template, spec: template.get("spec")? })
    }

    /// The namespace the pod runs in.
    pub fn namespace(&self) -> &'a str {
        self.resource.namespace_or_default()
    }

    /// The pod's own labels, which selectors of Services and policies match.
    pub fn labels(&self) -> &'a [Entry] {
        self.template.entries_at("metadata/labels")
    }

    /// One label of the pod.
    pub fn label(&self, key: &str) -> Option<&'a str> {
        self.template.at("metadata/labels")?.get(key)?.as_str()
    }

    /// One annotation of the pod.
    pub fn annotation(&self, key: &str) -> Option<&'a str> {
        self.template.at("metadata/annotations")?.get(key)?.as_str()
    }

    /// A place in the pod's spec, existing or missing: `at("securityContext/sysctls")`.
    pub fn at(&self, path: &'a str) -> Place<'a> {
        Place::of(self.resource, self.template).at("spec").at(path)
    }

    /// A place in the template: `template_at("metadata/annotations")`.
    pub fn template_at(&self, path: &'a str) -> Place<'a> {
        Place::of(self.resource, self.template).at(path)
    }

    /// The place of a node inside this pod.
    pub fn place(&self, node: &'a Node) -> Place<'a> {
        Place::of(self.resource, node)
    }

    /// Every container: init, regular and ephemeral, in this order.
    pub fn containers(&self) -> impl Iterator<Item = Container<'a>> + use<'a> {
        let pod = *self;
        let list = move |key: &'static str| pod.spec.items_at(key).iter().filter(|node| node.is_map());
        let init = list("initContainers").map(move |node| {
            let beside = node.str_at("restartPolicy") == Some("Always");
            Container { pod, node, role: if beside { ContainerRole::Sidecar } else { ContainerRole::Init } }
        });
        let regular = list("containers").map(move |node| Container { pod, node, role: ContainerRole::Regular });
        let ephemeral =
            list("ephemeralContainers").map(move |node| Container { pod, node, role: ContainerRole::Ephemeral });
        init.chain(regular).chain(ephemeral)
    }

    /// The pod's volumes.
    pub fn volumes(&self) -> &'a [Node] {
        self.spec.items_at("volumes")
    }

    /// A field of the pod's own securityContext.
    pub fn security(&self, field: &str) -> Option<&'a Node> {
        self.spec.get("securityContext")?.at(field)
    }

    /// The service account that takes effect; the deprecated field counts where
    /// the new one is absent.
    pub fn service_account(&self) -> &'a str {
        let named = self.spec.str_at("serviceAccountName").filter(|name| !name.is_empty());
        let deprecated = || self.spec.str_at("serviceAccount").filter(|name| !name.is_empty());
        named.or_else(deprecated).unwrap_or("default")
    }

    /// Whether the pod says that it runs on Windows.
    pub fn is_windows(&self) -> bool {
        self.spec.str_at("os/name") == Some("windows")
    }
}

impl<'a> Container<'a> {
    /// Its name; empty when it has none.
    pub fn name(&self) -> &'a str {
        self.node.str_at("name").unwrap_or("")
    }

    /// Its image; empty when it has none.
    pub fn image(&self) -> &'a str {
        self.node.str_at("image").unwrap_or("")
    }

    /// A place in the container, existing or missing: `at("securityContext/privileged")`.
    pub fn at(&self, path: &'a str) -> Place<'a> {
        Place::of(self.pod.resource, self.node).at(path)
    }

    /// The place of a node inside this container.
    pub fn place(&self, node: &'a Node) -> Place<'a> {
        Place::of(self.pod.resource, node)
    }

    /// A field of the container's own securityContext.
    pub fn own_security(&self, field: &str) -> Option<&'a Node> {
        self.node.get("securityContext")?.at(field)
    }

    /// A securityContext field as it takes effect: the container's own, else the pod's.
    pub fn security(&self, field: &str) -> Option<&'a Node> {
        self.own_security(field).or_else(|| self.pod.security(field))
    }

    /// `env` entries as name and entry, in order.
    pub fn env(&self) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
        self.node.items_at("env").iter().filter_map(|entry| Some((entry.str_at("name")?, entry)))
    }

    /// The literal value of an environment variable; the last one counts, as for the kubelet.
    pub fn env_value(&self, name: &str) -> Option<&'a Node> {
        self.env().filter(|(other, _)| *other == name).last().and_then(|(_, entry)| entry.get("value"))
    }

    /// The words of `command` and `args`, in order.
    pub fn words(&self) -> impl Iterator<Item = &'a Node> + use<'a> {
        self.node.items_at("command").iter().chain(self.node.items_at("args"))
    }

    /// Whether it runs as long as the pod does (not an init container that ends).
    pub fn is_lasting(&self) -> bool {
        matches!(self.role, ContainerRole::Regular | ContainerRole::Sidecar)
    }
}
