//! Where findings, flows and numbers go: each writer is a thread, so that none of them holds up the frames.

mod lines;
mod metrics;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use cloister_dlp::document::Finding;
use cloister_dpi::Connection;
use cloister_forward::Forward;

use crate::args::Arguments;
use crate::say;
use crate::shared::Shared;

pub use metrics::is_well;

/// How long a writer may take for a bundle when all else is over. A container has half a minute to end.
const LAST: Duration = Duration::from_secs(8);
/// Bundles that wait for a writer.
const WAITING: usize = 256;

/// What will be written to, opened while there are rights.
pub struct Writers {
    findings: Box<dyn Write + Send>,
    flows: Option<File>,
    forward: Option<Forward>,
    metrics: Option<TcpListener>,
}

/// A writer, and what it has not taken.
struct Queue<T> {
    name: &'static str,
    sender: Option<SyncSender<Arc<Vec<T>>>>,
    unwritten: Arc<AtomicU64>,
    /// Told after each bundle, and cut when the thread is done.
    progress: Receiver<()>,
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
            forward: arguments.forward.map(|address| Forward::new(address, &arguments.tag)),
            metrics: metrics.transpose()?,
        })
    }

    /// Starts the threads.
    pub fn start(self, shared: &Arc<Shared>) -> anyhow::Result<Outputs> {
        let mut outputs = Outputs { findings: Vec::new(), flows: None };
        let mut writer = self.findings;
        outputs.findings.push(queue("findings", move |findings| lines::write(&mut writer, findings))?);
        if let Some(mut forward) = self.forward {
            outputs.findings.push(queue("forward", move |findings: &[Finding]| forward.send(&timed(findings)))?);
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

/// Findings with when they were seen last, in seconds.
fn timed(findings: &[Finding]) -> Vec<(i64, &Finding)> {
    let seconds = |finding: &Finding| finding.last.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
    findings.iter().map(|finding| (seconds(finding), finding)).collect()
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
    mut write: impl FnMut(&[T]) -> io::Result<()> + Send + 'static,
) -> anyhow::Result<Queue<T>> {
    let (sender, receiver): (_, Receiver<Arc<Vec<T>>>) = sync_channel(WAITING);
    let unwritten = Arc::new(AtomicU64::new(0));
    let lost = unwritten.clone();
    let (tick, progress) = sync_channel(1);
    let work = move || {
        let mut told = false;
        for bundle in receiver {
            let written = write(&bundle);
            if let Err(error) = &written {
                lost.fetch_add(bundle.len() as u64, Ordering::Relaxed);
                if !told {
                    say::warning(&format!(
                        "what goes to the writer \"{name}\" is lost: {error}; it is tried with the next"
                    ));
                }
            }
            told = written.is_err();
            let _ = tick.try_send(());
        }
    };
    Ok(Queue { name, sender: Some(sender), unwritten, progress, thread: Some(spawn(name, work)?) })
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
    /// What waits is written, as long as it goes on: who hangs is not waited for.
    fn drop(&mut self) {
        self.sender = None;
        let Some(thread) = self.thread.take() else { return };
        loop {
            match self.progress.recv_timeout(LAST) {
                Ok(()) => {}
                Err(RecvTimeoutError::Disconnected) => return drop(thread.join()),
                Err(RecvTimeoutError::Timeout) => {
                    return say::warning(&format!("the writer \"{}\" hangs: what it has not taken is lost", self.name));
                }
            }
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
