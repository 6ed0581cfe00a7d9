//! Real requests: generated ones, as many users; kubectl's own; and impersonation by people who may.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use cloister_rbac::{Action, Request, ResourceAction};
use serde_json::json;

use crate::Api;
use crate::judges::Dice;

const CONNECTIONS: usize = 4;
/// Verbs that a method makes.
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
/// Of watches, which end after a second.
const WATCHES: usize = 10;

/// One request as it goes over the wire, and what the authoriser makes of it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub method: &'static str,
    pub path: String,
    pub body: Option<(&'static str, String)>,
    pub request: Request,
}

/// The request for a question; `None` where HTTP has no words for it.
pub fn of(mut request: Request, dice: &mut Dice) -> Option<Sent> {
    let names = |identity: &cloister_rbac::Identity| {
        identity.groups.iter().chain([&identity.user]).all(|word| !word.is_empty())
    };
    if !names(&request.identity) {
        return None;
    }
    let (method, path, body) = match &mut request.action {
        Action::Url { verb, path } => (url_method(verb)?, plain_path(path)?, None),
        Action::Resource(action) => resource(action, dice)?,
    };
    Some(Sent { method, path, body, request })
}

fn url_method(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "get" => "GET",
        "post" => "POST",
        "put" => "PUT",
        _ => return None,
    })
}

/// Paths of the server that are neither objects nor open to everybody.
fn plain_path(path: &str) -> Option<String> {
    let open = ["/healthz", "/readyz", "/livez"];
    let fits = path.starts_with('/') && !path.starts_with("/api/") && !path.starts_with("/apis/");
    (fits && !open.contains(&path)).then(|| path.to_owned())
}

type Written = (&'static str, String, Option<(&'static str, String)>);

fn resource(action: &mut ResourceAction, dice: &mut Dice) -> Option<Written> {
    let fits = |word: &str| !word.is_empty() && !word.contains(['/', '%', '?', '#', ' ']);
    if !fits(&action.resource) || !(action.subresource.is_empty() || fits(&action.subresource) && fits(&action.name)) {
        return None;
    }
    // In the place of such a subresource stands a resource of the namespace.
    let is_inside = action.resource == "namespaces" && action.namespace.is_empty() && !action.subresource.is_empty();
    if !VERBS.contains(&&*action.verb) || is_inside {
        return None;
    }
    let by_selector = matches!(&*action.verb, "list" | "watch");
    let needs_name = matches!(&*action.verb, "get");
    let no_name = by_selector || action.verb == "deletecollection";
    if (needs_name && !fits(&action.name)) || (no_name && !action.subresource.is_empty()) {
        return None;
    }
    if action.verb == "deletecollection" {
        action.name.clear();
    }
    if matches!(&*action.verb, "delete") && action.name.is_empty() {
        return None;
    }
    if action.verb == "watch" && !dice.chance(WATCHES) {
        return None;
    }
    action.node.clear();
    // A request for a Namespace carries it.
    if action.resource == "namespaces" && action.namespace.is_empty() && !by_selector {
        action.namespace.clone_from(&action.name);
        return Some(written(action, "", dice));
    }
    let namespace = action.namespace.clone();
    Some(written(action, &namespace, dice))
}

fn written(action: &ResourceAction, namespace: &str, dice: &mut Dice) -> Written {
    let base = if action.group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{}/v1", action.group) };
    let place = if namespace.is_empty() { String::new() } else { format!("/namespaces/{namespace}") };
    let by_selector = matches!(&*action.verb, "list" | "watch");
    let name = if action.name.is_empty() || by_selector { String::new() } else { format!("/{}", action.name) };
    let below = if action.subresource.is_empty() { String::new() } else { format!("/{}", action.subresource) };
    let selector = if by_selector && !action.name.is_empty() {
        format!("fieldSelector=metadata.name%3D{}&", action.name)
    } else {
        String::new()
    };
    let path = format!("{base}{place}/{}{name}{below}", action.resource);
    match &*action.verb {
        "list" => ("GET", format!("{path}?{selector}limit=5"), None),
        "watch" => ("GET", format!("{path}?{selector}watch=true&timeoutSeconds=1"), None),
        "create" => ("POST", format!("{path}?dryRun=All"), Some(("application/json", object(action, dice)))),
        "update" => ("PUT", format!("{path}?dryRun=All"), Some(("application/json", object(action, dice)))),
        "patch" => ("PATCH", format!("{path}?dryRun=All"), Some(("application/merge-patch+json", "{}".to_owned()))),
        "delete" | "deletecollection" => ("DELETE", format!("{path}?dryRun=All"), None),
        _ => ("GET", path, None),
    }
}

/// A body whose name is in no path: the server writes it into the event, though its authoriser has not seen it.
fn object(action: &ResourceAction, dice: &mut Dice) -> String {
    let name =
        if dice.chance(50) { json!({"name": "from-the-body"}) } else { json!({"generateName": "from-the-body-"}) };
    let (version, kind) = match &*action.resource {
        "pods" => ("v1", "Pod"),
        "secrets" => ("v1", "Secret"),
        "serviceaccounts" => ("v1", "ServiceAccount"),
        "deployments" => ("apps/v1", "Deployment"),
        "namespaces" => ("v1", "Namespace"),
        _ => ("v1", "ConfigMap"),
    };
    json!({"apiVersion": version, "kind": kind, "metadata": name}).to_string()
}

/// Sends everything as the ones who are meant; gives the status of each.
pub fn send(api: &Api, all: &[Sent]) -> Result<Vec<u16>> {
    let next = AtomicUsize::new(0);
    let statuses = Mutex::new(vec![0; all.len()]);
    let work = || -> Result<()> {
        while let Some((at, sent)) = next_of(&next, all) {
            let status = one(api, sent)?;
            if let Some(slot) = statuses.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                *slot = status;
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow::anyhow!("a sender panicked"))?)
    })?;
    Ok(statuses.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn next_of<'s>(next: &AtomicUsize, all: &'s [Sent]) -> Option<(usize, &'s Sent)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, all.get(at)?))
}

fn one(api: &Api, sent: &Sent) -> Result<u16> {
    let identity = &sent.request.identity;
    let mut headers = vec![("Impersonate-User", identity.user.clone())];
    headers.extend(identity.groups.iter().map(|group| ("Impersonate-Group", group.clone())));
    let body = sent.body.as_ref().map(|(media, body)| (*media, &**body));
    let answer = api.call(sent.method, &sent.path, &headers, body);
    Ok(answer.with_context(|| format!("{sent:?}"))?.status)
}
