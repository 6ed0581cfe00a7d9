//! What is asked: who, and what they want to do.

/// The group whose members may do everything, whatever RBAC says.
pub const MASTERS: &str = "system:masters";
pub(crate) const AUTHENTICATED: &str = "system:authenticated";
pub(crate) const UNAUTHENTICATED: &str = "system:unauthenticated";
pub(crate) const ANONYMOUS: &str = "system:anonymous";
pub(crate) const ACCOUNT: &str = "system:serviceaccount:";

/// A user as the authorisers see one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The user's name; service accounts are `system:serviceaccount:NAMESPACE:NAME`.
    pub user: String,
    /// Every group, those that authentication adds among them.
    pub groups: Vec<String>,
}

impl Identity {
    /// A user with the groups that authentication adds: every service account is in `system:serviceaccounts` and
    /// `system:serviceaccounts:NAMESPACE`, everybody who is known in `system:authenticated`.
    pub fn authenticated(user: impl Into<String>, groups: impl IntoIterator<Item = String>) -> Identity {
        let mut identity = Identity { user: user.into(), groups: groups.into_iter().collect() };
        let namespace = identity.user.strip_prefix(ACCOUNT).and_then(|rest| rest.split_once(':'));
        let of_namespace = namespace.map(|(namespace, _)| format!("system:serviceaccounts:{namespace}"));
        if let Some(of_namespace) = of_namespace {
            identity.join("system:serviceaccounts");
            identity.join(&of_namespace);
        }
        if identity.user == ANONYMOUS {
            identity.join(UNAUTHENTICATED);
        } else if !identity.is_in(UNAUTHENTICATED) {
            identity.join(AUTHENTICATED);
        }
        identity
    }

    /// A service account, in its groups.
    pub fn account(namespace: &str, name: &str) -> Identity {
        Identity::authenticated(format!("{ACCOUNT}{namespace}:{name}"), [])
    }

    /// Whether this user is in a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|other| other == group)
    }

    /// Each way to read the user's name as namespace and name of a service account.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = (&str, &str)> {
        let rest = self.user.strip_prefix(ACCOUNT).unwrap_or_default();
        rest.match_indices(':').filter_map(|(at, _)| Some((rest.get(..at)?, rest.get(at + 1..)?)))
    }

    pub(crate) fn join(&mut self, group: &str) {
        if !self.is_in(group) {
            self.groups.push(group.to_owned());
        }
    }
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub identity: Identity,
    /// For what.
    pub action: Action,
}

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A request for objects of the API.
    Resource(ResourceAction),
    /// A request for another path of the server, such as `/healthz`.
    Url {
        /// The HTTP method in lower case.
        verb: String,
        /// The path.
        path: String,
    },
}

impl Action {
    /// The same with another verb.
    #[must_use]
    pub(crate) fn with_verb(&self, change: impl FnOnce(&str) -> String) -> Action {
        match self {
            Action::Resource(action) => {
                Action::Resource(ResourceAction { verb: change(&action.verb), ..action.clone() })
            }
            Action::Url { verb, path } => Action::Url { verb: change(verb), path: path.clone() },
        }
    }
}

/// A request for objects, in the words of the authorisers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceAction {
    /// Such as `get`, `deletecollection` or `impersonate`.
    pub verb: String,
    /// The API group; empty for the core.
    pub group: String,
    /// The resource's plural.
    pub resource: String,
    /// Such as `exec`; empty for the object itself.
    pub subresource: String,
    /// The object's name; empty for lists and creations.
    pub name: String,
    /// The namespace that the request carries; empty for all, and for what lives outside namespaces.
    pub namespace: String,
    /// The node that a field selector on `spec.nodeName` limits a list to; empty without one.
    pub node: String,
}

impl ResourceAction {
    /// The resource with its subresource, as rules write it.
    pub fn path(&self) -> String {
        let slash = if self.subresource.is_empty() { "" } else { "/" };
        format!("{}{slash}{}", self.resource, self.subresource)
    }

    /// Adds a field selector: a list or watch by `metadata.name` carries that name to the authorisers.
    #[must_use]
    pub fn with_field_selector(mut self, selector: &str) -> ResourceAction {
        let term = |field: &str| {
            let terms = selector.split(',').filter(|term| !term.contains("!="));
            let mut pairs = terms.filter_map(|term| term.split_once('='));
            pairs.find(|(key, _)| *key == field).map(|(_, value)| value.trim_start_matches('=').to_owned())
        };
        let reads = matches!(&*self.verb, "list" | "watch");
        if let Some(name) = term("metadata.name").filter(|name| reads && self.name.is_empty() && is_segment(name)) {
            self.name = name;
        }
        if reads || self.verb == "deletecollection" {
            self.node = term("spec.nodeName").unwrap_or_default();
        }
        self
    }
}

/// Whether a name can stand in a path; what cannot is no name to the authorisers.
fn is_segment(name: &str) -> bool {
    !matches!(name, "." | "..") && !name.contains(['/', '%'])
}
