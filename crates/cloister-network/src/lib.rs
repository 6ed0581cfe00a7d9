//! Who reaches whom: NetworkPolicy, ClusterNetworkPolicy and the older AdminNetworkPolicy and
//! BaselineAdminNetworkPolicy, evaluated as their APIs say.
//!
//! ```text
//! Inventory ─► policies, compiled to one form (policy/)
//!          └─► endpoints: workloads, nodes, ranges of addresses (endpoints.rs, outside.rs)
//!                    │ those that no rule tells apart are one class (classes.rs)
//!                    ▼
//!              evaluate.rs: one direction of one connection → verdict on every port
//!                    ▼
//!              connections · explain · exposure · difference
//! ```
//!
//! Nothing here reads, fetches or judges. What the input does not tell is *unknown*, never guessed.

mod addresses;
mod alike;
pub mod answers;
mod behind;
mod classes;
mod connections;
mod contents;
mod contradiction;
mod difference;
pub mod document;
mod endpoints;
mod entry;
mod evaluate;
mod exit;
mod explain;
mod exposure;
pub mod flows;
mod foreign;
pub mod generate;
mod incoming;
mod intervals;
mod lookup;
mod mesh;
mod namespaces;
mod narrowed;
pub mod needs;
mod network;
mod outside;
mod pairs;
mod policy;
mod ports;
mod problems;
mod rows;
mod selectors;
mod separation;
mod shadow;
mod verdict;

pub use addresses::{AddressSet, BadCidr, Family};
pub use connections::{Connection, Connections};
pub use contradiction::Contradiction;
pub use difference::{Change, Changes, differences, differences_within};
pub use endpoints::{Endpoint, NamedPort, Node, Workload};
pub use entry::{
    Controller, DeadEnd, Entries, Entry, Guard, Proof, Reason, Through, Tls, is_internal_load_balancer,
    takes_port_of_node,
};
pub use exit::{Exit, Exits, ExternalName};
pub use explain::{Applied, Explanation, Side, Step};
pub use exposure::{Exposed, Exposure, Toward};
pub use foreign::NotEvaluated;
pub use incoming::Incoming;
pub use intervals::{Intervals, Point};
pub use mesh::{Caller, Condition, Membership, Mesh, Mode, MutualTls, Narrowing, Waypoint};
pub use network::{Network, Options};
pub use policy::{Action, Direction, Policy, Rule, Tier};
pub use ports::{PortSet, Protocol};
pub use shadow::Shadow;
pub use verdict::Verdict;
