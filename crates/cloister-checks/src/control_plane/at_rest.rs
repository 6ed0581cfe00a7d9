//! EncryptionConfiguration as checks look at it.

use cloister_encryption::at_rest::{Configuration, Kind, Provider, Server};
use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};

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
