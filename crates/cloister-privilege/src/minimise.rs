//! From what was used to the least roles.

use std::collections::{BTreeMap, BTreeSet};

use cloister_audit::Use;
use cloister_rbac::{Decision, MASTERS, Policy};
use jiff::Timestamp;

use crate::generalise::{Generalised, Limits, generalise};
use crate::right::{Right, reduce, why_not};
use crate::rules::{Rule, compact};
use crate::subject::Who;

/// A role, and where it is bound.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    /// Its name, and that of its bindings.
    pub name: String,
    /// Empty for a ClusterRole.
    pub namespace: String,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// The namespaces of its RoleBindings; empty for a ClusterRoleBinding.
    pub bound: BTreeSet<String>,
}

/// What bindings give that every cluster is born with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Born {
    /// Such as `ClusterRoleBinding "system:discovery" to Group "system:authenticated"`.
    pub by: String,
    /// How many different actions.
    pub actions: usize,
}

/// What one subject needs.
#[derive(Clone, Debug)]
pub struct Subject<'u> {
    /// Who.
    pub who: Who,
    /// What it was allowed in the window and no built-in binding gives: what the roles are made from.
    pub uses: Vec<&'u Use>,
    /// What it was allowed in the window or out of it.
    pub all: Vec<&'u Use>,
    /// How many requests in the window.
    pub requests: u64,
    /// The rights.
    pub rights: BTreeSet<Right>,
    /// The roles.
    pub roles: Vec<Role>,
    /// Every right that is wider than what was used.
    pub generalised: Vec<Generalised>,
    /// Given by what every cluster is born with; no role repeats it.
    pub born: Vec<Born>,
    /// Groups through which rights came, with how many actions: the roles give them to the subject itself.
    pub groups: BTreeMap<String, usize>,
    /// Actions for which no rule can be written, with the reason.
    pub left: Vec<(&'u Use, &'static str)>,
    /// Rights with which others are made: the server then asks for more than a log tells.
    pub hands_on: BTreeSet<String>,
}

/// One who may do everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Master {
    /// How many requests in the window.
    pub requests: u64,
    /// The last time.
    pub last: Option<Timestamp>,
    /// It has only read.
    pub reads: bool,
}

/// What minimising came to.
#[derive(Debug, Default)]
pub struct Minimised<'u> {
    /// In the order of their names.
    pub subjects: Vec<Subject<'u>>,
    /// Members of `system:masters`: no role can take anything from them.
    pub masters: BTreeMap<Who, Master>,
}

/// Works out the least roles. `born` is the policy of a new cluster, `is_meant` chooses subjects. Where there are too many
/// uses to be held at once, [`least`] does it for one subject after the other.
pub fn minimise<'u>(
    uses: &'u [Use],
    born: &Policy<'_>,
    limits: Limits,
    is_meant: impl Fn(&Who) -> bool,
) -> Minimised<'u> {
    let mut minimised = Minimised::default();
    let mut by_subject: BTreeMap<Who, Vec<&Use>> = BTreeMap::new();
    for used in uses {
        by_subject.entry(Who::of(&used.identity.user)).or_default().push(used);
    }
    for (who, uses) in by_subject.into_iter().filter(|(who, _)| is_meant(who)) {
        let (subject, master) = least(&who, uses, born, limits);
        minimised.subjects.extend(subject);
        minimised.masters.extend(master.map(|master| (who, master)));
    }
    minimised
}

/// Works out what one subject needs from its uses, and what it did as a member of `system:masters`.
pub fn least<'u>(
    who: &Who,
    uses: impl IntoIterator<Item = &'u Use>,
    born: &Policy<'_>,
    limits: Limits,
) -> (Option<Subject<'u>>, Option<Master>) {
    let (masters, bound): (Vec<&Use>, Vec<&Use>) = uses.into_iter().partition(|used| used.identity.is_in(MASTERS));
    let master = Master {
        requests: masters.iter().map(|used| used.requests).sum(),
        last: masters.iter().filter_map(|used| used.last).max(),
        reads: masters.iter().all(|used| used.requests == 0 || crate::findings::reads(&used.action)),
    };
    let subject = (!bound.is_empty()).then(|| subject(who.clone(), bound, born, limits));
    (subject, Some(master).filter(|master| master.requests > 0))
}

