//! How Go reads and prints what flags hold.

pub(crate) mod address;
pub(crate) mod csv;
pub(crate) mod duration;
pub(crate) mod number;
pub(crate) mod quantity;
pub(crate) mod url;
