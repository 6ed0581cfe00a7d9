//! # What it does
//! Asks whether the cluster refuses images without a valid signature: by Kyverno,
//! Sigstore's policy controller, Ratify, Connaisseur, Portieris or an
//! ImagePolicyWebhook of the API server.
//!
//! # Why it matters
//! Otherwise whatever a registry hands out runs, and with it whoever got into the
//! registry or the pipeline.
//!
//! # What to do
//! Sign images when they are built, and install an admission policy that refuses
//! the others; a policy that only warns keeps nothing out.
//!
//! # References
//! GDPR Art. 25(1), 32(1)(b). CIS 5.5.1. SLSA, "Verifying artifacts". Checks that a cloud
//! makes outside the cluster cannot be seen here.

use cloister_inventory::Inventory;
use cloister_model::{Node, Place, Resource, Severity, Subject};

use crate::{Check, Findings, Need, Run};

const KYVERNO: [&str; 2] = ["ClusterPolicy.kyverno.io", "Policy.kyverno.io"];
const KYVERNO_CEL: [&str; 2] =
    ["ImageValidatingPolicy.policies.kyverno.io", "NamespacedImageValidatingPolicy.policies.kyverno.io"];
const SIGSTORE: &str = "ClusterImagePolicy.policy.sigstore.dev";
/// Kinds whose mere presence means that images are refused.
const ENFORCING: [&str; 4] = [
    "ClusterImagePolicy.portieris.cloud.ibm.com",
    "ImagePolicy.portieris.cloud.ibm.com",
    "ClusterImagePolicy.config.openshift.io",
    "ImagePolicy.config.openshift.io",
];

pub(crate) const CHECK: Check = Check {
    name: "image-verification-missing",
    title: "no admission policy refuses unsigned images",
    severity: Severity::Medium,
    needs: &[Need::Cluster],
    run: Run::Inventory(&["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "Pod"], |findings| {
        let policies = policies(findings.inventory());
        let refuses = policies.iter().any(|(_, enforces)| *enforces)
            || by_webhook(findings.inventory())
            || server_asks(findings.inventory());
        if findings.examine(!refuses) {
            report(policies.first().map(|(policy, _)| *policy), findings);
        }
    }),
};

/// Whether an API server asks somebody about each image (`ImagePolicyWebhook`): what it is asked is theirs to say.
fn server_asks(inventory: &Inventory) -> bool {
    crate::control_plane::flags::has_plugin(inventory, "ImagePolicyWebhook")
}

fn report(warning: Option<&Resource>, findings: &mut Findings<'_>) {
    match warning {
        Some(policy) => findings
            .report(Place::whole(policy).at("spec"))
            .message(format!("{} \"{}\" checks signatures but refuses nothing", policy.kind, policy.name)),
        None => findings.report(Subject::Absent),
    };
}

/// Policies that look at signatures, and whether they refuse.
fn policies(inventory: &Inventory) -> Vec<(&Resource, bool)> {
    let kyverno = KYVERNO.iter().flat_map(|kind| inventory.of_kind(kind)).filter_map(kyverno);
    let cel = KYVERNO_CEL.iter().flat_map(|kind| inventory.of_kind(kind)).map(|policy| {
        let denies = policy.root.at("spec/validationActions").is_none_or(|actions| lists(actions, "Deny"));
        (policy, denies)
    });
    let sigstore = inventory
        .of_kind(SIGSTORE)
        .map(|policy| (policy, policy.root.str_at("spec/mode").unwrap_or("enforce") != "warn"));
    let enforcing = ENFORCING.iter().flat_map(|kind| inventory.of_kind(kind)).map(|policy| (policy, true));
    kyverno.chain(cel).chain(sigstore).chain(enforcing).collect()
}

fn lists(list: &Node, word: &str) -> bool {
    list.items().iter().any(|item| item.as_str() == Some(word))
}

/// A Kyverno policy with `verifyImages`; the action stands there, or for the whole policy.
fn kyverno(policy: &Resource) -> Option<(&Resource, bool)> {
    let rules = policy.root.items_at("spec/rules").iter().flat_map(|rule| rule.items_at("verifyImages"));
    let overall = policy.root.str_at("spec/validationFailureAction").unwrap_or("Audit");
    let actions: Vec<&str> = rules.map(|rule| rule.str_at("failureAction").unwrap_or(overall)).collect();
    let enforces = actions.iter().any(|action| action.eq_ignore_ascii_case("enforce"));
    (!actions.is_empty()).then_some((policy, enforces))
}

/// Ratify and Connaisseur are seen by their webhooks, the API server's own by its flag.
fn by_webhook(inventory: &Inventory) -> bool {
    let kinds = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];
    let mut webhooks = kinds.iter().flat_map(|kind| inventory.of_kind(kind));
    let named = webhooks.any(|webhook| ["connaisseur", "ratify"].iter().any(|name| webhook.name.contains(name)));
    // Ratify answers Gatekeeper as an external data provider.
    let provider = inventory
        .of_kind("Provider.externaldata.gatekeeper.sh")
        .any(|provider| ["cosign", "ratify"].iter().any(|name| provider.name.contains(name)));
    named || provider
}
