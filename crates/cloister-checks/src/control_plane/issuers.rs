//! Issuers of tokens as checks look at them: of an AuthenticationConfiguration, or of the flags `--oidc-*`.

use cloister_authentication::{Answer, Issuer, Name, Oidc, Server, issuer_of_flags};
use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};

use super::flags::{API_SERVER, Flags, each};
use super::owners;
use crate::{Need, OfResource, Run};

const KIND: &str = "AuthenticationConfiguration";
pub(super) const NEEDS: &[Need] = &[Need::Kind(KIND)];

/// Runs over every AuthenticationConfiguration.
pub(super) const fn each_configuration(run: OfResource) -> Run {
    Run::Resource(&[KIND], run)
}

/// Names that open what no issuer outside is to open: as a group, as a user.
const GROUPS: [&str; 2] = ["system:masters", "system:nodes"];
const USERS: [&str; 2] =
    ["system:kube-controller-manager", "system:serviceaccount:kube-system:clusterrole-aggregation-controller"];

/// What an issuer may call somebody whom nobody outside is to be called.
pub(super) struct Named {
    /// `groups` or `username`.
    pub mapping: &'static str,
    pub name: &'static str,
    /// What the token says for it.
    pub token: String,
}

/// The first such group, and the first such user.
pub(super) fn administrators(issuer: &Issuer) -> Vec<Named> {
    let first = |mapping, names: [&'static str; 2], of: fn(&'static str) -> Name<'static>| {
        names.into_iter().find_map(|name| match issuer.may_name(of(name)) {
            Answer::Yes(token) => Some(Named { mapping, name, token }),
            Answer::No(_) | Answer::Unknown(_) => None,
        })
    };
    let groups = first("groups", GROUPS, Name::Group);
    groups.into_iter().chain(first("username", USERS, Name::User)).collect()
}

/// The issuers of a configuration with their places.
pub(super) fn issuers(resource: &Resource) -> Vec<(Issuer, Place<'_>)> {
    let configuration = cloister_authentication::Configuration::of(resource);
    let places = resource.root.items_at("jwt").iter().map(|node| Place::of(resource, node));
    configuration.issuers.into_iter().zip(places).collect()
}

/// The issuer that flags name.
pub(super) fn of_flags(flags: &Flags<'_>) -> Option<Issuer> {
    let value = |name: &str| flags.value(name).unwrap_or_default();
    issuer_of_flags(&Oidc {
        issuer_url: value("--oidc-issuer-url"),
        client_id: value("--oidc-client-id"),
        username_claim: value("--oidc-username-claim"),
        username_prefix: value("--oidc-username-prefix"),
        groups_claim: value("--oidc-groups-claim"),
        groups_prefix: value("--oidc-groups-prefix"),
        required_claims: flags.list("--oidc-required-claim"),
    })
}

/// The issuer that the flags of the first API server in the input name, if they do.
pub fn issuer_in_flags(inventory: &Inventory) -> Option<Issuer> {
    each(inventory, API_SERVER).find_map(|flags| of_flags(&flags))
}

/// What the flags of each API server that reads a configuration decide about it; the defaults, where none is known.
pub(super) fn servers(inventory: &Inventory, configuration: &Resource) -> Vec<Server> {
    const OIDC: [&str; 9] = [
        "--oidc-issuer-url",
        "--oidc-client-id",
        "--oidc-ca-file",
        "--oidc-username-claim",
        "--oidc-username-prefix",
        "--oidc-groups-claim",
        "--oidc-groups-prefix",
        "--oidc-signing-algs",
        "--oidc-required-claim",
    ];
    let flags = owners::servers(inventory, configuration, "--authentication-config");
    let server = |flags: Flags<'_>| Server {
        anonymous_flag: flags.is_written("--anonymous-auth"),
        oidc_flags: OIDC.iter().any(|flag| flags.is_written(flag)),
        own_issuers: flags.list("--service-account-issuer"),
    };
    if flags.is_empty() { vec![Server::default()] } else { flags.into_iter().map(server).collect() }
}
