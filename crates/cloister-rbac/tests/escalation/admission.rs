//! What admission cuts, and what changes admission.

use cloister_rbac::escalation::Vertex;

use super::support::*;

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
    // A controller makes the claim of a pod's ephemeral volume.
    let volumes = in_shop(&[rule("", "pods", "create")])
        + &everywhere(&[rule("", "persistentvolumes", "create")]).replace("some", "volumes")
        + &namespace(RESTRICTED);
    is(way(&volumes, ANY_NODE), "host-path-volume > create-pod");
    let inside = in_shop(&[rule("", "pods, persistentvolumes", "create")]) + &namespace(RESTRICTED);
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

/// Each of them, to be run again under a bug.
pub const TESTS: &[fn()] = &[
    pod_security_cuts_the_way_to_the_node_but_for_volumes_and_labels,
    policies_that_refuse_everything_cut_and_others_are_told,
    a_new_namespace_has_no_label,
    webhooks_and_policies_change_what_others_write,
    labels_of_a_namespace_open_networks_where_there_are_policies,
];
