//! The real side: attempts are made with the credentials of who makes them, and answers are put into our words.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cloister_rbac::{Atom, Identity};
use serde_json::{Value, json};

use super::attempt::{Attempt, How, What, Written};
use super::impersonation::WHO;
use super::seen::Seen;
use super::world::{Actor, Standing};
use crate::judges::rbac::server;
use crate::{Api, ControlPlane, Request, Response};

/// Makes everything that is there before anything is tried.
pub fn prepare(plane: &ControlPlane, standing: &Standing, attempts: &mut [Attempt]) -> Result<()> {
    server::apply(plane, &standing.objects)?;
    let mut olds = Vec::new();
    for attempt in attempts.iter_mut() {
        if let What::Write(written) = &mut attempt.what
            && written.old.is_some()
        {
            olds.push(written);
        }
    }
    let posts: Vec<Request> = olds
        .iter()
        .filter_map(|written| written.old.as_ref())
        .map(|old| Request::Post { path: collection(old), body: old.to_string() })
        .collect();
    for (written, answer) in olds.into_iter().zip(plane.api().send_all(&posts)?) {
        written.found(answer.success().context("failed to prepare an attempt")?.json()?);
    }
    Ok(())
}

/// A client for each actor: by token, by certificate or, where one cannot name all groups, in their name.
pub fn clients(plane: &ControlPlane, actors: &[Actor]) -> Result<Vec<Api>> {
    let client = |actor: &Actor| {
        let Identity { user, groups } = &actor.identity;
        if !actor.node.is_empty() {
            return by_token(plane, actor);
        }
        if actor.has_many_groups() {
            return Ok(plane.api().impersonating(user, groups));
        }
        let groups = groups.iter().filter(|group| *group != "system:authenticated");
        plane.api_as(user, &groups.map(String::as_str).collect::<Vec<_>>())
    };
    actors.iter().map(client).collect()
}

/// A token of the actor's service account that belongs to a pod on a node.
fn by_token(plane: &ControlPlane, actor: &Actor) -> Result<Api> {
    let api = plane.api();
    let [namespace, _] = actor.world.namespaces();
    let post = |path: &str, body: Value| api.post(path, &body.to_string())?.success()?.json();
    post("/api/v1/nodes", json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": actor.node}}))?;
    let accounts = format!("/api/v1/namespaces/{namespace}/serviceaccounts");
    post(&accounts, json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "bot"}}))?;
    let spec = json!({
        "serviceAccountName": "bot", "nodeName": actor.node,
        "containers": [{"name": "main", "image": "example.com/none"}],
    });
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bot"}, "spec": spec});
    let pod = post(&format!("/api/v1/namespaces/{namespace}/pods"), pod)?;
    let bound = json!({"apiVersion": "v1", "kind": "Pod", "name": "bot", "uid": pod["metadata"]["uid"]});
    let request = json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"boundObjectRef": bound},
    });
    let answer = post(&format!("{accounts}/bot/token"), request)?;
    plane.api_with_token(answer["status"]["token"].as_str().context("no token was given")?)
}

/// Makes an attempt, and tells what came of it.
pub fn make(client: &Api, attempt: &Attempt, actor: &Actor) -> Result<Seen> {
    match &attempt.what {
        What::Write(written) => write(client, written).map(|answer| read_write(&answer)),
        What::Impersonate { target, path, .. } => {
            let mut client = client.with_header("Impersonate-User", &target.user);
            if !target.uid.is_empty() {
                client = client.with_header("Impersonate-Uid", &target.uid);
            }
            for group in &target.groups {
                client = client.with_header("Impersonate-Group", group);
            }
            for (key, value) in &target.extra {
                let key = key.replace('/', "%2F").replace(' ', "%20");
                client = client.with_header(&format!("Impersonate-Extra-{key}"), value);
            }
            let answer = if path == WHO {
                let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
                client.post(path, &review.to_string())?
            } else {
                client.get(path)?
            };
            Ok(read_impersonation(&answer, &actor.identity.user))
        }
    }
}

fn write(client: &Api, written: &Written) -> Result<Response> {
    let (new, place) = (
        &written.new,
        format!("{}/{}", collection(&written.new), written.new["metadata"]["name"].as_str().unwrap_or_default()),
    );
    match written.how {
        How::Post => client.post(&collection(new), &new.to_string()),
        How::Put | How::PutAnyVersion => client.put(&place, &new.to_string()),
        How::Merge => client.send("PATCH", &place, "application/merge-patch+json", &written.change.to_string()),
        How::Json => {
            client.send("PATCH", &place, "application/json-patch+json", &operations(&written.change).to_string())
        }
        How::Apply => {
            // Of an object that is there, only the field that changes.
            let mut applied = json!({
                "apiVersion": new["apiVersion"], "kind": new["kind"], "metadata": {"name": new["metadata"]["name"]},
            });
            let fields = if written.old.is_some() { &written.change } else { new };
            for (field, value) in fields.as_object().into_iter().flatten() {
                if !matches!(field.as_str(), "apiVersion" | "kind" | "metadata") {
                    applied[field] = value.clone();
                }
            }
            let place = format!("{place}?fieldManager=judge&force=true");
            client.send("PATCH", &place, "application/apply-patch+yaml", &applied.to_string())
        }
    }
}

