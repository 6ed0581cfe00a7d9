//! What stands between a request and the cluster: Pod Security and policies.

use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource};

use crate::system::is_system_namespace;

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
const ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";

/// What a check over the Pod Security labels of namespaces relies on.
pub(crate) const LABELLED: &[&str] = &["Namespace"];

/// The namespaces whose labels can be judged: those that were read, and are not
/// the cluster's own. An empty `default` stands in every cluster.
pub(crate) fn namespaces(inventory: &Inventory) -> impl Iterator<Item = &Resource> {
    let read = inventory.namespaces().filter_map(|(name, object)| Some((name, object?)));
    read.filter(|(name, _)| !is_system_namespace(name))
        .filter(|(name, _)| *name != "default" || inventory.pods_in(name).next().is_some())
        .map(|(_, object)| object)
}

/// The level that Pod Security enforces in a namespace, with its place.
pub(crate) fn enforced(namespace: &Resource) -> Option<(&str, Place<'_>)> {
    label(namespace, ENFORCE)
}

/// The version of the standard that is enforced, with its place.
pub(crate) fn enforced_version(namespace: &Resource) -> Option<(&str, Place<'_>)> {
    label(namespace, ENFORCE_VERSION)
}

fn label<'a>(resource: &'a Resource, key: &str) -> Option<(&'a str, Place<'a>)> {
    let node = resource.root.at("metadata/labels")?.get(key)?;
    Some((node.as_str()?, Place::of(resource, node)))
}

/// Whether Kyverno enforces the Pod Security Standards for every namespace.
pub(crate) fn kyverno_enforces(inventory: &Inventory) -> bool {
    inventory.of_kind("ClusterPolicy.kyverno.io").any(|policy| {
        let overall = policy.root.str_at("spec/validationFailureAction").unwrap_or("Audit");
        policy.root.items_at("spec/rules").iter().any(|rule| {
            let action = rule.str_at("validate/failureAction").unwrap_or(overall);
            rule.at("validate/podSecurity").is_some() && action.eq_ignore_ascii_case("enforce")
        })
    })
}

/// Kinds that each are a policy in force where they exist.
const POLICIES: [&str; 9] = [
    "ValidatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicyBinding",
    "ClusterPolicy.kyverno.io",
    "ValidatingPolicy.policies.kyverno.io",
    "Policy.kyverno.io",
    "ClusterAdmissionPolicy.policies.kubewarden.io",
    "AdmissionPolicy.policies.kubewarden.io",
    "ConstraintTemplate.templates.gatekeeper.sh",
    "SecurityContextConstraints.security.openshift.io",
];

/// Whether anything decides on what may run here, beyond the API's own rules.
pub(crate) fn has_policies(inventory: &Inventory) -> bool {
    POLICIES.iter().any(|kind| inventory.has_kind(kind))
        || inventory.resources().iter().any(|it| it.group() == "constraints.gatekeeper.sh")
        || inventory.of_kind("ValidatingWebhookConfiguration").any(judges_pods)
}

/// Whether a webhook is asked when pods are made.
fn judges_pods(configuration: &Resource) -> bool {
    configuration.root.items_at("webhooks").iter().flat_map(|webhook| webhook.items_at("rules")).any(|rule| {
        let names = |field: &str, word: &str| lists(rule.items_at(field), word);
        names("apiGroups", "")
            && names("resources", "pods")
            && names("operations", "CREATE")
            && rule.str_at("scope") != Some("Cluster")
    })
}

fn lists(list: &[Node], word: &str) -> bool {
    list.iter().any(|item| matches!(item.as_str(), Some(text) if text == word || text == "*"))
}
