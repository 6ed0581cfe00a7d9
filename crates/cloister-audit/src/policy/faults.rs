//! What the API server refuses to start with (`LoadPolicyFromBytes`, `ValidatePolicy`), and what it passes over.

use cloister_model::{Node, Place, Resource, Value};

use super::matching::text;
use super::{Level, Stage};

/// Why a policy is refused.
#[derive(Clone, Debug)]
pub struct Fault<'a> {
    /// Where.
    pub place: Place<'a>,
    /// What is wrong, without a full stop.
    pub says: String,
}

const POLICY: [&str; 6] = ["apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields"];
const RULE: [&str; 9] = [
    "level",
    "users",
    "userGroups",
    "verbs",
    "resources",
    "namespaces",
    "nonResourceURLs",
    "omitStages",
    "omitManagedFields",
];
const GROUP: [&str; 3] = ["group", "resources", "resourceNames"];
/// Longest name of a group (RFC 1123, section 2.1).
const LONGEST_GROUP: usize = 253;

/// All that is wrong. Where a value is of another type than its field, the server looks no further.
pub(super) fn faults(resource: &Resource) -> Vec<Fault<'_>> {
    let mut found = Faults { resource, faults: Vec::new() };
    found.version();
    found.types();
    if found.faults.is_empty() {
        found.values();
    }
    found.faults
}

/// Fields that no type has.
pub(super) fn ignored(resource: &Resource) -> Vec<Place<'_>> {
    let rules = resource.root.items_at("rules");
    let groups = rules.iter().flat_map(|rule| rule.items_at("resources"));
    std::iter::once((&*resource.root, &POLICY[..]))
        .chain(rules.iter().map(|rule| (rule, &RULE[..])))
        .chain(groups.map(|group| (group, &GROUP[..])))
        .flat_map(|(node, known)| node.entries().iter().filter(|entry| !known.contains(&&*entry.key)))
        .map(|entry| Place { mark: entry.mark, ..Place::of(resource, &entry.node) })
        .collect()
}

struct Faults<'a> {
    resource: &'a Resource,
    faults: Vec<Fault<'a>>,
}

impl<'a> Faults<'a> {
    fn add(&mut self, place: Place<'a>, says: impl Into<String>) {
        self.faults.push(Fault { place, says: says.into() });
    }

