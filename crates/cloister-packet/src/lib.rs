//! From frames to what two sides said: frames, fragments and tunnels are taken
//! apart, and streams put together in the order in which they were sent.
//!
//! No I/O: who captures hands frames over and says when they were seen.

mod flow;

pub use flow::{Event, Flow, FlowId, Listener, Side, Transport};
