//! X.509 certificates as plain facts: who, for which names, how long, with which key. Nothing here opens a file, asks a
//! clock or keeps a key.
//!
//! ```
//! let read = cloister_certificate::read(b"-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n");
//! assert!(read.certificates.is_empty());
//! assert_eq!(read.problems[0].to_string(), "line 1: a private key, which was not read");
//! ```

mod der;
mod facts;
mod host;
mod judge;
mod key;
mod name;
mod pem;
mod read;
mod signature;

pub use facts::{Certificate, Name};
pub use host::Host;
pub use judge::Weakness;
pub use key::Key;
pub use read::{Bundle, Fault, Problem, public_part, read, read_base64};
