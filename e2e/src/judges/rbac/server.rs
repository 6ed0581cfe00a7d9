//! The real side: objects go to the server, wait until it knows them, and questions are answered by
//! SubjectAccessReview.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cloister_rbac::{Action, Identity, Request as Question};
use serde_json::{Value, json};

use super::objects::{Objects, object};
use super::running::{LAST, Made, NODES};
use crate::{Api, ControlPlane, Request, wait_for};

const SETTLED: Duration = Duration::from_secs(180);
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Yes or no.
    pub allowed: bool,
    /// The binding that it names, as kind, namespace and name.
    pub binding: Option<(String, String, String)>,
}

/// Creates everything, and waits until roles are collected and the authoriser knows them.
pub fn apply(plane: &ControlPlane, objects: &Objects) -> Result<()> {
    let namespace = |name: &String| Request::Post {
        path: "/api/v1/namespaces".to_owned(),
        body: json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}).to_string(),
    };
    let requests: Vec<Request> = objects.namespaces.iter().map(namespace).collect();
    create(plane.api(), &requests)?;
    let requests: Vec<Request> = objects.rbac.iter().map(|object| post(object, object)).collect();
    create(plane.api(), &requests)?;
    // Requests go on the way together: a pod must not be there before its account.
    let (accounts, others): (Vec<&Made>, Vec<&Made>) =
        objects.running.iter().partition(|(_, object)| object["kind"] == "ServiceAccount");
    for made in [accounts, others] {
        let request = |(path, object): &Made| Request::Post { path: path.clone(), body: object.to_string() };
        create(plane.api(), &made.into_iter().map(request).collect::<Vec<_>>())?;
    }
    wait_for("aggregated roles", SETTLED, || is_collected(plane.api()).then_some(()))?;
    sentinel(plane.api())?;
    let last = objects.running.iter().map(|(_, object)| object);
    let last = last.filter(|object| object["kind"] == "Pod" && object["metadata"]["name"] == LAST);
    let namespace = last.filter_map(|object| object["metadata"]["namespace"].as_str()).next();
    namespace.map_or(Ok(()), |namespace| nodes_are_known(plane.api(), namespace))
}

pub fn post(place: &Value, body: &Value) -> Request {
    let kind = place["kind"].as_str().unwrap_or_default().to_lowercase();
    let path = match place["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{RBAC}/namespaces/{namespace}/{kind}s"),
        None => format!("{RBAC}/{kind}s"),
    };
    Request::Post { path, body: body.to_string() }
}

pub fn create(api: &Api, requests: &[Request]) -> Result<()> {
    for (request, answer) in requests.iter().zip(api.send_all(requests)?) {
        answer.success().with_context(|| format!("{request:?}"))?;
    }
    Ok(())
}

/// Whether each aggregated role holds what the roles that it selects hold.
fn is_collected(api: &Api) -> bool {
    let Ok(list) = api.get(&format!("{RBAC}/clusterroles")).and_then(|answer| answer.json()) else { return false };
    let empty = Vec::new();
    let roles = list["items"].as_array().unwrap_or(&empty);
    roles.iter().filter(|role| role.get("aggregationRule").is_some()).all(|role| {
        let selectors = role["aggregationRule"]["clusterRoleSelectors"].as_array().unwrap_or(&empty);
        let others = roles.iter().filter(|other| other["metadata"]["name"] != role["metadata"]["name"]);
        let meant =
            others.filter(|other| selectors.iter().any(|selector| selects(selector, &other["metadata"]["labels"])));
        let collected: BTreeSet<String> = meant.flat_map(rules).collect();
        // The controller never writes an empty list.
        collected.is_empty() || collected == rules(role).collect()
    })
}

fn rules(role: &Value) -> impl Iterator<Item = String> {
    role["rules"].as_array().into_iter().flatten().map(Value::to_string)
}

/// Of selectors, only what is generated here.
fn selects(selector: &Value, labels: &Value) -> bool {
    let equal = selector["matchLabels"].as_object().into_iter().flatten().all(|(key, value)| &labels[key] == value);
    let expressions = selector["matchExpressions"].as_array().into_iter().flatten();
    equal
        && expressions.into_iter().all(|one| {
            let label = &labels[one["key"].as_str().unwrap_or_default()];
            one["values"].as_array().is_some_and(|values| values.contains(label))
        })
}

