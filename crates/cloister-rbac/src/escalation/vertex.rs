//! What can be reached: identities, capabilities, objects.

use std::fmt;

use cloister_inventory::Pod;

use crate::{Binding, Subject, SubjectKind};

/// Where a capability holds. Each holds what comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope<'a> {
    /// In every namespace and outside of them.
    Cluster,
    /// In every namespace.
    Namespaces,
    /// In this one.
    One(&'a str),
}

impl<'a> Scope<'a> {
    /// Where a binding's role holds.
    pub(crate) fn of(binding: &Binding<'a>) -> Scope<'a> {
        if binding.namespace.is_empty() { Scope::Cluster } else { Scope::One(binding.namespace) }
    }

    /// The part that both have.
    pub(crate) fn and(self, other: Scope<'a>) -> Option<Scope<'a>> {
        match (self, other) {
            (Scope::Cluster, scope) | (scope, Scope::Cluster) => Some(scope),
            (Scope::Namespaces, scope) | (scope, Scope::Namespaces) => Some(scope),
            (Scope::One(one), Scope::One(two)) => (one == two).then_some(self),
        }
    }

    /// Whether it reaches into a namespace.
    pub(crate) fn holds(self, namespace: &str) -> bool {
        !matches!(self, Scope::One(own) if own != namespace)
    }
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Cluster => out.write_str("the cluster"),
            Scope::Namespaces => out.write_str("every namespace"),
            Scope::One(namespace) => out.write_str(namespace),
        }
    }
}

/// Something that can be done, which several ways lead to and from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// Do everything there.
    Everything,
    /// Run a pod of one's own, with any service account, Secret and volume of its namespace.
    RunPods,
    /// Run code in the pods that are there.
    EnterPods,
    /// Read all Secrets.
    ReadSecrets,
    /// Read some Secret, perhaps one that is not there yet.
    ReadSomeSecret,
    /// Create Secrets.
    CreateSecrets,
    /// Act as any service account.
    BecomeAccounts,
    /// Change labels of namespaces.
    LabelNamespaces,
    /// Delete or evict pods.
    DeletePods,
    /// Talk to the ports of pods. Leads nowhere further by itself.
    ReachPorts,
    /// Read ConfigMaps and volumes by a pod that mounts them. Leads nowhere further by itself.
    ReadData,
    /// Be taken for a peer by network policies. Leads nowhere further by itself.
    JoinNetwork,
    /// Create volumes, also of a node's own path.
    CreateVolumes,
    /// Create namespaces.
    CreateNamespaces,
    /// Ask for certificates.
    RequestCertificates,
    /// Ask for certificates of kubelets.
    RequestKubelets,
    /// Approve certificates that clients show to the API server.
    ApproveClients,
    /// Approve certificates that kubelets show to the API server.
    ApproveKubelets,
    /// Keep pods away from nodes.
    CordonNodes,
    /// Write policies that change what is admitted.
    WritePolicies,
    /// Put such policies into force.
    BindPolicies,
    /// Make a ClusterRole of any content that aggregated ones collect.
    FeedAggregates,
    /// Be bound to any Role.
    HoldRoles,
    /// Take over what bindings give that refer to a Role.
    BoundRoles,
    /// Take over what bindings give that refer to a ClusterRole.
    BoundClusterRoles,
    /// Receive requests of others. Leads nowhere further by itself.
    OthersRequests,
    /// Receive what is sent to Services. Leads nowhere further by itself.
    ServiceTraffic,
    /// Act as any user, without a group.
    AnyUser,
    /// Act as any user in any group but `system:masters`.
    AnyIdentity,
    /// Act as any node.
    AnyNodeIdentity,
    /// Root on a node of one's choice.
    AnyNode,
    /// Root on a node that the input does not tell.
    SomeNode,
    /// Root on a node, whichever.
    OwnNode,
}

impl Power {
    /// Whether it is worth something by itself, and not only beside another.
    pub fn is_goal(self) -> bool {
        !matches!(
            self,
            Power::ReadSomeSecret
                | Power::CreateSecrets
                | Power::LabelNamespaces
                | Power::DeletePods
                | Power::CreateVolumes
                | Power::CreateNamespaces
                | Power::RequestCertificates
                | Power::RequestKubelets
                | Power::ApproveClients
                | Power::ApproveKubelets
                | Power::CordonNodes
                | Power::WritePolicies
                | Power::BindPolicies
                | Power::FeedAggregates
                | Power::HoldRoles
                | Power::BoundRoles
                | Power::BoundClusterRoles
                | Power::OwnNode
        )
    }

