//! The judge's own reading of what the rules are compiled from: the fields that NetworkPolicy (networking.k8s.io/v1),
//! ClusterNetworkPolicy (v1alpha2) and the older two kinds (v1alpha1) have, and nothing else.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;

/// An object of the cluster.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
pub enum Object {
    Namespace { metadata: Metadata },
    Pod { metadata: Metadata, spec: PodSpec, status: PodStatus },
    NetworkPolicy { metadata: Metadata, spec: NetworkSpec },
    ClusterNetworkPolicy { spec: TierSpec },
    AdminNetworkPolicy { spec: TierSpec },
    BaselineAdminNetworkPolicy { spec: TierSpec },
}

pub type Labels = BTreeMap<String, String>;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Metadata {
    pub name: String,
    pub namespace: String,
    pub labels: Labels,
}

#[derive(Debug, Deserialize)]
pub struct PodSpec {
    pub containers: Vec<Container>,
}

#[derive(Debug, Deserialize)]
pub struct Container {
    #[serde(default)]
    pub ports: Vec<ContainerPort>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerPort {
    #[serde(default)]
    pub name: String,
    pub container_port: u16,
    #[serde(default = "tcp")]
    pub protocol: String,
}

fn tcp() -> String {
    "TCP".into()
}

#[derive(Debug, Deserialize)]
pub struct PodStatus {
    #[serde(rename = "podIPs")]
    pub ips: Vec<PodIp>,
}

#[derive(Debug, Deserialize)]
pub struct PodIp {
    pub ip: IpAddr,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Selector {
    pub match_labels: Labels,
    pub match_expressions: Vec<Expression>,
}

#[derive(Debug, Deserialize)]
pub struct Expression {
    pub key: String,
    pub operator: String,
    #[serde(default)]
    pub values: Vec<String>,
}

impl Selector {
    /// Every requirement must hold; a selector without one selects everything.
    pub fn selects(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|it| {
                let value = labels.get(&it.key);
                let is_listed = value.is_some_and(|value| it.values.contains(value));
                match it.operator.as_str() {
                    "In" => is_listed,
                    "NotIn" => !is_listed,
                    "Exists" => value.is_some(),
                    _ => value.is_none(),
                }
            })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NetworkSpec {
    pub pod_selector: Selector,
    pub policy_types: Vec<String>,
    pub ingress: Vec<Rule>,
    pub egress: Vec<Rule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Rule {
    #[serde(alias = "to")]
    pub from: Vec<Peer>,
    pub ports: Vec<Port>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Peer {
    pub pod_selector: Option<Selector>,
    pub namespace_selector: Option<Selector>,
    pub ip_block: Option<Block>,
}

#[derive(Debug, Deserialize)]
pub struct Block {
    pub cidr: String,
    #[serde(default)]
    pub except: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Port {
    #[serde(default = "tcp")]
    pub protocol: String,
    pub port: Option<NumberOrName>,
    pub end_port: Option<u16>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum NumberOrName {
    Number(u16),
    Name(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TierSpec {
    pub tier: String,
    pub priority: u16,
    pub subject: Pods,
    pub ingress: Vec<TierRule>,
    pub egress: Vec<TierRule>,
}

/// A subject, or a peer; one of no field that is known has none of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pods {
    pub namespaces: Option<Selector>,
    pub pods: Option<NamespacedPods>,
    pub networks: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NamespacedPods {
    pub namespace_selector: Selector,
    pub pod_selector: Selector,
}

#[derive(Debug, Deserialize)]
pub struct TierRule {
    pub action: String,
    #[serde(alias = "to", default)]
    pub from: Vec<Pods>,
    /// Of ClusterNetworkPolicy.
    pub protocols: Option<Vec<TierProtocol>>,
    /// Of the older kinds.
    pub ports: Option<Vec<OldPort>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TierProtocol {
    Tcp(Transport),
    Udp(Transport),
    Sctp(Transport),
    DestinationNamedPort(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Transport {
    pub destination_port: Option<NumberOrRange>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NumberOrRange {
    Number(u16),
    Range { start: u16, end: u16 },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OldPort {
    PortNumber {
        #[serde(default = "tcp")]
        protocol: String,
        port: u16,
    },
    PortRange {
        #[serde(default = "tcp")]
        protocol: String,
        start: u16,
        end: u16,
    },
    NamedPort(String),
}