/// Objects that are made last, of each kind: when they count, everything before them does.
pub fn sentinel(api: &Api) -> Result<()> {
    let rules = json!([{"apiGroups": ["last.example"], "resources": ["lasts"], "verbs": ["get"]}]);
    let mut requests = Vec::new();
    for (role, binding, namespace) in
        [("ClusterRole", "ClusterRoleBinding", None), ("Role", "RoleBinding", Some("default"))]
    {
        let mut made = object(role, "last", namespace);
        made["rules"] = rules.clone();
        requests.push(post(&made, &made));
        let mut bound = object(binding, "last", namespace);
        bound["roleRef"] = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": "last"});
        bound["subjects"] =
            json!([{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": format!("last-{role}")}]);
        requests.push(post(&bound, &bound));
    }
    create(api, &requests)?;
    for role in ["ClusterRole", "Role"] {
        let question = Question {
            identity: Identity { user: format!("last-{role}"), groups: Vec::new() },
            action: Action::Resource(cloister_rbac::ResourceAction {
                verb: "get".to_owned(),
                group: "last.example".to_owned(),
                resource: "lasts".to_owned(),
                namespace: "default".to_owned(),
                ..cloister_rbac::ResourceAction::default()
            }),
        };
        wait_for("the authoriser to know the last role", SETTLED, || {
            review(api, std::slice::from_ref(&question))
                .is_ok_and(|answers| answers.iter().all(|it| it.allowed))
                .then_some(())
        })?;
    }
    Ok(())
}

/// Waits until the node authoriser knows the last object of each kind.
fn nodes_are_known(api: &Api, namespace: &str) -> Result<()> {
    let asks = |group: &str, resource: &str, namespace: &str| Question {
        identity: Identity::authenticated(format!("system:node:{}", NODES[0]), ["system:nodes".to_owned()]),
        action: Action::Resource(cloister_rbac::ResourceAction {
            verb: "get".to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            name: LAST.to_owned(),
            namespace: namespace.to_owned(),
            ..cloister_rbac::ResourceAction::default()
        }),
    };
    let questions = [
        asks("", "pods", namespace),
        asks("", "persistentvolumes", ""),
        asks("storage.k8s.io", "volumeattachments", ""),
        asks("resource.k8s.io", "resourceslices", ""),
    ];
    wait_for("the node authoriser to know what runs", SETTLED, || {
        review(api, &questions).is_ok_and(|answers| answers.iter().all(|it| it.allowed)).then_some(())
    })
}

/// Asks everything.
pub fn review(api: &Api, questions: &[Question]) -> Result<Vec<Answer>> {
    let request = |question: &Question| Request::Post { path: REVIEWS.to_owned(), body: body(question).to_string() };
    let requests: Vec<Request> = questions.iter().map(request).collect();
    let answers = api.send_all(&requests)?.into_iter().zip(&requests).map(|(answer, request)| {
        ensure!(answer.status == 201, "{request:?}: the API server answered {}: {}", answer.status, answer.body);
        let status = &answer.json()?["status"];
        let reason = status["reason"].as_str().unwrap_or_default();
        Ok(Answer { allowed: status["allowed"] == json!(true), binding: named(reason) })
    });
    answers.collect()
}

fn body(question: &Question) -> Value {
    let identity = &question.identity;
    let mut spec = json!({"user": identity.user, "groups": identity.groups});
    match &question.action {
        Action::Url { verb, path } => spec["nonResourceAttributes"] = json!({"verb": verb, "path": path}),
        Action::Resource(action) => {
            let mut attributes = json!({
                "verb": action.verb, "group": action.group, "resource": action.resource,
                "subresource": action.subresource, "name": action.name, "namespace": action.namespace,
            });
            if !action.node.is_empty() {
                let requirement = json!({"key": "spec.nodeName", "operator": "In", "values": [action.node]});
                attributes["fieldSelector"] = json!({"requirements": [requirement]});
            }
            spec["resourceAttributes"] = attributes;
        }
    }
    json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
}

/// Reads `RBAC: allowed by RoleBinding "name/namespace" of …`.
fn named(reason: &str) -> Option<(String, String, String)> {
    let (kind, rest) = reason.strip_prefix("RBAC: allowed by ")?.split_once(" \"")?;
    let name = rest.split('"').next()?;
    let (name, namespace) = name.split_once('/').unwrap_or((name, ""));
    Some((kind.to_owned(), namespace.to_owned(), name.to_owned()))
}
