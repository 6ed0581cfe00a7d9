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
mod classes;
mod connections;
mod difference;
pub mod document;
mod endpoints;
mod entry;
mod evaluate;
mod explain;
mod exposure;
pub mod flows;
mod foreign;
pub mod generate;
mod intervals;
mod namespaces;
pub mod needs;
mod network;
mod outside;
mod policy;
mod ports;
mod problems;
mod rows;
mod selectors;
mod separation;
mod verdict;

pub use addresses::{AddressSet, BadCidr, Family};
pub use connections::{Connection, Connections};
pub use difference::{Change, Changes, differences};
pub use endpoints::{Endpoint, NamedPort, Node, Workload};
pub use entry::Entry;
pub use explain::{Applied, Explanation, Side, Step};
pub use exposure::{Exposed, Exposure, Toward};
pub use foreign::NotEvaluated;
pub use intervals::{Intervals, Point};
pub use network::{Network, Options};
pub use policy::{Action, Direction, Policy, Rule, Tier};
pub use ports::{PortSet, Protocol};
pub use verdict::Verdict;
