//! Becoming somebody else: names, tokens, certificates, groups.

use cloister_rbac::escalation::{Closure, Options, Vertex};
use cloister_rbac::{Identity, Policy};

use super::support::*;

#[test]
fn a_group_is_impersonated_together_with_somebody() {
    is(way(&everywhere(&[rule("", "'users', 'groups'", "impersonate")]), ADMIN), "impersonate");
    assert_eq!(way(&everywhere(&[rule("", "groups", "impersonate")]), ADMIN), None);
    let named_group = [rule("", "users", "impersonate"), named("", "groups", "impersonate", "ops")];
    is(way(&everywhere(&named_group), "group ops"), "impersonate");
    is(way(&everywhere(&named_group), ADMIN), "impersonate > token-request > escalate");
    let only_bob = [named("", "users", "impersonate", "bob"), named("", "groups", "impersonate", "ops")];
    assert_eq!(way(&everywhere(&only_bob), ADMIN), None, "no controller of Kubernetes");
    assert_eq!(way(&in_shop(&[rule("", "users, groups", "impersonate")]), ADMIN), None);
    is(way(&in_shop(&[rule("", "serviceaccounts", "impersonate")]), ALL_OF_SHOP), "impersonate");
}

#[test]
fn constrained_impersonation_needs_both_verbs_and_a_server_that_knows_them() {
    let group = "authentication.k8s.io";
    let whom = named(group, "users", "'impersonate:user-info'", "bob");
    let on = rule("", "pods", "'impersonate-on:user-info:list'");
    let world = everywhere(&[whom.clone(), on]);
    is(way(&world, "user bob, for some requests"), "constrained-impersonation");
    assert_eq!(way_of(&world, Vertex::User("ann"), "user bob, for some requests", (1, 35)), None);
    assert_eq!(way(&everywhere(&[whom]), "user bob, for some requests"), None);
    let anybody = rule(group, "users", "'impersonate:user-info'");
    let on = rule("", "pods", "'impersonate-on:user-info:list'");
    is(way(&everywhere(&[anybody, on]), "any user"), "constrained-impersonation (limited-actions)");
}

#[test]
fn constrained_impersonation_gives_what_both_allow() {
    let group = "authentication.k8s.io";
    let whom = named(group, "users", "'impersonate:user-info'", "bob");
    let bob = |rules: &str| {
        object("ClusterRole", "bobs", &format!("rules: [{rules}]"))
            + &bound("ClusterRoleBinding", "bobs", "{kind: User, name: bob}")
    };
    let on = |resource: &str, verbs: &str| rule("", resource, &format!("'impersonate-on:user-info:{verbs}'"));
    let ann = |on: String, rules: &str| everywhere(&[whom.clone(), on]) + &bob(rules);
    let tokens = rule("", "serviceaccounts/token", "create");
    let all = "any service account of every namespace";
    is(way(&ann(on("serviceaccounts/token", "create"), &tokens), all), "constrained-impersonation > token-request");
    let admin = rule("*", "'*'", "'*'");
    is(way(&ann(on("serviceaccounts/token", "create"), &admin), all), "constrained-impersonation > token-request");
    assert_eq!(way(&ann(on("pods", "list"), &admin), ADMIN), None, "bob's other rights are not ann's");
    assert_eq!(way(&ann(on("serviceaccounts/token", "create"), &rule("", "pods", "list")), all), None);
    let one = named("", "serviceaccounts/token", "create", "bot");
    let here = in_shop(&[on("serviceaccounts/token", "create")])
        + &object("ClusterRole", "whom", &format!("rules: [{whom}]"))
        + &bound("ClusterRoleBinding", "whom", ANN);
    is(way(&(here.clone() + &bob(&tokens)), ALL_OF_SHOP), "constrained-impersonation > token-request");
    assert_eq!(way(&(here.clone() + &bob(&tokens)), all), None);
    is(way(&(here + &bob(&one)), "service account shop/bot"), "constrained-impersonation > token-request");
}

