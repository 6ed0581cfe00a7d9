//! Sees the bodies that an encrypted mesh hides from the wire: an external
//! processor for Envoy, which runs beside the proxy, and can overwrite or block
//! what a policy does not let pass.

pub mod answers;
mod body;
mod content;
mod dlp;
mod exchange;
mod guard;
mod head;
mod mask;
mod parts;
mod service;
pub mod wire;

pub use body::{Body, Fate, Judge, Onward};
pub use dlp::Office;
pub use exchange::Exchange;
pub use guard::{Direction, Guard, Passage, Setting, Undone};
pub use parts::Parts;
pub use service::{ExternalProcessor, Talk, serve};
