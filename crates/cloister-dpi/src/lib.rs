//! Deep packet inspection: frames → what two sides said → what of it is personal → whether that may be.
//!
//! ```text
//!  recording (pcap, pcapng)   capture
//!            └───────┬───────────┘
//!                    ▼ frames
//!                 Flows                      cloister-packet
//!                    ▼ events
//!                Inspector ── Track: one connection
//!                               Session      cloister-protocol
//!                                 ▼ values with their places
//!                               Reading      cloister-dlp: one stream for each open value
//!                    ▼ tallies of messages
//!                Findings                    cloister-dlp, by what is known of the cluster
//! ```
//!
//! Values are looked at where they lie, and dropped: a tally holds places, counts and keyed hashes.

mod connections;
mod inspector;
mod message;
mod numbered;
mod quiet;
mod reading;
mod recording;
mod statistics;
mod track;

pub use connections::{Connection, Connections};
pub use inspector::{Inspector, Settings};
pub use recording::{Recording, RecordingError, Replayed};
pub use statistics::Statistics;
