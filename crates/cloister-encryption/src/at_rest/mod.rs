//! EncryptionConfiguration as the API server reads it: which provider writes a resource, which can read it, and whether
//! the server takes the configuration at all.
//! Source: Kubernetes 1.37, `apiserver/pkg/server/options/encryptionconfig` and `apis/apiserver/validation`.

mod age;
mod pattern;
mod provider;
mod validity;

use cloister_model::{Node, Place, Resource};

pub use age::Since;
pub use pattern::GroupResource;
pub use provider::{Key, Kind, Provider};
pub use validity::{Fault, Server, kms_v1_is_off};

/// One EncryptionConfiguration.
#[derive(Debug)]
pub struct Configuration<'a> {
    /// Its document.
    pub resource: &'a Resource,
    /// Its entries, in order.
    pub rules: Vec<Rule<'a>>,
}

/// Resources, and the providers that they share.
#[derive(Debug)]
pub struct Rule<'a> {
    /// The entry of `resources`.
    pub node: &'a Node,
    /// What it speaks of, and where that is written.
    pub resources: Vec<(GroupResource<'a>, &'a Node)>,
    /// The first writes; each reads what it wrote.
    pub providers: Vec<Provider<'a>>,
}

/// How one resource is stored.
#[derive(Debug)]
pub struct Stored<'c, 'a> {
    /// The entries that decide it; none where no entry speaks of it, so that it is stored in the clear.
    pub rules: Vec<&'c Rule<'a>>,
}

impl<'a> Configuration<'a> {
    /// Reads what is there; what the server would refuse, [`Configuration::faults`] tells.
    pub fn of(resource: &'a Resource) -> Configuration<'a> {
        let rules = resource.root.items_at("resources").iter().map(Rule::of).collect();
        Configuration { resource, rules }
    }

    /// How the server stores a resource: the most exact of `pods`, `*.` (all of its group) and `*.*` decides, and entries
    /// that name the very same add their providers up. Source: `transformerFromOverrides`.
    pub fn stored(&self, wanted: GroupResource<'_>) -> Stored<'_, 'a> {
        let named = |name: GroupResource<'_>| -> Vec<&Rule<'a>> {
            self.rules.iter().filter(|rule| rule.resources.iter().any(|(own, _)| *own == name)).collect()
        };
        let group = GroupResource { group: wanted.group, resource: "*" };
        let rules = [wanted, group, GroupResource::EVERYTHING].into_iter().map(named).find(|rules| !rules.is_empty());
        Stored { rules: rules.unwrap_or_default() }
    }

    /// A place in it.
    pub fn place(&self, node: &'a Node) -> Place<'a> {
        Place::of(self.resource, node)
    }
}

impl<'a> Rule<'a> {
    fn of(node: &'a Node) -> Rule<'a> {
        let named = |node: &'a Node| Some((GroupResource::parse(node.as_str()?), node));
        Rule {
            node,
            resources: node.items_at("resources").iter().filter_map(named).collect(),
            providers: node.items_at("providers").iter().map(Provider::of).collect(),
        }
    }
}

impl<'c, 'a> Stored<'c, 'a> {
    /// In the order in which they are tried.
    pub fn providers(&self) -> impl Iterator<Item = &'c Provider<'a>> {
        self.rules.iter().flat_map(|rule| &rule.providers)
    }

    /// The one that writes; none where no entry speaks of the resource.
    pub fn writer(&self) -> Option<&'c Provider<'a>> {
        self.providers().next()
    }

    /// Whether what is written now is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.writer().is_some_and(|provider| !matches!(provider.kind, Kind::Identity | Kind::Unknown))
    }

    /// The provider by which what lies there in the clear is still read, though new values are encrypted.
    pub fn reads_clear(&self) -> Option<&'c Provider<'a>> {
        self.providers().filter(|_| self.is_encrypted()).find(|provider| matches!(provider.kind, Kind::Identity))
    }
}
