//! What the one process with a capability hands over, and how it is started.
//!
//! The program `cloister-capture` opens an interface or a file by libpcap, gives up every right, and writes what it
//! sees to its standard output ([`format`]). Whoever reads that parses frames without any right of its own, and needs
//! no libpcap. A pipe, and not memory that both share: copying 190 MB/s twice is a few hundredths of a core, and no
//! process can change what the other has already looked at.

#![allow(clippy::disallowed_methods, reason = "below the line: it runs programs and reads the clock")]

pub mod format;
mod reader;
mod source;
mod start;

pub use format::{Reason, Statistics};
pub use reader::{Fault, Reader, Record};
pub use source::{Source, Usage, What};
pub use start::Capture;
