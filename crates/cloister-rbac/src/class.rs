//! What kind of somebody a subject is: people, workloads, or Kubernetes itself.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::{Binding, Subject, SubjectKind, bootstrap};

/// Groups that everybody is in, so that people are.
const EVERYBODY: [&str; 3] = ["system:authenticated", "system:unauthenticated", "system:anonymous"];

/// Who is behind a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A user or a group: people, as far as anybody can tell.
    Person,
    /// A service account, or a group of them.
    Workload,
    /// An identity of Kubernetes' own: the control plane, its controllers, nodes, `system:masters`.
    BuiltIn,
}

impl Class {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Person => "person",
            Class::Workload => "workload",
            Class::BuiltIn => "built-in",
        }
    }
}

impl Subject<'_> {
    /// Who is behind it. Names that start with `system:` are Kubernetes' own; what it binds itself is, too.
    pub fn class(&self) -> Class {
        if EVERYBODY.contains(&self.name) && self.kind != SubjectKind::ServiceAccount {
            return Class::Person;
        }
        if self.kind == SubjectKind::Group && is_group_of_accounts(self.name) {
            return Class::Workload;
        }
        if built_in().contains(&(self.kind, self.namespace, self.name)) {
            return Class::BuiltIn;
        }
        match self.kind {
            SubjectKind::ServiceAccount => Class::Workload,
            SubjectKind::User if self.name.starts_with("system:serviceaccount:") => Class::Workload,
            _ if self.name.starts_with("system:") => Class::BuiltIn,
            _ => Class::Person,
        }
    }
}

fn is_group_of_accounts(name: &str) -> bool {
    name == "system:serviceaccounts" || name.starts_with("system:serviceaccounts:")
}

type Key = (SubjectKind, &'static str, &'static str);

/// Whom the bindings of a new cluster name.
fn built_in() -> &'static HashSet<Key> {
    static SUBJECTS: OnceLock<HashSet<Key>> = OnceLock::new();
    SUBJECTS.get_or_init(|| {
        let bindings = ["ClusterRoleBinding", "RoleBinding"].into_iter().flat_map(bootstrap::objects);
        let subjects = bindings.flat_map(|binding| Binding::read(binding).subjects);
        subjects.map(|subject| (subject.kind, subject.namespace, subject.name)).collect()
    })
}
