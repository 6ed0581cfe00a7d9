//! Who is let in, and by which name.

use super::{AUTHENTICATION, Scenario, authenticates, flags};

macro_rules! authentication {
    ($text:expr) => {
        concat!("apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n", $text)
    };
}

/// With an issuer, and what follows of its claims.
macro_rules! issuer {
    ($text:expr) => {
        authentication!(concat!(
            "jwt:\n- issuer: {url: 'ISSUER', audiences: [kubernetes], certificateAuthority: \"AUTHORITY\"}\n  claimMappings: ",
            $text
        ))
    };
}

pub(super) const ALL: &[Scenario] = &[
    authenticates(
        "anonymous by path",
        &[(
            AUTHENTICATION,
            authentication!(
                "anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}]}\n"
            ),
        )],
    ),
    authenticates(
        "anonymous by a path of the API",
        &[(
            AUTHENTICATION,
            authentication!("anonymous: {enabled: true, conditions: [{path: /healthz}, {path: /version}]}\n"),
        )],
    ),
    authenticates(
        "anonymous everywhere, by configuration",
        &[(AUTHENTICATION, authentication!("anonymous: {enabled: true}\n"))],
    ),
    authenticates(
        "anonymous nowhere, by configuration",
        &[(AUTHENTICATION, authentication!("anonymous: {enabled: false}\n"))],
    ),
    authenticates("anonymous not said, by configuration", &[(AUTHENTICATION, authentication!("jwt: []\n"))]),
    authenticates("harden authentication", &[(AUTHENTICATION, "HARDENED-BY authentication")]),
    authenticates(
        "issuer: prefixes",
        &[(
            AUTHENTICATION,
            issuer!("{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: 'oidc:'}}\n"),
        )],
    ),
    authenticates(
        "issuer: groups without a prefix",
        &[(
            AUTHENTICATION,
            issuer!("{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: ''}}\n"),
        )],
    ),
    authenticates(
        "issuer: names without a prefix",
        &[(AUTHENTICATION, issuer!("{username: {claim: sub, prefix: ''}}\n"))],
    ),
    authenticates(
        "issuer: no prefix, but rules",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: sub, prefix: ''}, groups: {claim: groups, prefix: ''}}\n  userValidationRules: [{expression: '!user.username.startsWith(\"system:\")'}, {expression: 'user.groups.all(group, !group.startsWith(\"system:\"))'}]\n"
            ),
        )],
    ),
    authenticates(
        "issuer: groups by an expression",
        &[(
            AUTHENTICATION,
            issuer!("{username: {expression: '\"oidc:\" + claims.sub'}, groups: {expression: 'claims.roles'}}\n"),
        )],
    ),
    authenticates(
        "issuer: groups by an expression with a prefix",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {expression: '\"oidc:\" + claims.sub'}, groups: {expression: 'dyn(claims.roles).map(role, \"oidc:\" + role)'}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: a loop over a claim",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {expression: '\"oidc:\" + claims.sub'}, groups: {expression: 'claims.roles.map(role, \"oidc:\" + role)'}}\n"
            ),
        )],
    ),
    authenticates(
        "issuer: a rule about claims",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: ''}}\n  claimValidationRules: [{expression: '!(\"system:masters\" in claims.groups) && !(\"system:nodes\" in claims.groups)'}]\n"
            ),
        )],
    ),
    authenticates(
        "issuer: a rule about something else",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: ''}}\n  claimValidationRules: [{claim: hd, requiredValue: example.org}]\n"
            ),
        )],
    ),
    authenticates("issuer: addresses", &[(AUTHENTICATION, issuer!("{username: {claim: email, prefix: 'oidc:'}}\n"))]),
    authenticates(
        "issuer: verified addresses",
        &[(
            AUTHENTICATION,
            issuer!(
                "{username: {claim: email, prefix: 'oidc:'}}\n  claimValidationRules: [{expression: 'claims.?email_verified.orValue(false) == true'}]\n"
            ),
        )],
    ),
    authenticates(
        "issuer: two audiences",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'ISSUER', audiences: [kubernetes, wiki], audienceMatchPolicy: MatchAny, certificateAuthority: \"AUTHORITY\"}\n  claimMappings: {username: {claim: sub, prefix: 'oidc:'}}\n"
            ),
        )],
    ),
    flags(
        "oidc flags",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
        ],
    ),
    flags(
        "oidc flags with groups",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-groups-claim", Some("groups")),
        ],
    ),
    flags(
        "oidc flags with groups and a prefix",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-groups-claim", Some("groups")),
            ("oidc-groups-prefix", Some("oidc:")),
        ],
    ),
    flags(
        "oidc flags without any prefix",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-username-prefix", Some("-")),
        ],
    ),
    flags(
        "oidc flags with addresses",
        &[
            ("oidc-issuer-url", Some("ISSUER")),
            ("oidc-client-id", Some("kubernetes")),
            ("oidc-ca-file", Some("FOLDER/pki/ca.crt")),
            ("oidc-username-claim", Some("email")),
            ("oidc-username-prefix", Some("oidc:")),
        ],
    ),
    authenticates(
        "authentication refused: http",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'http://id.example.org', audiences: [a]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: no audience",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org'}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: audiences without a policy",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a, b]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: no prefix",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {claim: sub}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: no truth value",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n  claimValidationRules: [{expression: claims.admin}]\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: an unverified address by an expression",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {expression: claims.email}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: a variable that is not there",
        &[(
            AUTHENTICATION,
            authentication!(
                "jwt:\n- issuer: {url: 'https://id.example.org', audiences: [a]}\n  claimMappings: {username: {expression: 'claim.sub'}}\n"
            ),
        )],
    ),
    authenticates(
        "authentication refused: conditions of nothing",
        &[(AUTHENTICATION, authentication!("anonymous: {enabled: false, conditions: [{path: /livez}]}\n"))],
    ),
    authenticates(
        "authentication refused: a field misspelt",
        &[(AUTHENTICATION, authentication!("anonymous: {enable: true}\n"))],
    ),
    Scenario {
        files: &[(AUTHENTICATION, authentication!("anonymous: {enabled: false}\n"))],
        ..flags("authentication refused: the flag, too", &[])
    },
];
