//! What pictures show: analyses made [`Graph`](cloister_graph::Graph)s. How they are drawn is `cloister-graph`'s.

pub mod network;
pub mod rbac;
