//! Where findings, flows and numbers go: each writer is a thread, so that none of them holds up the frames.

mod forward;
mod lines;
mod metrics;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use anyhow::Context;
use cloister_dlp::document::Finding;
use cloister_dpi::Connection;

use crate::args::Arguments;
use crate::shared::Shared;

/// Bundles that wait for a writer.
const WAITING: usize = 256;

/// What will be written to, opened while there are rights.
pub struct Writers {
    findings: Box<dyn Write + Send>,
    flows: Option<File>,
    forward: Option<forward::Forward>,
    metrics: Option<TcpListener>,
}

/// A writer, and what it has not taken.
struct Queue<T> {
    name: &'static str,
    sender: Option<SyncSender<Arc<Vec<T>>>>,
    unwritten: AtomicU64,
    thread: Option<JoinHandle<()>>,
}

/// Takes what is to be written.
pub struct Outputs {
    findings: Vec<Queue<Finding>>,
    flows: Option<Queue<Connection>>,
}

impl Writers {
    /// Opens everything.
    pub fn open(arguments: &Arguments) -> anyhow::Result<Writers> {
        let metrics = arguments
            .metrics
            .map(|address| TcpListener::bind(address).with_context(|| format!("failed to serve metrics at {address}")));
        Ok(Writers {
            findings: match arguments.findings.to_str() {
                Some("-") => Box::new(std::io::stdout()),
                _ => Box::new(append(&arguments.findings)?),
            },
            flows: arguments.flows.as_deref().map(append).transpose()?,
            forward: arguments.forward.map(|address| forward::Forward::new(address, &arguments.tag)),
            metrics: metrics.transpose()?,
        })
    }

    /// Starts the threads.
    pub fn start(self, shared: &Arc<Shared>) -> anyhow::Result<Outputs> {
        let mut outputs = Outputs { findings: Vec::new(), flows: None };
        let mut writer = self.findings;
        outputs.findings.push(queue("findings", move |findings| lines::write(&mut writer, findings))?);
        if let Some(mut forward) = self.forward {
            outputs.findings.push(queue("forward", move |findings: &[Finding]| forward.send(findings))?);
        }
        if let Some(mut flows) = self.flows {
            outputs.flows = Some(queue("flows", move |list| lines::write(&mut flows, list))?);
        }
        if let Some(listener) = self.metrics {
            let shared = shared.clone();
            spawn("metrics", move || metrics::serve(&listener, &shared))?;
        }
        Ok(outputs)
    }
}

fn append(file: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().create(true).append(true).open(file);
    opened.with_context(|| format!("failed to open {}", file.display()))
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> anyhow::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).context("failed to start a thread")
}

fn queue<T: Send + Sync + 'static>(
    name: &'static str,
    mut write: impl FnMut(&[T]) + Send + 'static,
) -> anyhow::Result<Queue<T>> {
    let (sender, receiver): (_, Receiver<Arc<Vec<T>>>) = sync_channel(WAITING);
    let thread = spawn(name, move || receiver.iter().for_each(|bundle| write(&bundle)))?;
    Ok(Queue { name, sender: Some(sender), unwritten: AtomicU64::new(0), thread: Some(thread) })
}

impl<T> Queue<T> {
    /// Frames do not wait for a writer: what it does not take is counted.
    fn put(&self, bundle: &Arc<Vec<T>>) {
        let Some(sender) = &self.sender else { return };
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = sender.try_send(bundle.clone()) {
            self.unwritten.fetch_add(bundle.len() as u64, Ordering::Relaxed);
        }
    }
}

impl<T> Drop for Queue<T> {
    /// What waits is written.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Outputs {
    /// Findings that are new or grew.
    pub fn findings(&self, findings: Vec<Finding>) {
        if !findings.is_empty() {
            let bundle = Arc::new(findings);
            self.findings.iter().for_each(|queue| queue.put(&bundle));
        }
    }

    /// Who talked to whom.
    pub fn flows(&self, flows: Vec<Connection>) {
        if let (Some(queue), false) = (&self.flows, flows.is_empty()) {
            queue.put(&Arc::new(flows));
        }
    }

    /// What writers did not take, by their names.
    pub fn unwritten(&self) -> Vec<(&'static str, u64)> {
        let count = |name, number: &AtomicU64| (name, number.load(Ordering::Relaxed));
        let flows = self.flows.iter().map(|it| count(it.name, &it.unwritten));
        self.findings.iter().map(|it| count(it.name, &it.unwritten)).chain(flows).collect()
    }
}
