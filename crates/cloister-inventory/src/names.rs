//! Resources by kind, namespace and name, each a list of indexes in the inventory's order.

use std::sync::Arc;

use cloister_model::Resource;
use foldhash::HashMap;

use crate::{Scope, scope_of};

type ByName = HashMap<Arc<str>, Vec<usize>>;

/// The indexes by name.
#[derive(Debug, Default)]
pub(crate) struct Names {
    of: HashMap<Arc<str>, Kind>,
}

/// The resources of one kind, of whatever group.
#[derive(Debug, Default)]
struct Kind {
    all: Vec<usize>,
    namespaces: HashMap<Arc<str>, Namespace>,
    /// What lives in no namespace.
    cluster_wide: ByName,
}

#[derive(Debug, Default)]
struct Namespace {
    all: Vec<usize>,
    names: ByName,
}

impl Names {
    pub(crate) fn of(resources: &[Resource]) -> Names {
        let mut names = Names::default();
        for (index, resource) in resources.iter().enumerate() {
            let kind = names.of.entry(resource.kind.clone()).or_default();
            kind.all.push(index);
            if scope_of(resource) == Scope::Cluster {
                kind.cluster_wide.entry(resource.name.clone()).or_default().push(index);
            }
            let namespace = resource.namespace.clone().unwrap_or_else(|| Arc::from(resource.namespace_or_default()));
            let namespace = kind.namespaces.entry(namespace).or_default();
            namespace.all.push(index);
            namespace.names.entry(resource.name.clone()).or_default().push(index);
        }
        names
    }

    pub(crate) fn of_kind(&self, kind: &str) -> &[usize] {
        self.of.get(kind).map_or(&[], |kind| &kind.all)
    }

    pub(crate) fn of_kind_in(&self, kind: &str, namespace: &str) -> &[usize] {
        self.namespace(kind, namespace).map_or(&[], |namespace| &namespace.all)
    }

    pub(crate) fn named(&self, kind: &str, namespace: &str, name: &str) -> &[usize] {
        self.namespace(kind, namespace).and_then(|namespace| namespace.names.get(name)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn cluster_wide(&self, kind: &str, name: &str) -> &[usize] {
        self.of.get(kind).and_then(|kind| kind.cluster_wide.get(name)).map_or(&[], Vec::as_slice)
    }

    fn namespace(&self, kind: &str, namespace: &str) -> Option<&Namespace> {
        self.of.get(kind)?.namespaces.get(namespace)
    }
}
