//! The answer as a document, for machines. Its schema is published as `docs/schema/network-purposes.json`.

use cloister_network::document::{Ports, ports};
use cloister_register::ProcessingActivity;
use serde::Serialize;

use crate::{Crossing, Store};

/// Which workloads reach personal data that their purpose does not use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Whether the input holds processing activities; without them no workload has a purpose.
    pub register: bool,
    /// How many stores of personal data there are.
    pub stores: usize,
    /// Workloads of another purpose.
    pub crossed: Vec<Reached>,
    /// Workloads that no activity selects.
    pub without_purpose: Vec<Reached>,
}

/// A workload that reaches a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    /// The workload, as `namespace/name[Kind]`.
    pub workload: String,
    /// The activities that it carries out.
    pub activities: Vec<Activity>,
    /// What it reaches.
    pub store: OfStore,
    /// The ports that are open to it for certain.
    pub ports: Vec<Ports>,
    /// The rules that let it through, in words and with their places.
    pub rules: Vec<String>,
    /// No policy selects the store on its way in.
    pub undecided: bool,
    /// What would close it, in words.
    pub close: String,
}

/// A processing activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Its name in the register.
    pub name: String,
    /// Its purposes.
    pub purposes: Vec<String>,
}

/// A store of personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfStore {
    /// Its name in the register, or its workload's.
    pub name: String,
    /// The workload that it is, as `namespace/name[Kind]`.
    pub workload: String,
    /// What it holds, in words.
    pub holds: String,
    /// Whether a register declares it; otherwise it was recognised.
    pub declared: bool,
    /// The activities that use it.
    pub activities: Vec<Activity>,
}

impl Reached {
    /// A crossing, and what its words are: the names of both workloads, the rules, whether no policy guards the store,
    /// and what would close it.
    pub fn of(
        crossing: &Crossing<'_, '_>,
        store: &Store<'_, '_>,
        [workload, of_store]: [String; 2],
        (rules, undecided, close): (Vec<String>, bool, String),
    ) -> Reached {
        Reached {
            workload,
            activities: activities(&crossing.activities),
            store: OfStore {
                name: store.name.to_owned(),
                workload: of_store,
                holds: store.holds.clone(),
                declared: store.declared,
                activities: activities(&store.activities),
            },
            ports: ports(&crossing.ports),
            rules,
            undecided,
            close,
        }
    }
}

fn activities(all: &[&ProcessingActivity<'_>]) -> Vec<Activity> {
    let one = |it: &&ProcessingActivity<'_>| Activity {
        name: it.name().to_owned(),
        purposes: it.purposes().items().into_iter().map(str::to_owned).collect(),
    };
    all.iter().map(one).collect()
}
