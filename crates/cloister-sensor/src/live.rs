//! Follows the API server: pods, Services, nodes, workloads, policies.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use cloister_manifest::{Interner, list_from_json};
use cloister_model::{Origin, Resource, clean};
use futures::StreamExt;
use futures::stream::{BoxStream, select_all};
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Client, Config};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use crate::args::Arguments;
use crate::known::{Files, tell};
use crate::prune::prune;
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

/// Changes that come together are taken together.
const GATHER: Duration = Duration::from_millis(150);
/// How long the main loop may take to work with what is new.
const ADOPTION: Duration = Duration::from_millis(50);
/// How often the status of policies is renewed.
const STATUS: Duration = Duration::from_secs(10);

/// Follows it in a thread of its own.
pub fn start(arguments: &Arguments, files: Files, shared: Arc<Shared>) -> anyhow::Result<()> {
    let kubeconfig = arguments.kubeconfig.clone();
    let node = arguments.node.clone();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let ended = runtime.context("failed to start a runtime").and_then(|runtime| {
            runtime.block_on(async {
                let client =
                    Client::try_from(config(kubeconfig.as_deref()).await?).context("failed to make a client")?;
                follow(client, files, &shared, node).await;
                anyhow::Ok(())
            })
        });
        if let Err(error) = ended {
            eprintln!("error: the API server is not followed: {}", clean(&format!("{error:#}")));
        }
    };
    std::thread::Builder::new().name("watch".to_owned()).spawn(work).context("failed to start a thread")?;
    Ok(())
}

async fn config(kubeconfig: Option<&std::path::Path>) -> anyhow::Result<Config> {
    match kubeconfig {
        Some(file) => {
            let read = Kubeconfig::read_from(file).with_context(|| format!("failed to read {}", file.display()))?;
            Ok(Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await?)
        }
        None => Config::incluster().context("this is no pod with an account"),
    }
}

/// What is known of the cluster.
struct World {
    kinds: Vec<Kind>,
    interner: Interner,
    origin: Origin,
    statuses: Statuses,
}

/// By namespace and name: what is kept, and the resource that it is.
type Objects = BTreeMap<(String, String), (Value, Option<Resource>)>;

/// The objects of a kind.
#[derive(Default)]
struct Kind {
    all: Objects,
    /// Those of a listing that is not over.
    listed: Option<Objects>,
    /// It was listed once, or may not be.
    ready: bool,
    refused: bool,
}

async fn follow(client: Client, files: Files, shared: &Shared, node: String) {
    let mut streams = select_all(KINDS.iter().enumerate().map(|(number, kind)| stream(&client, number, kind)));
    let mut world = World {
        kinds: KINDS.iter().map(|_| Kind::default()).collect(),
        interner: Interner::default(),
        origin: Origin::Cluster("cluster".into()),
        statuses: Statuses::new(client, node),
    };
    let mut dirty = false;
    let mut due = Instant::now() + GATHER;
    let mut status = Instant::now() + STATUS;
    loop {
        tokio::select! {
            event = streams.next() => {
                let Some((number, event)) = event else { return };
                if world.take(number, event, shared) && !dirty {
                    dirty = true;
                    due = Instant::now() + GATHER;
                }
            }
            () = sleep_until(due), if dirty && world.is_ready() => {
                dirty = false;
                world.publish(&files, shared).await;
            }
            () = sleep_until(status) => {
                status = Instant::now() + STATUS;
                world.statuses.write(&shared.numbers().findings).await;
            }
        }
    }
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
            let key = (
                object.metadata.namespace.clone().unwrap_or_default(),
                object.metadata.name.clone().unwrap_or_default(),
            );
            if described.3 == POLICIES {
                world.statuses.learn(&object);
            }
            (key, world.read(described, object))
        };
        match event {
            Ok(Event::Init) => self.with(number, |kind| kind.listed = Some(BTreeMap::new())),
            Ok(Event::InitApply(object)) => {
                let (key, kept) = read(self, object);
                self.with(number, |kind| {
                    kind.listed.get_or_insert_default().insert(key, kept);
                })
            }
            Ok(Event::InitDone) => self.with(number, |kind| {
                kind.all = kind.listed.take().unwrap_or_default();
                kind.ready = true;
                kind.refused = false;
            }),
            Ok(Event::Apply(object)) => {
                let (key, kept) = read(self, object);
                let Some(kind) = self.kinds.get_mut(number) else { return false };
                let same = kind.all.get(&key).is_some_and(|known| known.0 == kept.0);
                kind.all.insert(key, kept);
                return !same;
            }
            Ok(Event::Delete(object)) => {
                let (key, _) = read(self, object);
                self.with(number, |kind| {
                    kind.all.remove(&key);
                })
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

    /// A kind cannot be followed now: the rest is, and it is tried again.
    fn refuse(&mut self, number: usize, plural: &str, error: &watcher::Error, shared: &Shared) -> bool {
        let Some(kind) = self.kinds.get_mut(number) else { return false };
        let first = !kind.ready;
        if !kind.refused {
            eprintln!("warning: {plural} are not followed: {}; it is tried again", clean(&error.to_string()));
            shared.count(|numbers| numbers.unwatched += 1);
        }
        kind.refused = true;
        kind.ready = true;
        first
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

    async fn publish(&mut self, files: &Files, shared: &Shared) {
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
        let number = shared.publish(Arc::new(knowledge));
        let until = Instant::now() + Duration::from_secs(2);
        while !shared.is_adopted(number) && Instant::now() < until {
            sleep(ADOPTION).await;
        }
        self.statuses.adopted(faults);
        self.statuses.write(&shared.numbers().findings).await;
    }
}
