//! AuthorizationConfiguration of `apiserver.config.k8s.io`, in v1, v1beta1 and v1alpha1, which are written alike.
//! Source: Kubernetes 1.37, `apiserver/pkg/apis/apiserver/validation`.

use cloister_model::{Diagnostic, Node, Place, Resource};

use super::cel::Condition;
use super::{Authorizer, Webhook};
use crate::diagnose::at_place;

/// The server refuses more.
const MOST_CONDITIONS: usize = 64;

/// The authorisers of a configuration, in their order, and why the server would refuse it.
pub(crate) fn read(configuration: &Resource) -> (Vec<Authorizer>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut authorizers = Vec::new();
    let items = configuration.root.items_at("authorizers");
    if items.is_empty() {
        diagnostics.push(refused(Place::whole(configuration).at("authorizers"), "it names no authoriser"));
    }
    let mut names = Vec::new();
    for item in items {
        let place = Place::of(configuration, item);
        let kind = item.str_at("type").unwrap_or_default();
        let name = item.str_at("name").unwrap_or_default();
        if name.is_empty() {
            diagnostics.push(refused(place, "an authoriser has no name"));
        } else if names.contains(&name) {
            diagnostics.push(refused(place.at("name"), &format!("two authorisers are called \"{name}\"")));
        }
        names.push(name);
        authorizers.push(match built_in(kind) {
            Some(authorizer) => authorizer,
            None if kind == "Webhook" => Authorizer::Webhook(webhook(place, item, name, &mut diagnostics)),
            None => {
                diagnostics.push(refused(place.at("type"), &format!("\"{kind}\" is no authoriser of Kubernetes")));
                Authorizer::Other(kind.to_owned())
            }
        });
    }
    (authorizers, diagnostics)
}

/// The authorisers that Kubernetes brings along.
pub(crate) fn built_in(kind: &str) -> Option<Authorizer> {
    Some(match kind {
        "Node" => Authorizer::Node,
        "RBAC" => Authorizer::Rbac,
        "ABAC" => Authorizer::Abac,
        "AlwaysAllow" => Authorizer::AlwaysAllow,
        "AlwaysDeny" => Authorizer::AlwaysDeny,
        _ => return None,
    })
}

fn webhook<'a>(place: Place<'a>, item: &'a Node, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Webhook {
    let policy = item.str_at("webhook/failurePolicy").unwrap_or_default();
    if !matches!(policy, "Deny" | "NoOpinion") {
        let cause = format!("the failurePolicy of \"{name}\" must be Deny or NoOpinion");
        diagnostics.push(refused(place.at("webhook/failurePolicy"), &cause));
    }
    let nodes = item.items_at("webhook/matchConditions");
    if nodes.len() > MOST_CONDITIONS {
        let cause = format!("\"{name}\" has more than {MOST_CONDITIONS} match conditions");
        diagnostics.push(refused(place.at("webhook/matchConditions"), &cause));
    }
    let version = item.str_at("webhook/matchConditionSubjectAccessReviewVersion");
    if !nodes.is_empty() && version != Some("v1") {
        let cause = format!("\"{name}\" needs matchConditionSubjectAccessReviewVersion: v1");
        diagnostics.push(refused(place.at("webhook/matchConditionSubjectAccessReviewVersion"), &cause));
    }
    let conditions = nodes.iter().map(|node| {
        let condition = Condition::compile(node.str_at("expression").unwrap_or_default());
        if let Some(mistake) = condition.mistake() {
            let message = format!("a match condition of \"{name}\" cannot be read: {mistake}");
            let help = "what depends on it is answered \"unknown\"; the API server refuses what is no CEL";
            diagnostics.push(at_place(Place::of(place.resource, node).at("expression"), message).help(help));
        }
        condition
    });
    Webhook { name: name.to_owned(), conditions: conditions.collect(), denies_on_error: policy == "Deny" }
}

fn refused(place: Place<'_>, cause: &str) -> Diagnostic {
    at_place(place, cause.to_owned()).help("the API server does not start with this AuthorizationConfiguration")
}
