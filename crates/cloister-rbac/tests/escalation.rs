//! Each way to climb: when it is there, and when it only looks so.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_rbac::escalation::{Closure, Options, Vertex};
use cloister_rbac::{Identity, Policy};

fn object(kind: &str, name: &str, rest: &str) -> String {
    let api = match kind {
        _ if kind.contains("Role") => "rbac.authorization.k8s.io/v1",
        "Deployment" | "DaemonSet" => "apps/v1",
        _ if kind.contains("Webhook") || kind.contains("Admission") => "admissionregistration.k8s.io/v1",
        _ => "v1",
    };
    format!("---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: shop}}\n{rest}\n")
}

fn bound(kind: &str, name: &str, subject: &str) -> String {
    let role = kind.strip_suffix("Binding").unwrap();
    object(kind, name, &format!("roleRef: {{kind: {role}, name: {name}}}\nsubjects: [{subject}]"))
}

const ANN: &str = "{kind: User, name: ann}";

/// A rule: group, resources, verbs, and perhaps names.
fn rule(group: &str, resources: &str, verbs: &str) -> String {
    format!("{{apiGroups: ['{group}'], resources: [{resources}], verbs: [{verbs}]}}")
}

fn named(group: &str, resources: &str, verbs: &str, names: &str) -> String {
    format!("{{apiGroups: ['{group}'], resources: [{resources}], verbs: [{verbs}], resourceNames: [{names}]}}")
}

/// Ann with these rules everywhere.
fn everywhere(rules: &[String]) -> String {
    object("ClusterRole", "some", &format!("rules: [{}]", rules.join(", "))) + &bound("ClusterRoleBinding", "some", ANN)
}

/// Ann with these rules in the namespace shop.
fn in_shop(rules: &[String]) -> String {
    object("Role", "some", &format!("rules: [{}]", rules.join(", "))) + &bound("RoleBinding", "some", ANN)
}

fn inventory(yaml: &str) -> Inventory {
    let resources = parse(yaml, &Origin::File("roles.yaml".into()), 1, &mut Interner::default()).resources;
    // A cluster has only the roles that were read.
    let cluster = yaml.starts_with(CLUSTER);
    Inventory::new(resources, Inputs { files: !cluster, cluster, ..Inputs::default() })
}

/// The kinds of the shortest way, and what it hangs on.
fn way_of(yaml: &str, who: Vertex<'_>, to: &str, server: (u32, u32)) -> Option<String> {
    let inventory = inventory(yaml);
    let policy = Policy::new(&inventory);
    let closure = Closure::new(&policy, &inventory, Options { server }, &[]);
    let to_admin = closure.path_to_admin(&who).filter(|_| to == "cluster-admin");
    let path = to_admin.or_else(|| closure.paths_from(&who).into_iter().find(|path| closure.name(&path.to) == to))?;
    let kinds: Vec<&str> = path.steps.iter().map(|step| step.kind.id()).collect();
    let conditions: Vec<&str> = path.conditions().ids().collect();
    let flags = if conditions.is_empty() { String::new() } else { format!(" ({})", conditions.join(" ")) };
    Some(kinds.join(" > ") + &flags)
}

fn way(yaml: &str, to: &str) -> Option<String> {
    way_of(yaml, Vertex::User("ann"), to, (1, 37))
}

fn is(way: Option<String>, expected: &str) {
    assert_eq!(way.as_deref(), Some(expected));
}

const ADMIN: &str = "cluster-admin";
const CLUSTER: &str = "# read from a cluster\n";
const RBAC: &str = "rbac.authorization.k8s.io";
const ALL_OF_SHOP: &str = "any service account of shop";
const ANY_NODE: &str = "root on any node";

fn namespace(label: &str) -> String {
    format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, labels: {{{label}}}}}\n")
}

const RESTRICTED: &str = "pod-security.kubernetes.io/enforce: restricted";

fn deployment(name: &str, spec: &str) -> String {
    object(
        "Deployment",
        name,
        &format!("spec: {{template: {{metadata: {{}}, spec: {{{spec}, containers: [{{name: c, image: x}}]}}}}}}"),
    )
}

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
    is(way(&world, "user bob"), "constrained-impersonation (limited-actions)");
    assert_eq!(way_of(&world, Vertex::User("ann"), "user bob", (1, 35)), None);
    assert_eq!(way(&everywhere(&[whom]), "user bob"), None);
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
fn a_pod_takes_any_account_and_a_name_limits_creation() {
    is(way(&in_shop(&[rule("", "pods", "create")]), ALL_OF_SHOP), "create-pod");
    is(way(&in_shop(&[rule("", "pods", "create")]), "the Secrets of shop"), "create-pod");
    assert_eq!(way(&in_shop(&[named("", "pods", "create", "web")]), ALL_OF_SHOP), None);
    is(way(&in_shop(&[named("", "pods", "create, patch", "web")]), ALL_OF_SHOP), "create-pod");
    assert_eq!(way(&in_shop(&[rule("", "'pods/*'", "'*'")]), ALL_OF_SHOP), None);
    assert_eq!(way(&in_shop(&[rule("apps", "pods", "create")]), ALL_OF_SHOP), None);
}

