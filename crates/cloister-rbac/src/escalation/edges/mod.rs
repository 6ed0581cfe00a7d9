//! The ways to climb, one file each: what it is, its source, from which version, what cuts it, how it is proved.

mod aggregated_role;
mod api_service;
mod associated_node;
mod attach;
mod bind;
mod change_pod;
mod change_workload;
mod client_certificate;
mod cloud_identity;
mod cloud_identity_map;
mod constrained_impersonation;
mod container_escape;
mod control_plane_node;
mod conversion_webhook;
mod create_pod;
mod create_token_secret;
mod create_workload;
mod endpoint_redirect;
mod ephemeral_container;
mod escalate;
mod every_right;
mod exec;
pub(super) mod group_member;
mod holds_role;
mod host_path_volume;
mod impersonate;
mod includes;
mod kubelet_certificate;
mod mutating_policy;
mod mutating_webhook;
mod namespace_label;
mod namespace_peer;
mod new_namespace;
mod node_identity;
mod node_pods;
mod nodes_proxy;
mod pod_account;
mod pod_secret;
mod port_forward;
mod privileged_pod;
mod read_token_secret;
mod static_pod;
mod steal_pods;
mod system_masters;
mod token_request;
mod token_secret;
mod validating_webhook;

use super::holder::Holder;
use super::right::{Right, Target};
use super::sketch::Sketch;

/// How an edge of one kind comes to be.
#[derive(Debug)]
pub(crate) struct Edge {
    /// What is done, to follow "they".
    pub says: &'static str,
    /// 1 for what somebody does, 0 for what is so by itself.
    pub steps: u16,
    /// The rights that it asks roles for.
    pub rights: &'static [Target],
    /// Draws by one right.
    pub by_right: Option<OfRight>,
    /// Draws by rights that one holder has together.
    pub by_holder: Option<OfHolder>,
    /// Draws by what there is, after the others.
    pub by_world: Option<OfWorld>,
}

pub(crate) type OfRight = for<'s, 'p, 'a> fn(&'s mut Sketch<'p, 'a>, &'s Right<'p, 'a>);
pub(crate) type OfHolder = for<'s, 'h, 'p, 'a> fn(&'s mut Sketch<'p, 'a>, &'s Holder<'h, 'p, 'a>);
pub(crate) type OfWorld = for<'s, 'p, 'a> fn(&'s mut Sketch<'p, 'a>);

impl Edge {
    const fn new(says: &'static str, steps: u16) -> Edge {
        Edge { says, steps, rights: &[], by_right: None, by_holder: None, by_world: None }
    }

    const fn rights(self, rights: &'static [Target]) -> Edge {
        Edge { rights, ..self }
    }

    const fn right(self, draw: OfRight) -> Edge {
        Edge { by_right: Some(draw), ..self }
    }

    const fn holder(self, draw: OfHolder) -> Edge {
        Edge { by_holder: Some(draw), ..self }
    }

    const fn world(self, draw: OfWorld) -> Edge {
        Edge { by_world: Some(draw), ..self }
    }
}

macro_rules! kinds {
    ($($kind:ident $module:ident $id:literal)*) => {
        /// What leads from one vertex to the next.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EdgeKind {
            $(#[doc = concat!("`", $id, "`; its file says what it is.")] $kind,)*
        }

        impl EdgeKind {
            /// All of them.
            pub const ALL: &[EdgeKind] = &[$(EdgeKind::$kind),*];

            /// Its name, which stays.
            pub fn id(self) -> &'static str {
                match self { $(EdgeKind::$kind => $id),* }
            }

            /// The head of its source file: its documentation.
            pub fn head(self) -> &'static str {
                match self { $(EdgeKind::$kind => cloister_model::head!(concat!(stringify!($module), ".rs"))),* }
            }

            pub(crate) fn edge(self) -> &'static Edge {
                match self { $(EdgeKind::$kind => &$module::EDGE),* }
            }
        }
    };
}

impl EdgeKind {
    /// What is done, to follow "they".
    pub fn says(self) -> &'static str {
        self.edge().says
    }

    /// What it is, in a sentence: the first of its documentation.
    pub fn sentence(self) -> String {
        let text = self.head().lines().skip(1).map_while(|line| line.strip_prefix("//! "));
        let text = text.collect::<Vec<_>>().join(" ");
        text.split_once(". ").map_or(text.clone(), |(first, _)| format!("{first}."))
    }

    /// Whether somebody has to do something; else it is so by itself.
    pub fn is_step(self) -> bool {
        self.edge().steps > 0
    }
}

kinds! {
    HoldsRole holds_role "holds-role"
    GroupMember group_member "group-member"
    SystemMasters system_masters "system-masters"
    EveryRight every_right "every-right"
    Includes includes "includes"
    Escalate escalate "escalate"
    AggregatedRole aggregated_role "aggregated-role"
    Bind bind "bind"
    Impersonate impersonate "impersonate"
    ConstrainedImpersonation constrained_impersonation "constrained-impersonation"
    AssociatedNode associated_node "associated-node"
    TokenRequest token_request "token-request"
    ReadTokenSecret read_token_secret "read-token-secret"
    CreateTokenSecret create_token_secret "create-token-secret"
    ClientCertificate client_certificate "client-certificate"
    KubeletCertificate kubelet_certificate "kubelet-certificate"
    CreatePod create_pod "create-pod"
    CreateWorkload create_workload "create-workload"
    ChangeWorkload change_workload "change-workload"
    ChangePod change_pod "change-pod"
    Exec exec "exec"
    Attach attach "attach"
    EphemeralContainer ephemeral_container "ephemeral-container"
    PortForward port_forward "port-forward"
    EndpointRedirect endpoint_redirect "endpoint-redirect"
    NodesProxy nodes_proxy "nodes-proxy"
    MutatingWebhook mutating_webhook "mutating-webhook"
    ValidatingWebhook validating_webhook "validating-webhook"
    MutatingPolicy mutating_policy "mutating-policy"
    ApiService api_service "api-service"
    ConversionWebhook conversion_webhook "conversion-webhook"
    HostPathVolume host_path_volume "host-path-volume"
    NamespaceLabel namespace_label "namespace-label"
    NamespacePeer namespace_peer "namespace-peer"
    NewNamespace new_namespace "new-namespace"
    PrivilegedPod privileged_pod "privileged-pod"
    ContainerEscape container_escape "container-escape"
    StaticPod static_pod "static-pod"
    PodAccount pod_account "pod-account"
    PodSecret pod_secret "pod-secret"
    TokenSecret token_secret "token-secret"
    NodePods node_pods "node-pods"
    NodeIdentity node_identity "node-identity"
    ControlPlaneNode control_plane_node "control-plane-node"
    StealPods steal_pods "steal-pods"
    CloudIdentityMap cloud_identity_map "cloud-identity-map"
    CloudIdentity cloud_identity "cloud-identity"
}
