//! Generated clusters: namespaces, roles, aggregation and bindings, odd ones among them.
//!
//! All of them live in one server. Each has namespaces, users and groups of its own, and cluster-wide objects whose
//! names begin with its own.

use serde_json::{Value, json};

use super::running;
use crate::judges::Dice;

const GROUP: &str = "rbac.authorization.k8s.io";
const VERBS: [&str; 12] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "*",
    "Get",
];
const GROUPS: [&str; 6] = ["", "apps", "batch", "*", "example.com", GROUP];
const RESOURCES: [&str; 22] = [
    "pods",
    "pods",
    "pods/exec",
    "pods/log",
    "pods/*",
    "*/exec",
    "*/scale",
    "*/*",
    "*",
    "secrets",
    "configmaps",
    "Pods",
    "serviceaccounts",
    "serviceaccounts/token",
    "deployments",
    "deployments/scale",
    "nodes",
    "namespaces",
    "users",
    "widgets",
    "*/",
    "pod*",
];
/// Names that rules and requests use.
pub const NAMES: [&str; 5] = ["web", "db", "a", "*", ""];
const URLS: [&str; 10] = ["/metrics", "/healthz", "/foo", "/foo/*", "/foo*", "/foo**", "*", "/f*o", "/foo/bar", "/*"];
const BUILT_IN: [&str; 6] = ["view", "edit", "admin", "cluster-admin", "system:discovery", "system:node"];

/// The objects of all clusters, in the order in which they are to be created.
#[derive(Debug, Default)]
pub struct Objects {
    /// Names of namespaces.
    pub namespaces: Vec<String>,
    /// Roles, then bindings.
    pub rbac: Vec<Value>,
    /// What runs there.
    pub running: Vec<running::Made>,
}

impl Objects {
    /// All of them but the namespaces.
    pub fn all(&self) -> Vec<Value> {
        self.rbac.iter().chain(self.running.iter().map(|(_, object)| object)).cloned().collect()
    }
}

/// Generates `count` clusters.
pub fn generate(count: usize, dice: &mut Dice) -> Objects {
    let mut objects = Objects::default();
    let mut bindings = Vec::new();
    for index in 0..count {
        let cluster = Cluster { prefix: format!("c{index}") };
        objects.namespaces.extend(cluster.namespaces());
        cluster.cluster_roles(dice, &mut objects.rbac);
        cluster.roles(dice, &mut objects.rbac);
        cluster.bindings(dice, &mut bindings);
    }
    objects.rbac.extend(bindings);
    objects.running = running::generate(&objects.namespaces, dice);
    objects
}

struct Cluster {
    prefix: String,
}

impl Cluster {
    fn namespaces(&self) -> [String; 4] {
        ["a", "b", "c", "d"].map(|name| format!("{}-{name}", self.prefix))
    }

    fn role_names(&self) -> Vec<String> {
        ["reader", "writer", "odd", "named", "urls"].map(|name| format!("{}-{name}", self.prefix)).into()
    }

