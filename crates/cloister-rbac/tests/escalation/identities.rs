//! Becoming somebody else: names, tokens, certificates, groups.

use cloister_rbac::ServerRules;
use cloister_rbac::escalation::{Closure, Vertex};
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
    let closure = Closure::new(&policy, &inventory, ServerRules::default(), &askers);
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
    let closure = Closure::new(&policy, &inventory, ServerRules::default(), &[]);
    let climbers = closure.climbers().into_iter().filter(|climber| !closure.is_built_in(&climber.path.from));
    let told: Vec<String> = climbers
        .map(|it| format!("{} {} {}", closure.name(&it.path.from), it.goal.as_str(), it.path.length()))
        .collect();
    assert_eq!(told, ["user ann cluster-admin 0", "user bob service-accounts 1"]);
}

/// The service account agent of shop with these rules everywhere.
fn agent(rules: &[String]) -> String {
    object("ClusterRole", "agent", &format!("rules: [{}]", rules.join(", ")))
        + &bound("ClusterRoleBinding", "agent", "{kind: ServiceAccount, name: agent, namespace: shop}")
}

#[test]
fn a_pod_acts_as_its_own_node_for_the_pods_beside_it() {
    let group = "authentication.k8s.io";
    let rights = |whom: &str, on: &str, what: &str| {
        agent(&[whom.to_owned(), rule("", what, &format!("'impersonate-on:associated-node:{on}'"))])
    };
    let any = rule(group, "nodes", "'impersonate:associated-node'");
    let pods = deployment("agent", "serviceAccountName: agent")
        + &deployment("web", "serviceAccountName: bot, volumes: [{name: v, secret: {secretName: key}}]");
    let own = |world: &str, to: &str, server| way_of(world, Vertex::Account("shop", "agent"), to, server);
    let tokens = rights(&any, "create", "serviceaccounts/token") + &pods;
    let bot = "service account shop/bot";
    is(own(&tokens, bot, (1, 37)), "associated-node (if-on-node)");
    assert_eq!(own(&tokens, bot, (1, 35)), None, "the gate is off");
    assert_eq!(own(&tokens, "Secret shop/key", (1, 37)), None);
    let everywhere =
        tokens.replace("kind: Deployment\nmetadata: {name: agent", "kind: DaemonSet\nmetadata: {name: agent");
    is(own(&everywhere, bot, (1, 37)), "associated-node");
    let secrets = rights(&any, "get", "secrets") + &pods;
    is(own(&secrets, "Secret shop/key", (1, 37)), "associated-node (if-on-node)");
    assert_eq!(own(&secrets, bot, (1, 37)), None);
    let named = named(group, "nodes", "'impersonate:associated-node'", "one");
    let only_one = rights(&named, "create", "serviceaccounts/token") + &pods;
    assert_eq!(own(&only_one, bot, (1, 37)), None, "the server asks for the name *");
    let star = only_one.replace("resourceNames: [one]", "resourceNames: ['*']");
    is(own(&star, bot, (1, 37)), "associated-node (if-on-node)");
    let person = tokens.replace("{kind: ServiceAccount, name: agent, namespace: shop}", ANN);
    assert_eq!(way(&person, bot), None, "only service accounts are let through");
    let elsewhere = rights(&any, "create", "serviceaccounts/token") + &deployment("web", "serviceAccountName: bot");
    assert_eq!(own(&elsewhere, bot, (1, 37)), None, "without a pod there is no node");
}

#[test]
fn endpoints_take_what_is_sent_to_services() {
    let slices = in_shop(&[rule("discovery.k8s.io", "endpointslices", "create")]);
    is(way(&slices, "what is sent to the Services of shop"), "endpoint-redirect");
    is(way(&slices, "the ports of pods in every namespace"), "endpoint-redirect (if-exists)");
    let endpoints = in_shop(&[rule("", "endpoints", "patch")]);
    is(way(&endpoints, "what is sent to the Services of shop"), "endpoint-redirect");
    assert_eq!(way(&in_shop(&[rule("", "endpoints", "get, delete")]), "what is sent to the Services of shop"), None);
}

#[test]
fn cloud_identities_are_ends() {
    let arn = "arn:aws:iam::111122223333:role/reports";
    let account = format!(
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: bot, namespace: shop, annotations: {{eks.amazonaws.com/role-arn: '{arn}'}}}}\n"
    );
    let cloud = format!("cloud identity {arn}, outside the cluster");
    let enter = in_shop(&[rule("", "pods/exec", "create")]) + &web("x: y");
    is(way(&(enter.clone() + &account), &cloud), "exec > cloud-identity (if-token)");
    assert_eq!(way(&enter, &cloud), None);
    let node =
        "---\napiVersion: v1\nkind: Node\nmetadata: {name: one}\nspec: {providerID: 'aws:///eu-central-1a/i-0'}\n";
    let nodes = "cloud identity of the nodes (aws), outside the cluster";
    let host = enter.replace("x: y", "hostNetwork: true") + node;
    is(way(&host, nodes), "exec > cloud-identity");
    assert_eq!(way(&(enter + node), nodes), None, "other pods may be kept away from the metadata service");
    let root = in_shop(&[rule("", "pods", "create")]) + &namespace("a: b") + node;
    is(way(&root, nodes), "create-pod > privileged-pod > cloud-identity");
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
    a_pod_acts_as_its_own_node_for_the_pods_beside_it,
    endpoints_take_what_is_sent_to_services,
    cloud_identities_are_ends,
    members_have_what_their_groups_have,
    who_asks_brings_groups_along,
    climbers_are_told_by_the_worst_that_they_reach,
];
