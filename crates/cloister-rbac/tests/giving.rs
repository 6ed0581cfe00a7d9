//! Who may hand on rights, and who may act in another's name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use cloister_inventory::{Inputs, Inventory};
use cloister_rbac::{
    Action, Identity, Method, Missing, Mode, Outcome, Permission, Policy, ResourceAction, Target, Write,
};
use support::{object, resources};

/// Rules that ann holds: everywhere, and in the namespace shop.
fn ann_holds(everywhere: &str, in_shop: &str) -> String {
    let bound = |kind: &str, role: &str| {
        object(
            kind,
            role,
            &format!("roleRef: {{kind: ClusterRole, name: {role}}}\nsubjects: [{{kind: User, name: ann}}]"),
        )
    };
    object("ClusterRole", "wide", &format!("rules: {everywhere}"))
        + &bound("ClusterRoleBinding", "wide")
        + &object("ClusterRole", "near", &format!("rules: {in_shop}"))
        + &bound("RoleBinding", "near")
}

const WRITES: &str = "{apiGroups: [rbac.authorization.k8s.io], resources: ['*'], verbs: [create, update, patch]}";

/// What ann's writing of `new` comes to, as text.
fn ann_writes(cluster: &str, method: Method, old: Option<&str>, new: &str) -> String {
    let inventory = Inventory::new(resources(cluster), Inputs { files: true, ..Inputs::default() });
    let policy = Policy::new(&inventory);
    let (old, new) = (old.map(|old| resources(old).remove(0)), resources(new).remove(0));
    let write = Write { method, old: old.as_ref(), new: &new };
    let identity = Identity::authenticated("ann", []);
    let outcome = if new.kind.ends_with("Binding") {
        policy.may_write_binding(&identity, write)
    } else {
        policy.may_write_role(&identity, write)
    };
    match outcome {
        Outcome::Allowed(Permission::Explicit(_)) => "explicit".to_owned(),
        Outcome::Allowed(permission) => format!("{permission:?}"),
        Outcome::Refused(Missing::Rights(rights)) => {
            rights.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        Outcome::Refused(Missing::Request(action)) => format!("may not {} {}", action.verb, action.resource),
        Outcome::Refused(missing) => format!("{missing:?}"),
        Outcome::Unknown(reason) => reason,
    }
}

fn ann_makes(held: &str, rules: &str) -> String {
    let cluster = ann_holds(&format!("[{WRITES}]"), held);
    ann_writes(&cluster, Method::Post, None, &object("Role", "new", &format!("rules: {rules}")))
}

#[test]
fn rights_are_compared_letter_by_letter() {
    let core =
        |resources: &str, verbs: &str| format!("[{{apiGroups: [''], resources: [{resources}], verbs: [{verbs}]}}]");
    let covered = |held: &str, wanted: &str| ann_makes(held, wanted) == "Covered";
    assert!(covered(&core("pods, secrets", "get, list"), &core("secrets", "list")));
    assert!(!covered(&core("pods", "get"), &core("pods", "'*'")));
    assert!(covered(&core("'*'", "'*'"), &core("'pods/*'", "get")));
    assert!(!covered(&core("'pods/exec', 'pods/log', pods", "get"), &core("'pods/*'", "get")));
    assert!(covered(&core("'*/exec'", "create"), &core("pods/exec", "create")));
    assert!(!covered(&core("pods", "create"), &core("pods/exec", "create")));
    assert!(covered(&core("pods", "get"), "[]"));
}

#[test]
fn names_limit_what_can_be_handed_on() {
    let rule = |names: &str| format!("[{{apiGroups: [''], resources: [pods], verbs: [get], resourceNames: {names}}}]");
    assert_eq!(ann_makes(&rule("[a, b]"), &rule("[b]")), "Covered");
    assert_eq!(ann_makes(&rule("[]"), &rule("[b]")), "Covered");
    assert_eq!(ann_makes(&rule("[a]"), &rule("[a, b]")), "get pods \"b\"");
    assert_eq!(ann_makes(&rule("[a]"), &rule("[]")), "get pods");
}

#[test]
fn parts_of_different_rules_cover_different_rights_only() {
    let held = "[{apiGroups: [''], resources: [pods], verbs: [get]}, {apiGroups: [apps], resources: [deployments], verbs: [list]}]";
    assert_eq!(
        ann_makes(held, "[{apiGroups: ['', apps], resources: [pods, deployments], verbs: [get]}]"),
        "get deployments; get pods.apps; get deployments.apps"
    );
}

#[test]
fn urls_count_even_by_a_role_binding_which_gives_none() {
    let urls = |urls: &str| format!("[{{nonResourceURLs: [{urls}], verbs: [get]}}]");
    let bound = |held: &str, given: &str| {
        let cluster = ann_holds(&format!("[{WRITES}]"), &urls(held))
            + &object("ClusterRole", "given", &format!("rules: {}", urls(given)));
        ann_writes(
            &cluster,
            Method::Post,
            None,
            &object("RoleBinding", "new", "roleRef: {kind: ClusterRole, name: given}"),
        )
    };
    assert_eq!(bound("/a/*", "/a/b"), "Covered");
    assert_eq!(bound("/a/*", "/a"), "get /a");
    assert_eq!(bound("/a*", "/a*, /ab"), "Covered");
    assert_eq!(bound("'*'", "/x"), "Covered");
}

#[test]
fn a_binding_needs_bind_in_its_own_namespace_or_all_of_the_role() {
    let bind = "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind], resourceNames: [cluster-admin]}";
    let admin = "roleRef: {kind: ClusterRole, name: cluster-admin}";
    let near = ann_holds(&format!("[{WRITES}]"), &format!("[{bind}]"));
    let post =
        |cluster: &str, kind: &str, rest: &str| ann_writes(cluster, Method::Post, None, &object(kind, "new", rest));
    assert_eq!(post(&near, "RoleBinding", admin), "explicit");
    assert_eq!(post(&near, "ClusterRoleBinding", admin), "* *.*; * *");
    assert_eq!(post(&near, "RoleBinding", "roleRef: {kind: ClusterRole, name: gone}"), "Role");
    let wide = ann_holds(&format!("[{WRITES}, {bind}]"), "[]");
    assert_eq!(post(&wide, "ClusterRoleBinding", admin), "explicit");
    assert_eq!(post("", "RoleBinding", admin), "may not create rolebindings");
}

#[test]
fn escalate_with_a_name_does_not_reach_a_new_role() {
    let escalate =
        "{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate], resourceNames: [new]}";
    let cluster = ann_holds(&format!("[{WRITES}]"), &format!("[{escalate}]"));
    let role = object("Role", "new", "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]");
    assert_eq!(ann_writes(&cluster, Method::Post, None, &role), "get pods");
    assert_eq!(ann_writes(&cluster, Method::Put, None, &role), "explicit");
    assert_eq!(ann_writes(&cluster, Method::Patch, Some(&role), &role), "explicit");
}

#[test]
fn an_object_made_in_its_place_takes_create_which_is_asked_last() {
    let updates = "{apiGroups: [rbac.authorization.k8s.io], resources: ['*'], verbs: [update]}";
    let cluster = ann_holds(&format!("[{updates}]"), "[]");
    let puts =
        |rules: &str| ann_writes(&cluster, Method::Put, None, &object("Role", "new", &format!("rules: {rules}")));
    assert_eq!(puts("[]"), "may not create roles");
    assert_eq!(puts("[{apiGroups: [''], resources: [pods], verbs: [get]}]"), "get pods");
}

#[test]
fn an_unchanged_role_may_be_written_and_a_new_label_makes_it_another() {
    let cluster = ann_holds(&format!("[{WRITES}]"), "[]");
    let role = |more: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: r, namespace: shop, resourceVersion: '1'{more}}}\n\
             rules: [{{apiGroups: [''], resources: [pods], verbs: [get]}}]\n"
        )
    };
    let writes = |more: &str| ann_writes(&cluster, Method::Put, Some(&role("")), &role(more));
    assert_eq!(writes(""), "OnlyOwners");
    assert_eq!(writes(", labels: {}, finalizers: [example.com/a]"), "OnlyOwners");
    assert_eq!(writes(", labels: {a: b}"), "get pods");
}

