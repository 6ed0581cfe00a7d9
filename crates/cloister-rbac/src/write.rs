//! Whether somebody may write a role or a binding: not only whether their request is allowed, but whether it would
//! give what they do not hold.
//!
//! Source: Kubernetes 1.37, `pkg/registry/rbac`: `escalation_check.go` and the `policybased` storage of each kind. What
//! an object must be like beyond that (validation, admission) is not asked here.

use cloister_model::Resource;

use crate::cover::{EVERYTHING, Right, lacking};
use crate::role::GROUP;
use crate::same::changes_only_owners;
use crate::{Action, Binding, Decision, Identity, MASTERS, Policy, Request, ResourceAction, Role, Rule};

/// How an object is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Created in its collection.
    Post,
    /// Put in its place, which makes it where it is not there yet.
    Put,
    /// Patched; applied on the server's side, it is made where it is not there yet.
    Patch,
}

/// Something to be written.
#[derive(Clone, Copy, Debug)]
pub struct Write<'r> {
    /// How.
    pub method: Method,
    /// What is there now.
    pub old: Option<&'r Resource>,
    /// What shall be there. Of a patch, what it comes to.
    pub new: &'r Resource,
}

/// Why it is allowed.
#[derive(Clone, Debug)]
pub enum Permission<'o> {
    /// The user is in `system:masters`.
    Masters,
    /// `escalate` or `bind` is allowed.
    Explicit(Decision<'o, 'o>),
    /// All that it gives is held already.
    Covered,
    /// Only owner references and finalizers change.
    OnlyOwners,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing<'o> {
    /// The request itself is not allowed.
    Request(ResourceAction),
    /// These would be given and are not held.
    Rights(Vec<Right<'o>>),
    /// An aggregated role may come to hold anything, which only who may do everything can hand on.
    Everything,
    /// There is no such role, and without `bind` its rules are looked at.
    Role,
    /// No server keeps such an object, whoever writes it.
    Invalid(&'static str),
}

/// The answer.
#[derive(Clone, Debug)]
pub enum Outcome<'o> {
    /// Yes.
    Allowed(Permission<'o>),
    /// No.
    Refused(Missing<'o>),
    /// The input does not tell, for this reason.
    Unknown(String),
}

impl Outcome<'_> {
    /// Whether it is a certain yes.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Outcome::Allowed(_))
    }
}