#[test]
fn workloads_are_of_their_groups() {
    is(way(&in_shop(&[rule("apps", "deployments", "create")]), ALL_OF_SHOP), "create-workload");
    is(way(&in_shop(&[rule("batch", "cronjobs", "create")]), ALL_OF_SHOP), "create-workload");
    assert_eq!(way(&in_shop(&[rule("", "deployments", "create")]), ALL_OF_SHOP), None);
    let patch = in_shop(&[rule("apps", "deployments", "patch")]);
    is(way(&patch, ALL_OF_SHOP), "change-workload (if-exists)");
    is(way(&(patch + &deployment("web", "x: y")), ALL_OF_SHOP), "change-workload");
    assert_eq!(way(&in_shop(&[rule("batch", "jobs", "patch")]), ALL_OF_SHOP), None, "a Job's template stays");
    assert_eq!(way(&in_shop(&[rule("apps", "deployments/scale", "patch")]), ALL_OF_SHOP), None);
}

fn web(spec: &str) -> String {
    deployment("web", &format!("serviceAccountName: bot, {spec}"))
}

const BOT: &str = "service account shop/bot";

#[test]
fn a_pod_is_entered_by_the_verb_of_the_servers_version() {
    let get = in_shop(&[rule("", "pods/exec", "get")]) + &web("x: y");
    assert_eq!(way(&get, BOT), None);
    is(way_of(&get, Vertex::User("ann"), BOT, (1, 34)), "exec");
    is(way(&(in_shop(&[rule("", "'*/exec'", "create")]) + &web("x: y")), BOT), "exec");
    is(way(&(in_shop(&[rule("", "pods/attach", "create")]) + &web("x: y")), BOT), "attach (if-interactive)");
    is(way(&(in_shop(&[rule("", "pods/ephemeralcontainers", "patch")]) + &web("x: y")), BOT), "ephemeral-container");
    is(way(&(in_shop(&[rule("", "pods", "update")]) + &web("x: y")), BOT), "change-pod");
    is(way(&in_shop(&[rule("", "pods/portforward", "create")]), "the ports of pods in shop"), "port-forward");
}

#[test]
fn a_pod_without_a_token_gives_no_account() {
    let exec = in_shop(&[rule("", "pods/exec", "create")]);
    assert_eq!(way(&(exec.clone() + &web("automountServiceAccountToken: false")), BOT), None);
    let account = object("ServiceAccount", "bot", "automountServiceAccountToken: false");
    assert_eq!(way(&(exec.clone() + &web("x: y") + &account), BOT), None);
    is(way(&(exec.clone() + &web("automountServiceAccountToken: true") + &account), BOT), "exec");
    let projected = "automountServiceAccountToken: false, volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]";
    is(way(&(exec.clone() + &web(projected)), BOT), "exec");
    let other = projected.replace("{path: t}", "{path: t, audience: vault}");
    assert_eq!(way(&(exec + &web(&other)), BOT), None);
}

#[test]
fn a_name_of_a_pod_enters_that_pod() {
    let pod = object("Pod", "web", "spec: {serviceAccountName: bot, containers: [{name: c, image: x}]}");
    let exec = |name: &str| in_shop(&[named("", "pods/exec", "create", name)]) + &pod;
    is(way(&exec("web"), BOT), "exec");
    assert_eq!(way(&exec("db"), BOT), None);
}

#[test]
fn nodes_proxy_enters_pods_by_get_and_only_everywhere() {
    is(way(&(everywhere(&[rule("", "nodes/proxy", "get")]) + &web("x: y")), BOT), "nodes-proxy");
    assert_eq!(way(&(in_shop(&[rule("", "nodes/proxy", "get")]) + &web("x: y")), BOT), None);
    for other in ["nodes/metrics", "nodes/stats", "nodes/pods", "nodes"] {
        assert_eq!(way(&(everywhere(&[rule("", other, "get, create")]) + &web("x: y")), BOT), None, "{other}");
    }
}

