//! A real Envoy between a client and a server of ours, with the external processor beside it.

#![allow(clippy::disallowed_methods)] // this crate's work is files, clocks and programs

mod backend;
mod client;
pub mod load;
pub mod nothing;
mod proxy;

pub use backend::{Backend, Heard};
pub use client::{Reply, send};
pub use proxy::{Bodies, Proxy, serve, serve_at};
