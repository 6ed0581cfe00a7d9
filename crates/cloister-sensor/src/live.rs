//! Follows the API server: pods, Services, nodes, workloads, policies.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use cloister_manifest::{Interner, list_from_json};
use cloister_model::{Origin, Resource};
use futures::StreamExt;
use futures::stream::{BoxStream, select_all};
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Client, Config};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::args::Arguments;
use crate::known::{Files, tell};
use crate::prune::prune;
use crate::say;
use crate::shared::Shared;
use crate::status::Statuses;

/// What is followed: group, version, kind, plural.
const KINDS: [(&str, &str, &str, &str); 12] = [
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
    ("", "v1", "ReplicationController", "replicationcontrollers"),
];
const POLICIES: &str = "dlppolicies";
const NODES: &str = "nodes";

/// Changes that come together are taken together.
const GATHER: Duration = Duration::from_millis(150);
/// How often it is looked whether the main loop works with what is new.
const ADOPTION: Duration = Duration::from_millis(20);
/// How often it is looked whether files have changed.
const FILES: Duration = Duration::from_secs(10);
/// Who opens no connection for so long, or takes no request, is not there.
const CONNECT: Duration = Duration::from_secs(10);
/// Who says nothing for so long is not there: a watch is told a bookmark each minute. Without this, a connection that was
/// cut without a word would be believed for minutes, and a write that hangs would hold up the watch.
const SILENCE: Duration = Duration::from_secs(100);

/// Follows it in a thread of its own.
///
/// # Errors
/// It is not said how the API server is reached. That nobody answers is no error: it is tried again.
pub fn start(arguments: &Arguments, files: Files, shared: Arc<Shared>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("failed to start a runtime")?;
    let client = runtime.block_on(async {
        let config = config(arguments.kubeconfig.as_deref()).await?;
        Client::try_from(config).context("failed to make a client of the API server")
    })?;
    let node = arguments.node.clone();
    let work = move || runtime.block_on(follow(client, files, &shared, node));
    std::thread::Builder::new().name("watch".to_owned()).spawn(work).context("failed to start a thread")?;
    Ok(())
}

async fn config(kubeconfig: Option<&std::path::Path>) -> anyhow::Result<Config> {
    let mut config = match kubeconfig {
        Some(file) => {
            let read = Kubeconfig::read_from(file).with_context(|| format!("failed to read {}", file.display()))?;
            Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await?
        }
        None => Config::incluster().context("this is no pod with an account: say --kubeconfig FILE")?,
    };
    config.connect_timeout = Some(CONNECT);
    config.write_timeout = Some(CONNECT);
    config.read_timeout = Some(SILENCE);
    config.reset_reader_on_write = true;
    // The watch waits between its own tries.
    config.default_retry = false;
    Ok(config)
}

/// What is known of the cluster.
struct World {
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

async fn follow(client: Client, mut files: Files, shared: &Shared, node: String) {
    let mut streams = select_all(KINDS.iter().enumerate().map(|(number, kind)| stream(&client, number, kind)));
    let mut world = World {
        kinds: KINDS.iter().map(|_| Kind::default()).collect(),
        interner: Interner::default(),
        origin: Origin::Cluster("cluster".into()),
        statuses: Statuses::new(client, node),
        pending: None,
    };
    let mut dirty = false;
    let start = Instant::now();
    let (mut due, mut status, mut look, mut check) = (start + GATHER, start + GATHER, start + FILES, start);
    loop {
        tokio::select! {
            event = streams.next() => {
                let Some((number, event)) = event else { return };
                if world.take(number, event, shared) && !dirty {
                    dirty = true;
                    due = Instant::now() + GATHER;
                }
                if is(number, POLICIES) {
                    status = status.min(Instant::now() + GATHER);
                }
            }
            () = sleep_until(due), if dirty && world.is_ready() => {
                dirty = false;
                world.publish(&files, shared);
                check = Instant::now() + ADOPTION;
            }
            () = sleep_until(check), if world.pending.is_some() => {
                check = Instant::now() + ADOPTION;
                if world.settle(shared) {
                    status = Instant::now();
                }
            }
            () = sleep_until(look) => {
                look = Instant::now() + FILES;
                dirty |= files.renew();
            }
            () = sleep_until(status) => {
                status = world.write(shared).await;
            }
        }
    }
}

/// Whether the kind with this number has this plural.
fn is(number: usize, plural: &str) -> bool {
    KINDS.get(number).is_some_and(|kind| kind.3 == plural)
}

type Told = (usize, Result<Event<DynamicObject>, watcher::Error>);

fn stream(client: &Client, number: usize, kind: &(&str, &str, &str, &str)) -> BoxStream<'static, Told> {
    let (group, version, kind, plural) = *kind;
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural);
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let events = watcher::watcher(api, watcher::Config::default()).default_backoff();
    events.map(move |event| (number, event)).boxed()
}

impl World {
    fn is_ready(&self) -> bool {
        self.kinds.iter().all(|kind| kind.ready)
    }

    /// Takes an event; whether anything that matters changed.
    fn take(&mut self, number: usize, event: Result<Event<DynamicObject>, watcher::Error>, shared: &Shared) -> bool {
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

    fn publish(&mut self, files: &Files, shared: &Shared) {
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
    fn settle(&mut self, shared: &Shared) -> bool {
        match self.pending.take_if(|pending| shared.is_adopted(pending.number)) {
            Some(pending) => {
                self.statuses.adopted(&pending.generations, pending.faults);
                true
            }
            None => false,
        }
    }

    /// Writes statuses; gives when to look again.
    async fn write(&mut self, shared: &Shared) -> Instant {
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