    fn say(self, scope: Scope<'_>) -> String {
        match self {
            Power::Everything => format!("everything in {scope}"),
            Power::RunPods => format!("pods of one's own in {scope}"),
            Power::EnterPods => format!("the pods of {scope}"),
            Power::ReadSecrets => format!("the Secrets of {scope}"),
            Power::ReadSomeSecret => format!("some Secret of {scope}"),
            Power::CreateSecrets => format!("new Secrets in {scope}"),
            Power::BecomeAccounts => format!("any service account of {scope}"),
            Power::LabelNamespaces => format!("the labels of {scope}"),
            Power::DeletePods => format!("the end of pods in {scope}"),
            Power::ReachPorts => format!("the ports of pods in {scope}"),
            Power::ReadData => format!("ConfigMaps and volumes of {scope}"),
            Power::JoinNetwork => format!("the network of {scope}"),
            Power::CreateVolumes => "volumes of a node's path".to_owned(),
            Power::CreateNamespaces => "a new namespace".to_owned(),
            Power::RequestCertificates => "requests for certificates".to_owned(),
            Power::RequestKubelets => "requests for kubelet certificates".to_owned(),
            Power::ApproveClients => "approval of client certificates".to_owned(),
            Power::ApproveKubelets => "approval of kubelet certificates".to_owned(),
            Power::CordonNodes => "nodes that take no pods".to_owned(),
            Power::WritePolicies => "policies that change objects".to_owned(),
            Power::BindPolicies => "policies put into force".to_owned(),
            Power::FeedAggregates => "rules for aggregated roles".to_owned(),
            Power::HoldRoles => format!("any Role of {scope}"),
            Power::BoundRoles => format!("the Roles that bindings of {scope} give"),
            Power::BoundClusterRoles => format!("the ClusterRoles that bindings of {scope} give"),
            Power::OthersRequests => "requests of others".to_owned(),
            Power::ServiceTraffic => format!("what is sent to the Services of {scope}"),
            Power::AnyUser => "any user".to_owned(),
            Power::AnyIdentity => "any user and group but system:masters".to_owned(),
            Power::AnyNodeIdentity => "the account of any node".to_owned(),
            Power::AnyNode => "root on any node".to_owned(),
            Power::SomeNode => "root on some node".to_owned(),
            Power::OwnNode => "root on a node".to_owned(),
        }
    }
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vertex<'a> {
    /// May do everything: `system:masters`, or as much by RBAC.
    Admin,
    /// A user by name.
    User(&'a str),
    /// Everybody in a group.
    Group(&'a str),
    /// The group of a namespace's service accounts.
    AccountsOf(&'a str),
    /// A service account: namespace and name.
    Account(&'a str, &'a str),
    /// Somebody who was asked for: a user with groups of their own, by number.
    Asker(u32),
    /// Acting in somebody's name for some requests: who does, and in whose, both by the numbers of their vertices.
    Acting(u32, u32),
    /// Holding a role, by its number in the policy.
    Role(u32, Scope<'a>),
    /// A capability.
    Can(Power, Scope<'a>),
    /// Rewriting the rules of a ClusterRole, by its number.
    Rewrite(u32),
    /// What a Secret holds: namespace and name.
    Secret(&'a str, &'a str),
    /// Code in a workload's pod, by number.
    Pod(u32),
    /// Root on a node.
    Node(&'a str),
    /// An identity in a cloud, outside of the cluster: what it may there is not known.
    Cloud(&'a str),
    /// The identity that a cloud's nodes have there: `aws`, `gce`, `azure`.
    CloudNode(&'a str),
    /// Several of the others at once, by number.
    Together(u32),
}

impl<'a> Vertex<'a> {
    /// A group by name.
    pub fn group(name: &'a str) -> Vertex<'a> {
        name.strip_prefix("system:serviceaccounts:").map_or(Vertex::Group(name), Vertex::AccountsOf)
    }

    /// A user by name, which may be that of a service account.
    pub fn user(name: &'a str) -> Vertex<'a> {
        let account = name.strip_prefix("system:serviceaccount:").and_then(|account| account.split_once(':'));
        account.map_or(Vertex::User(name), |(namespace, name)| Vertex::Account(namespace, name))
    }

    /// Whom a binding names.
    pub fn of(subject: &Subject<'a>) -> Vertex<'a> {
        match subject.kind {
            SubjectKind::User => Vertex::user(subject.name),
            SubjectKind::Group => Vertex::group(subject.name),
            SubjectKind::ServiceAccount => Vertex::Account(subject.namespace, subject.name),
        }
    }

    /// Whether it is somebody.
    pub fn is_identity(&self) -> bool {
        matches!(
            self,
            Vertex::User(_) | Vertex::Group(_) | Vertex::AccountsOf(_) | Vertex::Account(..) | Vertex::Asker(_)
        )
    }

    /// In words; `pods` and `roles` say what numbers mean.
    pub(crate) fn say(&self, pod: impl Fn(u32) -> String, role: impl Fn(u32) -> String) -> String {
        match self {
            Vertex::Admin => "cluster-admin".to_owned(),
            Vertex::User(name) => format!("user {name}"),
            Vertex::Group(name) => format!("group {name}"),
            Vertex::AccountsOf(namespace) => format!("group system:serviceaccounts:{namespace}"),
            Vertex::Account(namespace, name) => format!("service account {namespace}/{name}"),
            Vertex::Asker(_) => "the one who asks".to_owned(),
            Vertex::Acting(..) => "the name of somebody else".to_owned(),
            Vertex::Role(number, scope) => format!("{} in {scope}", role(*number)),
            Vertex::Can(power, scope) => power.say(*scope),
            Vertex::Rewrite(number) => format!("the rules of {}", role(*number)),
            Vertex::Secret(namespace, name) => format!("Secret {namespace}/{name}"),
            Vertex::Pod(number) => format!("the pods of {}", pod(*number)),
            Vertex::Node(name) => format!("root on node {name}"),
            Vertex::Cloud(name) => format!("cloud identity {name}, outside the cluster"),
            Vertex::CloudNode(cloud) => format!("cloud identity of the nodes ({cloud}), outside the cluster"),
            Vertex::Together(_) => "all of these".to_owned(),
        }
    }
}

/// A workload in words.
pub(crate) fn workload(pod: &Pod<'_>) -> String {
    format!("{} {}/{}", pod.resource.kind, pod.namespace(), pod.resource.name)
}
