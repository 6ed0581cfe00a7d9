//! What somebody may do to many resources at once.

use crate::{Action, Grant, Identity, Policy, Request, ResourceAction, Rule, Subject, SubjectKind};

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Some objects, by their names.
    Named,
    /// Every object.
    All,
}

impl Subject<'_> {
    /// The identity behind a subject, with the groups that authentication adds. Of a group: somebody in it.
    pub fn identity(&self) -> Identity {
        match self.kind {
            SubjectKind::ServiceAccount => Identity::account(self.namespace, self.name),
            SubjectKind::User => Identity::authenticated(self.name, []),
            SubjectKind::Group => Identity::authenticated("", [self.name.to_owned()]),
        }
    }
}

impl Rule<'_> {
    /// How far a rule allows an action, whose name is left out of account.
    pub fn reach(&self, action: &ResourceAction) -> Option<Reach> {
        let named = |name: &str| Action::Resource(ResourceAction { name: name.to_owned(), ..action.clone() });
        if self.allows(&named("")) {
            return Some(Reach::All);
        }
        // Such requests carry no name, so that names never allow them.
        let is_nameless =
            action.verb == "deletecollection" || (action.verb == "create" && action.subresource.is_empty());
        let name = self.names.iter().find(|name| !name.is_empty()).filter(|_| !is_nameless)?;
        self.allows(&named(name)).then_some(Reach::Named)
    }
}

impl<'a> Policy<'a> {
    /// Everything that counts for somebody's requests that carry `namespace` (empty: none).
    pub fn holdings_in(&self, identity: &Identity, namespace: &str) -> Vec<Grant<'_, 'a>> {
        let action = ResourceAction { namespace: namespace.to_owned(), ..ResourceAction::default() };
        let request = Request { identity: identity.clone(), action: Action::Resource(action) };
        let held: Vec<_> = self.scopes(&request).flat_map(|scope| self.held_in(scope, &request.identity)).collect();
        held.into_iter().flat_map(|held| self.grants_of(held)).collect()
    }
}
