//! The audit log: whether there is one, what its policy leaves out, and how much of it is kept.

use super::{AUDIT, Scenario, flags};

macro_rules! policy {
    ($text:expr) => {
        (AUDIT, concat!("apiVersion: audit.k8s.io/v1\nkind: Policy\n", $text))
    };
}

pub(super) const POLICY: (&str, &str) = policy!("rules:\n- level: Metadata\n");
pub(super) const LOG: (&str, Option<&str>) = ("audit-log-path", Some("FOLDER/audit.log"));

/// Whole requests, so that the log grows.
const REQUESTS: (&str, &str) = policy!("rules:\n- level: Request\n");

/// A policy, and the log.
const fn audited(name: &'static str, files: &'static [(&'static str, &'static str)]) -> Scenario {
    Scenario { files, ..flags(name, &[LOG]) }
}

pub(super) const ALL: &[Scenario] = &[
    Scenario { files: &[POLICY], ..flags("an audit policy without a log", &[]) },
    flags("an audit log without a policy", &[LOG]),
    audited("audited", &[REQUESTS]),
    audited(
        "audited, but for Secrets",
        &[policy!("rules:\n- level: None\n  resources: [{group: '', resources: [secrets]}]\n- level: Metadata\n")],
    ),
    audited(
        "audited, but for shells",
        &[policy!(
            "rules:\n- level: None\n  resources: [{group: '', resources: [pods/exec, pods/attach, pods/portforward]}]\n\
             - level: Metadata\n"
        )],
    ),
    audited(
        "audited, but for roles",
        &[policy!("rules:\n- level: None\n  resources: [{group: rbac.authorization.k8s.io}]\n- level: Metadata\n")],
    ),
    audited(
        "audited, but for what is refused at the door",
        &[policy!("omitStages: [ResponseStarted]\nrules:\n- level: Metadata\n")],
    ),
    audited(
        "audited, but for how requests end",
        &[policy!("omitStages: [ResponseComplete]\nrules:\n- level: Metadata\n")],
    ),
    audited(
        "audited as far as it is named",
        &[policy!(
            "rules:\n- level: Metadata\n  resources: [{group: ''}, {group: apps}, {group: batch}, {group: networking.k8s.io}, \
             {group: rbac.authorization.k8s.io}, {group: admissionregistration.k8s.io}, {group: certificates.k8s.io}, \
             {group: authentication.k8s.io}]\n"
        )],
    ),
    Scenario {
        files: &[REQUESTS],
        ..flags(
            "the audit log: small files, ten of them",
            &[LOG, ("audit-log-maxsize", Some("1")), ("audit-log-maxbackup", Some("10"))],
        )
    },
    Scenario {
        files: &[REQUESTS],
        ..flags(
            "the audit log: small files, three of them",
            &[LOG, ("audit-log-maxsize", Some("1")), ("audit-log-maxbackup", Some("3"))],
        )
    },
    Scenario {
        files: &[REQUESTS],
        ..flags(
            "the audit log: large files",
            &[LOG, ("audit-log-maxsize", Some("100")), ("audit-log-maxbackup", Some("10"))],
        )
    },
];
