//! # What it does
//! Finds nodes on which the folder in which etcd stores belongs to somebody else than a user
//! of etcd's own.
//!
//! # Why it matters
//! etcd that runs as root writes anywhere on the node once it is broken into; and where the
//! folder belongs to another program's user, that program reads every Secret.
//!
//! # What to do
//! Run etcd as a user of its own (`etcd`), and `chown -R etcd:etcd` the folder.
//!
//! # References
//! CIS 1.1.12. GDPR Art. 32(1)(b).

use cloister_model::{Resource, Severity};
use cloister_node::{Facts, File, Role};

use super::files::{self, FACTS};
use crate::{Check, Need, Run};

/// By name, or the very user that etcd runs as.
fn is_etcds(file: &File<'_>, resource: &Resource) -> bool {
    let runs_as = Facts::of(resource).and_then(|facts| facts.processes().find(|it| it.program() == "etcd")?.uid());
    let own = runs_as.is_some_and(|user| user != 0 && file.uid() == Some(user) && file.gid() != Some(0));
    own || file.owners() == "etcd:etcd"
}

pub(crate) const CHECK: Check = Check {
    name: "etcd-data-foreign-owner",
    title: "The folder in which etcd stores does not belong to a user of its own",
    severity: Severity::Low,
    needs: &[Need::NodeOf("etcd")],
    run: Run::Resource(FACTS, |resource, findings| {
        files::each(resource, findings, Role::EtcdData, |file, findings| {
            if file.uid().is_some() && !is_etcds(file, resource) {
                let message = format!("{} belongs to {}", file.path(), file.owners());
                findings.report(file.at("uid")).message(message);
            }
        });
    }),
};
