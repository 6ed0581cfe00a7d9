//! Generated clusters in which some may write roles and bindings, some may escalate, bind or impersonate, and each holds
//! rights to hand on.
//!
//! What gives rights is never changed by an attempt: those write objects of their own, which give nobody anything.

use cloister_rbac::Identity;
use serde_json::{Value, json};

use crate::judges::Dice;
use crate::judges::rbac::objects::{Objects, object, resource_rule, rules, several};

const GROUP: &str = "rbac.authorization.k8s.io";
const NAMED: &str = "authentication.k8s.io";
const WRITES: [&str; 3] = ["create", "update", "patch"];
const KINDS: [&str; 4] = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"];

/// Somebody who tries something.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who they are.
    pub identity: Identity,
    /// The node that the pod of their token runs on; empty for users.
    pub node: String,
    /// The cluster that they belong to.
    pub world: World,
}

impl Actor {
    /// Whether a certificate cannot name all of their groups.
    pub fn has_many_groups(&self) -> bool {
        self.node.is_empty() && self.identity.groups.len() > 2
    }
}

/// One cluster: its names begin with its own.
#[derive(Debug, Clone)]
pub struct World {
    /// The beginning.
    pub prefix: String,
}

/// Everything that is there before anything is tried.
#[derive(Debug, Default)]
pub struct Standing {
    /// Namespaces, roles and bindings.
    pub objects: Objects,
    /// Who tries.
    pub actors: Vec<Actor>,
}

/// Generates `count` clusters in which up to `attempts` things will be tried.
pub fn generate(count: usize, attempts: usize, dice: &mut Dice) -> Standing {
    let mut standing = Standing::default();
    for index in 0..count {
        let world = World { prefix: format!("e{index}") };
        standing.objects.namespaces.extend(world.namespaces());
        world.cluster_roles(attempts, dice, &mut standing.objects.rbac);
        world.roles(dice, &mut standing.objects.rbac);
        for actor in world.actors(index == 0) {
            world.bindings(&actor, dice, &mut standing.objects.rbac);
            standing.actors.push(actor);
        }
    }
    standing
}

impl World {
    /// Its namespaces.
    pub fn namespaces(&self) -> [String; 2] {
        ["a", "b"].map(|name| format!("{}-{name}", self.prefix))
    }

    /// A name of its own.
    pub fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// The cluster roles that it has.
    pub fn cluster_role_names(&self) -> Vec<String> {
        let all = [
            "writer", "some", "odd0", "odd1", "plain0", "plain1", "plain2", "escalate", "bind", "all", "old", "node",
            "account", "user",
        ];
        all.map(|name| self.name(name)).into()
    }

    fn actors(&self, with_masters: bool) -> Vec<Actor> {
        let actor = |identity, node: &str| Actor { identity, node: node.to_owned(), world: self.clone() };
        let user = |name: &str, groups: &[&str]| {
            let groups = groups.iter().map(|group| self.name(group));
            actor(Identity::authenticated(self.name(name), groups), "")
        };
        let [namespace, _] = self.namespaces();
        let bot = actor(Identity::account(&namespace, "bot"), &self.name("n1"));
        let mut actors = vec![user("ann", &[]), user("bob", &["dev"]), user("eve", &["dev", "ops"]), bot];
        if with_masters {
            let root = Identity::authenticated(self.name("root"), ["system:masters".to_owned()]);
            actors.push(actor(root, ""));
        }
        actors
    }

