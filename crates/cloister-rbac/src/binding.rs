//! Bindings of both kinds and their subjects.

use cloister_model::{Node, Place, Resource};

/// What a subject is. Kinds are compared letter by letter, as the authoriser compares them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A user by name.
    User,
    /// Everybody in a group.
    Group,
    /// A service account.
    ServiceAccount,
}

impl SubjectKind {
    /// As in a binding.
    pub fn as_str(self) -> &'static str {
        match self {
            SubjectKind::User => "User",
            SubjectKind::Group => "Group",
            SubjectKind::ServiceAccount => "ServiceAccount",
        }
    }
}

/// One who is bound.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The entry of `subjects`.
    pub node: &'a Node,
    /// What it is.
    pub kind: SubjectKind,
    /// A service account's namespace; a RoleBinding's own where none is written. Empty for others.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}

impl<'a> Subject<'a> {
    /// `None` for what is nobody: an unknown kind, or a service account without any namespace.
    pub(crate) fn read(node: &'a Node, binding_namespace: &'a str) -> Option<Subject<'a>> {
        let name = node.str_at("name").unwrap_or_default();
        let (kind, namespace) = match node.str_at("kind")? {
            "User" => (SubjectKind::User, ""),
            "Group" => (SubjectKind::Group, ""),
            "ServiceAccount" => {
                let written = node.str_at("namespace").filter(|namespace| !namespace.is_empty());
                let namespace = written.unwrap_or(binding_namespace);
                (SubjectKind::ServiceAccount, Some(namespace).filter(|namespace| !namespace.is_empty())?)
            }
            _ => return None,
        };
        Some(Subject { node, kind, namespace, name })
    }

    /// The user name of a service account, the name of others.
    pub fn full_name(&self) -> String {
        match self.kind {
            SubjectKind::ServiceAccount => format!("system:serviceaccount:{}:{}", self.namespace, self.name),
            _ => self.name.to_owned(),
        }
    }
}

/// A binding: who gets the rules of which role, and where.
#[derive(Clone, Debug)]
pub struct Binding<'a> {
    /// The object.
    pub resource: &'a Resource,
    /// Where it holds; empty for a ClusterRoleBinding, which holds everywhere.
    pub namespace: &'a str,
    /// `roleRef.kind`.
    pub role_kind: &'a str,
    /// `roleRef.name`.
    pub role_name: &'a str,
    /// Who is bound.
    pub subjects: Vec<Subject<'a>>,
    /// The roles of that name, by their number in the policy; more than one only where the input has it twice.
    pub(crate) roles: Vec<u32>,
}

impl<'a> Binding<'a> {
    pub(crate) fn read(resource: &'a Resource) -> Binding<'a> {
        let is_cluster_wide = &*resource.kind == "ClusterRoleBinding";
        let namespace = if is_cluster_wide { "" } else { resource.namespace_or_default() };
        let subjects = resource.root.items_at("subjects");
        Binding {
            resource,
            namespace,
            role_kind: resource.root.str_at("roleRef/kind").unwrap_or_default(),
            role_name: resource.root.str_at("roleRef/name").unwrap_or_default(),
            subjects: subjects.iter().filter_map(|node| Subject::read(node, namespace)).collect(),
            roles: Vec::new(),
        }
    }

    /// The namespace in which its role is looked for: a ClusterRole has none.
    pub(crate) fn role_key(&self) -> Option<(&'a str, &'a str)> {
        match self.role_kind {
            "ClusterRole" => Some(("", self.role_name)),
            // A ClusterRoleBinding cannot name a Role: no namespace says which.
            "Role" if !self.namespace.is_empty() => Some((self.namespace, self.role_name)),
            _ => None,
        }
    }

    /// The place of what names the role.
    pub fn role_place(&self) -> Place<'a> {
        Place::whole(self.resource).at("roleRef/name")
    }
}