    fn cluster_roles(&self, dice: &mut Dice, out: &mut Vec<Value>) {
        for name in self.role_names() {
            let mut role = object("ClusterRole", &name, None);
            role["rules"] = rules(dice, true);
            role["metadata"]["labels"] = self.labels(dice);
            out.push(role);
        }
        for step in 0..3 {
            let mut role = object("ClusterRole", &format!("{}-all{step}", self.prefix), None);
            role["aggregationRule"] = json!({"clusterRoleSelectors": [self.selector(step, dice)]});
            // A collector that others collect; with "to: 0" on the last one there is a cycle.
            if dice.chance(60) {
                role["metadata"]["labels"] = json!({ self.label(): dice.pick(&["0", "1", "2"]) });
            } else if dice.chance(30) {
                role["rules"] = rules(dice, true);
            }
            out.push(role);
        }
        // Collects nothing, so that what is written in it stays, and may be collected itself.
        let mut idle = object("ClusterRole", &format!("{}-all3", self.prefix), None);
        idle["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {self.label(): "nothing"}}]});
        idle["rules"] = rules(dice, true);
        idle["metadata"]["labels"] = self.labels(dice);
        out.push(idle);
    }

    fn label(&self) -> String {
        format!("{}-to", self.prefix)
    }

    fn labels(&self, dice: &mut Dice) -> Value {
        let mut labels = json!({ self.label(): dice.pick(&["0", "1", "2", "none"]) });
        if dice.chance(2) {
            labels["rbac.authorization.k8s.io/aggregate-to-view"] = json!("true");
        }
        labels
    }

    fn selector(&self, step: usize, dice: &mut Dice) -> Value {
        let (label, value) = (self.label(), step.to_string());
        if dice.chance(70) {
            return json!({"matchLabels": {label: value}});
        }
        json!({"matchExpressions": [{"key": label, "operator": "In", "values": [value]}]})
    }

    fn roles(&self, dice: &mut Dice, out: &mut Vec<Value>) {
        for namespace in self.namespaces() {
            for name in dice.some(&self.role_names(), 80) {
                let mut role = object("Role", &name, Some(&namespace));
                role["rules"] = rules(dice, false);
                out.push(role);
            }
        }
    }

    fn bindings(&self, dice: &mut Dice, out: &mut Vec<Value>) {
        for index in 0..4 {
            let mut binding = object("ClusterRoleBinding", &format!("{}-b{index}", self.prefix), None);
            binding["roleRef"] = self.cluster_role(dice);
            binding["subjects"] = self.subjects(dice, false);
            out.push(binding);
        }
        for namespace in self.namespaces() {
            for index in 0..5 {
                let mut binding = object("RoleBinding", &format!("b{index}"), Some(&namespace));
                let role = dice.pick(&self.role_names());
                binding["roleRef"] = if dice.chance(50) {
                    self.cluster_role(dice)
                } else {
                    json!({"apiGroup": GROUP, "kind": "Role", "name": role})
                };
                binding["subjects"] = self.subjects(dice, true);
                out.push(binding);
            }
        }
    }

    fn cluster_role(&self, dice: &mut Dice) -> Value {
        let name = match dice.below(10) {
            0 => dice.pick(&BUILT_IN).to_owned(),
            1 => format!("{}-gone", self.prefix),
            2..=4 => format!("{}-all{}", self.prefix, dice.below(4)),
            _ => dice.pick(&self.role_names()),
        };
        json!({"apiGroup": GROUP, "kind": "ClusterRole", "name": name})
    }

    fn subjects(&self, dice: &mut Dice, in_namespace: bool) -> Value {
        match dice.below(20) {
            0 => return Value::Null,
            1 => return json!([]),
            _ => {}
        }
        let count = 1 + dice.below(3);
        (0..count).map(|_| self.subject(dice, in_namespace)).collect()
    }

    fn subject(&self, dice: &mut Dice, in_namespace: bool) -> Value {
        let (prefix, namespace) = (&self.prefix, dice.pick(&self.namespaces()));
        let account = dice.pick(&["bot", "web"]);
        match dice.below(10) {
            0..=2 => {
                let name = dice.pick(&["ann", "bob", "eve"]);
                json!({"kind": "User", "apiGroup": GROUP, "name": format!("{prefix}-{name}")})
            }
            3 => {
                json!({"kind": "User", "apiGroup": GROUP, "name": format!("system:serviceaccount:{namespace}:{account}")})
            }
            4..=5 => {
                json!({"kind": "Group", "apiGroup": GROUP, "name": format!("{prefix}-{}", dice.pick(&["dev", "ops"]))})
            }
            6 if in_namespace => {
                let all = ["system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:nodes"];
                json!({"kind": "Group", "apiGroup": GROUP, "name": dice.pick(&all)})
            }
            6..=7 => json!({"kind": "Group", "apiGroup": GROUP, "name": format!("system:serviceaccounts:{namespace}")}),
            _ => json!({"kind": "ServiceAccount", "name": account, "namespace": namespace}),
        }
    }
}

/// An object without content.
pub fn object(kind: &str, name: &str, namespace: Option<&str>) -> Value {
    let mut metadata = json!({ "name": name });
    if let Some(namespace) = namespace {
        metadata["namespace"] = json!(namespace);
    }
    json!({"apiVersion": format!("{GROUP}/v1"), "kind": kind, "metadata": metadata})
}

pub fn rules(dice: &mut Dice, urls: bool) -> Value {
    if dice.chance(3) {
        return Value::Null;
    }
    let count = 1 + dice.below(4);
    (0..count).map(|_| if urls && dice.chance(25) { url_rule(dice) } else { resource_rule(dice) }).collect()
}

pub fn several(dice: &mut Dice, choices: &[&'static str]) -> Vec<&'static str> {
    let count = 1 + dice.below(3);
    (0..count).map(|_| dice.pick(choices)).collect()
}

fn url_rule(dice: &mut Dice) -> Value {
    json!({"verbs": several(dice, &["get", "post", "*"]), "nonResourceURLs": several(dice, &URLS)})
}

pub fn resource_rule(dice: &mut Dice) -> Value {
    let mut rule = json!({
        "verbs": several(dice, &VERBS), "apiGroups": several(dice, &GROUPS), "resources": several(dice, &RESOURCES),
    });
    if dice.chance(30) {
        rule["resourceNames"] = match dice.below(12) {
            0 => json!([null]),
            1 => Value::Null,
            2 => json!([]),
            _ => json!(several(dice, &NAMES)),
        };
    }
    rule
}