    fn cluster_roles(&self, attempts: usize, dice: &mut Dice, out: &mut Vec<Value>) {
        let mut roles: Vec<(String, Value)> = vec![("writer".to_owned(), json!([on_roles(&WRITES, &KINDS)]))];
        // Names of a third of what will be written.
        let some: Vec<String> = (0..attempts).filter(|index| index % 3 == 0).map(|index| format!("t{index}")).collect();
        let mut named = on_roles(&dice.some(&WRITES, 60), &dice.some(&KINDS, 60));
        named["resourceNames"] = json!(some);
        // What may be changed and not made.
        let any = on_roles(&["update", "patch"], &dice.some(&KINDS, 70));
        roles.push(("some".to_owned(), json!([named, any].map(at_least_one))));
        let of_roles = [&["roles"][..], &["clusterroles"], &["roles", "clusterroles"]];
        let mut escalate = on_roles(&["escalate"], dice.pick(&of_roles));
        if dice.chance(60) {
            escalate["resourceNames"] = json!(some);
        }
        roles.push(("escalate".to_owned(), json!([escalate])));
        let mut bind = on_roles(&["bind"], dice.pick(&of_roles));
        if dice.chance(70) {
            let own = ["plain0", "odd0", "gone", "all"].map(|name| self.name(name));
            let names = [&own[..], &["r0".to_owned(), "cluster-admin".to_owned()]].concat();
            bind["resourceNames"] = json!(dice.some(&names, 60));
        }
        roles.push(("bind".to_owned(), json!([bind])));
        for index in 0..2 {
            roles.push((format!("odd{index}"), rules(dice, true)));
        }
        for index in 0..3 {
            roles.push((format!("plain{index}"), plain_rules(dice)));
        }
        roles.extend(self.impersonating(dice));
        for (name, rules) in roles {
            let mut role = object("ClusterRole", &self.name(&name), None);
            role["rules"] = rules;
            if name.starts_with("plain") || name.starts_with("odd") {
                role["metadata"]["labels"] = json!({ self.name("to"): if dice.chance(40) { "all" } else { "none" } });
            }
            out.push(role);
        }
        let mut all = object("ClusterRole", &self.name("all"), None);
        all["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {self.name("to"): "all"}}]});
        out.push(all);
    }

    fn impersonating(&self, dice: &mut Dice) -> [(String, Value); 4] {
        let parts = ["users", "groups", "uids", "userextras/example.com/team", "userextras/*"];
        let nodes = ["associated-node", "arbitrary-node"];
        [
            ("old".to_owned(), self.old_impersonation(dice)),
            ("node".to_owned(), constrained(&nodes, &["nodes"], &[], dice)),
            ("account".to_owned(), constrained(&["serviceaccount"], &["serviceaccounts"], &[], dice)),
            ("user".to_owned(), constrained(&["user-info"], &parts, &self.targets(), dice)),
        ]
    }

    /// Users and groups that are impersonated.
    fn targets(&self) -> Vec<String> {
        let mut names: Vec<String> = ["zoe", "dev", "ops"].map(|name| self.name(name)).into();
        names
            .extend(["system:masters", "system:authenticated", "7", "red", "*", "system:anonymous"].map(str::to_owned));
        names
    }

    fn old_impersonation(&self, dice: &mut Dice) -> Value {
        let mut core = json!({
            "apiGroups": [""], "verbs": ["impersonate"], "resources": several(dice, &["users", "groups", "serviceaccounts", "users"]),
        });
        if dice.chance(40) {
            core["resourceNames"] = json!(dice.some(&self.targets(), 60));
        }
        let all =
            ["uids", "userextras/scopes", "userextras/example.com/team", "userextras/*", "*/scopes", "userextras"];
        let rest = json!({"apiGroups": [NAMED], "verbs": ["impersonate"], "resources": several(dice, &all)});
        json!([core, rest].map(at_least_one))
    }

    fn roles(&self, dice: &mut Dice, out: &mut Vec<Value>) {
        for namespace in self.namespaces() {
            for index in 0..3 {
                let mut role = object("Role", &format!("r{index}"), Some(&namespace));
                role["rules"] = if dice.chance(50) { rules(dice, false) } else { plain_rules(dice) };
                if let Some(rules) = role["rules"].as_array_mut() {
                    rules.retain(|rule| rule.get("nonResourceURLs").is_none());
                }
                out.push(role);
            }
        }
    }

    /// Each role is given to an actor everywhere, in a namespace, or not.
    fn bindings(&self, actor: &Actor, dice: &mut Dice, out: &mut Vec<Value>) {
        let who = actor.identity.user.replace(':', "-");
        for name in self.cluster_role_names() {
            let (everywhere, near) = match name.rsplit('-').next().unwrap_or_default() {
                "writer" => (50, 45),
                "escalate" => (7, 15),
                "bind" => (10, 25),
                "old" | "node" | "account" | "user" => (45, 10),
                "some" => (35, 25),
                _ => (22, 22),
            };
            if dice.chance(everywhere) {
                out.push(self.binding(&format!("{who}-{name}"), None, ("ClusterRole", &name), actor, dice));
            }
            for namespace in self.namespaces() {
                if dice.chance(near) {
                    out.push(self.binding(
                        &format!("{who}-{name}"),
                        Some(&namespace),
                        ("ClusterRole", &name),
                        actor,
                        dice,
                    ));
                }
            }
        }
        for namespace in self.namespaces() {
            for role in ["r0", "r1", "r2"] {
                if dice.chance(30) {
                    out.push(self.binding(&format!("{who}-{role}"), Some(&namespace), ("Role", role), actor, dice));
                }
            }
        }
        if dice.chance(3) {
            out.push(self.binding(&format!("{who}-admin"), None, ("ClusterRole", "cluster-admin"), actor, dice));
        }
    }

    fn binding(
        &self,
        name: &str,
        namespace: Option<&str>,
        (kind, role): (&str, &str),
        actor: &Actor,
        dice: &mut Dice,
    ) -> Value {
        let name = if namespace.is_none() { format!("{}-{name}", self.prefix) } else { name.to_owned() };
        let mut binding =
            object(if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" }, &name, namespace);
        binding["roleRef"] = json!({"apiGroup": GROUP, "kind": kind, "name": role});
        let own: Vec<&String> = actor.identity.groups.iter().filter(|group| group.starts_with(&self.prefix)).collect();
        let user = json!({"kind": "User", "apiGroup": GROUP, "name": actor.identity.user});
        let subject = match own.first() {
            Some(group) if dice.chance(20) => json!({"kind": "Group", "apiGroup": GROUP, "name": group}),
            _ if !actor.node.is_empty() && dice.chance(60) => {
                json!({"kind": "ServiceAccount", "name": "bot", "namespace": self.namespaces()[0]})
            }
            _ => user,
        };
        binding["subjects"] = json!([subject]);
        binding
    }
}

/// A rule about roles and bindings.
fn on_roles(verbs: &[&str], resources: &[&str]) -> Value {
    json!({"apiGroups": [GROUP], "resources": resources, "verbs": verbs})
}

/// No list of a rule may be empty.
fn at_least_one(mut rule: Value) -> Value {
    for (field, word) in [("verbs", "get"), ("resources", "roles")] {
        if rule[field].as_array().is_some_and(Vec::is_empty) {
            rule[field] = json!([word]);
        }
    }
    rule
}

/// Rules such as people write.
fn plain_rules(dice: &mut Dice) -> Value {
    let count = 1 + dice.below(3);
    let one = |dice: &mut Dice| match dice.below(6) {
        0 => {
            json!({"verbs": several(dice, &["get", "post", "*"]), "nonResourceURLs": several(dice, &["/metrics", "/foo/*", "/foo", "*"])})
        }
        1 => json!({"verbs": ["*"], "apiGroups": ["", "apps"], "resources": several(dice, &["*", "pods", "*/scale"])}),
        2 => resource_rule(dice),
        _ => json!({
            "verbs": several(dice, &["get", "list", "watch", "create", "delete"]), "apiGroups": several(dice, &["", "apps"]),
            "resources": several(dice, &["pods", "pods/exec", "secrets", "deployments", "configmaps"]),
        }),
    };
    (0..count).map(|_| one(dice)).collect()
}

/// Constrained impersonation: of whom, and for which requests.
fn constrained(modes: &[&str], resources: &[&str], names: &[String], dice: &mut Dice) -> Value {
    let mut whom = json!({
        "apiGroups": [NAMED], "resources": if dice.chance(60) { resources.to_vec() } else { dice.some(resources, 70) },
        "verbs": modes.iter().map(|mode| format!("impersonate:{mode}")).collect::<Vec<_>>(),
    });
    if !names.is_empty() && dice.chance(40) {
        whom["resourceNames"] = json!(dice.some(names, 60));
    }
    let on = |verb: &str| modes.iter().map(|mode| format!("impersonate-on:{mode}:{verb}")).collect::<Vec<_>>();
    let verbs: Vec<String> =
        ["create", "list", "get"].iter().filter(|_| dice.chance(75)).flat_map(|verb| on(verb)).collect();
    let verbs = if verbs.is_empty() { on("create") } else { verbs };
    let what = dice.pick(&[&["*"][..], &["selfsubjectreviews"], &["selfsubjectreviews", "pods", "nodes"]]);
    let requests = json!({"apiGroups": ["*"], "resources": what, "verbs": verbs});
    let urls = json!({"nonResourceURLs": [dice.pick(&["*", "/version", "/healthz"])], "verbs": on("get")});
    json!([whom, requests, urls].map(at_least_one))
}
