//! The questions the other way round.

use std::collections::BTreeSet;

use crate::binding::SubjectKind;
use crate::policy::index;
use crate::{Action, Binding, Grant, Identity, Policy, Role, Subject};

/// What a subject holds by one binding.
#[derive(Clone, Copy, Debug)]
pub struct Holding<'p, 'a> {
    /// The binding.
    pub binding: &'p Binding<'a>,
    /// Who is meant in it.
    pub subject: &'p Subject<'a>,
    /// The role.
    pub role: &'p Role<'a>,
}

impl<'a> Policy<'a> {
    /// Everything that allows an action to anybody by RBAC, each subject of each binding once for each rule. Members of
    /// `system:masters` may do it as well, and nodes what the node authoriser gives them.
    pub fn who_can<'p>(&'p self, action: &Action) -> Vec<Grant<'p, 'a>> {
        let namespace = match action {
            Action::Resource(action) => action.namespace.as_str(),
            Action::Url { .. } => "",
        };
        self.grants_where(action, |binding| binding.namespace.is_empty() || binding.namespace == namespace)
    }

    /// Everything that allows an action to anybody in any namespace at all: what holds in one of them, too.
    pub fn who_can_somewhere<'p>(&'p self, action: &Action) -> Vec<Grant<'p, 'a>> {
        self.grants_where(action, |_| true)
    }

    fn grants_where<'p>(&'p self, action: &Action, counts: impl Fn(&Binding<'a>) -> bool) -> Vec<Grant<'p, 'a>> {
        let mut grants = Vec::new();
        for number in self.candidates(action) {
            let Some(rule) = self.rules.get(index(number)).filter(|rule| rule.allows(action)) else { continue };
            for (binding, role) in self.given_by(number) {
                let Some(binding) = self.bindings.get(index(binding)) else { continue };
                let Some(role) = self.roles.get(index(role)) else { continue };
                if counts(binding) {
                    let all = binding.subjects.iter().map(|subject| Grant { binding, subject, role, rule });
                    grants.extend(all);
                }
            }
        }
        grants
    }

    /// Everybody who holds a rule that is written in a role, by its index there: by that role, and by those that collect
    /// it.
    pub fn holders<'p>(&'p self, role: &Role<'a>, rule: usize) -> impl Iterator<Item = Grant<'p, 'a>> + use<'p, 'a> {
        let is_meant = |number: &u32| {
            let found = self.rules.get(index(*number));
            found.is_some_and(|found| found.index == rule && std::ptr::eq(found.role, role.resource))
        };
        let number = role.rules.iter().copied().find(is_meant);
        let found = number.and_then(|number| Some((number, self.rules.get(index(number))?)));
        found.into_iter().flat_map(|(number, rule)| {
            let given = self
                .given_by(number)
                .filter_map(|(binding, role)| Some((self.bindings.get(index(binding))?, self.roles.get(index(role))?)));
            given.flat_map(move |(binding, role)| {
                binding.subjects.iter().map(move |subject| Grant { binding, subject, role, rule })
            })
        })
    }

    /// The rules that may be about an action, each once.
    fn candidates(&self, action: &Action) -> BTreeSet<u32> {
        match action {
            Action::Url { .. } => self.rules_about_urls().iter().copied().collect(),
            Action::Resource(action) => {
                let any = format!("*/{}", action.subresource);
                let words = [&*action.path(), "*", &*any];
                words.iter().flat_map(|word| self.rules_about(word)).copied().collect()
            }
        }
    }

    /// The roles that a binding gives: none where the role is missing, several where the input has it twice.
    pub fn roles_of<'p>(&'p self, binding: &'p Binding<'a>) -> impl Iterator<Item = &'p Role<'a>> {
        binding.roles.iter().filter_map(|&role| self.roles.get(index(role)))
    }

    /// Every binding that gives somebody anything, anywhere.
    pub fn what_can<'p>(&'p self, identity: &Identity) -> Vec<Holding<'p, 'a>> {
        let mut holdings = Vec::new();
        for binding in &self.bindings {
            let Some(subject) = binding.subjects.iter().find(|subject| is_meant(subject, identity)) else { continue };
            let roles = binding.roles.iter().filter_map(|&role| self.roles.get(index(role)));
            holdings.extend(roles.map(|role| Holding { binding, subject, role }));
        }
        holdings
    }
}

fn is_meant(subject: &Subject<'_>, identity: &Identity) -> bool {
    match subject.kind {
        SubjectKind::User => subject.name == identity.user,
        SubjectKind::Group => identity.is_in(subject.name),
        SubjectKind::ServiceAccount => identity.accounts().any(|account| account == (subject.namespace, subject.name)),
    }
}
