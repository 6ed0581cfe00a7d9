//! Encryption at rest.

use super::{ENCRYPTION, Scenario, encrypts};

macro_rules! encryption {
    ($text:expr) => {
        concat!("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n", $text)
    };
}

pub(super) const SECRETBOX: (&str, &str) = (
    ENCRYPTION,
    encryption!("- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"),
);

pub(super) const ALL: &[Scenario] = &[
    encrypts(
        "encryption: secretbox first, identity last",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n  - identity: {}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: identity first",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - identity: {}\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: secrets not named",
        &[(
            ENCRYPTION,
            encryption!("- resources: [configmaps]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"),
        )],
    ),
    encrypts(
        "encryption: aescbc",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets, configmaps]\n  providers:\n  - aescbc: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: aesgcm, two keys",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - aesgcm: {keys: [{name: a, secret: c2VjcmV0IGlzIHNlY3VyZQ==}, {name: b, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: everything by *.*",
        &[(
            ENCRYPTION,
            encryption!("- resources: ['*.*']\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"),
        )],
    ),
    encrypts(
        "encryption: the core group, Secrets exempt",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - identity: {}\n- resources: ['*.']\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: one name in two entries",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n- resources: [secrets]\n  providers:\n  - identity: {}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: an entry behind *.*",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: ['*.*']\n  providers:\n  - identity: {}\n- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: overlap in one list",
        &[(ENCRYPTION, encryption!("- resources: [secrets, '*.']\n  providers:\n  - identity: {}\n"))],
    ),
    encrypts(
        "encryption refused: a short key",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: c2VjcmV0IGlzIHNlY3VyZQ==}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: a key that is no base64",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - aescbc: {keys: [{name: a, secret: 'no base64!'}]}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: identity without a body",
        &[(ENCRYPTION, encryption!("- resources: [secrets]\n  providers:\n  - identity:\n"))],
    ),
    encrypts(
        "encryption refused: metadata",
        &[(ENCRYPTION, encryption!("- resources: [secrets]\n  providers:\n  - identity: {}\nmetadata: {name: a}\n"))],
    ),
    encrypts(
        "encryption refused: a field misspelt",
        &[(ENCRYPTION, encryption!("- resources: [secrets]\n  provider:\n  - identity: {}\n"))],
    ),
    encrypts(
        "encryption refused: KMS v1",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {name: a, endpoint: 'unix://FOLDER/kms.sock'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: KMS over TCP",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'tcp://127.0.0.1:1'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: a capital letter",
        &[(ENCRYPTION, encryption!("- resources: [Secrets]\n  providers:\n  - identity: {}\n"))],
    ),
    encrypts("harden encryption-config, step 1", &[(ENCRYPTION, "HARDENED-BY 1-read")]),
    encrypts("harden encryption-config, step 2", &[(ENCRYPTION, "HARDENED-BY 2-write")]),
    encrypts("harden encryption-config, step 3", &[(ENCRYPTION, "HARDENED-BY 3-drop")]),
    encrypts(
        "encryption: KMS v2",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: KMS v2 for everything, with a timeout",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: ['*.*']\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN', timeout: 2s}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: KMS v2 first, a key and identity behind",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets, configmaps]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN'}\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n  - identity: {}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: a key first, KMS v2 behind",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - secretbox: {keys: [{name: a, secret: KEY}]}\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption: identity first, KMS v2 behind",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - identity: {}\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: two plug-ins of one name",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN'}\n- resources: [configmaps]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN'}\n"
            ),
        )],
    ),
    encrypts(
        "encryption refused: KMS v2 with a cache",
        &[(
            ENCRYPTION,
            encryption!(
                "- resources: [secrets]\n  providers:\n  - kms: {apiVersion: v2, name: a, endpoint: 'PLUG-IN', cachesize: 100}\n"
            ),
        )],
    ),
    encrypts("harden encryption-config by KMS, step 2", &[(ENCRYPTION, "HARDENED-BY kms 2-write")]),
    encrypts("harden encryption-config by KMS, step 3", &[(ENCRYPTION, "HARDENED-BY kms 3-drop")]),
];
