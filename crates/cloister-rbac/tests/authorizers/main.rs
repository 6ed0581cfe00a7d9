//! Chains of authorisers: what they decide, and when a webhook is asked.
#![cfg(feature = "conditions")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bugs;

use std::collections::BTreeMap;

use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::Origin;
use cloister_rbac::{Action, Call, Chain, Details, Identity, Policy, Request, Requirement, ResourceAction, Verdict};

const ROLES: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ann}
roleRef: {kind: ClusterRole, name: reader}
subjects: [{kind: User, name: ann}]
---
";

fn inventory(yaml: &str) -> Inventory {
    let parsed =
        parse(&bugs::as_read(ROLES.to_owned() + yaml), &Origin::File("a.yaml".into()), 1, &mut Interner::default());
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    Inventory::new(parsed.resources, Inputs { files: true, ..Inputs::default() })
}

fn get(user: &str) -> Request {
    let action = ResourceAction {
        verb: "get".into(),
        resource: "secrets".into(),
        namespace: "shop".into(),
        name: "db".into(),
        ..ResourceAction::default()
    };
    Request { identity: Identity::authenticated(user, []), action: Action::Resource(action) }
}

fn verdict(yaml: &str, user: &str) -> Verdict {
    let inventory = inventory(yaml);
    Chain::of(&inventory).decide(&Policy::new(&inventory), &get(user), &Details::of_question("")).decision.verdict()
}

fn server(flags: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: kube-apiserver-a, namespace: kube-system}}\nspec:\n  containers:\n  \
         - {{name: a, image: a, command: [kube-apiserver, {flags}]}}\n"
    )
}

fn configuration(authorizers: &str) -> String {
    format!("apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n{authorizers}")
}

fn webhook(name: &str, policy: &str, conditions: &[&str]) -> String {
    let conditions: String = conditions.iter().map(|it| format!("\n    - expression: \"{it}\"")).collect();
    format!(
        "- type: Webhook\n  name: {name}\n  webhook:\n    failurePolicy: {policy}\n    \
         matchConditionSubjectAccessReviewVersion: v1\n    matchConditions: {}{conditions}\n",
        if conditions.is_empty() { "[]" } else { "" }
    )
}

const NODE: &str = "- {type: Node, name: node}\n";
const RBAC: &str = "- {type: RBAC, name: rbac}\n";

#[test]
fn the_first_that_decides_has_decided() {
    use Verdict::{Allowed, Denied, Unknown};
    let both = |yaml: &str| (verdict(yaml, "ann"), verdict(yaml, "bob"));
    assert_eq!(both(""), (Allowed, Denied));
    assert_eq!(both(&server("'--authorization-mode=Node,RBAC'")), (Allowed, Denied));
    assert_eq!(both(&server("'--authorization-mode', 'Node,RBAC,Webhook'")), (Allowed, Unknown));
    assert_eq!(both(&server("'--authorization-mode=Webhook,RBAC'")), (Unknown, Unknown));
    assert_eq!(both(&server("'--authorization-mode=ABAC,RBAC'")), (Allowed, Unknown), "ABAC never denies");
    assert_eq!(both(&server("'--authorization-mode=RBAC,AlwaysAllow'")), (Allowed, Allowed));
    assert_eq!(both(&server("'--authorization-mode=Webhook,AlwaysAllow'")), (Unknown, Unknown));
    assert_eq!(both(&server("'--authorization-mode=AlwaysDeny,RBAC'")), (Allowed, Denied), "it has no opinion");
    assert_eq!(both(&server("'--v=2'")), (Allowed, Allowed), "without a flag, everything is allowed");
    assert_eq!(both(&server("'--authorization-config=/etc/a.yaml'")), (Unknown, Unknown));
    let config = configuration(&(NODE.to_owned() + RBAC));
    assert_eq!(both(&format!("{}---\n{config}", server("'--authorization-config=/etc/a.yaml'"))), (Allowed, Denied));
    assert_eq!(both(&format!("{config}---\n{config}")), (Unknown, Unknown), "one of two");
    assert_eq!(verdict(&server("'--authorization-mode=Webhook'"), "ann"), Unknown, "roles count for nothing");
    assert_eq!(both(&configuration("- {type: Magic, name: m}\n")), (Unknown, Unknown));
}

