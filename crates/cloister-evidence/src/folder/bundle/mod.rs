//! A part of a log for an auditor: the entries of a period, what they say, and what proves it.
//!
//! ```text
//!  manifest               hashes of all other files, signed with the log's key
//!  entries/…              what the entries say, readable
//!  log/checkpoint         the signed head
//!  log/tile/…             of the tiles those that the period needs
//!  log/packed/…           of what is kept packed, the packed bytes, which prove it
//!  log/openings.jsonl     salts and keys of what is disclosed, and what was erased
//!  log/witness/…          heads that witnesses have signed
//!  log/timestamp/…        heads that authorities have stamped with the time
//!  …                      reports, and how to check
//! ```

mod contents;
#[cfg(feature = "ask")]
pub mod fetch;
mod manifest;
mod read;
mod steady;
mod write;

pub use contents::Contents;
pub use manifest::{Manifest, NoManifest};
pub(super) use read::hex;
pub use read::{Bundle, Checked};
pub use steady::steadily;
pub use write::{Export, Selection};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::SALT;
use crate::seal::{Form, PayloadKey, SECRET};

const MANIFEST: &str = "manifest";
const OPENINGS: &str = "log/openings.jsonl";

/// The file with what an entry says.
fn content_of(index: u64) -> String {
    format!("entries/{index:06}.json")
}

/// The file with the packed bytes of what an entry says.
fn packed_of(index: u64) -> String {
    format!("log/packed/{index:06}.json.gz")
}

/// What it takes to check what an entry says: a line of the file of openings.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    entry: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// Of what is kept encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    erased: bool,
    /// Whether it is kept packed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    packed: bool,
}

impl Opening {
    fn whole(entry: u64, salt: &[u8; SALT], key: Option<&PayloadKey>, form: Form) -> Opening {
        let (salt, key) = (Some(STANDARD.encode(salt)), key.map(|key| STANDARD.encode(key)));
        Opening { entry, salt, key, erased: false, packed: form == Form::Packed }
    }

    fn erased(entry: u64) -> Opening {
        Opening { entry, salt: None, key: None, erased: true, packed: false }
    }

    fn salt(&self) -> Option<[u8; SALT]> {
        STANDARD.decode(self.salt.as_ref()?).ok()?.try_into().ok()
    }

    /// Its key, where it has one; `Err` where what stands there is none.
    fn key(&self) -> Result<Option<PayloadKey>, ()> {
        let Some(text) = &self.key else { return Ok(None) };
        let key = STANDARD.decode(text).ok().and_then(|bytes| <[u8; SECRET]>::try_from(bytes).ok());
        key.map(Some).ok_or(())
    }
}
