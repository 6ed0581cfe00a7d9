//! Who can read the data of a store: every way that rights open to it, each with its proof.
//!
//! [`readers`] tells the direct ways: what one request, or one pod that it makes, reads. [`climbers`] tells who has none
//! of these, and can become one who has, or take what they lead through.

mod indirect;
mod kept;
mod volumes;
mod ways;

use std::collections::BTreeSet;

pub use indirect::{Indirect, climbers};
pub use kept::{Kept, kept, kept_by};
pub use volumes::Volumes;
pub use ways::MAKERS;

use crate::{Action, Class, Grant, Policy, ServerRules, Subject, SubjectKind};

/// How data is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Reads the Secrets that its pods are given: passwords and keys.
    Secret,
    /// Opens a shell in its pods, or takes over their console.
    Shell,
    /// Adds a container to its running pods.
    Debug,
    /// Reaches the ports of its pods.
    Port,
    /// Makes a pod beside it, which mounts its volumes and its Secrets.
    Pod,
    /// Makes or changes what makes pods beside it.
    Workload,
    /// Copies its volume, and mounts the copy.
    Snapshot,
    /// Makes or takes a volume of what its own is kept in, and mounts that.
    Volume,
    /// Commands the kubelet of its node, which enters every pod there.
    Node,
    /// Opens a shell in a workload that uses it.
    User,
    /// Acts in the name of somebody who can.
    Impersonate,
    /// Asks for a token of a service account that can.
    Token,
}

impl Way {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Secret => "secret",
            Way::Shell => "shell",
            Way::Debug => "ephemeral-container",
            Way::Port => "port",
            Way::Pod => "pod",
            Way::Workload => "workload",
            Way::Snapshot => "snapshot",
            Way::Volume => "volume",
            Way::Node => "node",
            Way::User => "shell-in-user",
            Way::Impersonate => "impersonate",
            Way::Token => "token",
        }
    }
}

/// A way that a subject has, and why.
#[derive(Clone, Debug)]
pub struct Access<'p, 'a> {
    /// Who.
    pub subject: &'p Subject<'a>,
    /// How.
    pub way: Way,
    /// In words, to follow the subject: `reads the Secret "db" in clinic`.
    pub what: String,
    /// The proof.
    pub grant: Grant<'p, 'a>,
    /// What it takes besides, where one right is not enough.
    pub also: Vec<Grant<'p, 'a>>,
}

/// Everybody who can read what is kept, people first; each way of each subject once, by its first proof. Members of
/// `system:masters` can, too, as can who administers the nodes: no role says who they are.
pub fn readers<'p, 'a>(policy: &'p Policy<'a>, kept: &[Kept], rules: ServerRules) -> Vec<Access<'p, 'a>> {
    let mut found: Vec<Access<'p, 'a>> = Vec::new();
    for (way, what, action) in kept.iter().flat_map(|kept| ways::direct(kept, rules)) {
        found.extend(by(policy, &action, way, &what));
    }
    if kept.iter().any(Kept::has_volumes) {
        found.extend(Volumes::of(policy).ways(kept));
    }
    let able: BTreeSet<_> = found.iter().map(|it| key(it.subject)).collect();
    for (way, what, action) in able.iter().flat_map(|(kind, name)| ways::in_the_name_of(*kind, name)) {
        found.extend(by(policy, &action, way, &what));
    }
    found.sort_by_cached_key(|it| (it.subject.class(), key(it.subject), it.way, it.what.clone()));
    found.dedup_by(|next, one| key(next.subject) == key(one.subject) && next.way == one.way && next.what == one.what);
    // Nobody needs to become who they are.
    found.retain(|it| !matches!(it.way, Way::Impersonate | Way::Token) || !it.what.ends_with(&name_of(it.subject)));
    found
}

fn by<'p, 'a>(policy: &'p Policy<'a>, action: &Action, way: Way, what: &str) -> Vec<Access<'p, 'a>> {
    let grants = policy.who_can(action).into_iter();
    grants.map(|grant| Access { subject: grant.subject, way, what: what.to_owned(), grant, also: Vec::new() }).collect()
}

fn key(subject: &Subject<'_>) -> (SubjectKind, String) {
    (subject.kind, subject.full_name())
}

fn name_of(subject: &Subject<'_>) -> String {
    format!(" {}", subject.full_name())
}

/// How many of each there are, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Users.
    pub people: usize,
    /// Groups, whose members roles do not tell.
    pub groups: usize,
    /// Service accounts and groups of them.
    pub workloads: usize,
    /// Kubernetes' own identities.
    pub built_in: usize,
}

/// Counts subjects.
pub fn count(found: &[Access<'_, '_>]) -> Count {
    let subjects: BTreeSet<_> = found.iter().map(|it| (it.subject.class(), key(it.subject))).collect();
    let with = |is: &dyn Fn(Class, SubjectKind) -> bool| {
        subjects.iter().filter(|(class, (kind, _))| is(*class, *kind)).count()
    };
    Count {
        people: with(&|class, kind| class == Class::Person && kind == SubjectKind::User),
        groups: with(&|class, kind| class == Class::Person && kind == SubjectKind::Group),
        workloads: with(&|class, _| class == Class::Workload),
        built_in: with(&|class, _| class == Class::BuiltIn),
    }
}
