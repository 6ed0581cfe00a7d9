//! Names of resources as people write them: plural, singular, kind or short name.

use cloister_inventory::Inventory;
use cloister_model::Resource;

use crate::bootstrap::RESOURCES;

/// A resource that a server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its plural, as in requests.
    pub resource: String,
    /// Its API group; empty for the core.
    pub group: String,
    /// Whether it lives in namespaces.
    pub namespaced: bool,
    /// Other names for it, in lower case.
    names: Vec<String>,
    /// What it has below it.
    pub subresources: Vec<String>,
}

/// The resources of Kubernetes and of the custom resource definitions that were read.
#[derive(Clone, Debug)]
pub struct Catalogue(Vec<Known>);

impl Catalogue {
    /// Kubernetes' own, then those of the input.
    pub fn new(inventory: &Inventory) -> Catalogue {
        let built_in = RESOURCES.lines().filter_map(read_line);
        let custom = inventory.of_kind("CustomResourceDefinition").filter_map(read_definition);
        Catalogue(built_in.chain(custom).collect())
    }

    /// The plurals of all of them.
    pub fn plurals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|known| known.resource.as_str())
    }

    /// The resource called `name` in any case, in `group` where one is asked for. Of several, the first.
    pub fn find(&self, name: &str, group: Option<&str>) -> Option<&Known> {
        let name = name.to_lowercase();
        let is_in_group = |known: &&Known| group.is_none_or(|group| known.group == group);
        let mut plurals = self.0.iter().filter(is_in_group);
        let by_plural = plurals.find(|known| known.resource == name);
        by_plural.or_else(|| self.0.iter().filter(is_in_group).find(|known| known.names.contains(&name)))
    }
}

fn read_line(line: &str) -> Option<Known> {
    let fields: Vec<&str> = line.split('\t').collect();
    let &[resource, group, kind, scope, short, subresources] = fields.as_slice() else { return None };
    let list = |text: &str| text.split(',').filter(|word| *word != "-").map(str::to_owned).collect::<Vec<_>>();
    let mut names = list(short);
    names.push(kind.to_lowercase());
    Some(Known {
        resource: resource.to_owned(),
        group: if group == "-" { String::new() } else { group.to_owned() },
        namespaced: scope == "namespaced",
        names,
        subresources: list(subresources),
    })
}

fn read_definition(definition: &Resource) -> Option<Known> {
    let spec = definition.root.get("spec")?;
    let mut names: Vec<String> = spec.strs_at("names/shortNames").map(str::to_lowercase).collect();
    names.extend(["names/singular", "names/kind"].iter().filter_map(|path| spec.str_at(path)).map(str::to_lowercase));
    let versions = spec.items_at("versions").iter().flat_map(|version| version.entries_at("subresources"));
    Some(Known {
        resource: spec.str_at("names/plural")?.to_owned(),
        group: spec.str_at("group")?.to_owned(),
        namespaced: spec.str_at("scope") == Some("Namespaced"),
        names,
        subresources: versions.map(|entry| entry.key.to_string()).collect(),
    })
}
