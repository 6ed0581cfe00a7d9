//! Generated reviews.

use std::collections::BTreeMap;

use cloister_rbac::{Action, Details, Identity, Request, Requirement, ResourceAction};
use serde_json::{Value, json};

use super::webhook::QUESTION;
use crate::judges::Dice;

/// A request as we and as the server are told it.
#[derive(Clone, Debug)]
pub struct Question {
    pub id: String,
    pub request: Request,
    pub details: Details,
    /// The body of a SubjectAccessReview.
    pub review: Value,
}

/// One review, which webhooks know again by its number.
pub fn generate(number: usize, dice: &mut Dice) -> Question {
    let id = number.to_string();
    let user = dice.pick(&["ann", "Ann", "bob", "team-blue", "system:serviceaccount:ci:bot", "s1"]).to_owned();
    let groups: Vec<String> =
        dice.some(&["team-a", "team-b", "Admins", "devs"], 45).into_iter().map(str::to_owned).collect();
    let mut extra = BTreeMap::from([(QUESTION.to_owned(), vec![id.clone()])]);
    if dice.chance(50) {
        let departments = dice.some(&["health", "billing"], 60).into_iter().map(str::to_owned);
        extra.insert("department".to_owned(), departments.collect());
    }
    if dice.chance(20) {
        extra.insert("team-a".to_owned(), vec!["team".to_owned()]);
    }
    let uid = dice.pick(&["1", "7", "abc", ""]).to_owned();
    let mut review = json!({"user": user, "groups": groups, "uid": uid, "extra": extra});
    let mut details = Details { uid: Some(uid), extra: Some(extra), ..Details::default() };
    let action = if dice.chance(30) { path(&mut review, dice) } else { resource(&mut review, &mut details, dice) };
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": review});
    Question { id, request: Request { identity: Identity { user, groups }, action }, details, review }
}

fn path(review: &mut Value, dice: &mut Dice) -> Action {
    let path = dice.pick(&["/healthz", "/api", "/apis/apps", "/metrics", "/"]).to_owned();
    let verb = dice.pick(&["get", "post"]).to_owned();
    review["nonResourceAttributes"] = json!({"path": path, "verb": verb});
    Action::Url { verb, path }
}

fn resource(review: &mut Value, details: &mut Details, dice: &mut Dice) -> Action {
    let mut pick = |words: &[&'static str]| dice.pick(words).to_owned();
    let action = ResourceAction {
        verb: pick(&["get", "list", "watch", "create", "deletecollection"]),
        group: pick(&["", "", "apps"]),
        resource: pick(&["secrets", "pods", "deployments"]),
        subresource: pick(&["", "", "exec", "status"]),
        name: pick(&["", "db", "web"]),
        namespace: pick(&["", "shop", "kube-system"]),
        ..ResourceAction::default()
    };
    let version = pick(&["v1", ""]);
    let mut attributes = json!({
        "verb": action.verb, "group": action.group, "version": version, "resource": action.resource,
        "subresource": action.subresource, "name": action.name, "namespace": action.namespace,
    });
    let fields = requirements(dice, "spec.nodeName", &["In", "NotIn"]);
    let labels = requirements(dice, "app", &["In", "NotIn", "Exists", "DoesNotExist"]);
    for (name, requirements) in [("fieldSelector", &fields), ("labelSelector", &labels)] {
        if !requirements.is_empty() {
            let list =
                requirements.iter().map(|it| json!({"key": it.key, "operator": it.operator, "values": it.values}));
            attributes[name] = json!({"requirements": list.collect::<Vec<_>>()});
        }
    }
    review["resourceAttributes"] = attributes;
    // The server asks about all versions where none is named.
    details.version = Some(if version.is_empty() { "*".to_owned() } else { version });
    details.field_selector = Some(fields);
    details.label_selector = Some(labels);
    Action::Resource(action)
}

fn requirements(dice: &mut Dice, key: &str, operators: &[&'static str]) -> Vec<Requirement> {
    if !dice.chance(40) {
        return Vec::new();
    }
    let operator = dice.pick(operators).to_owned();
    let values = if operator.contains("Exist") { Vec::new() } else { vec![dice.pick(&["n1", "n2"]).to_owned()] };
    vec![Requirement { key: key.to_owned(), operator, values }]
}
