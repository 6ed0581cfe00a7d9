//! EncryptionConfiguration as checks look at it.

use cloister_encryption::at_rest::{Configuration, Kind, Provider, Server};
use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::flags::Flags;
use super::owners;
use crate::{Findings, Need, Run};

pub(crate) const KIND: &str = "EncryptionConfiguration";
pub(crate) const KINDS: &[&str] = &[KIND];
pub(crate) const NEEDS: &[Need] = &[Need::Kind(KIND)];

/// What the flags of each API server that reads a configuration decide about it; the defaults, where none is known.
pub(super) fn servers(inventory: &Inventory, configuration: &Resource) -> Vec<Server> {
    let flags = owners::servers(inventory, configuration, "--encryption-provider-config");
    let server = |flags: Flags<'_>| Server {
        kms_v1: flags.gate("KMSv1") == Some(true),
        reloads: flags.is_on("--encryption-provider-config-automatic-reload"),
    };
    if flags.is_empty() { vec![Server::default()] } else { flags.into_iter().map(server).collect() }
}

/// Reports each provider that writes something and is of a kind that `is_bad`; a configuration without any that
/// encrypts is another check's.
pub(super) fn writers<'a>(
    configuration: &Configuration<'a>,
    findings: &mut Findings<'_>,
    is_bad: impl Fn(Kind<'a>) -> bool,
    message: impl Fn(&str) -> String,
) {
    let first = |rule: &'_ cloister_encryption::at_rest::Rule<'a>| -> Option<(Kind<'a>, Place<'a>)> {
        let provider: &Provider<'a> = rule.providers.first()?;
        Some((provider.kind, configuration.place(provider.node).at(provider.kind.field())))
    };
    let mut encrypts = false;
    for rule in &configuration.rules {
        let Some((kind, place)) = first(rule) else { continue };
        encrypts |= !matches!(kind, Kind::Identity | Kind::Unknown);
        if is_bad(kind) {
            findings.report(place).message(message(&names(rule)));
        }
    }
    if !encrypts {
        findings.not_applicable();
    }
}

/// The resources of an entry, for a message.
pub(super) fn names(rule: &cloister_encryption::at_rest::Rule<'_>) -> String {
    let names: Vec<String> = rule.resources.iter().map(|(name, _)| name.to_string()).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [first, second, third, _, rest @ ..] => format!("{first}, {second}, {third} and {} more", rest.len() + 1),
        few => few.join(", "),
    }
}

/// Runs over every EncryptionConfiguration.
pub(super) const fn each_configuration(run: crate::OfResource) -> Run {
    Run::Resource(KINDS, run)
}

/// What is known of the file of a configuration.
pub(super) struct File {
    /// When it was last changed.
    pub(super) changed: Option<Date>,
    /// When it was looked at.
    pub(super) seen: Date,
}

impl File {
    pub(super) fn of(resource: &Resource, findings: &Findings<'_>) -> File {
        let today = findings.today();
        let found = told(resource, findings.inventory());
        let seen = found.and_then(|(_, seen)| seen).map_or(today, |seen| seen.min(today));
        // A change that is still to come is a clock that went wrong.
        File { changed: found.and_then(|(changed, _)| changed).filter(|changed| *changed <= seen), seen }
    }
}

/// When the file of an unfolded configuration changed, and when the facts of its node were collected.
fn told(resource: &Resource, inventory: &Inventory) -> Option<(Option<Date>, Option<Date>)> {
    let (facts, file) = inventory.node_facts().find_map(|facts| Some((facts, facts.origin_of(resource)?)))?;
    Some((day(file.modified()), day(facts.collected())))
}

fn day(time: Option<&str>) -> Option<Date> {
    time?.parse::<Timestamp>().ok().map(|time| time.to_zoned(TimeZone::UTC).date())
}
