//! What is open to those who are not there yet. The schema is `docs/schema/network-exposure.json`.

use serde::Serialize;

use crate::document::{Ports, ports};
use crate::endpoints::Endpoint;
use crate::exposure::{Exposed, Exposure, Toward};
use crate::network::Network;

/// What pods and namespaces that are not there yet could reach, and what could be reached of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExposureDocument {
    /// Each workload twice: who could reach it, and whom it could reach.
    pub exposures: Vec<Open>,
}

/// What some workloads, which are open to the same, are open to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Open {
    /// The workloads, as `namespace/name[Kind]`.
    pub workloads: Vec<String>,
    /// `ingress`: they are reached; `egress`: they reach.
    pub direction: &'static str,
    /// Whether a NetworkPolicy selects them in this direction.
    pub selected_by_network_policy: bool,
    /// To whom, the widest first; empty where nobody could.
    pub open: Vec<OpenTo>,
}

/// Somebody who may come, and the ports that are open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenTo {
    /// Who.
    pub toward: Who,
    /// The ports that are open for certain.
    pub allowed: Vec<Ports>,
}

/// Somebody who may come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Who {
    /// Any pod, in any namespace, whatever its labels.
    AnyPod {
        /// Always true.
        any_pod: bool,
    },
    /// Pods with these labels, in namespaces that are so.
    Pods {
        /// The namespaces, in words.
        namespaces: String,
        /// The pods, in words.
        pods: String,
    },
    /// Addresses outside of the cluster.
    Addresses {
        /// `first-last`, with a comma between several.
        addresses: String,
    },
}

impl ExposureDocument {
    /// All of a network.
    pub fn of(network: &Network<'_>, exposures: &[Exposure]) -> ExposureDocument {
        ExposureDocument { exposures: exposures.iter().map(|it| Open::of(network, it)).collect() }
    }
}

impl Open {
    fn of(network: &Network<'_>, it: &Exposure) -> Open {
        let mut members: Vec<usize> = it.classes.iter().flat_map(|class| network.members(*class)).copied().collect();
        members.sort_unstable();
        let members = members.into_iter().filter_map(|number| network.endpoint(number));
        Open {
            workloads: members.map(Endpoint::name).collect(),
            direction: it.direction.as_str(),
            selected_by_network_policy: !it.unprotected,
            open: it.open.iter().map(OpenTo::of).collect(),
        }
    }
}

impl OpenTo {
    fn of(it: &Exposed) -> OpenTo {
        let toward = match &it.toward {
            Toward::AnyPod => Who::AnyPod { any_pod: true },
            Toward::Pods { namespaces, pods } => Who::Pods { namespaces: namespaces.clone(), pods: pods.clone() },
            Toward::Addresses(addresses) => Who::Addresses { addresses: addresses.to_string() },
        };
        OpenTo { toward, allowed: ports(&it.ports) }
    }
}
