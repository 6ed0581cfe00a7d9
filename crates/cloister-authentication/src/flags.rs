//! The issuer that the flags `--oidc-*` describe.
//! Source: `ToAuthenticationConfig` in `pkg/kubeapiserver/options/authentication.go`.

use crate::{ClaimRule, Issuer, Mapping};

/// Values of the flags, as they stand; empty where there is none.
#[derive(Clone, Debug, Default)]
pub struct Oidc {
    /// `--oidc-issuer-url`.
    pub issuer_url: String,
    /// `--oidc-client-id`.
    pub client_id: String,
    /// `--oidc-username-claim`, `sub` without it.
    pub username_claim: String,
    /// `--oidc-username-prefix`; `-` means none at all.
    pub username_prefix: String,
    /// `--oidc-groups-claim`.
    pub groups_claim: String,
    /// `--oidc-groups-prefix`.
    pub groups_prefix: String,
    /// `--oidc-required-claim`, each `key=value`.
    pub required_claims: Vec<String>,
}

/// The issuer; none where the flags name no issuer or no client.
pub fn issuer_of_flags(flags: &Oidc) -> Option<Issuer> {
    if flags.issuer_url.is_empty() || flags.client_id.is_empty() {
        return None;
    }
    let claim = if flags.username_claim.is_empty() { "sub" } else { &flags.username_claim };
    let prefix = match flags.username_prefix.as_str() {
        "" if claim != "email" => format!("{}#", flags.issuer_url),
        "-" => String::new(),
        prefix => prefix.to_owned(),
    };
    let groups = match flags.groups_claim.as_str() {
        "" => Mapping::None,
        claim => Mapping::Claim { claim: claim.to_owned(), prefix: flags.groups_prefix.clone() },
    };
    let required = flags.required_claims.iter().filter_map(|pair| pair.split_once('='));
    Some(Issuer {
        url: flags.issuer_url.clone(),
        audiences: vec![flags.client_id.clone()],
        username: Mapping::Claim { claim: claim.to_owned(), prefix },
        groups,
        claim_rules: required
            .map(|(claim, value)| ClaimRule::Value { claim: claim.to_owned(), value: value.to_owned() })
            .collect(),
        user_rules: Vec::new(),
    })
}
