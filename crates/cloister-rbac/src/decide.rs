//! Yes, no or unknown, and why.

use cloister_model::Place;

use crate::binding::SubjectKind;
use crate::policy::{Held, index};
use crate::{Action, Binding, Identity, MASTERS, Policy, Request, Role, Rule, Subject, node};

/// What allows a request by RBAC: the proof.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'p, 'a> {
    /// The binding.
    pub binding: &'p Binding<'a>,
    /// Who is meant in it.
    pub subject: &'p Subject<'a>,
    /// The role that it names.
    pub role: &'p Role<'a>,
    /// The rule, where it was written.
    pub rule: &'p Rule<'a>,
}

impl<'a> Grant<'_, 'a> {
    /// The place of the subject in the binding.
    pub fn subject_place(&self) -> Place<'a> {
        Place::of(self.binding.resource, self.subject.node)
    }
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub enum Decision<'p, 'a> {
    /// The user is in `system:masters`: nothing else is asked.
    Masters,
    /// The node authoriser allows it, for this reason.
    Node(&'static str),
    /// A rule allows it.
    Rbac(Grant<'p, 'a>),
    /// Nothing allows it.
    Denied,
    /// The input does not tell, for this reason.
    Unknown(String),
}

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// No.
    Denied,
    /// The input does not tell.
    Unknown,
}

impl Verdict {
    /// The word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Allowed => "yes",
            Verdict::Denied => "no",
            Verdict::Unknown => "unknown",
        }
    }
}

impl Decision<'_, '_> {
    /// The answer in one word.
    pub fn verdict(&self) -> Verdict {
        match self {
            Decision::Masters | Decision::Node(_) | Decision::Rbac(_) => Verdict::Allowed,
            Decision::Denied => Verdict::Denied,
            Decision::Unknown(_) => Verdict::Unknown,
        }
    }
}

impl<'a> Policy<'a> {
    /// Decides as the API server does: `system:masters` first, then the node authoriser, then RBAC.
    pub fn decide(&self, request: &Request) -> Decision<'_, 'a> {
        if request.identity.is_in(MASTERS) {
            return Decision::Masters;
        }
        let by_node = node::decide(request);
        if let node::Answer::Allowed(reason) = by_node {
            return Decision::Node(reason);
        }
        if let Some(grant) = self.grants(request).next() {
            return Decision::Rbac(grant);
        }
        if let node::Answer::Unknown(reason) = by_node {
            return Decision::Unknown(reason);
        }
        if self.unread.is_empty() {
            return Decision::Denied;
        }
        Decision::Unknown(format!("nothing that was read allows it, but {} could not be read", self.unread.join(", ")))
    }

    /// Everything that allows a request by RBAC, cluster-wide bindings first.
    pub fn grants<'p, 'q>(&'p self, request: &'q Request) -> impl Iterator<Item = Grant<'p, 'a>> + use<'p, 'q, 'a> {
        let held = self.scopes(request).flat_map(move |scope| self.held_in(scope, &request.identity));
        held.flat_map(move |held| self.grants_of(held)).filter(move |grant| grant.rule.allows(&request.action))
    }

    /// Cluster-wide bindings count for every request, those of a namespace for requests that carry it.
    fn scopes<'q>(&self, request: &'q Request) -> impl Iterator<Item = &'q str> + use<'q> {
        let namespace = match &request.action {
            Action::Resource(action) => action.namespace.as_str(),
            Action::Url { .. } => "",
        };
        std::iter::once("").chain(Some(namespace).filter(|namespace| !namespace.is_empty()))
    }

    pub(crate) fn held_in<'p, 'q>(
        &'p self,
        scope: &'q str,
        identity: &'q Identity,
    ) -> impl Iterator<Item = Held> + use<'p, 'q, 'a> {
        let user = self.held(scope, SubjectKind::User, "", &identity.user);
        let accounts = identity
            .accounts()
            .flat_map(move |(namespace, name)| self.held(scope, SubjectKind::ServiceAccount, namespace, name));
        let groups = identity.groups.iter().flat_map(move |group| self.held(scope, SubjectKind::Group, "", group));
        user.iter().chain(accounts).chain(groups).copied()
    }

    pub(crate) fn grants_of(&self, (binding, subject): Held) -> impl Iterator<Item = Grant<'_, 'a>> {
        let binding = self.bindings.get(index(binding));
        let pair = binding.and_then(|binding| Some((binding, binding.subjects.get(index(subject))?)));
        pair.into_iter().flat_map(move |(binding, subject)| {
            let roles = binding.roles.iter().filter_map(|&role| self.roles.get(index(role)));
            roles.flat_map(move |role| self.rules_of(role).map(move |rule| Grant { binding, subject, role, rule }))
        })
    }
}
