//! HTTP/1.1, and TLS where the hub speaks it: connections, requests as handlers see them, answers with all that must be in them.

mod answer;
mod ask;
mod gate;
mod server;
mod sight;
mod tls;
mod unpack;

pub use answer::{Answer, Problem};
pub use ask::{Ask, Query, segment};
#[cfg(test)]
pub use gate::{Found, who};
pub use gate::{cookie, not_in, of_cluster, rate, whose};
pub use server::{Limits, Listen, serve};
pub use sight::Said;
pub use tls::{BadTls, Files, Tls};