#[test]
fn conditions_say_whether_a_webhook_is_asked() {
    use Verdict::{Allowed, Denied, Unknown};
    let with = |policy: &str, conditions: &[&str]| {
        let yaml = configuration(&(webhook("w", policy, conditions) + RBAC));
        (verdict(&yaml, "ann"), verdict(&yaml, "bob"))
    };
    assert_eq!(with("Deny", &[]), (Unknown, Unknown));
    assert_eq!(with("Deny", &["request.user == 'bob'"]), (Allowed, Unknown));
    assert_eq!(with("NoOpinion", &["'nobody' in request.groups"]), (Allowed, Denied));
    // An error counts by the policy, unless another condition is false.
    let fails = "request.nonResourceAttributes.path == '/a'";
    assert_eq!(with("NoOpinion", &[fails]), (Allowed, Denied));
    assert_eq!(with("Deny", &[fails]), (Denied, Denied));
    assert_eq!(with("Deny", &[fails, "request.user == 'bob'"]), (Allowed, Denied));
    assert_eq!(
        with("Deny", &["has(request.nonResourceAttributes) && request.nonResourceAttributes.path == '/a'"]),
        (Allowed, Denied)
    );
    // What the question does not tell.
    assert_eq!(with("Deny", &["request.uid == '1'"]), (Unknown, Unknown));
    assert_eq!(with("Deny", &["request.uid == '1' && request.user == 'bob'"]), (Allowed, Unknown));
    assert_eq!(with("Deny", &["has(request.uid)"]), (Unknown, Unknown), "the server always has one");
    // What our CEL does not have.
    assert_eq!(with("Deny", &["isIP(request.user)"]), (Unknown, Unknown));
    assert_eq!(with("Deny", &["isIP(request.user) && request.user == 'bob'"]), (Allowed, Unknown));
    assert_eq!(with("Deny", &["request.user == "]), (Unknown, Unknown));
}

fn called(condition: &str, request: &Request, details: &Details) -> Call {
    let inventory = inventory(&configuration(&webhook("w", "NoOpinion", &[condition])));
    let chain = Chain::of(&inventory);
    chain.calls(request, details).pop().unwrap().1
}

#[test]
fn expressions_see_the_review_as_the_server_shows_it() {
    let requirement = Requirement { key: "spec.nodeName".into(), operator: "In".into(), values: vec!["n".into()] };
    let details = Details {
        uid: Some("u".into()),
        extra: Some(BTreeMap::from([("k".to_owned(), vec!["v".to_owned()])])),
        version: Some("v1".into()),
        field_selector: Some(vec![requirement]),
        label_selector: Some(Vec::new()),
    };
    for yes in [
        "request.resourceAttributes.namespace == 'shop'",
        "request.resourceAttributes.verb in ['get', 'list']",
        "has(request.resourceAttributes.subresource)",
        "request.resourceAttributes.subresource == ''",
        "!has(request.nonResourceAttributes)",
        "!has(request.resourceAttributes.labelSelector)",
        "request.resourceAttributes.fieldSelector.requirements.exists(r, r.key == 'spec.nodeName' && 'n' in r.values)",
        "request.groups.exists(g, g.startsWith('system:')) && size(request.groups) == 1",
        "request.extra['k'][0] == 'v' && 'k' in request.extra",
        "request.uid == 'u' && request.resourceAttributes.version == 'v1'",
        "request.user.matches('^a.n$') && request.user.lowerAscii() == 'ann' && request.user.split('n').size() == 3",
        "request.?nonResourceAttributes.?path.orValue('/') == '/'",
        "request.nonResourceAttributes.path == '/a' || request.user == 'ann'",
        "request.groups.filter(g, g.contains(':')).map(g, g.replace('system:', '')) == ['authenticated']",
        "(request.user == 'ann' ? 1 : 2) + 1 == 2",
        "request.user.find('[a-m]') == 'a' && request.user.findAll('n').size() == 2",
        "sets.contains(request.groups, ['system:authenticated']) && !sets.intersects(request.groups, ['admins'])",
        "request.groups.isSorted() && request.groups.indexOf('system:authenticated') == 0",
    ] {
        assert_eq!(called(yes, &get("ann"), &details), Call::Asked, "{yes}");
        assert_eq!(called(&format!("!({yes})"), &get("ann"), &details), Call::Skipped, "{yes}");
    }
    let url = Request {
        identity: Identity::authenticated("ann", []),
        action: Action::Url { verb: "get".into(), path: "/healthz".into() },
    };
    assert_eq!(called("request.nonResourceAttributes.path.startsWith('/health')", &url, &details), Call::Asked);
    assert_eq!(called("has(request.resourceAttributes)", &url, &details), Call::Skipped);
    // A path has no version, whether the question tells one or not.
    let version = "has(request.resourceAttributes) && request.resourceAttributes.version == 'v1'";
    assert_eq!(called(version, &url, &Details::of_question("")), Call::Skipped);
    assert_eq!(called("request.resourceAttributes.version == 'v1'", &url, &Details::default()), Call::Skipped);
    let loops = "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))";
    assert!(matches!(called(loops, &url, &details), Call::Unknown(_)));
}

#[test]
fn what_the_server_refuses_is_told() {
    let yaml = configuration(
        &(webhook("w", "Perhaps", &["request.user =="]) + &webhook("w", "Deny", &[]) + "- {type: Magic, name: m}\n"),
    );
    let inventory = inventory(&yaml);
    let chain = Chain::of(&inventory);
    let told: Vec<&str> = chain.diagnostics().iter().map(|told| told.message.as_str()).collect();
    for part in ["failurePolicy", "cannot be read", "two authorisers", "no authoriser of Kubernetes"] {
        assert!(told.iter().any(|message| message.contains(part)), "{part}: {told:?}");
    }
}

/// Each of them, to be run again under a bug.
const TESTS: &[fn()] = &[
    the_first_that_decides_has_decided,
    conditions_say_whether_a_webhook_is_asked,
    expressions_see_the_review_as_the_server_shows_it,
    what_the_server_refuses_is_told,
];
