//! What is known of the cluster, and what becomes of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cloister_manifest::{Interner, list_from_json};
use cloister_model::{Origin, Resource};
use kube::Client;
use kube::api::DynamicObject;
use kube::runtime::watcher::{self, Event};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::known::{Files, tell};
use crate::prune::prune;
use crate::say;
use crate::shared::Shared;
use crate::status::Statuses;

/// What is followed: group, version, kind, plural.
pub(super) const KINDS: [(&str, &str, &str, &str); 13] = [
    ("", "v1", "Pod", "pods"),
    ("", "v1", "Service", "services"),
    ("", "v1", "Node", "nodes"),
    ("", "v1", "Namespace", "namespaces"),
    ("apps", "v1", "Deployment", "deployments"),
    ("apps", "v1", "ReplicaSet", "replicasets"),
    ("apps", "v1", "StatefulSet", "statefulsets"),
    ("apps", "v1", "DaemonSet", "daemonsets"),
    ("batch", "v1", "Job", "jobs"),
    ("batch", "v1", "CronJob", "cronjobs"),
    ("cloister.dev", "v1alpha1", "DlpPolicy", POLICIES),
    ("cloister.dev", "v1alpha1", "DetectionProfile", "detectionprofiles"),
    ("", "v1", "ReplicationController", "replicationcontrollers"),
];
pub(super) const POLICIES: &str = "dlppolicies";
const NODES: &str = "nodes";

/// What is known of the cluster.
pub(super) struct World {
    kinds: Vec<Kind>,
    interner: Interner,
    origin: Origin,
    statuses: Statuses,
    /// What the main loop does not work with yet.
    pending: Option<Pending>,
}

/// What was published: its number, the generations of policies in it, and what was not understood of them.
struct Pending {
    number: u64,
    generations: BTreeMap<String, i64>,
    faults: HashMap<String, String>,
}

/// By namespace and name: what is kept, and the resource that it is.
type Objects = BTreeMap<(String, String), (Value, Option<Resource>)>;

/// The objects of a kind.
#[derive(Default)]
struct Kind {
    all: Objects,
    /// Those of a listing that is not over; until then the others count.
    listed: Option<Objects>,
    /// It was listed once, or may not be.
    ready: bool,
    refused: bool,
}

impl World {
    pub(super) fn new(client: Client, node: String) -> World {
        World {
            kinds: KINDS.iter().map(|_| Kind::default()).collect(),
            interner: Interner::default(),
            origin: Origin::Cluster("cluster".into()),
            statuses: Statuses::new(client, node),
            pending: None,
        }
    }

    /// Something was published that the main loop does not work with yet.
    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Every kind was listed, or may not be.
    pub(super) fn is_ready(&self) -> bool {
        self.kinds.iter().all(|kind| kind.ready)
    }

    /// Takes an event; whether anything that matters changed.
    pub(super) fn take(
        &mut self,
        number: usize,
        event: Result<Event<DynamicObject>, watcher::Error>,
        shared: &Shared,
    ) -> bool {
        let Some(described) = KINDS.get(number) else { return false };
        let read = |world: &mut World, object: DynamicObject| {
            if described.3 == POLICIES {
                world.statuses.learn(&object);
            }
            (key(&object), world.read(described, object))
        };
        // That a listing begins does not say that it will be answered.
        if !matches!(event, Ok(Event::Init) | Err(_)) {
            self.recovered(number, described.3, shared);
        }
        match event {
            Ok(Event::Init) => self.with(number, |kind| kind.listed = Some(BTreeMap::new())),
            Ok(Event::InitApply(object)) => {
                let (key, kept) = read(self, object);
                self.with(number, |kind| {
                    kind.listed.get_or_insert_default().insert(key, kept);
                })
            }
            Ok(Event::InitDone) => {
                self.with(number, |kind| {
                    kind.all = kind.listed.take().unwrap_or_default();
                    kind.ready = true;
                });
                self.forget(described.3);
            }
            Ok(Event::Apply(object)) => {
                let (key, kept) = read(self, object);
                let Some(kind) = self.kinds.get_mut(number) else { return false };
                let same = kind.all.get(&key).is_some_and(|known| known.0 == kept.0);
                kind.all.insert(key, kept);
                return !same;
            }
            Ok(Event::Delete(object)) => {
                self.with(number, |kind| {
                    kind.all.remove(&key(&object));
                });
                self.forget(described.3);
            }
            Err(error) => return self.refuse(number, described.3, &error, shared),
        }
        true
    }

