//! Follows the API server: pods, Services, nodes, workloads, policies.

mod world;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::StreamExt;
use futures::stream::{BoxStream, select_all};
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Client, Config};
use tokio::time::{Instant, sleep_until};

use crate::args::Arguments;
use crate::known::Files;
use crate::shared::Shared;
use world::{KINDS, POLICIES, World};

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

async fn follow(client: Client, mut files: Files, shared: &Shared, node: String) {
    let mut streams = select_all(KINDS.iter().enumerate().map(|(number, kind)| stream(&client, number, kind)));
    let mut world = World::new(client, node);
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
            () = sleep_until(check), if world.is_pending() => {
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
