//! What a request needs beside what its event says: rights that the server asks for on the way.

use crate::actions::Asked;
use crate::event::{Event, Impersonated, Object};
use crate::uri;

/// Hands out the action of an event. What it is about is written as the authoriser saw it.
pub fn action(event: &Event<'_>, each: &mut dyn FnMut(Asked<'_>)) {
    let Some(object) = &event.object_ref else {
        let path = uri::path(&event.request_uri);
        return each(Asked::Url { verb: &event.verb, path: &path });
    };
    let creates = &*event.verb == "create" && object.subresource.is_empty();
    if creates && !object.name.is_empty() {
        let (namespace, name) = uri::place(&event.request_uri);
        let namespace = if event.request_uri.is_empty() { &*object.namespace } else { &*namespace };
        return each(asked(&event.verb, object, &name, namespace));
    }
    each(asked(&event.verb, object, &object.name, &object.namespace));
}

fn asked<'e>(verb: &'e str, object: &'e Object<'_>, name: &'e str, namespace: &'e str) -> Asked<'e> {
    Asked::Resource {
        verb,
        group: group(object),
        resource: &object.resource,
        subresource: &object.subresource,
        name,
        namespace,
    }
}

/// In `v1alpha1` the group stands before the version.
fn group<'e>(object: &'e Object<'_>) -> &'e str {
    if !object.api_group.is_empty() {
        return &object.api_group;
    }
    object.api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Hands out what else the one who is answered needed: `create` where a patch or an update made the object, and where a
/// pod was entered by WebSocket, for which servers ask since 1.35; before, `get` alone gave the same.
/// Source: Kubernetes 1.37, `handlers/patch.go`, `handlers/update.go` and `ensureAuthorizedForVerb` of pods.
pub fn also(event: &Event<'_>, each: &mut dyn FnMut(Asked<'_>)) {
    let Some(object) = &event.object_ref else { return };
    let made = matches!(&*event.verb, "patch" | "update") && event.code() == 201;
    let enters = &*event.verb == "get"
        && group(object).is_empty()
        && &*object.resource == "pods"
        && matches!(&*object.subresource, "exec" | "attach" | "portforward")
        && !matches!(event.code(), 0 | 403);
    if made || enters {
        each(asked("create", object, &object.name, &object.namespace));
    }
}

/// Hands out what the one who asked needed to be taken for another.
/// Source: Kubernetes 1.37, `filters/impersonation`. Groups that the server adds by itself are not asked for.
pub fn impersonation(event: &Event<'_>, each: &mut dyn FnMut(Asked<'_>)) {
    let Some(user) = &event.impersonated_user else { return };
    let constraint = event.authentication_metadata.as_ref().map_or("", |it| &*it.impersonation_constraint);
    let verb = if constraint.is_empty() { "impersonate" } else { constraint };
    let group = if constraint.is_empty() { "" } else { AUTHENTICATION };
    let account = user.username.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
    let node = user.username.strip_prefix("system:node:").filter(|_| !constraint.is_empty());
    let (resource, namespace, name) = match (account, node) {
        (Some((namespace, name)), _) => ("serviceaccounts", namespace, name),
        // One right for every node that it may be on.
        (_, Some(_)) if constraint.ends_with(":associated-node") => ("nodes", "", "*"),
        (_, Some(node)) => ("nodes", "", node),
        _ => ("users", "", &*user.username),
    };
    let named = |group, resource, subresource, name, namespace| Asked::Resource {
        verb,
        group,
        resource,
        subresource,
        name,
        namespace,
    };
    each(named(group, resource, "", name, namespace));
    for asked_for in user.groups.iter().flatten().filter(|asked_for| !is_added(user, asked_for, node.is_some())) {
        each(named(group, "groups", "", asked_for, ""));
    }
    if !user.uid.is_empty() {
        each(named(AUTHENTICATION, "uids", "", &user.uid, ""));
    }
    for (key, values) in user.extra.iter().flatten() {
        values.iter().flatten().for_each(|value| each(named(AUTHENTICATION, "userextras", key, value, "")));
    }
    if let Some(mode) = constraint.strip_prefix("impersonate:") {
        let verb = format!("impersonate-on:{mode}:{}", &*event.verb);
        action(event, &mut |asked| each(with_verb(asked, &verb)));
    }
}

const AUTHENTICATION: &str = "authentication.k8s.io";

fn with_verb<'e>(asked: Asked<'e>, verb: &'e str) -> Asked<'e> {
    match asked {
        Asked::Resource { group, resource, subresource, name, namespace, .. } => {
            Asked::Resource { verb, group, resource, subresource, name, namespace }
        }
        Asked::Url { path, .. } => Asked::Url { verb, path },
    }
}

fn is_added(user: &Impersonated<'_>, group: &str, is_node: bool) -> bool {
    let of_accounts =
        user.username.starts_with("system:serviceaccount:") && group.starts_with("system:serviceaccounts");
    matches!(group, "system:authenticated" | "system:unauthenticated")
        || of_accounts
        || (is_node && group == "system:nodes")
}
