//! Messages on their way: the only part that knows sockets, files, environment and clocks.
//!
//! Every receiver is tried by a [`Sink`]; a [`Courier`] has a thread for each, so that a slow one holds up no other. What
//! cannot be sent comes back with its cause and way out, and the state gives it out again.

#![allow(clippy::disallowed_methods, reason = "what is sent needs sockets, secrets from files, and clocks")]

mod address;
mod courier;
mod failure;
mod http;
mod patience;
mod secret;
mod sink;
mod smtp;
mod tls;
mod trial;

pub use address::{Guard, Inward, resolve};
pub use courier::{Courier, Outcome};
pub use failure::{Answer, Failure};
pub use patience::{Patience, wait};
pub use sink::Sink;
pub use trial::{Report, Trial, message as test_message, run as test};