#[test]
fn pod_security_cuts_the_way_to_the_node_but_for_volumes_and_labels() {
    let pods = in_shop(&[rule("", "pods", "create")]);
    is(way(&(pods.clone() + &namespace("")), ANY_NODE), "create-pod > privileged-pod");
    is(way(&pods, ANY_NODE), "create-pod > privileged-pod (unless-admission)");
    let restricted = pods.clone() + &namespace(RESTRICTED);
    assert_eq!(way(&restricted, ANY_NODE), None);
    is(way(&restricted, ALL_OF_SHOP), "create-pod");
    let labels = in_shop(&[rule("", "pods", "create"), rule("", "namespaces", "patch")]) + &namespace(RESTRICTED);
    is(way(&labels, ANY_NODE), "namespace-label > create-pod");
    let other =
        in_shop(&[rule("", "pods", "create"), named("", "namespaces", "patch", "home")]) + &namespace(RESTRICTED);
    assert_eq!(way(&other, ANY_NODE), None);
    let claims = rule("", "persistentvolumeclaims", "create");
    let volumes = in_shop(&[rule("", "pods", "create"), claims.clone()])
        + &everywhere(&[rule("", "persistentvolumes", "create")]).replace("some", "volumes")
        + &namespace(RESTRICTED);
    is(way(&volumes, ANY_NODE), "host-path-volume > host-path-volume > create-pod");
    let inside = in_shop(&[rule("", "pods, persistentvolumes", "create"), claims]) + &namespace(RESTRICTED);
    assert_eq!(way(&inside, ANY_NODE), None, "a RoleBinding gives no volumes");
}

#[test]
fn policies_that_refuse_everything_cut_and_others_are_told() {
    let policy = |expression: &str, more: &str| {
        object(
            "ValidatingAdmissionPolicy",
            "no-pods",
            &format!(
                "spec: {{{more} matchConstraints: {{resourceRules: [{{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}}]}}, validations: [{{expression: '{expression}'}}]}}"
            ),
        ) + &object(
            "ValidatingAdmissionPolicyBinding",
            "no-pods",
            "spec: {policyName: no-pods, validationActions: [Deny]}",
        )
    };
    let pods = in_shop(&[rule("", "pods", "create")]);
    assert_eq!(way(&(pods.clone() + &policy("false", "")), ALL_OF_SHOP), None);
    let flagged = "create-pod (unless-admission)";
    is(way(&(pods.clone() + &policy("object.spec.hostPID", "")), ALL_OF_SHOP), flagged);
    is(way(&(pods.clone() + &policy("false", "matchConditions: [{name: a, expression: b}],")), ALL_OF_SHOP), flagged);
    let audit = policy("false", "").replace("[Deny]", "[Audit]");
    is(way(&(pods.clone() + &audit), ALL_OF_SHOP), "create-pod");
    let webhook = object(
        "ValidatingWebhookConfiguration",
        "w",
        "webhooks: [{name: w, rules: [{apiGroups: ['*'], operations: ['*'], resources: ['*']}]}]",
    );
    is(way(&(pods.clone() + &webhook), ALL_OF_SHOP), flagged);
    let of_others = webhook.replace("resources: ['*']", "resources: ['pods/exec']");
    is(way(&(pods + &of_others), ALL_OF_SHOP), "create-pod");
    let workloads = in_shop(&[rule("apps", "deployments", "create")]) + &policy("false", "");
    assert_eq!(way(&workloads, ALL_OF_SHOP), None, "its pods are refused");
}

#[test]
fn a_new_namespace_has_no_label() {
    let labelled: String = ["shop", "default", "kube-system", "kube-public", "kube-node-lease"]
        .iter()
        .map(|name| namespace(RESTRICTED).replace("shop", name))
        .collect();
    let labelled = format!("{labelled}---\napiVersion: v1\nkind: Node\nmetadata: {{name: a}}\n");
    let pods = CLUSTER.to_owned() + &everywhere(&[rule("", "pods", "create")]) + &labelled;
    assert_eq!(way(&pods, ANY_NODE), None);
    let both = CLUSTER.to_owned() + &everywhere(&[rule("", "pods, namespaces", "create")]) + &labelled;
    is(way(&both, ANY_NODE), "new-namespace > create-pod");
}

#[test]
fn webhooks_and_policies_change_what_others_write() {
    let group = "admissionregistration.k8s.io";
    let all = "any service account of every namespace";
    is(
        way(&everywhere(&[rule(group, "mutatingwebhookconfigurations", "patch")]), all),
        "mutating-webhook (when-others-act)",
    );
    let reads = everywhere(&[rule(group, "validatingwebhookconfigurations", "create")]);
    is(way(&reads, "the Secrets of every namespace"), "validating-webhook (when-others-act)");
    assert_eq!(way(&reads, all), None);
    let policies = everywhere(&[rule(group, "mutatingadmissionpolicies, mutatingadmissionpolicybindings", "create")]);
    is(way(&policies, all), "mutating-policy > mutating-policy (when-others-act)");
    assert_eq!(way_of(&policies, Vertex::User("ann"), all, (1, 35)), None);
    let half = everywhere(&[rule(group, "mutatingadmissionpolicies", "create")]);
    assert_eq!(way(&half, all), None);
    let services = everywhere(&[rule("apiregistration.k8s.io", "apiservices", "update")]);
    is(way(&services, "requests of others"), "api-service (when-others-act)");
    let definitions = everywhere(&[rule("apiextensions.k8s.io", "customresourcedefinitions", "update")]);
    is(way(&definitions, "requests of others"), "conversion-webhook (when-others-act)");
}

