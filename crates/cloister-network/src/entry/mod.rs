//! Ways in from outside: what opens a workload to others than the cluster's own pods, for whom, on which host and path,
//! with which encryption, and what callers must prove.
//!
//! ```text
//! Service · hostPort · Ingress · Gateway and routes · Route · HTTPProxy · IngressRoute · VirtualService
//!       │ front: addresses, host, path, port, TLS, proofs     (one file a kind)
//!       ▼
//!  Service and port ─► workloads and ports                    (service.rs)
//!       ▼
//!  do policies let it in? (lead.rs) ─► Entry, or a DeadEnd with its reason
//! ```

mod alb;
mod annotations;
mod contour;
mod controllers;
mod direct;
mod front;
mod gateway;
mod gce;
mod guard;
mod host;
mod hosts;
mod ingress;
mod istio;
mod kong;
mod lead;
mod nowhere;
mod openshift;
mod reach;
mod service;
mod traefik;

use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};

pub use controllers::Controller;
pub use direct::is_internal_load_balancer;
pub use front::{Through, Tls};
pub use guard::{Guard, Proof};
pub use host::takes_port_of_node;
pub use nowhere::{DeadEnd, Reason};

use crate::mesh::Condition;
use crate::network::Network;
use crate::ports::PortSet;
use crate::verdict::Verdict;
use lead::Ways;

/// A way in.
#[derive(Debug)]
pub struct Entry<'a> {
    /// What opens it: an Ingress, a route, a Service, or a workload that takes a port of its node.
    pub resource: &'a Resource,
    /// Where in it.
    pub place: Place<'a>,
    /// The host that it answers for; `None` for any.
    pub host: Option<&'a str>,
    /// The path that it leads on; `None` for any.
    pub path: Option<&'a str>,
    /// The ports that callers come to; none where the input does not tell.
    pub listens: Vec<u16>,
    /// How it is encrypted.
    pub tls: Tls,
    /// Who may come, and what they must prove.
    pub guard: Guard,
    /// Who brings requests to the workload.
    pub through: Through,
    /// The Service that it leads to; `None` for a port of the node that a pod takes itself.
    pub service: Option<&'a Resource>,
    /// The workload behind that, by number among the endpoints.
    pub workload: usize,
    /// The ports of the workload that it leads to.
    pub ports: PortSet,
    /// No container declares one of these ports. They may be open all the same.
    pub undeclared: bool,
    /// What policies say of them, and the mesh, where one is in force.
    pub verdict: Verdict,
    /// What the mesh asks of requests.
    pub conditions: Vec<Condition<'a>>,
}

/// So many ways are told: each of many Ingresses may lead to each of many workloads, and memory must hold them all.
const MOST: usize = 50_000;

/// All ways in, and those that lead nowhere.
#[derive(Debug, Default)]
pub struct Entries<'a> {
    /// In the order of kinds, and of resources in them.
    pub entries: Vec<Entry<'a>>,
    /// What is written and leads nowhere.
    pub dead_ends: Vec<DeadEnd<'a>>,
    /// At least so many more were not followed, since there are more than anybody reads.
    pub left_out: usize,
}

impl<'a> Network<'a> {
    /// Every way in.
    pub fn entries(&self, inventory: &'a Inventory) -> Entries<'a> {
        let mut ways = Ways::new(self, inventory);
        direct::find(&mut ways);
        host::find(&mut ways);
        ingress::find(&mut ways);
        gateway::find(&mut ways);
        openshift::find(&mut ways);
        traefik::find(&mut ways);
        contour::find(&mut ways);
        istio::find(&mut ways);
        ways.found
    }
}
