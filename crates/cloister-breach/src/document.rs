//! The document: `Breach` of `cloister.dev/v1alpha1`.

mod apply;
mod read;

use serde::{Deserialize, Serialize};

use crate::facts::Facts;
use crate::fault::Fault;
use crate::machine::State;
use crate::step::Entry;

/// The version of the document.
pub const API_VERSION: &str = "cloister.dev/v1alpha1";
/// Its kind.
pub const KIND: &str = "Breach";

/// A breach: its facts, and what was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Breach {
    /// `cloister.dev/v1alpha1`.
    pub api_version: String,
    /// `Breach`.
    pub kind: String,
    /// Its number.
    pub metadata: Metadata,
    /// What is known, as people write it.
    #[serde(default)]
    pub spec: Facts,
    /// What was done, when and by whom, in this order. Only steps add to it.
    pub history: Vec<Entry>,
}

/// What names a breach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// Its number in the register of Art. 33(5), such as `2026-001`. It stays when everything else is erased: name nobody.
    pub name: String,
}

impl Breach {
    /// What the history comes to.
    pub fn state(&self) -> Result<State, Fault> {
        State::of(&self.history).map_err(|(index, refusal)| {
            let path = format!("history[{index}]");
            Fault::new(path, refusal.cause, format!("{}; only steps add to the history", refusal.help))
        })
    }

    /// The document as YAML.
    pub fn to_yaml(&self) -> Result<String, Fault> {
        serde_saphyr::to_string(self).map_err(|_| unwritable())
    }

    /// The document as YAML, with everything that people wrote in `text`, comments too, where only the history has grown.
    pub fn to_yaml_after(&self, text: &str) -> Result<String, Fault> {
        #[derive(Serialize)]
        struct History<'h> {
            history: &'h [Entry],
        }
        let history = serde_saphyr::to_string(&History { history: &self.history }).map_err(|_| unwritable())?;
        let head = text.split_inclusive('\n').take_while(|line| !line.starts_with("history:"));
        let whole = head.collect::<String>() + &history;
        match Breach::read(&whole) {
            Ok(read) if read == *self => Ok(whole),
            _ => self.to_yaml(),
        }
    }
}

fn unwritable() -> Fault {
    Fault::new("", "the document cannot be written as YAML", "keep it as JSON")
}

#[cfg(test)]
pub(crate) mod tests;
