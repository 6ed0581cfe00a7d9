//! The matrix for machines. The schema is `docs/schema/network-plaintext.json`.

use cloister_network::document::{Ports, ports};
use cloister_network::{Endpoint, Network};
use serde::Serialize;

use crate::Matrix;

/// Who talks plaintext to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// What encrypts between nodes, where anything does.
    pub between_nodes: Option<&'static str>,
    /// Every store, with who reaches it.
    pub stores: Vec<OfStore>,
}

/// A store of personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfStore {
    /// Its name in the register, or its workload's.
    pub name: String,
    /// `namespace/name[Kind]`.
    pub workload: String,
    /// What it holds.
    pub holds: String,
    /// Whether a register declares it.
    pub declared: bool,
    /// Who reaches it.
    pub flows: Vec<Flow>,
}

/// A connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// The workload that connects.
    pub from: String,
    /// The ports that are open to it.
    pub ports: Vec<Ports>,
    /// `plaintext`, `unknown` or `encrypted`.
    pub transit: &'static str,
    /// Why.
    pub why: String,
}

impl Document {
    /// Of a matrix.
    #[must_use]
    pub fn of(network: &Network<'_>, matrix: &Matrix<'_, '_>) -> Self {
        let name = |endpoint: usize| network.endpoint(endpoint).map(Endpoint::name).unwrap_or_default();
        let stores = matrix.stores.iter().enumerate().map(|(number, store)| OfStore {
            name: store.name.to_owned(),
            workload: name(store.endpoint),
            holds: store.holds.clone(),
            declared: store.declared,
            flows: matrix
                .connections
                .iter()
                .filter(|it| it.store == number)
                .map(|it| Flow {
                    from: name(it.source),
                    ports: ports(&it.ports),
                    transit: it.transit.as_str(),
                    why: it.why.clone(),
                })
                .collect(),
        });
        Self { between_nodes: matrix.wires.map(crate::Wires::as_str), stores: stores.collect() }
    }
}