/// A merge patch of a few known fields as a JSON patch.
fn operations(change: &Value) -> Value {
    let mut operations = Vec::new();
    for (field, value) in change.as_object().into_iter().flatten() {
        if field == "metadata" {
            let parts = value.as_object().into_iter().flatten();
            operations.extend(
                parts.map(|(part, value)| json!({"op": "add", "path": format!("/metadata/{part}"), "value": value})),
            );
        } else if value.is_null() {
            operations.push(json!({"op": "remove", "path": format!("/{field}")}));
        } else {
            operations.push(json!({"op": "add", "path": format!("/{field}"), "value": value}));
        }
    }
    json!(operations)
}

fn collection(object: &Value) -> String {
    match server::post(object, object) {
        Request::Post { path, .. } | Request::Put { path, .. } => path,
    }
}

fn read_write(answer: &Response) -> Seen {
    let message = message(answer);
    match answer.status {
        200 | 201 => Seen::plain("made"),
        404 => Seen::plain("no such role"),
        // A ClusterRoleBinding that names a Role.
        400 if message == "Namespace parameter required." => Seen::plain("no such role"),
        422 | 500 => Seen::plain("invalid"),
        403 if message.contains("must have cluster-admin privileges to use the aggregationRule") => {
            Seen::plain("everything lacking")
        }
        403 => match message.split_once("is attempting to grant RBAC permissions not currently held:\n") {
            Some((_, lines)) => {
                Seen { rights: lines.lines().flat_map(rights).collect(), ..Seen::plain("rights lacking") }
            }
            None => Seen::plain("request refused"),
        },
        status => Seen::plain(format!("{status}: {message}")),
    }
}

fn read_impersonation(answer: &Response, actor: &str) -> Seen {
    let message = message(answer);
    match answer.status {
        // An object that is not there was allowed to be read.
        200 | 201 | 404 => {
            let user = answer.json().ok().and_then(|body| body.pointer("/status/userInfo").cloned());
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let becomes = user.map(|user| {
                let groups = user["groups"].as_array().into_iter().flatten().map(text).collect();
                (text(&user["username"]), groups, text(&user["uid"]))
            });
            Seen { becomes, ..Seen::plain("made") }
        }
        403 if message.contains(&format!("User \"{actor}\"")) => Seen::plain("impersonation refused"),
        403 => Seen::plain("refused to the other"),
        status => Seen::plain(format!("{status}: {message}")),
    }
}

fn message(answer: &Response) -> String {
    let body = answer.json().unwrap_or_default();
    body["message"].as_str().unwrap_or_default().to_owned()
}

/// Rights of a line such as `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`.
fn rights(line: &str) -> BTreeSet<String> {
    let list = |field: &str| -> Vec<String> {
        let start = format!("{field}:[");
        let Some((_, rest)) = line.split_once(&start) else { return Vec::new() };
        let items = rest.split_once(']').map_or(rest, |(items, _)| items);
        items.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let (verbs, groups, resources, names, urls) =
        (list("Verbs"), list("APIGroups"), list("Resources"), list("ResourceNames"), list("NonResourceURLs"));
    let mut all = BTreeSet::new();
    for verb in &verbs {
        all.extend(urls.iter().map(|url| Atom::Url { verb, url }.to_string()));
        for (group, resource) in groups.iter().flat_map(|group| resources.iter().map(move |resource| (group, resource)))
        {
            let right = |name| Atom::Resource { verb, group, resource, name }.to_string();
            if names.is_empty() {
                all.insert(right(None));
            }
            all.extend(names.iter().map(|name| right(Some(name))));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::rights;

    #[test]
    fn a_line_of_the_server_is_taken_apart() {
        let line = r#"{APIGroups:["" "apps"], Resources:["pods"], ResourceNames:["a"], Verbs:["get" "list"]}"#;
        let all: Vec<String> = rights(line).into_iter().collect();
        assert_eq!(all, ["get pods \"a\"", "get pods.apps \"a\"", "list pods \"a\"", "list pods.apps \"a\""]);
        let all: Vec<String> = rights(r#"{NonResourceURLs:["/a/*"], Verbs:["get"]}"#).into_iter().collect();
        assert_eq!(all, ["get /a/*"]);
    }
}
