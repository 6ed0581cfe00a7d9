//! Impersonation: requests made in somebody else's name by the `Impersonate-*` headers.
//!
//! Source: Kubernetes 1.37, `k8s.io/apiserver/pkg/endpoints/filters/impersonation`. Constrained impersonation
//! (`impersonate:MODE` for the name, `impersonate-on:MODE:VERB` for each request) is on by default since 1.36; the old
//! verb `impersonate` goes on to allow everything that it did.

mod names;

use crate::request::{ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED};
use crate::rule::ALL;
use crate::{Action, Decision, Identity, MASTERS, Policy, Request, ResourceAction};

/// The group of what is not in the core.
const GROUP: &str = "authentication.k8s.io";
/// From so many groups or extra values on, all of them are first asked for at once.
const MANY: usize = 4;

/// Whom the headers name, as they are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// `Impersonate-User`.
    pub user: String,
    /// `Impersonate-Uid`; empty without one.
    pub uid: String,
    /// `Impersonate-Group`, each.
    pub groups: Vec<String>,
    /// `Impersonate-Extra-KEY`: key in lower case, and value.
    pub extra: Vec<(String, String)>,
}

/// A way to impersonate. The server tries them in this order, but first the one that last served the same user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A service account, the node that its pod runs on.
    AssociatedNode,
    /// Any node.
    ArbitraryNode,
    /// A service account.
    ServiceAccount,
    /// Others, with groups, uid and extra values.
    UserInfo,
    /// The verb `impersonate`.
    Legacy,
}

impl Mode {
    /// All of them, in the server's order.
    pub const ALL: [Mode; 5] =
        [Mode::AssociatedNode, Mode::ArbitraryNode, Mode::ServiceAccount, Mode::UserInfo, Mode::Legacy];

    /// As in the verbs; the old one has no name.
    fn constraint(self) -> Option<&'static str> {
        match self {
            Mode::AssociatedNode => Some("associated-node"),
            Mode::ArbitraryNode => Some("arbitrary-node"),
            Mode::ServiceAccount => Some("serviceaccount"),
            Mode::UserInfo => Some("user-info"),
            Mode::Legacy => None,
        }
    }

    /// The verb that is asked on users, groups and the like.
    pub fn verb(self) -> String {
        self.constraint().map_or_else(|| "impersonate".to_owned(), |mode| format!("impersonate:{mode}"))
    }
}

/// A way that is open.
#[derive(Clone, Debug)]
pub struct Way<'o> {
    /// Which.
    pub mode: Mode,
    /// Whom the request then counts as made by.
    pub becomes: Identity,
    /// What allows it, in the order in which it was asked.
    pub proof: Vec<(Action, Decision<'o, 'o>)>,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Impersonation<'o> {
    /// Each way that is open, in the server's order.
    pub ways: Vec<Way<'o>>,
    /// For each of the other ways that could serve: what is missing; nothing where it never allows this target.
    pub missing: Vec<(Mode, Option<Action>)>,
    /// Why there may be more ways than the input tells.
    pub unknown: Option<String>,
}

impl<'a> Policy<'a> {
    /// Whether somebody may do something in another's name. `node` is the one that the pod of their token runs on;
    /// empty for tokens of none and for other users. Whether the other one may do it is another question.
    pub fn may_impersonate<'o>(
        &'o self,
        identity: &Identity,
        node: &str,
        target: &Target,
        action: &Action,
    ) -> Impersonation<'o> {
        let mut answer = Impersonation::default();
        for mode in Mode::ALL.into_iter().filter(|mode| mode.is_for(identity, node, target)) {
            match self.try_mode(mode, identity, target, action) {
                Ok(proof) => answer.ways.push(Way { mode, becomes: becomes(mode, target), proof }),
                Err(Refusal::Missing(action)) => answer.missing.push((mode, Some(*action))),
                Err(Refusal::Never) => answer.missing.push((mode, None)),
                Err(Refusal::Unknown(reason)) => answer.unknown = Some(reason),
            }
        }
        answer
    }

    fn try_mode(
        &self,
        mode: Mode,
        identity: &Identity,
        target: &Target,
        action: &Action,
    ) -> Result<Vec<(Action, Decision<'_, '_>)>, Refusal> {
        let mut asking = Asking { policy: self, identity, proof: Vec::new() };
        if let Some(constraint) = mode.constraint() {
            asking.need(action.with_verb(|verb| format!("impersonate-on:{constraint}:{verb}")))?;
        }
        asking.need(user(mode, target))?;
        if !target.uid.is_empty() {
            asking.need(part(mode, GROUP, "uids", "", &target.uid))?;
        }
        let is_constrained = mode.constraint().is_some();
        if is_constrained && target.groups.iter().any(|group| group.is_empty() || group == MASTERS) {
            return Err(Refusal::Never);
        }
        let groups = target.groups.iter().map(|group| ("groups", "", group.as_str()));
        asking.need_all(mode, (mode.group(), "groups", ""), groups.collect())?;
        if is_constrained && !target.extra.iter().all(|(key, value)| names::is_extra_key(key) && !value.is_empty()) {
            return Err(Refusal::Never);
        }
        let extra = target.extra.iter().map(|(key, value)| ("userextras", key.as_str(), value.as_str()));
        asking.need_all(mode, (GROUP, "userextras", ALL), extra.collect())?;
        Ok(asking.proof)
    }
}

