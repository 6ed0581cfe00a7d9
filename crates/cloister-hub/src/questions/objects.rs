//! What questions are answered from: the objects that were assessed. Of a view, those that are in view alone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, OnceLock};

use cloister_inventory::{Inputs, Inventory};
use cloister_model::Resource;

use crate::sources::map::Map;
use crate::view::names_one_of;
use crate::who::scope::Namespaces;

/// They are there where the hub itself assesses. What an agent hands in does not hold them.
#[derive(Debug, Default)]
pub struct Objects {
    whole: Option<Arc<Inventory>>,
    limits: Option<Limits>,
    /// What is in view, made when somebody asks.
    part: OnceLock<Arc<Inventory>>,
}

/// What somebody may not see.
#[derive(Debug)]
struct Limits {
    within: Namespaces,
    /// The stores and activities of the register that are in view.
    register: BTreeSet<String>,
    hidden: HashSet<Arc<str>>,
}

/// What stands in the place of a text that names what is not in view.
pub const NOT_IN_VIEW: &str = "(not in view)";

/// The API group of the register's documents.
const REGISTER: &str = "cloister.dev";
/// Kinds of the whole cluster that decide about connections: by these a verdict about what is in view is the true one.
const DECIDING: [&str; 3] = ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"];

impl Objects {
    /// Of what was assessed.
    pub fn of(inventory: Arc<Inventory>) -> Objects {
        Objects { whole: Some(inventory), ..Objects::default() }
    }

    /// Those that are in view.
    #[must_use]
    pub fn within(&self, within: &Namespaces, map: &Map) -> Objects {
        let Some(whole) = &self.whole else { return Objects::default() };
        let names = whole.namespaces().map(|(name, _)| name);
        let limits = Limits {
            hidden: names.filter(|name| !within.has(name)).map(Arc::from).collect(),
            within: within.clone(),
            register: map
                .stores
                .iter()
                .map(|one| &one.name)
                .chain(map.activities.iter().map(|one| &one.name))
                .cloned()
                .collect(),
        };
        Objects { whole: self.whole.clone(), limits: Some(limits), part: OnceLock::new() }
    }

    /// Whether anything can be asked.
    pub fn are_there(&self) -> bool {
        self.whole.is_some()
    }

    /// Whether this is all there is.
    pub fn are_limited(&self) -> bool {
        self.limits.is_some()
    }

    /// Those that are in view; `None` where there are none at all.
    pub fn inventory(&self) -> Option<Arc<Inventory>> {
        let whole = self.whole.as_ref()?;
        let Some(limits) = &self.limits else { return Some(whole.clone()) };
        Some(self.part.get_or_init(|| Arc::new(part(whole, limits))).clone())
    }

    /// The text, unless it names what is not in view.
    pub fn clear(&self, text: String) -> String {
        let of_cluster = || DECIDING.iter().any(|kind| text.contains(kind));
        let is_hidden = self.limits.as_ref().is_some_and(|limits| of_cluster() || names_one_of(&limits.hidden, &text));
        if is_hidden { NOT_IN_VIEW.to_owned() } else { text }
    }
}

/// What lies in the namespaces; of what belongs to none: the namespaces themselves, the roles that are bound in them, policies
/// that decide about their connections, and the documents of the register that are about them.
fn part(whole: &Inventory, limits: &Limits) -> Inventory {
    let roles = roles(whole, limits);
    let is_seen = |one: &&Resource| {
        let of_register = one.group() == REGISTER;
        match &*one.kind {
            "ClusterRole" => roles.contains(&*one.name),
            "PersonalDataStore" | "ProcessingActivity" if of_register => limits.register.contains(&*one.name),
            _ if of_register => false,
            kind if DECIDING.contains(&kind) => true,
            _ => limits.within.see(&one.reference()) || (one.namespace.is_none() && is_in_default(one, limits)),
        }
    };
    let inputs = whole.inputs();
    let inputs = Inputs { unread: Vec::new(), ..inputs.clone() };
    Inventory::new(whole.resources().iter().filter(is_seen).cloned().collect(), inputs)
}

/// Files may leave the namespace out: what is of one lies in `default` then.
fn is_in_default(one: &Resource, limits: &Limits) -> bool {
    let of_namespaces = ["Role", "RoleBinding", "Service", "NetworkPolicy", "ServiceAccount"].contains(&&*one.kind);
    limits.within.has("default") && (of_namespaces || Inventory::pods_of(one).next().is_some())
}

/// ClusterRoles that are bound in view, and those that these collect.
fn roles(whole: &Inventory, limits: &Limits) -> BTreeSet<String> {
    let bindings = whole.of_kind("RoleBinding").filter(|one| limits.within.has(one.namespace_or_default()));
    let bound = bindings.filter(|one| one.root.str_at("roleRef/kind") == Some("ClusterRole"));
    let mut names: BTreeSet<String> =
        bound.filter_map(|one| one.root.str_at("roleRef/name")).map(str::to_owned).collect();
    let all: BTreeMap<&str, &Resource> = whole.of_kind("ClusterRole").map(|one| (&*one.name, one)).collect();
    let mut open: Vec<String> = names.iter().cloned().collect();
    while let Some(role) = open.pop().and_then(|name| all.get(&*name).copied()) {
        let selectors = role.root.items_at("aggregationRule/clusterRoleSelectors");
        let is_collected = |one: &Resource| {
            selectors.iter().any(|selector| {
                let labels = selector.entries_at("matchLabels");
                !labels.is_empty() && labels.iter().all(|label| one.label(&label.key) == label.node.as_str())
            })
        };
        for (name, _) in all.iter().filter(|(_, one)| is_collected(one)) {
            if names.insert((*name).to_owned()) {
                open.push((*name).to_owned());
            }
        }
    }
    names
}
