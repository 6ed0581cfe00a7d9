//! What rights over roles and bindings lead to.

use std::collections::BTreeSet;

use cloister_rbac::Policy;
use cloister_rbac::ServerRules;
use cloister_rbac::escalation::{Closure, Conditions, Vertex};

use super::support::*;

#[test]
fn every_right_is_cluster_admin_or_everything_in_a_namespace() {
    is(way(&everywhere(&[rule("*", "'*'", "'*'")]), ADMIN), "every-right");
    is(way(&in_shop(&[rule("*", "'*'", "'*'")]), "everything in shop"), "every-right");
    assert_eq!(way(&everywhere(&[rule("*", "'*'", "get")]), "everything in every namespace"), None);
}

#[test]
fn escalate_needs_a_write_of_the_same_role_and_somebody_who_holds_it() {
    is(way(&everywhere(&[rule(RBAC, "clusterroles", "escalate, patch")]), ADMIN), "escalate");
    assert_eq!(way(&everywhere(&[rule(RBAC, "clusterroles", "escalate")]), ADMIN), None);
    assert_eq!(way(&everywhere(&[rule(RBAC, "clusterroles", "update")]), ADMIN), None);
    is(way(&everywhere(&[named(RBAC, "clusterroles", "escalate, update", "some")]), ADMIN), "escalate");
    assert_eq!(way(&everywhere(&[named(RBAC, "clusterroles", "escalate, update", "other")]), ADMIN), None);
    let apart = [named(RBAC, "clusterroles", "escalate", "some"), named(RBAC, "clusterroles", "update", "other")];
    assert_eq!(way(&everywhere(&apart), ADMIN), None);
    assert_eq!(way(&in_shop(&[rule(RBAC, "clusterroles", "escalate, patch")]), ADMIN), None);
}

#[test]
fn escalate_in_a_namespace_is_everything_in_it() {
    is(way(&in_shop(&[rule(RBAC, "roles", "escalate, update")]), "everything in shop"), "escalate");
    let held_elsewhere = everywhere(&[rule(RBAC, "roles", "escalate, update")]);
    assert_eq!(way(&held_elsewhere, "everything in shop"), None, "no Role is held, and none can be bound");
    let binds = everywhere(&[rule(RBAC, "roles", "escalate, update, create"), rule(RBAC, "rolebindings", "create")]);
    is(way(&binds, "everything in every namespace"), "escalate");
}

#[test]
fn a_role_that_another_holds_can_be_rewritten_for_them() {
    let bot = "{kind: ServiceAccount, name: bot, namespace: shop}";
    let world = everywhere(&[
        named(RBAC, "clusterroles", "escalate, update", "other"),
        named("", "serviceaccounts/token", "create", "bot"),
    ]) + &object("ClusterRole", "other", "rules: []")
        + &bound("ClusterRoleBinding", "other", bot);
    is(way(&world, ADMIN), "escalate > token-request");
}

#[test]
fn an_aggregated_role_can_be_fed() {
    let feeds = [rule(RBAC, "clusterroles", "escalate, create")];
    let view = object(
        "RoleBinding",
        "viewers",
        "roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: User, name: ann}]",
    );
    is(way(&(everywhere(&feeds) + &view), "everything in shop"), "aggregated-role");
    assert_eq!(way(&everywhere(&feeds), "everything in shop"), None);
    let named = [named(RBAC, "clusterroles", "escalate, create", "mine")];
    assert_eq!(way(&(everywhere(&named) + &view), "everything in shop"), None);
}

#[test]
fn bind_is_tested_where_the_binding_is() {
    let both = rule(RBAC, "clusterroles", "bind");
    is(way(&everywhere(&[both.clone(), rule(RBAC, "clusterrolebindings", "create")]), ADMIN), "bind");
    assert_eq!(way(&everywhere(std::slice::from_ref(&both)), ADMIN), None);
    let in_namespace = in_shop(&[both.clone(), rule(RBAC, "rolebindings", "create")]);
    is(way(&in_namespace, "everything in shop"), "bind");
    let apart = in_shop(&[both]) + &everywhere(&[rule(RBAC, "rolebindings", "create")]).replace("some", "else");
    is(way(&apart, "everything in shop"), "bind");
    assert_eq!(way(&apart, "everything in every namespace"), None);
}

#[test]
fn bind_by_name_gives_that_role() {
    let binds = [named(RBAC, "clusterroles", "bind", "reader"), rule(RBAC, "rolebindings", "create")];
    let reader = object("ClusterRole", "reader", &format!("rules: [{}]", rule("", "secrets", "list")));
    is(way(&(in_shop(&binds) + &reader), "the Secrets of shop"), "bind > read-token-secret");
    assert_eq!(way(&(in_shop(&binds) + &reader), "everything in shop"), None);
}

#[test]
fn an_existing_binding_gives_what_it_refers_to() {
    let changes =
        [named(RBAC, "clusterroles", "bind", "cluster-admin"), named(RBAC, "clusterrolebindings", "patch", "admins")];
    let admins =
        object("ClusterRoleBinding", "admins", "roleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: []");
    is(way(&(everywhere(&changes) + &admins), ADMIN), "bind > every-right");
    assert_eq!(way(&everywhere(&changes), ADMIN), None, "there is no such binding");
}

#[test]
fn every_beginning_is_a_way_of_its_own() {
    let world = everywhere(&[
        rule("", "'users', 'groups'", "impersonate"),
        rule(RBAC, "clusterroles", "update, escalate"),
        rule("", "pods/attach", "create"),
    ]) + &web("x: y")
        + &object(
            "ClusterRoleBinding",
            "admins",
            "roleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: ServiceAccount, name: bot, namespace: shop}]",
        );
    let inventory = inventory(&world);
    let policy = Policy::new(&inventory);
    let closure = Closure::new(&policy, &inventory, ServerRules::default(), &[]);
    let beginnings = |within| {
        let ways = closure.ways_to_admin(within).from(&Vertex::User("ann"));
        ways.iter().map(|path| path.steps[0].kind.id()).collect::<BTreeSet<_>>()
    };
    assert_eq!(beginnings(Conditions::NONE), ["escalate", "impersonate"].into());
    assert_eq!(beginnings(Conditions::IF_INTERACTIVE), ["attach", "escalate", "impersonate"].into());
    assert!(closure.ways_to_admin(Conditions::NONE).from(&Vertex::User("bob")).is_empty());
}

/// Each of them, to be run again under a bug.
pub const TESTS: &[fn()] = &[
    every_right_is_cluster_admin_or_everything_in_a_namespace,
    escalate_needs_a_write_of_the_same_role_and_somebody_who_holds_it,
    escalate_in_a_namespace_is_everything_in_it,
    a_role_that_another_holds_can_be_rewritten_for_them,
    an_aggregated_role_can_be_fed,
    bind_is_tested_where_the_binding_is,
    bind_by_name_gives_that_role,
    an_existing_binding_gives_what_it_refers_to,
];
