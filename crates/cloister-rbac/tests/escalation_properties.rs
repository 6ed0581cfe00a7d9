//! What holds of every closure: rights only ever add, and each step's rule allows what it is said to allow.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use cloister_rbac::ServerRules;
use cloister_rbac::escalation::{Closure, Evidence, Vertex};
use cloister_rbac::{Policy, Request, Verdict};
use proptest::prelude::*;
use proptest::sample::select;
use support::inventory;

const GROUPS: [&str; 4] = ["", "rbac.authorization.k8s.io", "apps", "certificates.k8s.io"];
const RESOURCES: [&str; 16] = [
    "pods",
    "pods/exec",
    "secrets",
    "serviceaccounts",
    "serviceaccounts/token",
    "users",
    "groups",
    "roles",
    "clusterroles",
    "rolebindings",
    "clusterrolebindings",
    "deployments",
    "namespaces",
    "persistentvolumes",
    "persistentvolumeclaims",
    "*",
];
const VERBS: [&str; 9] = ["get", "create", "update", "patch", "delete", "bind", "escalate", "impersonate", "*"];
const NAMES: [&str; 4] = ["r0", "r1", "s0", "cluster-admin"];
const SUBJECTS: [&str; 5] = [
    "{kind: User, name: u0}",
    "{kind: Group, name: g0}",
    "{kind: Group, name: 'system:serviceaccounts'}",
    "{kind: ServiceAccount, name: s0, namespace: n0}",
    "{kind: ServiceAccount, name: s1, namespace: n1}",
];

fn rule() -> impl Strategy<Value = String> {
    let words = |words: &'static [&'static str], most| prop::collection::vec(select(words), 1..most);
    let names = prop::collection::vec(select(&NAMES[..]), 0..2);
    (select(&GROUPS[..]), words(&RESOURCES, 4), words(&VERBS, 4), names).prop_map(|(group, resources, verbs, names)| {
        let list = |words: &[&str]| words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { String::new() } else { format!(", resourceNames: [{}]", list(&names)) };
        format!("{{apiGroups: ['{group}'], resources: [{}], verbs: [{}]{names}}}", list(&resources), list(&verbs))
    })
}

fn role() -> impl Strategy<Value = String> {
    prop::collection::vec(rule(), 1..4).prop_map(|rules| format!("rules: [{}]", rules.join(", ")))
}

fn object(kind: &str, name: &str, namespace: usize, rest: &str) -> String {
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: n{namespace}}}\n{rest}\n"
    )
}

/// Three ClusterRoles, and bindings of them.
fn world() -> impl Strategy<Value = (String, Vec<String>)> {
    let roles = prop::collection::vec(role(), 3);
    let binding = (0..3_usize, 0..3_usize, select(&SUBJECTS[..]));
    (roles, prop::collection::vec(binding, 1..6)).prop_map(|(roles, bindings)| {
        let roles = roles.iter().enumerate().map(|(at, rules)| object("ClusterRole", &format!("r{at}"), 0, rules));
        let bindings = bindings.iter().enumerate().map(|(at, (role, place, subject))| {
            let kind = if *place == 2 { "ClusterRoleBinding" } else { "RoleBinding" };
            let rest = format!("roleRef: {{kind: ClusterRole, name: r{role}}}\nsubjects: [{subject}]");
            object(kind, &format!("b{at}"), *place % 2, &rest)
        });
        let pods = (0..2).map(|at| {
            format!("---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: n{at}}}\nspec: {{serviceAccountName: s{at}, containers: [{{name: c, image: x}}]}}\n")
        });
        (roles.chain(pods).collect(), bindings.collect())
    })
}

const PEOPLE: [Vertex<'static>; 5] = [
    Vertex::User("u0"),
    Vertex::Group("g0"),
    Vertex::Group("system:serviceaccounts"),
    Vertex::Account("n0", "s0"),
    Vertex::Account("n1", "s1"),
];

/// What each of them reaches, in words; who is cluster-admin reaches everything.
fn reached(yaml: &str) -> Vec<(bool, BTreeSet<String>)> {
    let inventory = inventory(yaml);
    let policy = Policy::new(&inventory);
    let closure = Closure::new(&policy, &inventory, ServerRules::default(), &[]);
    let of = |person: &Vertex<'_>| {
        let ends = closure.paths_from(person).iter().map(|path| closure.name(&path.to)).collect();
        (closure.steps_to_admin(person).is_some(), ends)
    };
    PEOPLE.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_binding_more_takes_no_way_away((base, bindings) in world()) {
        let (last, fewer) = bindings.split_last().unwrap();
        let before = reached(&format!("{base}{}", fewer.concat()));
        let after = reached(&format!("{base}{}{last}", fewer.concat()));
        for ((was_admin, was), (is_admin, is)) in before.iter().zip(&after) {
            prop_assert!(!was_admin || *is_admin);
            prop_assert!(*is_admin || was.is_subset(is), "{:?}", was.difference(is).collect::<Vec<_>>());
        }
    }

    #[test]
    fn each_step_is_allowed_by_the_authoriser((base, bindings) in world()) {
        let inventory = inventory(&format!("{base}{}", bindings.concat()));
        let policy = Policy::new(&inventory);
        let closure = Closure::new(&policy, &inventory, ServerRules::default(), &[]);
        let own = PEOPLE.iter().flat_map(|person| closure.paths_from(person));
        let climbers = closure.climbers().into_iter().map(|climber| climber.path);
        for path in own.chain(climbers) {
            for evidence in path.steps.iter().flat_map(|step| &step.proof) {
                let Evidence::Grant { identity, action, grant } = evidence else { continue };
                prop_assert!(grant.rule.allows(action), "{action:?}");
                let request = Request { identity: identity.clone(), action: action.clone() };
                prop_assert_eq!(policy.decide(&request).verdict(), Verdict::Allowed, "{:?}", request);
            }
        }
    }
}
