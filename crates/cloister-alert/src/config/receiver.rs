//! Who can be told, and how to reach them.

use serde::Deserialize;

use super::secret::Secret;

/// Somebody who can be told. Exactly one of the ways is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receiver {
    /// Its name, which routes use.
    pub name: String,
    /// Whether it is told that something is over; true, where nothing is said.
    #[serde(default = "yes")]
    pub send_resolved: bool,
    /// A file with the certificates of the authorities to trust, instead of those that the system trusts.
    #[serde(default)]
    pub ca_file: Option<String>,
    /// An Alertmanager.
    #[serde(default)]
    pub alertmanager: Option<Alertmanager>,
    /// A channel of Slack.
    #[serde(default)]
    pub slack: Option<Slack>,
    /// A channel or chat of Microsoft Teams.
    #[serde(default)]
    pub teams: Option<Teams>,
    /// Mail.
    #[serde(default)]
    pub email: Option<Email>,
    /// A program of one's own.
    #[serde(default)]
    pub webhook: Option<Webhook>,
    /// A Fluentd or Fluent Bit.
    #[serde(default)]
    pub fluentd: Option<Fluentd>,
}

fn yes() -> bool {
    true
}

/// An Alertmanager, by its API v2.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Alertmanager {
    /// Where it is, without `/api/v2/alerts`.
    pub url: String,
    /// What it asks for, as `Authorization: Bearer …`.
    #[serde(default)]
    pub bearer_token: Option<Secret>,
}

/// A channel of Slack, by an incoming webhook.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Slack {
    /// The webhook's address: who knows it can write to the channel.
    pub url: Secret,
}

/// A channel or chat of Microsoft Teams, by a workflow that takes webhook requests.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Teams {
    /// The workflow's address: who knows it can write to the channel.
    pub url: Secret,
}

/// Mail, by a server that takes it from those it knows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Email {
    /// The server.
    pub host: String,
    /// Its port; 465 with `implicit`, else 587, where nothing is said.
    #[serde(default)]
    pub port: Option<u16>,
    /// How it is encrypted.
    #[serde(default)]
    pub tls: TransportSecurity,
    /// Who signs in.
    #[serde(default)]
    pub username: Option<String>,
    /// With what.
    #[serde(default)]
    pub password: Option<Secret>,
    /// From whom: `alerts@example.org` or `Cloister <alerts@example.org>`.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
}

/// How mail is encrypted on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum TransportSecurity {
    /// The server is asked for it, and nothing is sent where it refuses.
    #[default]
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all: only into networks that are allowed, and without a password.
    None,
}

/// A program of one's own: a CloudEvent, signed as Standard Webhooks says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Webhook {
    /// Where it listens.
    pub url: String,
    /// What it knows Cloister by: `whsec_` and base64, or any text. Of several, each on a line, each signs: so one can be
    /// changed for another.
    pub secret: Secret,
}

/// A Fluentd or Fluent Bit, by the forward protocol, which is not encrypted: only into networks that are allowed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fluentd {
    /// The host.
    pub host: String,
    /// The port; 24224, where nothing is said.
    #[serde(default = "forward")]
    pub port: u16,
    /// The tag.
    #[serde(default = "tag")]
    pub tag: String,
}

fn forward() -> u16 {
    24_224
}

fn tag() -> String {
    "cloister.alert".to_owned()
}

/// How a receiver is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// By Alertmanager's API.
    Alertmanager(&'a Alertmanager),
    /// By a webhook of Slack.
    Slack(&'a Slack),
    /// By a workflow of Teams.
    Teams(&'a Teams),
    /// By mail.
    Email(&'a Email),
    /// By a signed CloudEvent.
    Webhook(&'a Webhook),
    /// By Fluentd's protocol.
    Fluentd(&'a Fluentd),
}

impl Kind<'_> {
    /// The field that says so.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Alertmanager(_) => "alertmanager",
            Kind::Slack(_) => "slack",
            Kind::Teams(_) => "teams",
            Kind::Email(_) => "email",
            Kind::Webhook(_) => "webhook",
            Kind::Fluentd(_) => "fluentd",
        }
    }
}

impl Receiver {
    /// The ways that are given: one, in a good configuration.
    pub fn kinds(&self) -> Vec<Kind<'_>> {
        let all = [
            self.alertmanager.as_ref().map(Kind::Alertmanager),
            self.slack.as_ref().map(Kind::Slack),
            self.teams.as_ref().map(Kind::Teams),
            self.email.as_ref().map(Kind::Email),
            self.webhook.as_ref().map(Kind::Webhook),
            self.fluentd.as_ref().map(Kind::Fluentd),
        ];
        all.into_iter().flatten().collect()
    }

    /// Whether it forgets an alert that is not said again, and decides itself who hears of it.
    pub fn keeps_account(&self) -> bool {
        self.alertmanager.is_some()
    }
}
