//! Roles and bindings that the API server makes when it starts, for input in which they are not written.

use std::sync::OnceLock;

use cloister_manifest::{Interner, objects_from_json};
use cloister_model::{Origin, Resource};
use foldhash::HashSet;

/// The roles and bindings of a new cluster, as `cargo xtask judge rbac` read them from one.
pub const BOOTSTRAP: &str = include_str!("../data/bootstrap.json");
/// The resources of a new cluster, from the same place: plural, group, kind, scope, short names, subresources.
pub const RESOURCES: &str = include_str!("../data/resources.tsv");

/// What places in them are called.
const NAME: &str = "built into Kubernetes 1.37";

fn all() -> &'static [Resource] {
    static ALL: OnceLock<Vec<Resource>> = OnceLock::new();
    // What is no JSON would be noticed by every test of what the built-in roles give.
    ALL.get_or_init(|| {
        let read = objects_from_json(BOOTSTRAP.as_bytes(), &Origin::Cluster(NAME.into()), &mut Interner::default());
        read.unwrap_or_default().resources
    })
}

/// The built-in objects of a kind.
pub(crate) fn objects(kind: &str) -> impl Iterator<Item = &'static Resource> {
    all().iter().filter(move |resource| &*resource.kind == kind)
}

/// Whether an object is one of these, and not one of the input.
pub(crate) fn is_built_in(resource: &Resource) -> bool {
    matches!(&resource.origin, Origin::Cluster(name) if &**name == NAME)
}

/// Whether every cluster is born with an object of this kind and name.
pub fn is_born_with(kind: &str, name: &str) -> bool {
    static NAMES: OnceLock<HashSet<(&str, &str)>> = OnceLock::new();
    NAMES.get_or_init(|| all().iter().map(|object| (&*object.kind, &*object.name)).collect()).contains(&(kind, name))
}