impl<'a> Policy<'a> {
    /// All rules that somebody holds in a namespace, or outside namespaces where it is empty. Those about URLs count
    /// here even by a RoleBinding, which gives no URL.
    pub fn held_rules<'p>(&'p self, identity: &Identity, namespace: &str) -> Vec<&'p Rule<'a>> {
        let here = Some(namespace).filter(|namespace| !namespace.is_empty());
        let held = std::iter::once("").chain(here).flat_map(|scope| self.held_in(scope, identity));
        held.flat_map(|held| self.grants_of(held)).map(|grant| grant.rule).collect()
    }

    /// Whether somebody may create or change a Role or ClusterRole.
    pub fn may_write_role<'o>(&'o self, identity: &Identity, write: Write<'o>) -> Outcome<'o> {
        self.requested(identity, write).unwrap_or_else(|| self.may_give(identity, write))
    }

    /// Whether somebody may create or change a RoleBinding or ClusterRoleBinding.
    pub fn may_write_binding<'o>(&'o self, identity: &Identity, write: Write<'o>) -> Outcome<'o> {
        if let Some(refused) = self.requested(identity, write) {
            return refused;
        }
        let binding = Binding::read(write.new);
        let outcome = if write.old.is_some_and(|old| changes_only_owners(old, write.new)) {
            Outcome::Allowed(Permission::OnlyOwners)
        } else {
            self.may_bind(identity, binding.namespace, binding.role_kind, binding.role_name)
        };
        match invalid(&binding, write.old) {
            Some(reason) if outcome.is_allowed() => Outcome::Refused(Missing::Invalid(reason)),
            _ => outcome,
        }
    }

    /// Whether somebody who may write a binding in a namespace (empty: a ClusterRoleBinding) may bind this role by it:
    /// `bind` is asked there, also for a ClusterRole.
    pub fn may_bind<'o>(&'o self, identity: &Identity, namespace: &str, kind: &str, name: &str) -> Outcome<'o> {
        if identity.is_in(MASTERS) {
            return Outcome::Allowed(Permission::Masters);
        }
        let resource = if kind == "Role" { "roles" } else { "clusterroles" };
        if let Some(outcome) = self.explicit(identity, action("bind", resource, namespace, name)) {
            return outcome;
        }
        let role_namespace = if kind == "Role" { namespace } else { "" };
        let is_meant =
            |role: &&Role<'a>| role.name == name && role.namespace == role_namespace && &*role.resource.kind == kind;
        let Some(role) = self.roles.iter().find(is_meant) else { return Outcome::Refused(Missing::Role) };
        let rights = self.rules_of(role).flat_map(Rule::rights);
        let missing = lacking(&self.held_rules(identity, namespace), rights);
        if missing.is_empty() {
            return Outcome::Allowed(Permission::Covered);
        }
        Outcome::Refused(Missing::Rights(missing))
    }

    fn may_give<'o>(&'o self, identity: &Identity, write: Write<'o>) -> Outcome<'o> {
        let escalate = ResourceAction { verb: "escalate".to_owned(), ..write.request() };
        if let Some(outcome) = self.explicit(identity, escalate) {
            return outcome;
        }
        if write.old.is_some_and(|old| changes_only_owners(old, write.new)) {
            return Outcome::Allowed(Permission::OnlyOwners);
        }
        let role = Role::new(write.new);
        let owned = self.held_rules(identity, role.namespace);
        let rules = write.new.root.items_at("rules").iter().enumerate();
        let rights = rules.flat_map(|(index, node)| Rule::read(write.new, index, node).rights());
        let missing = lacking(&owned, rights);
        if !missing.is_empty() {
            return Outcome::Refused(Missing::Rights(missing));
        }
        let collects = role.namespace.is_empty() && std::iter::once(write.new).chain(write.old).any(collects);
        if collects && !lacking(&owned, EVERYTHING).is_empty() {
            return Outcome::Refused(Missing::Everything);
        }
        Outcome::Allowed(Permission::Covered)
    }

    /// `escalate` or `bind`: nothing where it is denied.
    fn explicit(&self, identity: &Identity, action: ResourceAction) -> Option<Outcome<'_>> {
        let request = Request { identity: identity.clone(), action: Action::Resource(action) };
        match self.decide(&request) {
            Decision::Denied => None,
            Decision::Unknown(reason) => Some(Outcome::Unknown(reason)),
            decision => Some(Outcome::Allowed(Permission::Explicit(decision))),
        }
    }

    /// What ends the matter before rights are compared: the group that may do everything, or a request not allowed.
    fn requested<'o>(&'o self, identity: &Identity, write: Write<'o>) -> Option<Outcome<'o>> {
        if identity.is_in(MASTERS) {
            let invalid = (write.is_binding()).then(|| invalid(&Binding::read(write.new), write.old)).flatten();
            let masters = Outcome::Allowed(Permission::Masters);
            return Some(invalid.map_or(masters, |reason| Outcome::Refused(Missing::Invalid(reason))));
        }
        for action in write.requests() {
            let request = Request { identity: identity.clone(), action: Action::Resource(action.clone()) };
            match self.decide(&request) {
                Decision::Denied => return Some(Outcome::Refused(Missing::Request(action))),
                Decision::Unknown(reason) => return Some(Outcome::Unknown(reason)),
                _ => {}
            }
        }
        None
    }
}

impl Write<'_> {
    /// The request, as it is authorised: a new object in a collection has no name yet.
    fn request(&self) -> ResourceAction {
        let resource = format!("{}s", self.new.kind.to_lowercase());
        let is_cluster_wide = self.new.kind.starts_with("Cluster");
        let namespace = if is_cluster_wide { "" } else { self.new.namespace_or_default() };
        match self.method {
            Method::Post => action("create", &resource, namespace, ""),
            Method::Put => action("update", &resource, namespace, &self.new.name),
            Method::Patch => action("patch", &resource, namespace, &self.new.name),
        }
    }

    /// Whoever makes an object in its place must be allowed to create one of that name.
    fn requests(&self) -> impl Iterator<Item = ResourceAction> {
        let request = self.request();
        let makes = self.old.is_none() && self.method != Method::Post;
        let create = makes.then(|| ResourceAction { verb: "create".to_owned(), ..request.clone() });
        std::iter::once(request).chain(create)
    }

    fn is_binding(&self) -> bool {
        self.new.kind.ends_with("Binding")
    }
}

fn action(verb: &str, resource: &str, namespace: &str, name: &str) -> ResourceAction {
    ResourceAction {
        verb: verb.to_owned(),
        group: GROUP.to_owned(),
        resource: resource.to_owned(),
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        ..ResourceAction::default()
    }
}

/// An aggregation rule without selectors is none.
fn collects(role: &Resource) -> bool {
    !role.root.items_at("aggregationRule/clusterRoleSelectors").is_empty()
}

/// What is wrong with a binding's reference to a role, which never changes.
fn invalid(binding: &Binding<'_>, old: Option<&Resource>) -> Option<&'static str> {
    let is_known = match binding.role_kind {
        "ClusterRole" => true,
        "Role" => !binding.namespace.is_empty(),
        _ => false,
    };
    if !is_known {
        return Some("it cannot refer to a role of that kind");
    }
    let old = old.map(Binding::read)?;
    let changes = (old.role_kind, old.role_name) != (binding.role_kind, binding.role_name);
    changes.then_some("the role that a binding refers to cannot be changed")
}