#[test]
fn labels_of_a_namespace_open_networks_where_there_are_policies() {
    let labels = in_shop(&[rule("", "namespaces", "patch")]);
    assert_eq!(way(&labels, "the network of shop"), None);
    let policy = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n, namespace: shop}\nspec: {podSelector: {}}\n";
    is(way(&(labels + policy), "the network of shop"), "namespace-peer");
}

fn node(name: &str, labels: &str) -> String {
    format!("---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n")
}

fn pod_on(node: &str, spec: &str, context: &str) -> String {
    object(
        "Pod",
        &format!("on-{node}"),
        &format!(
            "spec: {{nodeName: {node}, serviceAccountName: on-{node}, {spec}, containers: [{{name: c, image: x, {context}}}]}}"
        ),
    )
}

#[test]
fn a_pod_leads_to_its_node_and_the_node_to_its_pods() {
    let exec = in_shop(&[named("", "pods/exec", "create", "on-a")]) + &node("a", "") + &node("b", "");
    let world = |spec: &str, context: &str| exec.clone() + &pod_on("a", spec, context) + &pod_on("b", "x: y", "x: y");
    let to_a = |spec: &str, context: &str| way(&world(spec, context), "root on node a");
    let privileged = "securityContext: {privileged: true}";
    is(to_a("x: y", privileged), "exec > container-escape");
    assert_eq!(way(&world("x: y", privileged), "root on node b"), None);
    assert_eq!(to_a("x: y", "x: y"), None);
    for capability in ["SYS_ADMIN", "cap_sys_module", "ALL", "DAC_READ_SEARCH"] {
        let context = format!("securityContext: {{capabilities: {{add: [{capability}]}}}}");
        is(to_a("x: y", &context), "exec > container-escape");
        assert_eq!(to_a("hostUsers: false", &context), None, "{capability} in a user namespace");
    }
    let traces = "securityContext: {capabilities: {add: [SYS_PTRACE]}}";
    is(to_a("hostPID: true", traces), "exec > container-escape");
    assert_eq!(to_a("x: y", traces), None);
    let path = |path: &str| format!("volumes: [{{name: v, hostPath: {{path: {path}}}}}]");
    let mount = "volumeMounts: [{name: v, mountPath: /v}]";
    let read = "volumeMounts: [{name: v, mountPath: /v, readOnly: true}]";
    is(to_a(&path("/var/run/docker.sock"), read), "exec > container-escape");
    is(to_a(&path("/etc/kubernetes/pki"), read), "exec > container-escape");
    is(to_a(&path("/"), read), "exec > container-escape");
    is(to_a(&path("/etc/kubernetes/manifests"), mount), "exec > static-pod");
    is(to_a(&path("/usr/local/bin"), mount), "exec > container-escape");
    assert_eq!(to_a(&path("/usr/local/bin"), read), None);
    assert_eq!(to_a(&path("/var/log/app"), mount), None);
    assert_eq!(to_a(&path("/"), "x: y"), None, "not mounted");
}

#[test]
fn a_node_has_the_tokens_of_its_pods_and_a_control_plane_has_all() {
    let exec = in_shop(&[named("", "pods/exec", "create", "on-a")]);
    let pods = pod_on("a", "x: y", "securityContext: {privileged: true}") + &pod_on("b", "x: y", "x: y");
    let workers = exec.clone() + &node("a", "") + &node("b", "") + &pods;
    assert_eq!(way(&workers, ADMIN), None);
    assert_eq!(way(&workers, "service account shop/on-b"), None);
    let masters = exec + &node("a", "node-role.kubernetes.io/control-plane: ''") + &node("b", "") + &pods;
    is(way(&masters, ADMIN), "exec > container-escape > control-plane-node");
}

#[test]
fn powerful_pods_are_drawn_to_a_node() {
    let steals = [rule("", "pods", "delete"), named("", "pods/exec", "create", "on-a")];
    let taints = everywhere(&[rule("", "nodes", "patch")]).replace("some", "taints");
    let world = node("a", "")
        + &node("b", "")
        + &pod_on("a", "x: y", "securityContext: {privileged: true}")
        + &pod_on("b", "x: y", "x: y");
    let other = "service account shop/on-b";
    let steps = "steal-pods > steal-pods > exec > container-escape (if-on-node)";
    is(way(&(in_shop(&steals) + &taints + &world), other), steps);
    assert_eq!(way(&(in_shop(&steals) + &world), other), None);
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
