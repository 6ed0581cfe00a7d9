//! From frames to what two sides said: frames, fragments and tunnels are taken
//! apart, and streams put together in the order in which they were sent.
//!
//! No I/O: who captures hands frames over and says when they were seen.
//!
//! ```text
//!  frame → link → IPv4, IPv6 → fragments → tunnels → TCP, UDP → table of flows → events
//!                     ↑                       │
//!                     └───────────────────────┘ at most a few times
//! ```

mod checksum;
mod counters;
mod fault;
mod flow;
mod flows;
mod fragment;
mod gap;
mod ip;
mod key;
mod limits;
mod link;
mod lists;
mod recent;
mod table;
mod tcp;
mod transport;
mod tunnel;

pub use counters::Counters;
pub use flow::{Event, Flow, FlowId, Listener, Side, Transport};
pub use flows::Flows;
pub use limits::Limits;
pub use link::Link;