#[test]
fn tokens_are_requested_by_name() {
    is(way(&in_shop(&[rule("", "serviceaccounts/token", "create")]), ALL_OF_SHOP), "token-request");
    let one = in_shop(&[named("", "serviceaccounts/token", "create", "bot")]);
    is(way(&one, "service account shop/bot"), "token-request");
    assert_eq!(way(&one, ALL_OF_SHOP), None);
    assert_eq!(way(&in_shop(&[rule("", "serviceaccounts", "create")]), ALL_OF_SHOP), None);
    assert_eq!(way(&in_shop(&[rule("", "'serviceaccounts/*'", "'*'")]), ALL_OF_SHOP), None);
}

const TOKEN: &str = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: t, namespace: shop, annotations: {kubernetes.io/service-account.name: bot}}\ntype: kubernetes.io/service-account-token\n";

#[test]
fn a_token_secret_is_read_by_each_of_three_verbs() {
    for verb in ["get", "list", "watch"] {
        let world = in_shop(&[rule("", "secrets", verb)]) + TOKEN;
        is(way(&world, "service account shop/bot"), "read-token-secret");
        let named = in_shop(&[named("", "secrets", verb, "t")]) + TOKEN;
        is(way(&named, "service account shop/bot"), "read-token-secret");
    }
    assert_eq!(way(&(in_shop(&[rule("", "secrets", "update")]) + TOKEN), "service account shop/bot"), None);
    let other = TOKEN.replace("kubernetes.io/service-account-token", "Opaque");
    assert_eq!(way(&(in_shop(&[rule("", "secrets", "get")]) + &other), "service account shop/bot"), None);
}

#[test]
fn a_token_secret_is_created_and_read_perhaps_by_another() {
    is(way(&in_shop(&[rule("", "secrets", "create, get")]), ALL_OF_SHOP), "create-token-secret > read-token-secret");
    assert_eq!(way(&in_shop(&[rule("", "secrets", "create")]), ALL_OF_SHOP), None);
    assert_eq!(way(&in_shop(&[rule("", "secrets", "get")]), ALL_OF_SHOP), None);
    let reader = "{kind: ServiceAccount, name: reader, namespace: shop}";
    let world = in_shop(&[rule("", "secrets", "create"), named("", "serviceaccounts/token", "create", "reader")])
        + &object("Role", "reads", &format!("rules: [{}]", rule("", "secrets", "list")))
        + &bound("RoleBinding", "reads", reader);
    is(way(&world, ALL_OF_SHOP), "create-token-secret > token-request > read-token-secret");
}

#[test]
fn a_bootstrap_token_makes_a_bootstrapper() {
    let token = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: bootstrap-token-a, namespace: kube-system}\ntype: bootstrap.kubernetes.io/token\n";
    let world = everywhere(&[rule("", "secrets", "get")]) + token;
    is(way(&world, "group system:bootstrappers"), "read-token-secret");
}

#[test]
fn a_certificate_takes_request_approval_and_signer() {
    let certificates = |signer: &str| {
        let group = "certificates.k8s.io";
        everywhere(&[
            rule(group, "certificatesigningrequests", "create"),
            rule(group, "certificatesigningrequests/approval", "patch"),
            named(group, "signers", "approve", signer),
        ]) + &object(
            "ClusterRoleBinding",
            "ops",
            "roleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: Group, name: ops}]",
        )
    };
    let steps = "client-certificate > client-certificate > every-right";
    is(way(&certificates("kubernetes.io/kube-apiserver-client"), ADMIN), steps);
    is(way(&certificates("'kubernetes.io/*'"), ADMIN), steps);
    assert_eq!(way(&certificates("example.com/other"), ADMIN), None);
    let only_masters =
        certificates("kubernetes.io/kube-apiserver-client").replace("name: ops}]", "name: 'system:masters'}]");
    assert_eq!(way(&only_masters, ADMIN).filter(|way| way == steps), None, "admission refuses system:masters");
    let kubelet =
        certificates("kubernetes.io/kube-apiserver-client-kubelet") + &deployment("web", "serviceAccountName: bot");
    is(way(&kubelet, "service account shop/bot"), "kubelet-certificate > kubelet-certificate");
}