fn subject<'u>(who: Who, all: Vec<&'u Use>, born: &Policy<'_>, limits: Limits) -> Subject<'u> {
    let mut subject = Subject {
        who,
        uses: Vec::new(),
        requests: all.iter().map(|used| used.requests).sum(),
        rights: BTreeSet::new(),
        roles: Vec::new(),
        generalised: Vec::new(),
        born: Vec::new(),
        groups: BTreeMap::new(),
        left: Vec::new(),
        hands_on: BTreeSet::new(),
        all,
    };
    let mut by_birth: BTreeMap<String, usize> = BTreeMap::new();
    for used in subject.all.iter().filter(|used| used.requests > 0) {
        match born.decide(&used.request()) {
            Decision::Rbac(grant) => {
                let (binding, to) = (grant.binding.resource, grant.subject);
                let by =
                    format!("{} \"{}\" to {} \"{}\"", binding.kind, binding.name, to.kind.as_str(), to.full_name());
                *by_birth.entry(by).or_default() += 1;
            }
            Decision::Masters | Decision::Node(_) | Decision::AlwaysAllow => {}
            Decision::Denied | Decision::Unknown(_) => match why_not(&used.action) {
                Some(why) => subject.left.push((used, why)),
                None if used.identity.user.is_empty() => subject.left.push((used, "it has no user name to bind")),
                None => subject.uses.push(used),
            },
        }
    }
    subject.born = by_birth.into_iter().map(|(by, actions)| Born { by, actions }).collect();
    subject.settle(limits);
    subject
}

impl Subject<'_> {
    fn settle(&mut self, limits: Limits) {
        let used: BTreeSet<Right> = self.uses.iter().map(|used| Right::of(&used.action)).collect();
        self.hands_on = used.iter().filter(|right| hands_on(right)).map(Right::phrase).collect();
        let (rights, generalised) = generalise(reduce(&used), limits);
        self.rights = reduce(&rights);
        self.generalised = generalised;
        self.roles = roles(&self.who, &self.rights);
        for group in self.uses.iter().filter_map(|used| group_of(&used.reason)) {
            *self.groups.entry(group.to_owned()).or_default() += 1;
        }
    }
}

/// Reads `RBAC: allowed by … to Group "dev"`.
fn group_of(reason: &str) -> Option<&str> {
    reason.strip_prefix("RBAC: ")?.split_once(" to Group \"")?.1.strip_suffix('"')
}

/// Whoever writes roles and bindings must hold what they give, or may `bind` or `escalate`.
fn hands_on(right: &Right) -> bool {
    let crate::About::Resource { group, resource, .. } = &right.about else { return false };
    let writes = matches!(&*right.verb, "create" | "update" | "patch");
    let roles = group == "rbac.authorization.k8s.io";
    let signs = group == "certificates.k8s.io"
        && matches!(&**resource, "certificatesigningrequests/approval" | "certificatesigningrequests/status");
    writes && (roles || signs)
}

/// One role for each set of rules: a ClusterRole where it holds everywhere or in several namespaces.
fn roles(who: &Who, rights: &BTreeSet<Right>) -> Vec<Role> {
    let mut by_namespace: BTreeMap<&str, Vec<&Right>> = BTreeMap::new();
    for right in rights {
        by_namespace.entry(&right.namespace).or_default().push(right);
    }
    let name = who.role_name();
    let mut shared: BTreeMap<Vec<Rule>, BTreeSet<String>> = BTreeMap::new();
    let mut roles = Vec::new();
    for (namespace, rights) in by_namespace {
        let rules = compact(rights);
        if namespace.is_empty() {
            roles.push(Role { name: name.clone(), namespace: String::new(), rules, bound: BTreeSet::new() });
        } else {
            shared.entry(rules).or_default().insert(namespace.to_owned());
        }
    }
    let mut shared: Vec<(Vec<Rule>, BTreeSet<String>)> = shared.into_iter().collect();
    shared.sort_by(|one, other| one.1.cmp(&other.1));
    let mut several = 0;
    for (rules, bound) in shared {
        let own = if bound.len() == 1 { bound.first().cloned().unwrap_or_default() } else { String::new() };
        several += usize::from(own.is_empty());
        let name = if own.is_empty() { format!("{name}:in-{several}") } else { name.clone() };
        roles.push(Role { name, namespace: own, rules, bound });
    }
    roles
}
