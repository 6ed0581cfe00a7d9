//! `cloister-extproc`: serves Envoy, and tells of what it found.
#![allow(clippy::disallowed_methods, reason = "below the I/O line: this program reads files and the clock")]

mod arguments;
mod kept;
mod metrics;
mod policies;
mod report;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use clap::Parser;
use cloister_extproc::{ExternalProcessor, Office, serve};
use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{SignalKind, signal};
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};

use arguments::{Arguments, Listen};

/// How often changed policies are looked for.
const LOOK: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| eprintln!("error: {}", cloister_model::place_of_panic(info))));
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    // Bodies of others are in memory.
    cloister_confine::keep_nothing()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(arguments.threads)
        .enable_all()
        .build()
        .context("the threads cannot be started")?;
    let keys = arguments.hash_key.as_deref().map(kept::keys).transpose()?;
    let mut policies = policies::Policies::new(arguments.from.clone(), keys);
    let office = Arc::new(Office::new(policies.read()?, now, arguments.encrypted));
    let mut baselines = arguments.baselines.clone().map(|file| kept::Kept::open(file, &office)).transpose()?;
    runtime.block_on(async {
        if let Some(address) = arguments.metrics {
            metrics::serve(address, Arc::clone(&office)).await?;
        }
        let books = Arc::clone(&office);
        let every = Duration::from_secs(arguments.every.max(1));
        let telling = tokio::spawn(async move {
            let mut report = report::Report::default();
            let mut turns = Duration::ZERO;
            loop {
                tokio::time::sleep(LOOK).await;
                if let Some(knowledge) = policies.changed() {
                    books.learn(knowledge);
                }
                turns += LOOK;
                if turns >= every {
                    turns = Duration::ZERO;
                    report.write(&books);
                    if let Some(kept) = &mut baselines {
                        kept.write_when_due(&books);
                    }
                }
            }
        });
        listen(&arguments.listen, &office).await?;
        telling.abort();
        report::Report::default().write(&office);
        if let Some(file) = arguments.baselines.clone() {
            kept::Kept::new(file).write(&office);
        }
        Ok(())
    })
}

async fn listen(to: &Listen, office: &Arc<Office>) -> Result<()> {
    let guards = Arc::clone(office);
    let processor = ExternalProcessor::new(move || guards.guard());
    let mut ends = signal(SignalKind::terminate()).context("signals cannot be heard")?;
    let end = async move {
        tokio::select! {
            _ = ends.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    match to {
        Listen::Address(address) => {
            let listener =
                TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))?;
            eprintln!("listening on {}", listener.local_addr().context("no address")?);
            serve(processor, TcpListenerStream::new(listener), end).await?;
        }
        Listen::Path(path) => {
            // What an earlier run left there would be in the way.
            if path.exists() && std::os::unix::net::UnixStream::connect(path).is_err() {
                std::fs::remove_file(path).with_context(|| format!("{} cannot be replaced", path.display()))?;
            }
            let listener = UnixListener::bind(path)
                .with_context(|| format!("{} cannot be listened on: is another processor running?", path.display()))?;
            eprintln!("listening on unix:{}", path.display());
            serve(processor, UnixListenerStream::new(listener), end).await?;
            std::fs::remove_file(path).with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    Ok(())
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
