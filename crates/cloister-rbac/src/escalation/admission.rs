//! What admission refuses, as far as the input tells: Pod Security by the labels of namespaces, validating policies
//! that refuse everything, and webhooks and other policies of which nobody knows what they do.
//!
//! Source: Kubernetes 1.37, `k8s.io/pod-security-admission`, `k8s.io/apiserver/pkg/admission/plugin`.

use cloister_inventory::Inventory;
use cloister_model::{Node, Resource};

use super::conditions::Conditions;

/// The label that says what pods of a namespace may be like.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
/// Groups of policies that work by webhooks of their own.
const ENGINES: [&str; 3] = ["kyverno.io", "policies.kyverno.io", "constraints.gatekeeper.sh"];
/// Where rules of webhooks stand.
const WEBHOOKS: [&str; 2] = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];

/// What admission makes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nothing refuses it, or nobody knows.
    Open(Conditions),
    /// It is refused.
    Refused,
}

/// A request as admission sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admitted {
    pub operation: &'static str,
    pub group: &'static str,
    pub resource: &'static str,
    pub subresource: &'static str,
}

impl Admitted {
    /// Reading is not admitted; entering a pod is a connection.
    pub fn by_verb(
        verb: &str,
        group: &'static str,
        resource: &'static str,
        subresource: &'static str,
    ) -> Option<Admitted> {
        let operation = match verb {
            _ if matches!(subresource, "exec" | "attach" | "portforward" | "proxy") => "CONNECT",
            "create" => "CREATE",
            "update" | "patch" => "UPDATE",
            "delete" => "DELETE",
            _ => return None,
        };
        Some(Admitted { operation, group, resource, subresource })
    }
}

/// All of it.
#[derive(Debug)]
pub(crate) struct Admission<'a> {
    inventory: &'a Inventory,
    /// Rules of what refuses whatever they match.
    refusing: Vec<&'a Node>,
    /// Rules of what may refuse.
    unknown: Vec<&'a Node>,
    has_engine: bool,
}

impl<'a> Admission<'a> {
    pub fn new(inventory: &'a Inventory) -> Admission<'a> {
        let mut admission = Admission { inventory, refusing: Vec::new(), unknown: Vec::new(), has_engine: false };
        admission.has_engine =
            ["ClusterPolicy.kyverno.io", "Policy.kyverno.io", "ValidatingPolicy.policies.kyverno.io"]
                .iter()
                .any(|kind| inventory.has_kind(kind))
                || inventory.resources().iter().any(|resource| ENGINES.contains(&resource.group()));
        for configuration in WEBHOOKS.iter().flat_map(|kind| inventory.of_kind(kind)) {
            for webhook in configuration.root.items_at("webhooks") {
                admission.unknown.extend(webhook.items_at("rules"));
            }
        }
        for binding in inventory.of_kind("ValidatingAdmissionPolicyBinding") {
            admission.read_binding(binding);
        }
        admission
    }

    fn read_binding(&mut self, binding: &Resource) {
        let denies = binding.root.strs_at("spec/validationActions").any(|action| action == "Deny");
        let name = binding.root.str_at("spec/policyName").unwrap_or_default();
        let policy = self.inventory.get_cluster_wide("ValidatingAdmissionPolicy", name);
        let Some(policy) = policy.filter(|_| denies) else { return };
        let rules = policy.root.items_at("spec/matchConstraints/resourceRules");
        let is_certain = refuses_all(policy) && is_for_all(binding.root.at("spec/matchResources"));
        if is_certain && binding.root.at("spec/paramRef").is_none() {
            self.refusing.extend(rules);
        } else {
            self.unknown.extend(rules);
        }
    }

    /// What becomes of a request.
    pub fn answer(&self, request: Admitted) -> Answer {
        let matches = |rules: &[&Node]| rules.iter().any(|rule| is_about(rule, request));
        if matches(&self.refusing) {
            return Answer::Refused;
        }
        let may_refuse = self.has_engine || matches(&self.unknown);
        Answer::Open(Conditions::UNLESS_ADMISSION.when(may_refuse))
    }

    /// Whether pods that reach for their node are let into one of these namespaces, and if that is certain.
    pub fn lets_privileged_in<'n>(&self, namespaces: impl IntoIterator<Item = &'n str>) -> Option<Conditions> {
        let unread = self.inventory.inputs().unread.iter().any(|unread| &*unread.kind == "Namespace");
        let of = |namespace: &str| match self.inventory.namespace(namespace) {
            None => Some(Conditions::UNLESS_ADMISSION.when(unread || !self.inventory.inputs().cluster)),
            Some(object) => match object.label(ENFORCE) {
                Some("baseline" | "restricted") => None,
                Some("privileged") | None => Some(Conditions::NONE),
                // The API server takes no other word; one in a file says nothing.
                Some(_) => Some(Conditions::UNLESS_ADMISSION),
            },
        };
        namespaces.into_iter().filter_map(of).min()
    }
}

fn refuses_all(policy: &Resource) -> bool {
    let spec = &policy.root;
    let mut expressions = spec.items_at("spec/validations").iter().filter_map(|it| it.str_at("expression"));
    expressions.any(|expression| expression.trim() == "false")
        && spec.items_at("spec/matchConditions").is_empty()
        && spec.at("spec/paramKind").is_none()
        && is_for_all(spec.at("spec/matchConstraints"))
}

/// Whether a choice of objects leaves nothing out but by its rules.
fn is_for_all(choice: Option<&Node>) -> bool {
    choice.is_none_or(|choice| {
        let is_empty = |field: &str| choice.get(field).is_none_or(Node::is_empty);
        is_empty("namespaceSelector") && is_empty("objectSelector") && is_empty("excludeResourceRules")
    })
}

/// Admission has wildcards of its own: `*` is all but what is below, `pods/*` is pods and what is below them.
fn is_about(rule: &Node, request: Admitted) -> bool {
    let has = |field: &str, wanted: &str| rule.strs_at(field).any(|word| word == "*" || word == wanted);
    let names_one = rule.items_at("resourceNames").is_empty();
    let is_resource = |word: &str| {
        let (resource, below) = word.split_once('/').unwrap_or((word, ""));
        (resource == "*" || resource == request.resource) && (below == request.subresource || below == "*")
    };
    names_one
        && has("operations", request.operation)
        && has("apiGroups", request.group)
        && rule.strs_at("resources").any(is_resource)
}