#[test]
fn a_map_of_cloud_identities_is_an_administrators() {
    let change = everywhere(&[named("", "configmaps", "patch", "aws-auth")]);
    assert_eq!(way(&change, ADMIN), None);
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\n";
    is(way(&(change + map), ADMIN), "cloud-identity-map");
}

#[test]
fn members_have_what_their_groups_have() {
    let group = "{kind: Group, name: 'system:serviceaccounts:shop'}";
    let world = object("ClusterRole", "some", &format!("rules: [{}]", rule("*", "'*'", "'*'")))
        + &bound("ClusterRoleBinding", "some", group)
        + &object("ServiceAccount", "bot", "");
    let rights = world.clone()
        + &bound("RoleBinding", "some", "{kind: ServiceAccount, name: bot}")
            .replace("kind: Role,", "kind: ClusterRole,");
    is(way_of(&rights, Vertex::Account("shop", "bot"), ADMIN, (1, 37)), "every-right");
    let exec = in_shop(&[rule("", "pods/exec", "create")]).replace("some", "enter") + &web("x: y");
    is(way(&(world + &exec), ADMIN), "exec > every-right");
}

#[test]
fn who_asks_brings_groups_along() {
    let world = object("ClusterRole", "some", &format!("rules: [{}]", rule(RBAC, "clusterroles", "bind")))
        + &bound("ClusterRoleBinding", "some", "{kind: Group, name: binders}")
        + &object("ClusterRole", "make", &format!("rules: [{}]", rule(RBAC, "clusterrolebindings", "create")))
        + &bound("ClusterRoleBinding", "make", ANN);
    assert_eq!(way(&world, ADMIN), None);
    let inventory = inventory(&world);
    let policy = Policy::new(&inventory);
    let askers = [Identity::authenticated("ann", ["binders".to_owned()])];
    let closure = Closure::new(&policy, &inventory, Options::default(), &askers);
    let path = closure.path_to_admin(&Vertex::Asker(0)).unwrap();
    assert_eq!(path.steps.iter().map(|step| step.kind.id()).collect::<Vec<_>>(), ["bind"]);
    assert_eq!(path.steps[0].proof.len(), 2);
}

#[test]
fn climbers_are_told_by_the_worst_that_they_reach() {
    let world = everywhere(&[rule("*", "'*'", "'*'")])
        + &in_shop(&[rule("", "serviceaccounts/token", "create")]).replace("ann", "bob").replace("some", "tokens");
    let inventory = inventory(&world);
    let policy = Policy::new(&inventory);
    let closure = Closure::new(&policy, &inventory, Options::default(), &[]);
    let climbers = closure.climbers().into_iter().filter(|climber| !closure.is_built_in(&climber.path.from));
    let told: Vec<String> = climbers
        .map(|it| format!("{} {} {}", closure.name(&it.path.from), it.goal.as_str(), it.path.length()))
        .collect();
    assert_eq!(told, ["user ann cluster-admin 0", "user bob service-accounts 1"]);
}

/// Each of them, to be run again under a bug.
pub const TESTS: &[fn()] = &[
    a_group_is_impersonated_together_with_somebody,
    constrained_impersonation_needs_both_verbs_and_a_server_that_knows_them,
    constrained_impersonation_gives_what_both_allow,
    tokens_are_requested_by_name,
    a_token_secret_is_read_by_each_of_three_verbs,
    a_token_secret_is_created_and_read_perhaps_by_another,
    a_bootstrap_token_makes_a_bootstrapper,
    a_certificate_takes_request_approval_and_signer,
    a_map_of_cloud_identities_is_an_administrators,
    members_have_what_their_groups_have,
    who_asks_brings_groups_along,
    climbers_are_told_by_the_worst_that_they_reach,
];