#[test]
fn an_aggregation_rule_takes_everything_also_to_leave_it() {
    let collecting = object("ClusterRole", "c", "aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}");
    let plain = object("ClusterRole", "c", "rules: []");
    let cluster = ann_holds(&format!("[{WRITES}]"), "[]");
    assert_eq!(ann_writes(&cluster, Method::Post, None, &collecting), "Everything");
    assert_eq!(ann_writes(&cluster, Method::Put, Some(&collecting), &plain), "Everything");
    assert_eq!(ann_writes(&cluster, Method::Put, Some(&plain), &plain.replace("[]", "[]\nextra: x")), "Covered");
    let all = "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}, {nonResourceURLs: ['*'], verbs: ['*']}]";
    assert_eq!(ann_writes(&ann_holds(all, "[]"), Method::Post, None, &collecting), "explicit");
}

#[test]
fn the_role_of_a_binding_stays() {
    let all = "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]";
    let binding = |role: &str| object("RoleBinding", "b", &format!("roleRef: {{kind: ClusterRole, name: {role}}}"));
    let outcome = ann_writes(&ann_holds(all, "[]"), Method::Put, Some(&binding("view")), &binding("edit"));
    assert!(outcome.starts_with("Invalid"), "{outcome}");
    let of_role = object("ClusterRoleBinding", "b", "roleRef: {kind: Role, name: wide}");
    assert!(ann_writes(&ann_holds(all, "[]"), Method::Post, None, &of_role).starts_with("Invalid"));
}

