//! HTTP/1.1: connections, requests as handlers see them, answers with all that must be in them.

mod answer;
mod ask;
mod gate;
mod server;

pub use answer::{Answer, Problem};
pub use ask::{Ask, Query, segment};
pub use gate::rate;
pub use server::{Limits, Listen, serve};
