//! People are told, once, in time, and until somebody says that they have seen it.
//!
//! ```text
//!  alerts ──▶ tree of routes ──▶ groups ──▶ messages ──▶ receivers
//!             (configuration)    (state)    (rendered)   (sent)
//! ```
//!
//! [`config`] reads what an organisation says, [`State`] decides when who is told what, [`render`] writes it as each
//! receiver reads it: pure, time is passed in, and a state can be kept and taken up again anywhere. [`send`] alone knows
//! sockets, files and clocks; it stands behind the feature of its name.

mod alert;
pub mod config;
mod matching;
pub mod render;
mod route;
#[cfg(feature = "send")]
pub mod send;
pub mod sign;
mod span;
pub mod state;

pub use alert::{Alert, Origin};
pub use config::Config;
pub use matching::Match;
pub use route::{Timing, Tree, Way};
pub use span::Span;
pub use state::{Message, State};