/// The ways that are open to ann, and the groups that she then has.
fn ann_becomes(rules: &str, target: &Target) -> Vec<(Mode, String)> {
    let inventory = Inventory::new(resources(&ann_holds(rules, "[]")), Inputs { files: true, ..Inputs::default() });
    let policy = Policy::new(&inventory);
    let action = ResourceAction { verb: "list".into(), resource: "pods".into(), ..ResourceAction::default() };
    let identity = Identity::authenticated("ann", []);
    let answer = policy.may_impersonate(&identity, "", target, &Action::Resource(action));
    answer.ways.into_iter().map(|way| (way.mode, way.becomes.groups.join(" "))).collect()
}

fn target(user: &str, groups: &[&str]) -> Target {
    Target { user: user.into(), groups: groups.iter().map(|&group| group.into()).collect(), ..Target::default() }
}

#[test]
fn the_old_verb_is_asked_for_each_part() {
    let users = "[{apiGroups: [''], resources: [users, groups], verbs: [impersonate]}]";
    assert_eq!(ann_becomes(users, &target("bob", &[])), [(Mode::Legacy, "system:authenticated".into())]);
    assert_eq!(
        ann_becomes(users, &target("bob", &["system:masters"])),
        [(Mode::Legacy, "system:masters system:authenticated".into())]
    );
    assert!(ann_becomes(users, &target("system:serviceaccount:shop:bot", &[])).is_empty());
    assert_eq!(ann_becomes(users, &target("system:anonymous", &[])), [(Mode::Legacy, "system:unauthenticated".into())]);
    assert!(ann_becomes(users, &Target { uid: "7".into(), ..target("bob", &[]) }).is_empty());
}

#[test]
fn constrained_impersonation_is_for_one_verb_and_never_for_masters() {
    let on = |verb: &str| {
        format!(
            "[{{apiGroups: [authentication.k8s.io], resources: [users, groups], verbs: ['impersonate:user-info']}}, \
             {{apiGroups: [''], resources: [pods], verbs: ['impersonate-on:user-info:{verb}']}}]"
        )
    };
    assert_eq!(
        ann_becomes(&on("list"), &target("bob", &["dev"])),
        [(Mode::UserInfo, "dev system:authenticated".into())]
    );
    assert!(ann_becomes(&on("get"), &target("bob", &[])).is_empty());
    assert!(ann_becomes(&on("list"), &target("bob", &["system:masters"])).is_empty());
    assert!(ann_becomes(&on("list"), &target("system:node:n", &[])).is_empty());
}

#[test]
fn who_may_impersonate_any_node_is_one() {
    let rules = "[{apiGroups: [authentication.k8s.io], resources: [nodes], verbs: ['impersonate:arbitrary-node']}, \
                 {apiGroups: [''], resources: [pods], verbs: ['impersonate-on:arbitrary-node:list']}]";
    assert_eq!(
        ann_becomes(rules, &target("system:node:n", &[])),
        [(Mode::ArbitraryNode, "system:nodes system:authenticated".into())]
    );
    assert!(ann_becomes(rules, &target("system:node:N", &[])).is_empty());
}
