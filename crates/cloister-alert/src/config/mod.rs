//! What an organisation says of alerts: receivers, and who is told of what. `AlertConfiguration` of
//! `cloister.dev/v1alpha1`.

mod check;
mod read;
mod receiver;
mod secret;

use cloister_model::Severity;
use serde::Deserialize;

pub(crate) use read::network;
pub use read::{Fault, MOST};
pub use receiver::{Alertmanager, Email, Fluentd, Kind, Receiver, Slack, Teams, TransportSecurity, Webhook};
pub use secret::Secret;

use crate::matching::Match;
use crate::route::Tree;
use crate::span::Span;

/// The kind of the document.
pub const KIND: &str = "AlertConfiguration";
/// Its version.
pub const API_VERSION: &str = "cloister.dev/v1alpha1";

/// The whole document.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// `cloister.dev/v1alpha1`.
    pub api_version: String,
    /// `AlertConfiguration`.
    pub kind: String,
    /// Its name.
    #[serde(default)]
    pub metadata: Metadata,
    /// What it says.
    pub spec: Spec,
}

/// What names a document.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metadata {
    /// The document's name.
    #[serde(default)]
    pub name: String,
}

/// Receivers, and who is told of what.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spec {
    /// Networks that receivers may be in although they are not public, such as `10.96.0.0/12`. In them, and nowhere else,
    /// what is sent need not be encrypted.
    #[serde(default)]
    pub allow_networks: Vec<String>,
    /// Who can be told.
    pub receivers: Vec<Receiver>,
    /// Who is told of what.
    pub route: Route,
    /// Which findings of checks become alerts.
    #[serde(default)]
    pub findings: Findings,
}

/// Which findings of checks become alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Findings {
    /// From this severity on; high, where nothing is said.
    pub severity: Severity,
}

impl Default for Findings {
    fn default() -> Findings {
        Findings { severity: Severity::High }
    }
}

/// One route. What it does not say it takes from the route above it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Route {
    /// A receiver's name.
    pub receiver: Option<String>,
    /// Which alerts go here.
    #[serde(rename = "match")]
    pub matching: Match,
    /// Whether alerts that went here go to the next routes, too.
    #[serde(rename = "continue")]
    pub goes_on: bool,
    /// Alerts that share these labels are told in one message: `name`, `origin`, `severity`, `namespace`, `article`,
    /// `category`, `source`, `fingerprint`, or one of their own. `source` and `namespace`, where nothing is said.
    pub group_by: Option<Vec<String>>,
    /// How long a group waits for more of its kind before it tells something new; 1s, where nothing is said.
    pub group_wait: Option<Span>,
    /// The least time between two messages of a group; where nothing is said 5m, and 10s where something happens.
    pub group_interval: Option<Span>,
    /// After how long what nobody has acknowledged is said again; 4h, where nothing is said.
    pub repeat_interval: Option<Span>,
    /// Routes below it, of which the first that fits takes an alert.
    pub routes: Vec<Route>,
}

/// A configuration, ready for use.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who can be told.
    pub receivers: Vec<Receiver>,
    /// Networks that are allowed, as written.
    pub allow_networks: Vec<String>,
    /// Who is told of what.
    pub tree: Tree,
    /// Which findings become alerts.
    pub findings: Findings,
}

impl Config {
    /// Reads a configuration; `file` is what errors call it.
    ///
    /// # Errors
    /// Everything that is wrong with it, with places.
    pub fn read(text: &str, file: &str) -> Result<Config, Vec<Fault>> {
        let spec = read::spec(text, file)?;
        let faults = check::check(&spec);
        if faults.is_empty() {
            let tree = Tree::new(&spec);
            let (receivers, allow_networks, findings) = (spec.receivers, spec.allow_networks, spec.findings);
            return Ok(Config { receivers, allow_networks, tree, findings });
        }
        Err(read::placed(faults, text, file))
    }

    /// The receiver of this name.
    pub fn receiver(&self, name: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|receiver| receiver.name == name)
    }
}
