//! Encryption in transit: who talks plaintext to whom, by store of personal data.
//!
//! ```text
//! Network, Register ──▶ who reaches a port that a store serves     (cloister-purpose)
//! Istio's mesh, Linkerd, Cilium between nodes ──▶ what encrypts it (carriers.rs)
//! settings of the store and of its caller ──▶ what leaves it in the clear
//! ```
//!
//! Nothing here reads, fetches or judges. A program may speak TLS by itself without saying so in any setting: where
//! nothing shows whether a connection is encrypted, it is unknown and neither.

mod carriers;
mod document;

use cloister_inventory::Inventory;
use cloister_model::Resource;
use cloister_network::{Caller, Endpoint, Mesh, Narrowing, Network, PortSet};
use cloister_purpose::{Callers, Store, stores};
use cloister_register::{Engine, Register};

pub use carriers::{Carriers, Wires};
pub use document::{Document, Flow, OfStore};

/// Whether a connection can be read on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transit {
    /// A setting says that it is in the clear, or may be, and nothing else encrypts it.
    Plaintext,
    /// Nothing shows it.
    Unknown,
    /// Something encrypts it.
    Encrypted,
}

impl Transit {
    /// The word for people and machines.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plaintext => "plaintext",
            Self::Unknown => "unknown",
            Self::Encrypted => "encrypted",
        }
    }
}

/// Somebody who reaches a store.
#[derive(Debug)]
pub struct Connection {
    /// The workload, as an endpoint.
    pub source: usize,
    /// The store, by number among those of the matrix.
    pub store: usize,
    /// The ports that are open to it.
    pub ports: PortSet,
    /// Whether it can be read.
    pub transit: Transit,
    /// Why, in words.
    pub why: String,
}

/// All of them, in the order of stores and of workloads.
#[derive(Debug)]
pub struct Matrix<'r, 'a> {
    /// The stores of personal data: declared in the register, or recognised.
    pub stores: Vec<Store<'r, 'a>>,
    /// Who reaches them.
    pub connections: Vec<Connection>,
    /// What encrypts between nodes.
    pub wires: Option<Wires>,
}

/// A setting of a workload that leaves connections in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The check that found it: `postgres-tls-off`.
    pub check: String,
    /// What it says.
    pub said: String,
}

/// Works it out. `plain` tells, of a workload, its settings that leave connections to databases in the clear.
pub fn matrix<'r, 'a>(
    network: &Network<'a>,
    inventory: &'a Inventory,
    register: &'r Register<'a>,
    plain: impl Fn(&Resource) -> Vec<Setting>,
) -> Matrix<'r, 'a> {
    let stores = stores(network, register);
    let mesh = Mesh::of(network, inventory);
    let carriers = Carriers::of(inventory);
    let callers = Callers::of(network, stores.iter().map(|store| store.endpoint));
    let mut connections = Vec::new();
    for (number, store) in stores.iter().enumerate() {
        let Some(to) = workload(network, store.endpoint) else { continue };
        for (source, ports) in callers.of_store(network, mesh.as_ref(), store.endpoint, &store.serves) {
            let Some(from) = workload(network, source) else { continue };
            let by_mesh = mesh.as_ref().map(|mesh| mesh.between(Caller::Endpoint(source), store.endpoint));
            let by_mesh = by_mesh.as_ref();
            let said = || said(register, &plain, (from, to));
            let (transit, why) = judge(by_mesh, &carriers, (from, to), &ports, said);
            connections.push(Connection { source, store: number, ports, transit, why });
        }
    }
    Matrix { stores, connections, wires: carriers.wires }
}

fn workload<'a>(network: &Network<'a>, endpoint: usize) -> Option<&'a Resource> {
    match network.endpoint(endpoint)? {
        Endpoint::Workload(workload) => Some(workload.resource),
        _ => None,
    }
}

fn judge(
    by_mesh: Option<&Narrowing<'_>>,
    carriers: &Carriers<'_>,
    (from, to): (&Resource, &Resource),
    ports: &PortSet,
    said: impl FnOnce() -> Option<String>,
) -> (Transit, String) {
    if by_mesh.is_some_and(|it| it.encrypts(ports) == Some(true)) {
        return (Transit::Encrypted, "mutual TLS of Istio's mesh".to_owned());
    }
    if carriers.linkerd(from, to, ports) {
        return (Transit::Encrypted, "mutual TLS of Linkerd".to_owned());
    }
    if let Some(wires) = carriers.wires {
        return (Transit::Encrypted, format!("between nodes, by Cilium's {}; not within one", wires.as_str()));
    }
    let switched_off = by_mesh.is_some_and(|it| !it.in_clear.intersection(ports).is_empty());
    match said() {
        Some(said) => (Transit::Plaintext, said),
        None if switched_off => {
            (Transit::Unknown, "the mesh's mutual TLS is off there, and no setting shows other encryption".to_owned())
        }
        None => (Transit::Unknown, "no mesh and no setting shows that it is encrypted".to_owned()),
    }
}

/// What a setting of either end says of connections to software of the store's kind. Whoever runs such software itself
/// says it of its own connections.
fn said(
    register: &Register<'_>,
    plain: &impl Fn(&Resource) -> Vec<Setting>,
    (from, to): (&Resource, &Resource),
) -> Option<String> {
    let about = |workload: &Resource| register.recognised(workload).and_then(|it| check(it.engine));
    let wanted = about(to)?;
    let of = |end: &Resource| plain(end).into_iter().find(|it| it.check == wanted).map(|it| it.said);
    let by_caller = if about(from) == Some(wanted) { None } else { of(from) };
    by_caller.or_else(|| of(to).map(|said| format!("the store: {said}")))
}

/// The check that reads the settings of a kind of software.
fn check(engine: Engine) -> Option<&'static str> {
    Some(match engine {
        Engine::Postgresql | Engine::Cockroachdb => "postgres-tls-off",
        Engine::Mysql | Engine::Mariadb | Engine::Tidb => "mysql-tls-off",
        Engine::Mongodb => "mongodb-tls-off",
        Engine::Redis | Engine::Valkey => "redis-tls-off",
        Engine::Elasticsearch | Engine::Opensearch => "elasticsearch-tls-off",
        Engine::Kafka => "kafka-tls-off",
        Engine::Rabbitmq => "amqp-tls-off",
        _ => return None,
    })
}
