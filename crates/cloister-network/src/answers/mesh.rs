//! The mesh. The schema is `docs/schema/network-mesh.json`.

use serde::Serialize;

use crate::mesh::{Mesh, Mode};
use crate::network::Network;

/// Who is in Istio's mesh, and what its proxies demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MeshDocument {
    /// Every workload; none where nobody is in a mesh.
    pub workloads: Vec<Meshed>,
}

/// A workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Meshed {
    /// `namespace/name[Kind]`.
    pub workload: String,
    /// How it is in the mesh: `none`, `sidecar` or `ambient`.
    pub membership: &'static str,
    /// The mode of mutual TLS, `DISABLE`, `PERMISSIVE` or `STRICT`; null for what is not in the mesh, and for gateways.
    pub mode: Option<&'static str>,
    /// Ports with a mode of their own.
    pub ports: Vec<OfPort>,
    /// The policy that sets the mode; null where none does.
    pub by: Option<Named>,
    /// Several policies apply, of which the oldest decides, and the input does not tell which that is.
    pub disputed: bool,
    /// Whether requests must carry a token that is checked.
    pub asks_for_token: bool,
    /// Waypoints that are named for it; only those in ambient mode come by them.
    pub waypoints: Vec<Waypoint>,
}

/// A waypoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Waypoint {
    /// The Gateway that it is.
    pub gateway: Named,
    /// Whether that is in the input.
    pub found: bool,
    /// The Service of the workload's namespace for which it is named; null for the workload's own address.
    pub service: Option<String>,
    /// Whether it takes what comes for this: `istio.io/waypoint-for` of the Gateway says so. True where it is not found.
    pub covers: bool,
}

/// The mode of a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfPort {
    /// The port.
    pub port: u16,
    /// Its mode.
    pub mode: &'static str,
}

/// A resource by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl MeshDocument {
    /// Every workload of a network; `None` where nobody is in a mesh.
    pub fn of(network: &Network<'_>, mesh: Option<&Mesh<'_, '_>>) -> MeshDocument {
        let workloads = network.endpoints().iter().enumerate().filter(|(_, it)| it.workload().is_some());
        let meshed = mesh.map(|mesh| workloads.map(|(number, it)| Meshed::of(number, it.name(), mesh)).collect());
        MeshDocument { workloads: meshed.unwrap_or_default() }
    }
}

impl Meshed {
    fn of(number: usize, workload: String, mesh: &Mesh<'_, '_>) -> Meshed {
        let mutual = mesh.mutual_tls(number);
        let ports = mutual.iter().flat_map(|it| &it.ports);
        let by = mutual.as_ref().and_then(|it| it.by);
        Meshed {
            workload,
            membership: mesh.membership(number).as_str(),
            mode: mutual.as_ref().map(|it| Mode::as_str(it.mode)),
            ports: ports.map(|(port, mode)| OfPort { port: *port, mode: mode.as_str() }).collect(),
            by: by.map(|by| Named { namespace: by.namespace_or_default().to_owned(), name: by.name.to_string() }),
            disputed: mutual.as_ref().is_some_and(|it| it.disputed),
            asks_for_token: mesh.asks_for_token(number),
            waypoints: mesh.waypoints(number).into_iter().map(Waypoint::from).collect(),
        }
    }
}

impl From<crate::Waypoint<'_>> for Waypoint {
    fn from(it: crate::Waypoint<'_>) -> Waypoint {
        Waypoint {
            gateway: Named { namespace: it.namespace, name: it.name },
            found: it.gateway.is_some(),
            service: it.service.map(|service| service.name.to_string()),
            covers: it.covers,
        }
    }
}