    fn with(&mut self, number: usize, change: impl FnOnce(&mut Kind)) {
        if let Some(kind) = self.kinds.get_mut(number) {
            change(kind);
        }
    }

    /// A kind cannot be followed now: what is known of it stays, the rest is followed, and it is tried again.
    fn refuse(&mut self, number: usize, plural: &str, error: &watcher::Error, shared: &Shared) -> bool {
        let Some(kind) = self.kinds.get_mut(number) else { return false };
        let first = !kind.ready;
        kind.ready = true;
        // The API server has forgotten what comes next, and is asked for all.
        let expired = matches!(error, watcher::Error::WatchError(status) if status.code == 410);
        if !kind.refused && !expired {
            kind.refused = true;
            say::warning(&format!(
                "{plural} are not followed: {error}; what is known of them stays, and it is tried again"
            ));
            self.count_refused(shared);
        }
        first
    }

    fn recovered(&mut self, number: usize, plural: &str, shared: &Shared) {
        let Some(kind) = self.kinds.get_mut(number) else { return };
        if kind.refused {
            kind.refused = false;
            say::note(&format!("{plural} are followed again"));
            self.count_refused(shared);
        }
    }

    fn count_refused(&self, shared: &Shared) {
        let refused = self.kinds.iter().filter(|kind| kind.refused).count();
        shared.count(|numbers| numbers.unwatched = refused as u64);
    }

    /// Statuses of policies that are not there any more are written no more.
    fn forget(&mut self, plural: &str) {
        if plural == POLICIES {
            let policies = of(&self.kinds, POLICIES);
            self.statuses.retain(&policies.map(|(name, _)| name).collect());
        }
    }

    fn read(&mut self, described: &(&str, &str, &str, &str), object: DynamicObject) -> (Value, Option<Resource>) {
        let (group, version, kind, _) = *described;
        let api_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let whole = serde_json::to_value(object).unwrap_or_default();
        let kept = prune(&api_version, kind, &whole);
        let list = json!({ "items": [kept] }).to_string();
        let parsed = list_from_json(list.as_bytes(), &api_version, kind, &self.origin, &mut self.interner);
        let resource = parsed.ok().and_then(|parsed| parsed.resources.into_iter().next());
        (kept, resource)
    }

    pub(super) fn publish(&mut self, files: &Files, shared: &Shared) {
        let resources = self.kinds.iter().flat_map(|kind| kind.all.values().filter_map(|it| it.1.clone())).collect();
        let (knowledge, diagnostics) = files.with(resources);
        diagnostics.iter().for_each(tell);
        let mut faults: HashMap<String, String> = HashMap::new();
        for diagnostic in &diagnostics {
            // Diagnostics of a policy begin with its kind and name.
            let named = diagnostic.message.strip_prefix("DlpPolicy ").and_then(|rest| rest.split_once(": "));
            if let Some((name, message)) = named {
                faults.entry(name.to_owned()).or_insert_with(|| message.to_owned());
            }
        }
        let generation = |kept: &Value| kept.pointer("/metadata/generation").and_then(Value::as_i64).unwrap_or(0);
        let policies = of(&self.kinds, POLICIES);
        let generations = policies.map(|(name, kept)| (name.to_owned(), generation(kept))).collect();
        let number = shared.publish(Arc::new(knowledge));
        self.pending = Some(Pending { number, generations, faults });
    }

    /// Whether the main loop works with what was published by now.
    pub(super) fn settle(&mut self, shared: &Shared) -> bool {
        match self.pending.take_if(|pending| shared.is_adopted(pending.number)) {
            Some(pending) => {
                self.statuses.adopted(&pending.generations, pending.faults);
                true
            }
            None => false,
        }
    }

    /// Writes statuses; gives when to look again.
    pub(super) async fn write(&mut self, shared: &Shared) -> Instant {
        let nodes = of(&self.kinds, NODES).map(|(name, _)| name).collect();
        self.statuses.write(&shared.numbers().findings, &nodes).await
    }
}

/// The names of a kind's objects, and what is kept of them.
fn of<'a>(kinds: &'a [Kind], plural: &'static str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let number = KINDS.iter().position(|kind| kind.3 == plural);
    let kind = number.and_then(|number| kinds.get(number));
    kind.into_iter().flat_map(|kind| &kind.all).map(|((_, name), (kept, _))| (name.as_str(), kept))
}

fn key(object: &DynamicObject) -> (String, String) {
    (object.metadata.namespace.clone().unwrap_or_default(), object.metadata.name.clone().unwrap_or_default())
}
