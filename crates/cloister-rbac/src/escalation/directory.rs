//! Roles and bindings by where they are and what they are called.

use foldhash::HashMap;

use super::graph::number;
use super::right::Names;
use super::vertex::Scope;
use crate::Policy;

type Numbers = Vec<u32>;

/// All of them, by number.
#[derive(Debug, Default)]
pub(crate) struct Directory<'a> {
    roles: Index<'a>,
    bindings: Index<'a>,
    /// Bindings by the name of their role.
    giving: Index<'a>,
}

/// Objects by namespace (empty: outside of them) and name.
#[derive(Debug, Default)]
struct Index<'a> {
    inside: HashMap<&'a str, Numbers>,
    exact: HashMap<(&'a str, &'a str), Numbers>,
    named: HashMap<&'a str, Numbers>,
}

impl<'a> Index<'a> {
    fn add(&mut self, place: usize, namespace: &'a str, name: &'a str) {
        let number = number(place);
        self.inside.entry(namespace).or_default().push(number);
        self.exact.entry((namespace, name)).or_default().push(number);
        if !namespace.is_empty() {
            self.named.entry(name).or_default().push(number);
        }
    }

    /// Those of a scope with one of these names. The scope of the cluster means what is outside of namespaces.
    fn find(&self, scope: Scope<'a>, names: Names<'_, 'a>) -> Numbers {
        let place = match scope {
            Scope::Cluster => Some(""),
            Scope::Namespaces => None,
            Scope::One(namespace) => Some(namespace),
        };
        let lists: Vec<&Numbers> = match (place, names) {
            (Some(place), Names::Any) => self.inside.get(place).into_iter().collect(),
            (Some(place), Names::Of(names)) => {
                names.iter().filter_map(|&name| self.exact.get(&(place, name))).collect()
            }
            (None, Names::Any) => self.inside.iter().filter(|(place, _)| !place.is_empty()).map(|it| it.1).collect(),
            (None, Names::Of(names)) => names.iter().filter_map(|&name| self.named.get(name)).collect(),
        };
        let mut found: Numbers = lists.into_iter().flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl<'a> Directory<'a> {
    pub fn new(policy: &Policy<'a>) -> Directory<'a> {
        let mut directory = Directory::default();
        for (place, role) in policy.roles().iter().enumerate() {
            directory.roles.add(place, role.namespace, role.name);
        }
        for (place, binding) in policy.bindings().iter().enumerate() {
            directory.bindings.add(place, binding.namespace, &binding.resource.name);
            directory.giving.add(place, binding.namespace, binding.role_name);
        }
        directory
    }

    /// The roles of a scope; in that of the cluster, ClusterRoles.
    pub fn roles(&self, scope: Scope<'a>, names: Names<'_, 'a>) -> Numbers {
        self.roles.find(scope, names)
    }

    /// The bindings of a scope with one of these names, to roles with one of those.
    pub fn bindings(&self, scope: Scope<'a>, names: Names<'_, 'a>, roles: Names<'_, 'a>) -> Numbers {
        if names == Names::Any {
            return self.giving.find(scope, roles);
        }
        let mut found = self.bindings.find(scope, names);
        if roles != Names::Any {
            let giving = self.giving.find(scope, roles);
            found.retain(|binding| giving.binary_search(binding).is_ok());
        }
        found
    }

    /// The namespaces that have roles, or bindings.
    pub fn namespaces(&self, of_roles: bool) -> Vec<&'a str> {
        let index = if of_roles { &self.roles } else { &self.bindings };
        let mut all: Vec<&str> = index.inside.keys().copied().filter(|namespace| !namespace.is_empty()).collect();
        all.sort_unstable();
        all
    }
}