    fn at(&self, node: &'a Node) -> Place<'a> {
        Place::of(self.resource, node)
    }

    fn version(&mut self) {
        if &*self.resource.api_version != "audit.k8s.io/v1" {
            let place = Place::whole(self.resource).at("apiVersion");
            self.add(place, format!("the server knows audit.k8s.io/v1 alone, not {}", self.resource.api_version));
        }
    }

    fn types(&mut self) {
        let root = &self.resource.root;
        self.metadata(root);
        self.strings(root, &["omitStages"]);
        self.boolean(root);
        for rule in self.list(root, "rules") {
            if !self.is_map(rule, "a rule") {
                continue;
            }
            self.string(rule, "level");
            self.strings(rule, &["users", "userGroups", "verbs", "namespaces", "nonResourceURLs", "omitStages"]);
            self.boolean(rule);
            for group in self.list(rule, "resources") {
                if self.is_map(group, "an item of resources") {
                    self.string(group, "group");
                    self.strings(group, &["resources", "resourceNames"]);
                }
            }
        }
    }

    fn metadata(&mut self, root: &'a Node) {
        if let Some(metadata) = root.get("metadata")
            && self.is_map(metadata, "metadata")
        {
            self.string(metadata, "name");
        }
    }

    fn is_map(&mut self, node: &'a Node, what: &str) -> bool {
        let holds = node.is_map() || node.is_null();
        if !holds {
            self.add(self.at(node), format!("{what} is no mapping"));
        }
        holds
    }

    fn string(&mut self, node: &'a Node, field: &str) {
        if let Some(value) = node.get(field).filter(|value| value.as_str().is_none()) {
            self.add(self.at(value), format!("{field} is no string"));
        }
    }

    fn boolean(&mut self, node: &'a Node) {
        const FIELD: &str = "omitManagedFields";
        if let Some(value) = node.get(FIELD).filter(|value| value.as_bool().is_none()) {
            self.add(self.at(value), format!("{FIELD} is neither true nor false"));
        }
    }

    fn strings(&mut self, node: &'a Node, fields: &[&str]) {
        for field in fields {
            for item in self.list(node, field) {
                if !item.is_null() && item.as_str().is_none() {
                    self.add(self.at(item), format!("{field} holds something else than strings"));
                }
            }
        }
    }

    fn list(&mut self, node: &'a Node, field: &str) -> &'a [Node] {
        let Some(value) = node.get(field) else { return &[] };
        if !matches!(value.value, Value::List(_)) {
            self.add(self.at(value), format!("{field} is no list"));
        }
        value.items()
    }

    fn values(&mut self) {
        let root = &self.resource.root;
        self.stages(root);
        let rules = root.items_at("rules");
        if rules.is_empty() {
            self.add(Place::whole(self.resource).at("rules"), "it has no rules");
        }
        for rule in rules {
            self.level(rule);
            self.paths(rule);
            rule.items_at("resources").iter().for_each(|group| self.group(group));
            self.stages(rule);
        }
    }

    fn level(&mut self, rule: &'a Node) {
        match rule.str_at("level").unwrap_or_default() {
            "" => self.add(self.at(rule).at("level"), "the rule has no level"),
            word if Level::from_word(word).is_none() => {
                self.add(
                    self.at(rule).at("level"),
                    format!("{word} is no level: there are {}", Level::ALL.map(Level::as_str).join(", ")),
                );
            }
            _ => {}
        }
    }

    fn stages(&mut self, node: &'a Node) {
        for stage in node.items_at("omitStages") {
            let word = text(stage);
            if Stage::from_word(word).is_none() {
                let all = Stage::ALL.map(Stage::as_str).join(", ");
                self.add(self.at(stage), format!("\"{word}\" is no stage: there are {all}"));
            }
        }
    }

    fn paths(&mut self, rule: &'a Node) {
        let paths = rule.items_at("nonResourceURLs");
        for path in paths {
            let word = text(path);
            if word == "*" {
                continue;
            }
            if !word.starts_with('/') {
                self.add(self.at(path), format!("the path \"{word}\" does not begin with /"));
            }
            let mut rest = word.chars();
            rest.next_back();
            if rest.as_str().contains('*') {
                self.add(self.at(path), format!("in the path \"{word}\", * is not at the end"));
            }
        }
        let also = ["resources", "namespaces"].iter().any(|field| !rule.items_at(field).is_empty());
        if !paths.is_empty() && also {
            self.add(self.at(rule).at("nonResourceURLs"), "a rule speaks of resources or of paths, not of both");
        }
    }

    fn group(&mut self, group: &'a Node) {
        let name = group.str_at("group").unwrap_or_default();
        if !name.is_empty() && name != "*" && !is_subdomain(name) {
            let hint = if name.contains('/') { "; a version does not belong to it" } else { "" };
            self.add(self.at(group).at("group"), format!("\"{name}\" is no name of an API group{hint}"));
        }
        if !group.items_at("resourceNames").is_empty() && group.items_at("resources").is_empty() {
            self.add(self.at(group).at("resourceNames"), "names without resources");
        }
    }
}

/// RFC 1123, as `NameIsDNSSubdomain` reads it: lower case alone.
fn is_subdomain(name: &str) -> bool {
    let ends_well = |label: &str| !label.starts_with('-') && !label.ends_with('-');
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= LONGEST_GROUP
        && name.split('.').all(|label| !label.is_empty() && ends_well(label) && label.bytes().all(plain))
}