enum Refusal {
    Missing(Box<Action>),
    Never,
    Unknown(String),
}

struct Asking<'o, 'a, 'i> {
    policy: &'o Policy<'a>,
    identity: &'i Identity,
    proof: Vec<(Action, Decision<'o, 'a>)>,
}

impl Asking<'_, '_, '_> {
    fn need(&mut self, action: Action) -> Result<(), Refusal> {
        let request = Request { identity: self.identity.clone(), action };
        let decision = self.policy.decide(&request);
        match decision {
            Decision::Denied => Err(Refusal::Missing(Box::new(request.action))),
            Decision::Unknown(reason) => Err(Refusal::Unknown(reason)),
            decision => {
                self.proof.push((request.action, decision));
                Ok(())
            }
        }
    }

    /// Groups or extra values, each as resource, subresource and name. Where there are many, the constrained ways ask
    /// for all at once, by the name `*`.
    fn need_all(
        &mut self,
        mode: Mode,
        (group, resource, any): (&str, &str, &str),
        parts: Vec<(&str, &str, &str)>,
    ) -> Result<(), Refusal> {
        let is_many = parts.len() >= MANY && mode.constraint().is_some();
        if is_many && self.need(part(mode, group, resource, any, ALL)).is_ok() {
            return Ok(());
        }
        parts.into_iter().try_for_each(|(resource, sub, name)| self.need(part(mode, group, resource, sub, name)))
    }
}

impl Mode {
    /// Whether this way can serve at all.
    fn is_for(self, identity: &Identity, node: &str, target: &Target) -> bool {
        let only_name = target.uid.is_empty() && target.groups.is_empty() && target.extra.is_empty();
        let (to_node, to_account) = (names::node(&target.user), names::account(&target.user));
        match self {
            Mode::AssociatedNode => {
                only_name && !node.is_empty() && to_node == Some(node) && names::account(&identity.user).is_some()
            }
            Mode::ArbitraryNode => only_name && to_node.is_some(),
            Mode::ServiceAccount => only_name && to_account.is_some(),
            Mode::UserInfo => to_node.is_none() && to_account.is_none(),
            Mode::Legacy => true,
        }
    }

    /// The API group of users, groups, accounts and nodes.
    fn group(self) -> &'static str {
        if self == Mode::Legacy { "" } else { GROUP }
    }
}

/// What is asked for the name.
fn user(mode: Mode, target: &Target) -> Action {
    let group = mode.group();
    match (names::account(&target.user), names::node(&target.user)) {
        (Some((namespace, name)), _) => {
            let action = resource(mode, group, "serviceaccounts", "", name);
            Action::Resource(ResourceAction { namespace: namespace.to_owned(), ..action })
        }
        // Whichever node it is: the answer is kept for pods of the same account on other nodes.
        (None, Some(_)) if mode == Mode::AssociatedNode => part(mode, group, "nodes", "", ALL),
        (None, Some(node)) if mode != Mode::Legacy => part(mode, group, "nodes", "", node),
        _ => part(mode, group, "users", "", &target.user),
    }
}

fn part(mode: Mode, group: &str, name: &str, subresource: &str, value: &str) -> Action {
    Action::Resource(resource(mode, group, name, subresource, value))
}

fn resource(mode: Mode, group: &str, name: &str, subresource: &str, value: &str) -> ResourceAction {
    ResourceAction {
        verb: mode.verb(),
        group: group.to_owned(),
        resource: name.to_owned(),
        subresource: subresource.to_owned(),
        name: value.to_owned(),
        ..ResourceAction::default()
    }
}

/// The user with the groups that impersonation adds.
fn becomes(mode: Mode, target: &Target) -> Identity {
    let mut groups = target.groups.clone();
    if let Some((namespace, _)) = names::account(&target.user).filter(|_| groups.is_empty()) {
        groups = vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")];
    }
    if matches!(mode, Mode::AssociatedNode | Mode::ArbitraryNode) {
        groups = vec!["system:nodes".to_owned()];
    }
    let mut identity = Identity { user: target.user.clone(), groups };
    if identity.user == ANONYMOUS {
        identity.join(UNAUTHENTICATED);
    } else if !identity.is_in(UNAUTHENTICATED) {
        identity.join(AUTHENTICATED);
    }
    identity
}
