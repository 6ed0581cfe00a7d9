//! Worlds in a few words, and the way that the closure finds in them.

use std::cell::Cell;

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_rbac::Policy;
use cloister_rbac::escalation::{Closure, EdgeKind, Vertex};
use cloister_rbac::{ServerRules, ToldBy};

/// A mistake in what is read or said.
#[derive(Clone, Copy)]
pub struct Bug {
    pub name: &'static str,
    /// The objects as it reads them.
    pub input: fn(String) -> String,
    /// The server's version as it takes it.
    pub server: fn((u32, u32)) -> (u32, u32),
    /// A kind of edge that it does not know.
    pub lost: Option<EdgeKind>,
    /// Whether it forgets what ways hang on.
    pub certain: bool,
}

impl Bug {
    pub const NONE: Bug = Bug { name: "", input: |text| text, server: |version| version, lost: None, certain: false };
}

thread_local! {
    static BUG: Cell<Bug> = const { Cell::new(Bug::NONE) };
}

/// Does something as if the closure had this mistake.
pub fn with_bug<T>(bug: Bug, does: impl FnOnce() -> T) -> T {
    BUG.set(bug);
    let done = does();
    BUG.set(Bug::NONE);
    done
}

pub fn object(kind: &str, name: &str, rest: &str) -> String {
    let api = match kind {
        _ if kind.contains("Role") => "rbac.authorization.k8s.io/v1",
        "Deployment" | "DaemonSet" => "apps/v1",
        _ if kind.contains("Webhook") || kind.contains("Admission") => "admissionregistration.k8s.io/v1",
        _ => "v1",
    };
    format!("---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n{rest}\n")
}

pub fn bound(kind: &str, name: &str, subject: &str) -> String {
    let role = kind.strip_suffix("Binding").unwrap();
    object(kind, name, &format!("roleRef: {{kind: {role}, name: {name}}}\nsubjects: [{subject}]"))
}

pub const ANN: &str = "{kind: User, name: ann}";

/// A rule: group, resources, verbs, and perhaps names.
pub fn rule(group: &str, resources: &str, verbs: &str) -> String {
    format!("{{apiGroups: ['{group}'], resources: [{resources}], verbs: [{verbs}]}}")
}

pub fn named(group: &str, resources: &str, verbs: &str, names: &str) -> String {
    format!("{{apiGroups: ['{group}'], resources: [{resources}], verbs: [{verbs}], resourceNames: [{names}]}}")
}

/// Ann with these rules everywhere.
pub fn everywhere(rules: &[String]) -> String {
    object("ClusterRole", "some", &format!("rules: [{}]", rules.join(", "))) + &bound("ClusterRoleBinding", "some", ANN)
}

/// Ann with these rules in the namespace shop.
pub fn in_shop(rules: &[String]) -> String {
    object("Role", "some", &format!("rules: [{}]", rules.join(", "))) + &bound("RoleBinding", "some", ANN)
}

pub fn inventory(yaml: &str) -> Inventory {
    let yaml = &(BUG.get().input)(yaml.to_owned());
    let resources = parse(yaml, &Origin::File("roles.yaml".into()), 1, &mut Interner::default()).resources;
    // A cluster has only the roles that were read.
    let cluster = yaml.starts_with(CLUSTER);
    Inventory::new(resources, Inputs { files: !cluster, cluster, ..Inputs::default() })
}

/// The kinds of the shortest way, and what it hangs on.
pub fn way_of(yaml: &str, who: Vertex<'_>, to: &str, server: (u32, u32)) -> Option<String> {
    let inventory = inventory(yaml);
    let policy = Policy::new(&inventory);
    let bug = BUG.get();
    let closure = Closure::new(&policy, &inventory, ServerRules::of_version((bug.server)(server), ToldBy::User), &[]);
    let to_admin = closure.path_to_admin(&who).filter(|_| to == "cluster-admin");
    let path = to_admin.or_else(|| closure.paths_from(&who).into_iter().find(|path| closure.name(&path.to) == to))?;
    if path.steps.iter().any(|step| bug.lost == Some(step.kind)) {
        return None;
    }
    let kinds: Vec<&str> = path.steps.iter().map(|step| step.kind.id()).collect();
    let conditions: Vec<&str> = path.conditions().ids().collect();
    let flags =
        if conditions.is_empty() || bug.certain { String::new() } else { format!(" ({})", conditions.join(" ")) };
    Some(kinds.join(" > ") + &flags)
}

pub fn way(yaml: &str, to: &str) -> Option<String> {
    way_of(yaml, Vertex::User("ann"), to, (1, 37))
}

pub fn is(way: Option<String>, expected: &str) {
    assert_eq!(way.as_deref(), Some(expected));
}

pub const ADMIN: &str = "cluster-admin";
pub const CLUSTER: &str = "# read from a cluster\n";
pub const RBAC: &str = "rbac.authorization.k8s.io";
pub const ALL_OF_SHOP: &str = "any service account of shop";
pub const ANY_NODE: &str = "root on any node";

pub fn namespace(label: &str) -> String {
    format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, labels: {{{label}}}}}\n")
}

pub const RESTRICTED: &str = "pod-security.kubernetes.io/enforce: restricted";

pub fn deployment(name: &str, spec: &str) -> String {
    object(
        "Deployment",
        name,
        &format!("spec: {{template: {{metadata: {{}}, spec: {{{spec}, containers: [{{name: c, image: x}}]}}}}}}"),
    )
}

pub fn web(spec: &str) -> String {
    deployment("web", &format!("serviceAccountName: bot, {spec}"))
}

pub fn node(name: &str, labels: &str) -> String {
    format!("---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n")
}
