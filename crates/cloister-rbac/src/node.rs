//! The node authoriser.
//! Source: Kubernetes 1.37, with its feature gates as they are by default.

use std::sync::OnceLock;

use crate::node_graph::{Kind, NodeGraph};
use crate::{Action, Identity, Request, ResourceAction, Rule, bootstrap};

/// What the node authoriser says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Yes.
    Allowed(&'static str),
    /// It has no opinion.
    None,
    /// It depends on what runs on the node, which the input does not tell.
    Unknown(String),
}

/// The answer for any request; there is none for those that do not come from a node.
pub(crate) fn decide(request: &Request, graph: &NodeGraph<'_>) -> Answer {
    let Some(name) = name_of(&request.identity) else { return Answer::None };
    match &request.action {
        Action::Resource(action) => {
            Asking { name, action, graph }.answer().unwrap_or_else(|| by_rules(&request.action))
        }
        Action::Url { .. } => by_rules(&request.action),
    }
}

/// A node is known by its name and its group, both.
fn name_of(identity: &Identity) -> Option<&str> {
    let name = identity.user.strip_prefix("system:node:").filter(|name| !name.is_empty())?;
    identity.is_in("system:nodes").then_some(name)
}

/// What every node may do: the rules that the ClusterRole `system:node` repeats.
fn by_rules(action: &Action) -> Answer {
    static RULES: OnceLock<Vec<Rule<'static>>> = OnceLock::new();
    let rules = RULES.get_or_init(|| {
        let role = bootstrap::objects("ClusterRole").find(|role| &*role.name == "system:node");
        let read = |role: &'static cloister_model::Resource| {
            let rules = role.root.items_at("rules").iter().enumerate();
            rules.map(|(index, node)| Rule::read(role, index, node)).collect()
        };
        role.map(read).unwrap_or_default()
    });
    when(rules.iter().any(|rule| rule.allows(action)), "every node may")
}

fn when(condition: bool, reason: &'static str) -> Answer {
    if condition { Answer::Allowed(reason) } else { Answer::None }
}

/// A node, and what it asks for.
struct Asking<'q> {
    name: &'q str,
    action: &'q ResourceAction,
    graph: &'q NodeGraph<'q>,
}

impl Asking<'_> {
    /// For resources that are subdivided by node; `None` for the others.
    fn answer(&self) -> Option<Answer> {
        let (verb, sub) = (self.action.verb.as_str(), self.action.subresource.as_str());
        Some(match (self.action.group.as_str(), self.action.resource.as_str()) {
            ("", "secrets") => self.read_namespaced(Kind::Secret),
            ("", "configmaps") => self.read_namespaced(Kind::ConfigMap),
            ("", "persistentvolumeclaims") if sub == "status" && matches!(verb, "update" | "patch") => {
                self.related(Kind::PersistentVolumeClaim)
            }
            ("", "persistentvolumeclaims") => self.get(Kind::PersistentVolumeClaim),
            ("", "persistentvolumes") => self.get(Kind::PersistentVolume),
            ("resource.k8s.io", "resourceclaims") => self.get(Kind::ResourceClaim),
            ("storage.k8s.io", "volumeattachments") => self.get(Kind::VolumeAttachment),
            ("", "serviceaccounts") => match (verb, sub) {
                ("get", "") => self.read_namespaced(Kind::ServiceAccount),
                ("create", "token") => self.related(Kind::ServiceAccount),
                _ => Answer::None,
            },
            ("coordination.k8s.io", "leases") if self.action.namespace == "kube-node-lease" => self.own(),
            ("coordination.k8s.io", "leases") => Answer::None,
            ("storage.k8s.io", "csinodes") => self.whole(Asking::own),
            ("resource.k8s.io", "resourceslices") => self.whole(Asking::slices),
            ("", "nodes") => self.node_object(),
            ("", "pods") => self.pods(),
            ("certificates.k8s.io", "podcertificaterequests") => self.whole(Asking::certificates),
            _ => return None,
        })
    }

    /// Objects without their subresources.
    fn whole(&self, answer: impl Fn(&Self) -> Answer) -> Answer {
        if self.action.subresource.is_empty() { answer(self) } else { Answer::None }
    }

    /// An object that a pod on the node uses.
    fn related(&self, kind: Kind) -> Answer {
        let (node, name) = (self.name, &self.action.name);
        if name.is_empty() {
            return Answer::None;
        }
        match self.graph.gives(node, kind, &self.action.namespace, name) {
            Some(given) => when(given, "a pod on the node uses it"),
            None => Answer::Unknown(format!(
                "only if a pod on node \"{node}\" uses {} \"{name}\", and what runs there was not read",
                self.action.path()
            )),
        }
    }

    fn get(&self, kind: Kind) -> Answer {
        let get = |asking: &Self| if asking.action.verb == "get" { asking.related(kind) } else { Answer::None };
        self.whole(get)
    }

    fn read_namespaced(&self, kind: Kind) -> Answer {
        let reads = matches!(self.action.verb.as_str(), "get" | "list" | "watch");
        if reads && !self.action.namespace.is_empty() { self.whole(|it| it.related(kind)) } else { Answer::None }
    }

    /// Its own object; of a new one the name is not known yet.
    fn own(&self) -> Answer {
        let verb = self.action.verb.as_str();
        let known = matches!(verb, "get" | "update" | "patch" | "delete") && self.action.name == self.name;
        when(known || verb == "create", "a node may keep its own object")
    }

    fn slices(&self) -> Answer {
        match self.action.verb.as_str() {
            "create" => Answer::Allowed("a node may create resource slices of its own"),
            "get" | "update" | "patch" | "delete" => self.related(Kind::ResourceSlice),
            "watch" | "list" | "deletecollection" => self.selected(),
            _ => Answer::None,
        }
    }

    fn certificates(&self) -> Answer {
        match self.action.verb.as_str() {
            "create" => Answer::Allowed("a node may ask for certificates of its pods"),
            "get" => self.related(Kind::PodCertificateRequest),
            "list" | "watch" => self.selected(),
            _ => Answer::None,
        }
    }

    fn selected(&self) -> Answer {
        when(self.action.node == self.name, "a node may list what is its own, by a field selector")
    }

    fn node_object(&self) -> Answer {
        let allowed = match (self.action.subresource.as_str(), self.action.verb.as_str()) {
            ("", "create" | "update" | "patch") | ("status", "update" | "patch") => true,
            ("", "get" | "list" | "watch") => self.action.name == self.name,
            _ => false,
        };
        when(allowed, "a node may keep its own Node; admission sees to which")
    }

    fn pods(&self) -> Answer {
        match (self.action.subresource.as_str(), self.action.verb.as_str()) {
            ("", "get") => self.related(Kind::Pod),
            ("", "list" | "watch") => match self.selected() {
                Answer::None => self.related(Kind::Pod),
                answer => answer,
            },
            ("", "create" | "delete") | ("status", "update" | "patch") | ("eviction", "create") => {
                Answer::Allowed("a node may keep pods; admission sees to whose")
            }
            _ => Answer::None,
        }
    }
}
